"""The piles of reviews: who waits longest, what to look out for, and whose turn it is. Stars are not even read here.

A page costs three queries (the reviews, how many lie in each pile, the staff roster), however many reviews there are.
Its address holds the name of the pile and the number of the last review before it, nothing else.
"""

import re
from collections import Counter
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from detoxsite.core.encryption import sealing
from detoxsite.core.safety.risk_signs import Sign

from ..models import (
    Author,
    Photo,
    Report,
    Source,
    Status,
    Testimonial,
    Version,
)
from ..moderation.queues import (
    FIRST,
    MAX,
    PILES,
    ROW_BY_ROW,
    Bounded,
    Pile,
    behind,
    counts,
    ordered,
)
from ..pii import Kind, Match, find_matches
from ..staff_names import roster

PAGE = 30
BEGINNING = 160  # characters of a review that its row shows
UNREADABLE = "Cannot be opened with the keys held here"


class BadAddress(Exception):
    """Asks for something that no link of ours asks for."""


def asked(params) -> tuple[Pile, int | None]:
    """The pile, and the review after which to begin. Raises BadAddress: a list answers nothing but that."""
    pile = PILES.get(params.get("pile", FIRST))
    after = params.get("after", "")
    if pile is None or set(params) - {"pile", "after"} or not re.fullmatch(r"\d{0,18}", after, re.ASCII):
        raise BadAddress
    return pile, int(after) if after else None


@dataclass(frozen=True)
class Row:
    review: Testimonial
    beginning: str
    is_in_danger: bool
    hints: list[tuple[str, int]]  # what kind, how many
    marks: list[str]  # what sets it apart from the others of its pile
    facts: list[str]


@dataclass(frozen=True)
class Page:
    pile: Pile
    rows: list[Row]
    after: int | None  # the number to go on behind
    is_first: bool
    piles: list[tuple[Pile, int | None]]


def page(params, user) -> Page:
    pile, after = asked(params)
    listed = behind(pile, user, after) if after else ordered(pile, user)
    found = list(with_more(listed)[: PAGE + 1])
    names = roster()
    rows = [_row(review, user, names) for review in found[:PAGE]]
    known = counts(user)
    return Page(
        pile=pile,
        rows=rows,
        after=rows[-1].review.pk if len(found) > PAGE else None,
        is_first=after is None,
        piles=[(one, _counted(one, known)) for one in PILES.values()],
    )


def _counted(pile: Pile, known: dict[str, int]) -> int | str | None:
    count = known.get(pile.name)
    return f"{MAX} or more" if pile.name in ROW_BY_ROW and count == MAX else count


def with_more(rows: QuerySet) -> QuerySet:
    """With the newest version, the writer and what is counted of each; without stars."""
    newest = Version.objects.filter(review=OuterRef("pk")).order_by("-number")
    same = Author.objects.filter(email_index=OuterRef("writer__email_index")).exclude(review=OuterRef("pk"))
    return (
        rows.defer("stars")
        .select_related("writer", "proposed_by")
        .annotate(
            version_pk=Subquery(newest.values("pk")[:1]),
            version_sealed=Subquery(newest.values("sealed")[:1]),
            others=Coalesce(Bounded(same), 0),
            remarks=Bounded(Report.objects.open().filter(review=OuterRef("pk"))),
            has_photo=Exists(Photo.objects.filter(review=OuterRef("pk"))),
        )
    )


def _row(review: Testimonial, user, names) -> Row:
    try:
        sent = _opened(review)
    except sealing.Unreadable:
        return Row(review, UNREADABLE, False, [], marks(review, user), facts(review))
    words = review.shown_words or sent.get("words", "")
    is_open = review.status == Status.PENDING
    return Row(
        review=review,
        beginning=_shortened(words) or "(erased)",
        is_in_danger=is_dangerous(sent),
        hints=by_kind(find_matches(words, names)) if is_open else [],
        marks=marks(review, user),
        facts=facts(review),
    )


def _opened(review: Testimonial) -> dict:
    if not review.version_sealed:
        return {}
    return Version(pk=review.version_pk, sealed=review.version_sealed).payload


def is_dangerous(sent: dict) -> bool:
    return bool(set(sent.get("signs", ())) - {Sign.MINOR_OR_PREGNANT})


def _shortened(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= BEGINNING else words[:BEGINNING].rstrip() + "…"


def by_kind(hints: list[Match]) -> list[tuple[str, int]]:
    return [(Kind(kind).label, n) for kind, n in Counter(hint.kind for hint in hints).items()]


def marks(review: Testimonial, user) -> list[str]:
    """What sets a review apart from the others of its pile, in words."""
    said = []
    if review.proposed_at and review.proposed_by_id == user.pk:
        said.append("You want it withheld: somebody else has to agree")
    elif review.proposed_at:
        said.append(f"{review.proposed_by} wants it withheld: needs a second person")
    if review.appealed_at and review.status == Status.PENDING:
        said.append("The writer asked us to look again")
    if review.remarks:
        said.append(f"{review.remarks} remark{'s' if review.remarks > 1 else ''} of readers")
    if review.hidden_at:
        said.append("Hidden while it is checked")
    return said


def facts(review: Testimonial) -> list[str]:
    said = [review.get_tie_display(), confirmation(review)]
    if review.source != Source.HERE:
        said.append(f"Written on {review.source_name or review.get_source_display()}")
    if review.has_photo:
        said.append("With a photo")
    if review.others:
        many = f"{MAX} or more" if review.others >= MAX else review.others
        said.append(f"Same address: {many} other review{'s' if review.others > 1 else ''}")
    return said


def confirmation(review: Testimonial) -> str:
    if review.confirmed_at:
        return "Address confirmed"
    return "Address not confirmed" if review.source == Source.HERE else "No address"
