"""Moderation queues: which reviews are in each, in which order, and how many. Nothing is sorted or counted by stars."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import IntegerField, QuerySet, Subquery, Sum

from detoxsite.core.kept_queries import USER, KeptQuery
from detoxsite.core.pagination import Keyset

from ..models import ReviewCounter, Source, Status, Testimonial

MAX_COUNTED = 100  # queues without a counter are counted row by row, up to here


@dataclass(frozen=True)
class Queue:
    name: str  # in the address
    label: str
    rows: Callable[[object], QuerySet]  # of the user who looks
    newest_first: bool = False
    has_index: bool = True  # by when the reviews were written; without one, the order is by primary key

    def ordered(self, user) -> QuerySet:
        return self._keyset.ordered(self.rows(user))

    def after(self, user, pk: int) -> QuerySet:
        """The reviews that follow review ``pk``, in order."""
        return self._keyset.after(self.rows(user), pk)

    def before(self, user, pk: int) -> QuerySet:
        """The reviews that come before review ``pk``, nearest first."""
        return self._keyset.before(self.rows(user), pk)

    def place(self, user, pk: int) -> "Place | None":
        """Where review ``pk`` stands; None if it is in another queue. One query."""
        own = Testimonial.objects.filter(pk=pk)
        before = self._keyset.before(self.rows(user), pk)
        through = self._keyset.before(self.rows(user), pk, is_inclusive=True)
        columns = {"before": before, "through": through, "total": self.rows(user)}
        found = own.values_list(*(BoundedCount(rows) for rows in columns.values())).first()
        if found is None or (found[0] == found[1] and found[1] < MAX_COUNTED):
            return None
        return Place(found[1], found[2])

    @property
    def _keyset(self) -> Keyset:
        return Keyset(*(["submitted_at"] if self.has_index else []), is_descending=self.newest_first)


def _of(method: str) -> Callable:
    return lambda user: getattr(Testimonial.objects, method)()


@dataclass(frozen=True)
class Place:
    """Of a review in its queue. Counted up to MAX_COUNTED, which means that many or more."""

    number: int
    total: int

    def __str__(self) -> str:
        return f"{_bounded(self.number)} of {_bounded(self.total)}"


def _bounded(number: int) -> str:
    return str(number) if number < MAX_COUNTED else f"{MAX_COUNTED}+"


QUEUES = {
    queue.name: queue
    for queue in (
        Queue("waiting", "To decide", _of("awaiting_decision")),
        Queue("second", "Needs a second person", lambda user: Testimonial.objects.proposed_by_others(user)),
        Queue("reported", "Reported or hidden", _of("reported_or_hidden")),
        Queue("imported", "Imported, no consent on record", _of("imported_without_consent")),
        Queue("staff", "For staff only", _of("for_staff_only")),
        Queue("shown", "Published", _of("shown"), newest_first=True),
        Queue("withheld", "Withheld", _of("withheld"), newest_first=True),
        Queue("all", "All", _of("all"), newest_first=True, has_index=False),
    )
}
DEFAULT = "waiting"
WITHOUT_COUNTER = ("second", "reported")


class BoundedCount(Subquery):
    """The number of rows; MAX_COUNTED means that many or more."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet) -> None:
        super().__init__(rows.order_by().values("pk")[:MAX_COUNTED])


_COUNTED = ("status", "allow_words", "source", "total", "with_proposal", *WITHOUT_COUNTER)


def _counters() -> QuerySet:
    row_by_row = {
        "with_proposal": BoundedCount(Testimonial.objects.published_with_proposal()),
        **{name: BoundedCount(QUEUES[name].rows(USER)) for name in WITHOUT_COUNTER},
    }
    counters = ReviewCounter.objects.values("status", "allow_words", "source").annotate(total=Sum("n"))
    return counters.annotate(**row_by_row).values_list(*_COUNTED)


_counters_for = KeptQuery(_counters)


def counts(user) -> dict[str, int]:
    """How many reviews are in each queue except "all", in one query."""
    rows = [dict(zip(_COUNTED, row, strict=True)) for row in _counters_for.rows(user=user.pk)]

    def total(**wanted) -> int:
        return int(sum(row["total"] for row in rows if all(row[name] == value for name, value in wanted.items())))

    any_row = rows[0] if rows else dict.fromkeys(_COUNTED, 0)
    without_consent = {"status": Status.PENDING, "allow_words": False}
    staff = total(**without_consent, source=Source.HERE)
    return {
        "waiting": total(status=Status.PENDING, allow_words=True) + any_row["with_proposal"],
        "second": any_row["second"],
        "reported": any_row["reported"],
        "imported": total(**without_consent) - staff,
        "staff": staff,
        "shown": total(status=Status.PUBLISHED),
        "withheld": total(status=Status.DECLINED),
    }
