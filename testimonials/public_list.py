"""The public list of reviews: one page of it, and the summary of all reviews beside it."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, Subquery, TextField
from django.db.models.functions import Cast, JSONArray
from django.utils import timezone

from detoxsite.core.pagination import Keyset, KeysetPage

from .models import Reason, ReviewCounter, Source, Status, Testimonial

PAGE_SIZE = 10
STARS = (5, 4, 3, 2, 1, 0)  # 0: none
COUNTED_BY = ("status", "stars", "reason", "allow_words", "source", "n")
NEWEST_FIRST = Keyset("submitted_at", is_descending=True)


class ListPage:
    """One page of the list, newest first, with ``summary`` of all reviews; one query, or two if nothing is shown.

    It begins after the review with the key ``after``, which may be gone by now, or with the newest of ``year`` and
    before, or at the top.
    """

    def __init__(self, *, after: int | None = None, year: int | None = None) -> None:
        older, newer = _split(after, year)
        found = KeysetPage(
            older.annotate(**_summary_columns(), back=_key_of(newer, skip=PAGE_SIZE), newest=_key_of(newer)), PAGE_SIZE
        )
        self.rows, self.year, self.has_older = found.rows, year, found.has_next
        self.has_newer = bool(self.rows and self.rows[0].newest)
        self.back = self.rows[0].back if self.rows else None  # the page before comes after it; None: it is at the top
        columns = self.rows[0] if self.rows else ReviewCounter.objects.annotate(**_summary_columns()).first()
        self.summary = Summary(columns)

    @property
    def last(self) -> Testimonial:
        return self.rows[-1]


def _split(after: int | None, year: int | None):
    """The reviews from a place on, newest first, and those before it, oldest first."""
    shown = Testimonial.objects.shown()
    if after:
        return NEWEST_FIRST.after(shown, after), NEWEST_FIRST.before(shown, after, is_inclusive=True)
    if year:
        end = datetime(year + 1, 1, 1, tzinfo=timezone.get_current_timezone())
        return shown.filter(submitted_at__lt=end), shown.filter(submitted_at__gte=end).reverse()
    return shown, shown.none()


def _key_of(reviews, skip: int = 0) -> Subquery:
    return Subquery(reviews.values("pk")[skip : skip + 1])


def _summary_columns() -> dict:
    """What Summary needs. Nothing in it depends on the row, so the database computes it once for all rows."""
    shown, moment = Testimonial.objects.shown(), "submitted_at"
    counters = ReviewCounter.objects.exclude(n=0).values(entry=JSONArray(*COUNTED_BY))
    return {
        "counters": Cast(Func(ArraySubquery(counters), function="array_to_json"), TextField()),
        "hidden": ArraySubquery(Testimonial.objects.hidden().values("stars")),
        "until": Subquery(shown.values(moment)[:1]),
        "since": Subquery(shown.reverse().values(moment)[:1]),
    }


class Summary:
    """How many reviews are shown, withheld and not shown, why, and with how many stars.

    ``columns``: a row with _summary_columns(); None if there is no review at all.
    """

    def __init__(self, columns) -> None:
        counters = json.loads(columns.counters) if columns else []
        hidden: Sequence[int | None] = columns.hidden if columns else []
        self.since, self.until = (columns.since, columns.until) if columns else (None, None)
        self.hidden = len(hidden)
        self.waiting = self.without_consent = 0
        self._shown, self._withheld, reasons = Counter(), Counter(), Counter()
        for status, stars, reason, may_be_shown, source, n in counters:
            if status == Status.PUBLISHED:
                self._shown[stars] += n
            elif status == Status.DECLINED:
                self._withheld[stars] += n
                reasons[reason] += n
            elif status == Status.PENDING and may_be_shown:
                self.waiting += n
            elif status == Status.PENDING and source != Source.HERE:
                self.without_consent += n
        self._shown.subtract(stars or 0 for stars in hidden)
        self.reasons = [(reason.label, reasons[reason]) for reason in Reason if reasons[reason]]

    @property
    def shown(self) -> int:
        return self._shown.total()

    @property
    def withheld(self) -> int:
        return self._withheld.total()

    @property
    def with_stars(self) -> int:
        """Of the shown ones."""
        return self.shown - self._shown[0]

    @property
    def mean(self) -> float | None:
        """Average stars of the shown ones; None if none has any."""
        total = sum(stars * n for stars, n in self._shown.items())
        return total / self.with_stars if self.with_stars else None

    @property
    def by_stars(self) -> list[dict]:
        """A row for each number of stars, most first; ``bar`` and ``held`` in percent of the longest bar."""
        longest = max((self._shown[stars] + self._withheld[stars] for stars in STARS), default=0) or 1
        return [
            {
                "stars": stars,
                "shown": self._shown[stars],
                "withheld": self._withheld[stars],
                "bar": f"{100 * self._shown[stars] / longest:.1f}",
                "held": f"{100 * self._withheld[stars] / longest:.1f}",
            }
            for stars in STARS
        ]

    @property
    def years(self) -> list[int]:
        """The years that the page links to, newest first."""
        if not self.since:
            return []
        return list(range(timezone.localtime(self.until).year, timezone.localtime(self.since).year - 1, -1))
