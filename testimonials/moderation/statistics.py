"""Recent decisions by stars, and a test of whether low ones are withheld more often than chance explains."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, CharField, Count, F, QuerySet, Sum, Value, When
from django.db.models.functions import TruncWeek
from django.utils import timezone

from ..models import DecisionCounter, Status, Testimonial
from . import fisher_exact

WEEKS = 12
SIGNIFICANCE = 0.05  # a p value below it is not put down to chance
GROUPS = {"low": "1–2 stars", "middle": "3 stars", "high": "4–5 stars", "none": "No stars"}
LOW, MIDDLE, HIGH, NONE = GROUPS
HIDDEN = "hidden"  # counted like a status
_GROUP = Case(
    When(stars__range=(1, 2), then=Value(LOW)),
    When(stars=3, then=Value(MIDDLE)),
    When(stars__gte=4, then=Value(HIGH)),
    default=Value(NONE),
    output_field=CharField(),
)


@dataclass
class DecisionCount:
    """How many reviews were shown and withheld."""

    label: str
    shown: int = 0
    withheld: int = 0

    @property
    def all(self) -> int:
        return self.shown + self.withheld

    @property
    def rate(self) -> float | None:
        """Percent withheld; None if nothing was decided."""
        return 100 * self.withheld / self.all if self.all else None


class RecentDecisions:
    """The decisions of the last WEEKS weeks including this one, as they are now. One query.

    Reviews that were withdrawn, have expired or are being looked at again are not counted. A hidden one counts as
    withheld; otherwise hiding the low ones would look fair. ``taken_down`` (label, number) has those that staff
    withdrew because the author asked, which only the staff member concerned can confirm.
    """

    def __init__(self) -> None:
        today = timezone.localdate()
        this_week = today - timedelta(days=today.weekday())
        self.since = this_week - timedelta(weeks=WEEKS - 1)
        counts = Counter({(week, group, status): n for week, group, status, n in _counted(self.since)})
        for (week, group, status), n in list(counts.items()):
            if status == HIDDEN:
                counts[week, group, Status.PUBLISHED] -= n
                counts[week, group, Status.DECLINED] += n
        self.groups = [_sum(counts, label, group=group) for group, label in GROUPS.items()]
        self.all = _sum(counts, "All")
        weeks = [this_week - timedelta(weeks=back) for back in range(WEEKS)]
        self.weeks = [
            (week, [_sum(counts, label, group=group, week=week) for group, label in GROUPS.items()]) for week in weeks
        ]
        self.low, self.high = self.groups[0], self.groups[2]
        taken_down = Counter()
        for (_, group, status), n in counts.items():
            taken_down[group] += n if status == Status.WITHDRAWN else 0
        self.taken_down = [(label, taken_down[group]) for group, label in GROUPS.items() if taken_down[group]]

    @property
    def p(self) -> float:
        return fisher_exact.two_sided_p_value(*self._table)

    @property
    def verdict(self) -> str:
        """The test of low against high: "few" (too few to tell), "low" or "high" (withheld more often than chance
        explains), or "none" (no sign of a difference)."""
        if fisher_exact.min_p_value(*self._table) >= SIGNIFICANCE:
            return "few"
        if self.p >= SIGNIFICANCE:
            return "none"
        return "low" if self.low.rate > self.high.rate else "high"

    @property
    def in_hundred(self) -> int:
        """In how many of a hundred such tables chance alone makes a difference this large; 0 means fewer than one."""
        return int(100 * self.p)

    @property
    def _table(self) -> tuple[int, int, int, int]:
        return self.low.withheld, self.low.shown, self.high.withheld, self.high.shown


def _counted(since: date) -> Iterable[tuple]:
    """(Monday, group, status, number) of decisions since that day; HIDDEN ones are also counted as PUBLISHED.

    Of the center's own reviews, or of the samples as long as there are no others, as for requests.
    """
    start = timezone.make_aware(datetime(since.year, since.month, since.day))
    decided = DecisionCounter.objects.filter(period__gte=start).exclude(n=0)
    hidden = Testimonial.objects.filter(decided_at__gte=start, hidden_at__isnull=False).order_by()
    rows = _by_week(decided, "period", F("status"), Sum("n")).union(
        _by_week(hidden, "decided_at", Value(HIDDEN), Count("*")), all=True
    )
    found = list(rows)
    are_samples = all(is_sample for *_, is_sample, _ in found)
    return [(timezone.localdate(week), *counted, n) for week, *counted, of, n in found if of == are_samples]


def _by_week(rows: QuerySet, moment: str, status, number) -> QuerySet:
    return rows.values_list(TruncWeek(moment), _GROUP, status, "is_sample").annotate(number=number)


def _sum(counts: Counter, label: str, *, group: str | None = None, week: date | None = None) -> DecisionCount:
    def total(status):
        return sum(
            n
            for (when, stars, outcome), n in counts.items()
            if outcome == status and group in (None, stars) and week in (None, when)
        )

    return DecisionCount(label, total(Status.PUBLISHED), total(Status.DECLINED))
