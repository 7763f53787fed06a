"""Stores imported reviews in batches. Each is one transaction: a stopped import loses nothing and can be rerun."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from detoxsite.core.encryption import digests
from detoxsite.core.locking import locked

from ..models import (
    Relationship,
    ReviewEvent,
    Source,
    Status,
    Testimonial,
    Version,
)
from ..services.versions import build, fingerprint_of
from .records import RejectedRow, ReviewRow, UnreadablePart
from .report import ImportReport, Outcome

BATCH_SIZE = 500  # rows
IMPORT_EVENTS = (ReviewEvent.Kind.IMPORTED, ReviewEvent.Kind.EDITED)
MAX_SOURCE_ID = Testimonial._meta.get_field("source_id").max_length
CONFLICT = "another row has the same ID and different content"
NEEDS_ATTENTION = "it has changed since, and here it is published or decided: please check it"


@dataclass(frozen=True)
class ReviewSite:
    """The site that reviews come from. Two reviews of one site with one ID are the same review."""

    source: Source
    name: str = ""

    def source_id(self, row: ReviewRow) -> str:
        """Identifies a row by its ID or else a keyed fingerprint, and by the site's name unless that is Google."""
        content = "".join(f"{len(part)}:{part}" for part in (row.name, row.words, row.written_at.isoformat()))
        row_id = row.id or f"~{digests.keyed('imported review', content).hex()}"
        site = " ".join(self.name.casefold().split())
        return f"{site}/{row_id}" if self.source == Source.OTHER and site else row_id

    def key(self, source_id: str) -> str:
        return f"import-{hashlib.sha256(f'{self.source}|{source_id}'.encode()).hexdigest()[:48]}"


@dataclass
class _StagedRow:
    """A row on its way into the database, with what is already stored of it."""

    row: ReviewRow
    source_id: str
    key: str
    fingerprint: bytes  # of words and name
    review: Testimonial | None = None
    version: Version | None = None  # the newest one stored
    stored_change: datetime | None = None  # when the author last changed the stored version
    outcome: Outcome | None = None

    @property
    def digest(self) -> bytes:
        return self.fingerprint + bytes([self.row.stars or 0])

    def decide(self) -> None:
        """Sets the outcome. An older copy of a stored review changes nothing."""
        if self.review is None:
            self.outcome = Outcome.IMPORTED
        elif self.review.erased_at or not self.has_changed():
            self.outcome = Outcome.UNCHANGED
        elif self.review.status == Status.PENDING and not self.review.decided_at and not self.review.proposed_at:
            self.outcome = Outcome.UPDATED
        else:
            self.outcome = Outcome.SKIPPED

    def has_changed(self) -> bool:
        is_same = bytes(self.version.fingerprint) == self.fingerprint and self.review.stars == self.row.stars
        is_older = self.stored_change and self.row.changed_at and self.row.changed_at < self.stored_change
        return not is_same and not is_older

    def event(self, kind: str) -> ReviewEvent:
        """An unsaved event. Its reason holds the time of the change, which later copies are compared with."""
        changed_at = self.row.changed_at
        return ReviewEvent(review=self.review, kind=kind, reason=changed_at.isoformat() if changed_at else "")


