"""Stores what was read, in batches: each is one transaction, so that a stop loses nothing and a second run goes on."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from detoxsite.core.encryption import digests

from ..models import (
    Relationship,
    ReviewEvent,
    Source,
    Status,
    Testimonial,
    Version,
)
from ..services import new_version, said_of
from .records import Refusal, Row, Unread
from .report import Outcome, Outcomes

BATCH = 500  # rows
BROUGHT_IN = (ReviewEvent.Kind.IMPORTED, ReviewEvent.Kind.EDITED)
SOURCE_ID = Testimonial._meta.get_field("source_id").max_length
TWICE = "another row has the same id and says something else"
DECIDED = "it says something else now, and here it is shown or decided on: look at it"


@dataclass(frozen=True)
class Origin:
    """The site reviews come from. Two reviews of one origin with one id are one review."""

    source: Source
    name: str = ""

    def id_of(self, row: Row) -> str:
        """What a row is known by: of sites other than Google their name and the id, or a keyed fingerprint."""
        said = "".join(f"{len(part)}:{part}" for part in (row.name, row.words, row.written_at.isoformat()))
        own = row.id or f"~{digests.keyed('imported review', said).hex()}"
        site = " ".join(self.name.casefold().split())
        return f"{site}/{own}" if self.source == Source.OTHER and site else own

    def key_of(self, known: str) -> str:
        return f"import-{hashlib.sha256(f'{self.source}|{known}'.encode()).hexdigest()[:48]}"


@dataclass
class _Entry:
    """A row on its way into the database, with what is there of it."""

    row: Row
    known: str
    key: str
    said: bytes
    review: Testimonial | None = None
    last: Version | None = None
    known_change: datetime | None = None  # when its writer last changed what is here
    outcome: Outcome | None = None

    @property
    def fingerprint(self) -> bytes:
        return self.said + bytes([self.row.stars or 0])

    def decide(self) -> None:
        """What is to become of it. An older copy of what is here changes nothing."""
        if self.review is None:
            self.outcome = Outcome.IMPORTED
        elif self.review.erased_at or not self.has_changed():
            self.outcome = Outcome.HERE
        elif self.review.status == Status.PENDING and not self.review.decided_at and not self.review.proposed_at:
            self.outcome = Outcome.CHANGED
        else:
            self.outcome = Outcome.LISTED

    def has_changed(self) -> bool:
        is_same = bytes(self.last.said) == self.said and self.review.stars == self.row.stars
        is_older = self.known_change and self.row.changed_at and self.row.changed_at < self.known_change
        return not is_same and not is_older

    def step(self, kind: str) -> ReviewEvent:
        """Not stored yet. What a later copy is compared with stands in its reason."""
        changed = self.row.changed_at
        return ReviewEvent(review=self.review, kind=kind, reason=changed.isoformat() if changed else "")


class _Seen:
    """The ids of this run, in a file that is nobody's: memory does not grow with them."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, said BLOB) WITHOUT ROWID")

    def before(self, key: str, said: bytes) -> bytes | None:
        """What the row with this key said that came before; None at the first time, which is noted."""
        if self._rows.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, said)).rowcount:
            return None
        return self._rows.execute("SELECT said FROM seen WHERE key = ?", (key,)).fetchone()[0]

    def close(self) -> None:
        self._rows.close()


def store(
    items: Iterable[Row | Refusal | Unread], origin: Origin, outcomes: Outcomes, *, is_trial: bool = False
) -> Iterator[None]:
    """Store what is new or has changed and note what became of each; stops for a moment after each batch.

    ``is_trial``: note the same, write nothing.
    """
    seen, batch = _Seen(), []
    try:
        for count, item in enumerate(items, 1):
            match item:
                case Unread():
                    _finish(batch, origin, outcomes, is_trial)
                    outcomes.note_unread(item)
                case Refusal():
                    outcomes.note(item.place, item.id, Outcome.LISTED, item.reason)
                case Row():
                    _sort_in(item, origin, outcomes, seen, batch)
            if count % BATCH == 0:
                _finish(batch, origin, outcomes, is_trial)
                yield
        _finish(batch, origin, outcomes, is_trial)
    finally:
        seen.close()
    yield


