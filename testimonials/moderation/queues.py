"""Where a review lies at the desk, in which order, and how many lie there. By stars, nothing is sorted or counted."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import IntegerField, Q, QuerySet, Subquery, Sum

from ..models import (
    ReviewCounter,
    Source,
    Status,
    Testimonial,
)

MAX = 100  # what has to be counted row by row is counted up to here


@dataclass(frozen=True)
class Pile:
    name: str  # in the address
    label: str
    rows: Callable[[object], QuerySet]  # of the user who looks
    newest_first: bool = False
    by_number: bool = False  # there is no index of all reviews by when they were written


def _of(method: str) -> Callable:
    return lambda user: getattr(Testimonial.objects, method)()


PILES = {
    pile.name: pile
    for pile in (
        Pile("waiting", "Waiting", _of("awaiting_decision")),
        Pile("second", "Needs a second person", lambda user: Testimonial.objects.proposed_by_others(user)),
        Pile("doubt", "Remarks of readers, hidden", _of("reported_or_hidden")),
        Pile("imported", "Imported, no permission on file", _of("imported_without_consent")),
        Pile("staff", "Only for staff to read", _of("for_staff_only")),
        Pile("shown", "Published", _of("shown"), newest_first=True),
        Pile("withheld", "Withheld", _of("withheld"), newest_first=True),
        Pile("all", "All", _of("all"), newest_first=True, by_number=True),
    )
}
FIRST = "waiting"
ROW_BY_ROW = ("second", "doubt")  # no tally has them


def ordered(pile: Pile, user) -> QuerySet:
    """The reviews of a pile as they are listed; "all" goes by their numbers."""
    return _sorted(pile.rows(user), pile, pile.newest_first)


def behind(pile: Pile, user, pk: int) -> QuerySet:
    """Those that are listed behind review ``pk``; none where that is not there."""
    return ordered(pile, user).filter(_beyond(pile, pk, pile.newest_first))


def before(pile: Pile, user, pk: int) -> QuerySet:
    """Those that are listed before review ``pk``, the nearest first."""
    rows = pile.rows(user).filter(_beyond(pile, pk, not pile.newest_first))
    return _sorted(rows, pile, not pile.newest_first)


def _sorted(rows: QuerySet, pile: Pile, newest_first: bool) -> QuerySet:
    sign = "-" if newest_first else ""
    return rows.order_by(f"{sign}pk") if pile.by_number else rows.order_by(f"{sign}submitted_at", f"{sign}pk")


def _beyond(pile: Pile, pk: int, is_earlier: bool) -> Q:
    way = "lt" if is_earlier else "gt"
    is_beyond = Q(**{f"pk__{way}": pk})
    if pile.by_number:
        return is_beyond
    at = Subquery(Testimonial.objects.filter(pk=pk).order_by().values("submitted_at"))
    return Q(**{f"submitted_at__{way}e": at}) & (Q(**{f"submitted_at__{way}": at}) | is_beyond)


class Bounded(Subquery):
    """How many rows there are; MAX stands for that many or more."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet) -> None:
        super().__init__(rows.order_by().values("pk")[:MAX])


def counts(user) -> dict[str, int]:
    """How many reviews lie in each pile but "all", in one query; by stars, nothing is counted here."""
    row_by_row = {
        "disputed": Bounded(Testimonial.objects.published_with_proposal()),
        **{name: Bounded(PILES[name].rows(user)) for name in ROW_BY_ROW},
    }
    tally = (
        ReviewCounter.objects.values("status", "allow_words", "source").annotate(total=Sum("n")).annotate(**row_by_row)
    )
    rows = list(tally)

    def total(**wanted) -> int:
        return sum(row["total"] for row in rows if all(row[name] == value for name, value in wanted.items()))

    any_row = rows[0] if rows else dict.fromkeys(row_by_row, 0)
    unallowed = {"status": Status.PENDING, "allow_words": False}
    staff = total(**unallowed, source=Source.HERE)
    return {
        "waiting": total(status=Status.PENDING, allow_words=True) + any_row["disputed"],
        "second": any_row["second"],
        "doubt": any_row["doubt"],
        "imported": total(**unallowed) - staff,
        "staff": staff,
        "shown": total(status=Status.PUBLISHED),
        "withheld": total(status=Status.DECLINED),
    }
