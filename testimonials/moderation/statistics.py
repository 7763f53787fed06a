"""What was decided lately, by stars, and whether low ones are withheld more often than chance explains."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, QuerySet, Value, When
from django.db.models.functions import TruncWeek
from django.utils import timezone

from ..models import ReviewEvent, Status, Testimonial
from . import fisher_exact

WEEKS = 12
UNLIKELY = 0.05  # a p value below it is not put down to chance
GROUPS = {"low": "1–2 stars", "middle": "3 stars", "high": "4–5 stars", "none": "No stars"}
LOW, MIDDLE, HIGH, NONE = GROUPS
HIDDEN, TAKEN_DOWN = "hidden", "taken down"  # no statuses of their own
FRESH = 30.0  # seconds
_kept: "Lately | None" = None
_counted_at = 0.0
_GROUP = Case(
    When(stars__lte=2, then=Value(LOW)),
    When(stars=3, then=Value(MIDDLE)),
    When(stars__gte=4, then=Value(HIGH)),
    default=Value(NONE),
    output_field=CharField(),
)


@dataclass
class Decided:
    """So many reviews were decided on; the counts of several can be added."""

    label: str
    shown: int = 0
    withheld: int = 0

    @property
    def all(self) -> int:
        return self.shown + self.withheld

    @property
    def rate(self) -> float | None:
        """Percent of them that are withheld; None where there are none."""
        return 100 * self.withheld / self.all if self.all else None


def lately() -> "Lately":
    """Counted at most every FRESH seconds in each process: of all pages, this alone takes longer with more rows."""
    global _kept, _counted_at
    kept = _kept
    if kept is None or time.monotonic() - _counted_at > FRESH:
        kept = _kept = Lately()
        _counted_at = time.monotonic()
    return kept


def forget() -> None:
    """Count again at the next request."""
    global _kept
    _kept = None


class Lately:
    """The decisions of the last WEEKS weeks, this one included, as they stand now. One query, from an index each.

    A review that was withdrawn, has expired or is looked at again stands nowhere in it. One that is hidden counts as
    withheld: else whoever hides the low ones would stand there as fair. ``taken_down`` (label, number) has those that
    staff withdrew on a writer's word: nobody but the one who did it knows of that word.
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
        for (_, group, what), n in counts.items():
            taken_down[group] += n if what == TAKEN_DOWN else 0
        self.taken_down = [(label, taken_down[group]) for group, label in GROUPS.items() if taken_down[group]]

    @property
    def p(self) -> float:
        return fisher_exact.two_sided(*self._table)

    @property
    def verdict(self) -> str:
        """What the test says of low against high: "few" (too few to say anything), "low", "high" (withheld more often
        than chance explains) or "none" (no sign of a difference)."""
        if fisher_exact.smallest(*self._table) >= UNLIKELY:
            return "few"
        if self.p >= UNLIKELY:
            return "none"
        return "low" if self.low.rate > self.high.rate else "high"

    @property
    def in_hundred(self) -> int:
        """In how many of a hundred such tables chance alone makes a difference as large; 0 stands for under one."""
        return int(100 * self.p)

    @property
    def _table(self) -> tuple[int, int, int, int]:
        return self.low.withheld, self.low.shown, self.high.withheld, self.high.shown


def _counted(since: date) -> Iterable[tuple]:
    """(Monday, group, status, number) of what was decided from that day on; HIDDEN ones once more, and TAKEN_DOWN."""
    start = timezone.make_aware(datetime(since.year, since.month, since.day))
    lately = Testimonial.objects.filter(decided_at__gte=start).order_by()
    hidden = lately.filter(hidden_at__isnull=False)
    decided = lately.filter(status__in=[Status.PUBLISHED, Status.DECLINED])
    by_staff = Exists(
        ReviewEvent.objects.filter(review=OuterRef("pk"), kind=ReviewEvent.Kind.WITHDRAWN, by__isnull=False)
    )
    taken_down = lately.filter(by_staff, status=Status.WITHDRAWN)
    rows = _by_week(decided, F("status")).union(
        _by_week(hidden, Value(HIDDEN)), _by_week(taken_down, Value(TAKEN_DOWN)), all=True
    )
    return [(timezone.localdate(week), group, status, n) for week, group, status, n in rows]


def _by_week(reviews: QuerySet, status) -> QuerySet:
    return reviews.values_list(TruncWeek("decided_at"), _GROUP, status).annotate(n=Count("*"))


def _sum(counts: Counter, label: str, *, group: str | None = None, week: date | None = None) -> Decided:
    def total(status):
        return sum(
            n
            for (when, stars, outcome), n in counts.items()
            if outcome == status and group in (None, stars) and week in (None, when)
        )

    return Decided(label, total(Status.PUBLISHED), total(Status.DECLINED))
