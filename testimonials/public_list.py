"""The public list of reviews: one page of it, and the summary of all reviews beside it."""

import json
from collections import Counter
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, Subquery, TextField
from django.db.models.functions import Cast, JSONArray
from django.utils import timezone

from detoxsite.core.pagination import Keyset, KeysetPage

from .models import CONNECTED, Reason, ReviewCounter, Source, Status, Testimonial

PAGE_SIZE = 10
STARS = (5, 4, 3, 2, 1, 0)  # 0: none
COUNTED_BY = ("status", "stars", "reason", "allow_words", "source", "relationship", "n")
COLUMNS = ("shown", "withheld", "waiting", "hidden", "without_consent")
NOT_SHOWN = {"waiting": "Not read yet", "hidden": "Hidden", "without_consent": "On other sites"}  # with headings
MIN_WAITING = 3  # fewer are not split by stars: the person who decides on one would know what it has
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
    hidden = Testimonial.objects.hidden()
    counters = ReviewCounter.objects.exclude(n=0).values(entry=JSONArray(*COUNTED_BY))
    return {
        "counters": Cast(Func(ArraySubquery(counters), function="array_to_json"), TextField()),
        "hidden": Cast(
            Func(ArraySubquery(hidden.values(entry=JSONArray("stars", "relationship"))), function="array_to_json"),
            TextField(),
        ),
        "until": Subquery(shown.values(moment)[:1]),
        "since": Subquery(shown.reverse().values(moment)[:1]),
    }


class Summary:
    """How many reviews are shown, withheld and not shown, why, and with how many stars.

    Numbers of reviews count all of them. Whatever has to do with stars leaves out the ``connected`` ones.
    ``columns``: a row with _summary_columns(); None if there is no review at all.
    """

    def __init__(self, columns) -> None:
        counters = json.loads(columns.counters) if columns else []
        hidden = [(stars or 0, relationship) for stars, relationship in json.loads(columns.hidden)] if columns else []
        self.since, self.until = (columns.since, columns.until) if columns else (None, None)
        self._all, self._stars, reasons = Counter(), {column: Counter() for column in COLUMNS}, Counter()
        for status, stars, reason, may_be_shown, source, relationship, n in counters:
            if column := _column(status, may_be_shown, source):
                self._add(column, stars, relationship, n)
            if status == Status.DECLINED:
                reasons[reason] += n
        for stars, relationship in hidden:
            self._add("shown", stars, relationship, -1)
            self._add("hidden", stars, relationship, 1)
        self.reasons = [(reason.label, reasons[reason]) for reason in Reason if reasons[reason]]

    def _add(self, column: str, stars: int, relationship: str, n: int) -> None:
        self._all[column] += n
        if relationship not in CONNECTED:
            self._stars[column][stars] += n

    @property
    def shown(self) -> int:
        return self._all["shown"]

    @property
    def withheld(self) -> int:
        return self._all["withheld"]

    @property
    def waiting(self) -> int:
        return self._all["waiting"]

    @property
    def hidden(self) -> int:
        return self._all["hidden"]

    @property
    def without_consent(self) -> int:
        return self._all["without_consent"]

    @property
    def connected(self) -> int:
        """By authors who work here or were offered something, as they say; in the counts and not in the table."""
        return self._all.total() - sum(stars.total() for stars in self._stars.values())

    @property
    def with_stars(self) -> int:
        """Of the shown ones."""
        return self._stars["shown"].total() - self._stars["shown"][0]

    @property
    def mean(self) -> float | None:
        """Average stars of the shown ones; None if none has any."""
        total = sum(stars * n for stars, n in self._stars["shown"].items())
        return total / self.with_stars if self.with_stars else None

    @property
    def by_stars(self) -> list[dict]:
        """A row for each number of stars, most first; ``bar`` and ``held`` in percent of the longest bar."""
        shown, withheld = self._stars["shown"], self._stars["withheld"]
        longest = max((shown[stars] + withheld[stars] for stars in STARS), default=0) or 1
        return [
            {
                "stars": stars,
                "shown": shown[stars],
                "withheld": withheld[stars],
                "bar": f"{100 * shown[stars] / longest:.1f}",
                "held": f"{100 * withheld[stars] / longest:.1f}",
            }
            for stars in STARS
        ]

    @property
    def totals(self) -> dict[str, int]:
        """Of the tables by stars."""
        return {column: self._stars[column].total() for column in COLUMNS}

    @property
    def is_blind(self) -> bool:
        """Whether too few wait to say how many stars they have."""
        return 0 < self.totals["waiting"] < MIN_WAITING

    @property
    def not_shown(self) -> dict | None:
        """The table of what is not shown for now: its headings, and its rows by stars. None if there is nothing."""
        columns = [
            column for column in NOT_SHOWN if self.totals[column] and not (column == "waiting" and self.is_blind)
        ]
        rows = [(stars, [self._stars[column][stars] for column in columns]) for stars in STARS]
        return {"headings": [NOT_SHOWN[column] for column in columns], "rows": rows} if columns else None

    @property
    def years(self) -> list[int]:
        """The years that the page links to, newest first."""
        if not self.since:
            return []
        return list(range(timezone.localtime(self.until).year, timezone.localtime(self.since).year - 1, -1))


def _column(status: str, may_be_shown: bool, source: str) -> str:
    """Where the table counts a review; "" for one that readers are told nothing of."""
    match status:
        case Status.PUBLISHED:
            return "shown"
        case Status.DECLINED:
            return "withheld"
        case Status.PENDING if may_be_shown:
            return "waiting"
        case Status.PENDING if source != Source.HERE:
            return "without_consent"
    return ""
