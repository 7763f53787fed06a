"""The page of the moderation queues: what to look out for in each review. It does not even read the stars.

A page costs three queries (its reviews, the counts of the queues, the staff roster), however many reviews there are.
Its address holds the name of the queue and the number of the last review on the page before, nothing else.
"""

import hmac
import re
import secrets
from collections import Counter
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from detoxsite.core.encryption import sealing
from detoxsite.core.pagination import KeysetPage
from detoxsite.core.safety.risk_signs import DANGERS

from ..models import Author, Photo, Report, Source, Status, Testimonial, Version
from ..moderation.queues import DEFAULT, MAX_COUNTED, QUEUES, WITHOUT_COUNTER, BoundedCount, Queue, counts
from ..pii import Kind, Match, RosterName, find_matches
from ..staff_names import roster

PAGE_SIZE = 30
EXCERPT_LENGTH = 160  # characters of a review in its row
MAX_KNOWN = 2_000  # texts of which it is known what kinds of information they have
_KEY = secrets.token_bytes(32)
_known: dict[bytes, list[tuple[str, int]]] = {}
UNREADABLE = "Cannot be decrypted with the keys on this server"


class BadAddress(Exception):
    """A query string that none of our links has."""


def parse(params) -> tuple[Queue, int | None]:
    """The queue, and the review that the page comes after. Raises BadAddress, so that nobody can filter by stars."""
    queue = QUEUES.get(params.get("queue", DEFAULT))
    after = params.get("after", "")
    if queue is None or set(params) - {"queue", "after"} or not re.fullmatch(r"\d{0,18}", after, re.ASCII):
        raise BadAddress
    return queue, int(after) if after else None


@dataclass(frozen=True)
class Row:
    review: Testimonial
    excerpt: str
    is_in_danger: bool
    is_worrying: bool
    matches: list[tuple[str, int]]  # kind of personal information, how many
    notices: list[str]
    facts: list[str]


@dataclass(frozen=True)
class Page:
    queue: Queue
    rows: list[Row]
    after: int | None  # the next page comes after this review; None: there is none
    is_first: bool
    is_search: bool
    queues: list[tuple[Queue, int | str | None]]


def page(params, user, search_results: QuerySet | None = None) -> Page:
    queue, after = parse(params)
    if search_results is not None:
        queue, after = QUEUES["all"], None
        listed = search_results.order_by("-pk")
    else:
        listed = queue.after(user, after) if after else queue.ordered(user)
    found = KeysetPage(with_details(listed), PAGE_SIZE)
    names = roster()
    known = counts(user)
    return Page(
        queue=queue,
        rows=[_row(review, user, names) for review in found.rows],
        after=found.last.pk if found.has_next and search_results is None else None,
        is_first=after is None,
        is_search=search_results is not None,
        queues=[(one, _count_label(one, known)) for one in QUEUES.values()],
    )


def _count_label(queue: Queue, known: dict[str, int]) -> int | str | None:
    count = known.get(queue.name)
    return f"{MAX_COUNTED} or more" if queue.name in WITHOUT_COUNTER and count == MAX_COUNTED else count


def with_details(rows: QuerySet) -> QuerySet:
    """Add the newest version, the author and the counts of each review; leave the stars out."""
    newest = Version.objects.filter(review=OuterRef("pk")).order_by("-number")
    same = Author.objects.filter(email_index=OuterRef("author__email_index")).exclude(review=OuterRef("pk"))
    return (
        rows.defer("stars")
        .select_related("author", "proposed_by")
        .annotate(
            version_pk=Subquery(newest.values("pk")[:1]),
            version_sealed=Subquery(newest.values("sealed")[:1]),
            same_address_count=Coalesce(BoundedCount(same), 0),
            open_report_count=BoundedCount(Report.objects.open().filter(review=OuterRef("pk"))),
            has_photo=Exists(Photo.objects.filter(review=OuterRef("pk"))),
        )
    )


def _row(review: Testimonial, user, names) -> Row:
    try:
        payload = _payload(review)
    except sealing.Unreadable:
        return Row(review, UNREADABLE, False, False, [], notices(review, user), facts(review))
    words = review.shown_words or payload.get("words", "")
    is_open = review.status == Status.PENDING
    return Row(
        review=review,
        excerpt=_excerpt(words) or "(erased)",
        is_in_danger=bool(DANGERS.intersection(payload.get("signs", ()))),
        is_worrying=payload.get("is_worrying", False) and is_open,
        matches=_kinds_in(words, names) if is_open else [],
        notices=notices(review, user),
        facts=facts(review),
    )


def _payload(review: Testimonial) -> dict:
    if not review.version_sealed:
        return {}
    return Version(pk=review.version_pk, review=review, sealed=review.version_sealed).payload


def _excerpt(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= EXCERPT_LENGTH else words[:EXCERPT_LENGTH].rstrip() + "…"


def _kinds_in(words: str, names: list[RosterName]) -> list[tuple[str, int]]:
    """The kinds of personal information in a text. The same rows are shown again after each decision.

    Kept by a digest with a key of this process: neither the words nor what was found in them stays in memory.
    """
    asked = hmac.digest(_KEY, repr((words, names)).encode(), "sha256")
    found = _known.get(asked)  # once: another thread may clear it
    if found is None:
        if len(_known) >= MAX_KNOWN:
            _known.clear()
        found = _known[asked] = _by_kind(find_matches(words, names))
    return found


def _by_kind(matches: list[Match]) -> list[tuple[str, int]]:
    return [(Kind(kind).label, n) for kind, n in Counter(match.kind for match in matches).items()]


def notices(review: Testimonial, user) -> list[str]:
    """What sets a review apart from others in its queue."""
    lines = []
    if review.proposed_at and review.proposed_by_id == user.pk:
        lines.append("You proposed to withhold it: a second person has to agree")
    elif review.proposed_at:
        lines.append(f"{review.proposed_by} proposed to withhold it: needs a second person")
    if review.appealed_at and review.status == Status.PENDING:
        lines.append("The author asked us to look again")
    if review.open_report_count:
        lines.append(f"{review.open_report_count} open report{'s' if review.open_report_count > 1 else ''}")
    if review.hidden_at:
        lines.append("Hidden while we check it")
    return lines


def facts(review: Testimonial) -> list[str]:
    lines = [review.get_relationship_display(), _confirmation(review)]
    if review.source != Source.HERE:
        lines.append(f"Written on {review.source_name or review.get_source_display()}")
    if review.has_photo:
        lines.append("With a photo")
    if count := review.same_address_count:
        number = f"{MAX_COUNTED} or more" if count >= MAX_COUNTED else count
        lines.append(f"Same address: {number} other review{'s' if count > 1 else ''}")
    return lines


def _confirmation(review: Testimonial) -> str:
    if review.confirmed_at:
        return "Address confirmed"
    return "Address not confirmed" if review.source == Source.HERE else "No address"
