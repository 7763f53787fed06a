"""A page of the reviews that readers see, and what the list says about itself."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, Subquery, TextField
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThanOrEqual, TupleLessThan
from django.db.models.functions import Cast, JSONArray
from django.utils import timezone

from .models import (
    Reason,
    ReviewCounter,
    Source,
    Status,
    Testimonial,
)

PAGE_SIZE = 10
STARS = (5, 4, 3, 2, 1, 0)  # 0: none
TALLIED = ("status", "stars", "reason", "allow_words", "source", "n")
PLACE = Tuple(F("submitted_at"), F("pk"))  # what the list is in order of


class Shown:
    """One page of the list, newest first, with ``count``, the Count of all; one query, or two where nothing is shown.

    It begins behind the review with the key ``after``, which may be gone meanwhile, or with the newest of ``year`` and
    before, or at the top. A page is found by its place and not by counting: the ten-thousandth costs what the first
    does.
    """

    def __init__(self, *, after: int | None = None, year: int | None = None) -> None:
        older, newer = _at(after, year)
        rows = older.annotate(**_about_all(), back=_first_of(newer, skip=PAGE_SIZE), newest=_first_of(newer))
        rows = list(rows[: PAGE_SIZE + 1])
        self.rows, self.year = rows[:PAGE_SIZE], year
        self.has_older = len(rows) > PAGE_SIZE
        self.has_newer = bool(rows and rows[0].newest)
        self.back = rows[0].back if rows else None  # the page before this one begins behind it; None: at the top
        about = rows[0] if rows else ReviewCounter.objects.annotate(**_about_all()).first()
        self.count = Count(about)

    @property
    def last(self) -> Testimonial:
        return self.rows[-1]


def _at(after: int | None, year: int | None):
    """The reviews from a place on, newest first, and those before it, oldest first."""
    shown = Testimonial.objects.shown()
    if after:
        mark = Subquery(Testimonial.objects.filter(pk=after).values("submitted_at"))
        older, newer = TupleLessThan(PLACE, (mark, after)), TupleGreaterThanOrEqual(PLACE, (mark, after))
        return shown.filter(older), shown.filter(newer).reverse()
    if year:
        end = datetime(year + 1, 1, 1, tzinfo=timezone.get_current_timezone())
        return shown.filter(submitted_at__lt=end), shown.filter(submitted_at__gte=end).reverse()
    return shown, shown.none()


def _first_of(reviews, skip: int = 0) -> Subquery:
    return Subquery(reviews.values("pk")[skip : skip + 1])


def _about_all() -> dict:
    """What Count needs. Nothing in it depends on the row, so the database finds it once, however many rows carry it."""
    shown, moment = Testimonial.objects.shown(), "submitted_at"
    tally = ReviewCounter.objects.exclude(n=0).values(entry=JSONArray(*TALLIED))
    return {
        "tally": Cast(Func(ArraySubquery(tally), function="array_to_json"), TextField()),
        "hidden": ArraySubquery(Testimonial.objects.hidden().values("stars")),
        "until": Subquery(shown.values(moment)[:1]),
        "since": Subquery(shown.reverse().values(moment)[:1]),
    }


class Count:
    """How many reviews are shown, withheld and not shown, why, and with how many stars.

    ``about``: a row with what _about_all() fetches; None where there is no review at all.
    """

    def __init__(self, about) -> None:
        tally = json.loads(about.tally) if about else []
        hidden: Sequence[int | None] = about.hidden if about else []
        self.since, self.until = (about.since, about.until) if about else (None, None)
        self.hidden = len(hidden)
        self.waiting = self.unpermitted = 0
        self._shown, self._withheld, reasons = Counter(), Counter(), Counter()
        for status, stars, reason, may_be_shown, source, n in tally:
            if status == Status.PUBLISHED:
                self._shown[stars] += n
            elif status == Status.DECLINED:
                self._withheld[stars] += n
                reasons[reason] += n
            elif status == Status.PENDING and may_be_shown:
                self.waiting += n
            elif status == Status.PENDING and source != Source.HERE:
                self.unpermitted += n
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
        """Of those that are shown."""
        return self.shown - self._shown[0]

    @property
    def mean(self) -> float | None:
        """Of the stars of those that are shown; None where none has any."""
        total = sum(stars * n for stars, n in self._shown.items())
        return total / self.with_stars if self.with_stars else None

    @property
    def by_stars(self) -> list[dict]:
        """A row for each number of stars, most first; ``bar`` and ``held`` in percent of the longest bar."""
        most = max((self._shown[stars] + self._withheld[stars] for stars in STARS), default=0) or 1
        return [
            {
                "stars": stars,
                "shown": self._shown[stars],
                "withheld": self._withheld[stars],
                "bar": f"{100 * self._shown[stars] / most:.1f}",
                "held": f"{100 * self._withheld[stars] / most:.1f}",
            }
            for stars in STARS
        ]

    @property
    def years(self) -> list[int]:
        """Those to jump to, newest first."""
        if not self.since:
            return []
        return list(range(timezone.localtime(self.until).year, timezone.localtime(self.since).year - 1, -1))