class _SeenRows:
    """The rows of this run, in a temporary file: memory does not grow with them."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, digest BLOB) WITHOUT ROWID")

    def add(self, key: str, digest: bytes) -> bytes | None:
        """The digest of an earlier row with this key; None at the first time, which is recorded."""
        if self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, digest)).rowcount:
            return None
        return self._database.execute("SELECT digest FROM seen WHERE key = ?", (key,)).fetchone()[0]

    def close(self) -> None:
        self._database.close()


def load(
    items: Iterable[ReviewRow | RejectedRow | UnreadablePart],
    site: ReviewSite,
    report: ImportReport,
    *,
    is_dry_run: bool = False,
) -> Iterator[None]:
    """Stores what is new or has changed and reports each row; yields after each batch.

    ``is_dry_run``: reports the same and writes nothing.
    """
    seen, batch = _SeenRows(), []
    try:
        for count, item in enumerate(items, 1):
            match item:
                case UnreadablePart():
                    _flush(batch, site, report, is_dry_run)
                    report.add_unreadable(item)
                case RejectedRow():
                    report.add(item.location, item.id, Outcome.SKIPPED, item.reason)
                case ReviewRow():
                    _stage(item, site, report, seen, batch)
            if count % BATCH_SIZE == 0:
                _flush(batch, site, report, is_dry_run)
                yield
        _flush(batch, site, report, is_dry_run)
    finally:
        seen.close()
    yield


def _stage(row: ReviewRow, site: ReviewSite, report: ImportReport, seen: _SeenRows, batch: list[_StagedRow]) -> None:
    """Adds a row to the batch, unless it cannot be stored or occurred earlier in this run."""
    source_id = site.source_id(row)
    if len(source_id) > MAX_SOURCE_ID:
        report.add(row.location, row.id, Outcome.SKIPPED, "the ID is too long")
        return
    staged = _StagedRow(row, source_id, site.key(source_id), fingerprint_of(row.words, row.name))
    earlier = seen.add(staged.key, staged.digest)
    if earlier is None:
        batch.append(staged)
    elif earlier == staged.digest:
        report.add(row.location, row.id, Outcome.DUPLICATE)
    else:
        report.add(row.location, row.id, Outcome.SKIPPED, CONFLICT)


def _flush(batch: list[_StagedRow], site: ReviewSite, report: ImportReport, is_dry_run: bool) -> None:
    """Stores a batch, then reports its outcomes and empties it."""
    if not batch:
        return
    with transaction.atomic():
        if not is_dry_run:
            _lock_imports()
        _look_up(batch)
        for staged in batch:
            staged.decide()
        if not is_dry_run:
            updated = [staged for staged in batch if staged.outcome == Outcome.UPDATED]
            _lock_reviews(updated)
            _create([staged for staged in batch if staged.outcome == Outcome.IMPORTED], site)
            for staged in updated:
                _update(staged)
    for staged in batch:
        reason = NEEDS_ATTENTION if staged.outcome == Outcome.SKIPPED else ""
        report.add(staged.row.location, staged.row.id, staged.outcome, reason)
    batch.clear()


def _lock_imports() -> None:
    """One import at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('import of reviews'))")


def _look_up(batch: list[_StagedRow]) -> None:
    """Adds what is already stored of each row, with its newest version."""
    reviews = {review.key: review for review in Testimonial.objects.filter(key__in=[staged.key for staged in batch])}
    newest = Version.objects.filter(review__in=reviews.values()).order_by("review_id", "-number").distinct("review_id")
    versions = {version.review_id: version for version in newest.defer("sealed", "sealed_for_author")}
    events = ReviewEvent.objects.filter(review__in=reviews.values(), kind__in=IMPORT_EVENTS).exclude(reason="")
    changes = dict(events.order_by("at").values_list("review_id", "reason"))
    for staged in batch:
        staged.review = reviews.get(staged.key)
        if staged.review:
            staged.version = versions[staged.review.pk]
            change = changes.get(staged.review.pk)
            staged.stored_change = datetime.fromisoformat(change) if change else None


def _lock_reviews(batch: list[_StagedRow]) -> None:
    """Locks the reviews before their counters, in the order that a moderator's decision locks them."""
    rows = Testimonial.objects.filter(pk__in=[staged.review.pk for staged in batch]).order_by("pk")
    list(rows.select_for_update().values_list("pk"))


def _create(batch: list[_StagedRow], site: ReviewSite) -> None:
    for staged in batch:
        staged.review = Testimonial(
            key=staged.key,
            status=Status.PENDING,
            stars=staged.row.stars,
            relationship=Relationship.UNSAID,
            submitted_at=staged.row.written_at,
            source=site.source,
            source_name=site.name,
            source_id=staged.source_id,
        )
    Testimonial.objects.bulk_create(staged.review for staged in batch)
    Version.objects.bulk_create(build(staged.review, staged.row.words, staged.row.name) for staged in batch)
    ReviewEvent.objects.bulk_create(staged.event(ReviewEvent.Kind.IMPORTED) for staged in batch)


def _update(staged: _StagedRow) -> None:
    """Adds a version to a review that is still undecided. Decides again with the row locked."""
    staged.review = locked(Testimonial.objects, staged.review.pk)
    staged.version = staged.review.versions.last()
    staged.decide()
    if staged.outcome != Outcome.UPDATED:
        return
    if bytes(staged.version.fingerprint) != staged.fingerprint:
        number = staged.version.number + 1
        version = build(staged.review, staged.row.words, staged.row.name, number=number)
        version.save(force_insert=True)
    staged.review.stars = staged.row.stars
    staged.review.save(update_fields=["stars"])
    staged.event(ReviewEvent.Kind.EDITED).save(force_insert=True)