def _sort_in(row: Row, origin: Origin, outcomes: Outcomes, seen: _Seen, batch: dict[str, _Entry]) -> None:
    """Into the batch, unless it cannot be kept or stood in this run before."""
    known = origin.id_of(row)
    if len(known) > SOURCE_ID:
        outcomes.note(row.place, row.id, Outcome.LISTED, "the id is too long")
        return
    entry = _Entry(row, known, origin.key_of(known), said_of(row.words, row.name))
    before = seen.before(entry.key, entry.fingerprint)
    if before is None:
        batch.append(entry)
    elif before == entry.fingerprint:
        outcomes.note(row.place, row.id, Outcome.REPEATED)
    else:
        outcomes.note(row.place, row.id, Outcome.LISTED, TWICE)


def _finish(batch: list[_Entry], origin: Origin, outcomes: Outcomes, is_trial: bool) -> None:
    """Store a batch, then note what became of it, and empty it."""
    if not batch:
        return
    with transaction.atomic():
        if not is_trial:
            _one_import_at_a_time()
        _find(batch)
        for entry in batch:
            entry.decide()
        if not is_trial:
            changed = [entry for entry in batch if entry.outcome == Outcome.CHANGED]
            _lock(changed)
            _create([entry for entry in batch if entry.outcome == Outcome.IMPORTED], origin)
            for entry in changed:
                _change(entry)
    for entry in batch:
        reason = DECIDED if entry.outcome == Outcome.LISTED else ""
        outcomes.note(entry.row.place, entry.row.id, entry.outcome, reason)
    batch.clear()


def _one_import_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('import of reviews'))")


def _find(batch: list[_Entry]) -> None:
    """What is here already of the rows of a batch, with the newest version of each."""
    reviews = {review.key: review for review in Testimonial.objects.filter(key__in=[entry.key for entry in batch])}
    newest = Version.objects.filter(review__in=reviews.values()).order_by("review_id", "-number").distinct("review_id")
    versions = {version.review_id: version for version in newest.defer("sealed", "sealed_for_author")}
    steps = ReviewEvent.objects.filter(review__in=reviews.values(), kind__in=BROUGHT_IN).exclude(reason="")
    changes = dict(steps.order_by("at").values_list("review_id", "reason"))
    for entry in batch:
        entry.review = reviews.get(entry.key)
        if entry.review:
            entry.last = versions[entry.review.pk]
            change = changes.get(entry.review.pk)
            entry.known_change = datetime.fromisoformat(change) if change else None


def _lock(entries: list[_Entry]) -> None:
    """Before anything is counted: whoever decides on one of them holds its row and then waits for the counters."""
    rows = Testimonial.objects.filter(pk__in=[entry.review.pk for entry in entries]).order_by("pk")
    list(rows.select_for_update().values_list("pk"))


def _create(entries: list[_Entry], origin: Origin) -> None:
    for entry in entries:
        entry.review = Testimonial(
            key=entry.key,
            status=Status.PENDING,
            stars=entry.row.stars,
            tie=Relationship.UNSAID,
            submitted_at=entry.row.written_at,
            source=origin.source,
            source_name=origin.name,
            source_id=entry.known,
        )
    Testimonial.objects.bulk_create(entry.review for entry in entries)
    Version.objects.bulk_create(new_version(entry.review, entry.row.words, entry.row.name) for entry in entries)
    ReviewEvent.objects.bulk_create(entry.step(ReviewEvent.Kind.IMPORTED) for entry in entries)


def _change(entry: _Entry) -> None:
    """Another version of what nobody has decided on. Looks again with the row locked."""
    entry.review = Testimonial.objects.locked(entry.review.pk)
    entry.last = entry.review.versions.last()
    entry.decide()
    if entry.outcome != Outcome.CHANGED:
        return
    if bytes(entry.last.said) != entry.said:
        version = new_version(entry.review, entry.row.words, entry.row.name, number=entry.last.number + 1)
        version.save(force_insert=True)
    entry.review.stars = entry.row.stars
    entry.review.save(update_fields=["stars"])
    entry.step(ReviewEvent.Kind.EDITED).save(force_insert=True)
