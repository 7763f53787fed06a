"""Dates as other sites and spreadsheets write them, and the order of day and month in a column.

3/4/2024 alone tells neither. So the whole column is looked at first: one date such as 25/4/2024 decides for all, and a
column with proofs of both orders is refused rather than mixed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
EXCEL_EPOCH = datetime(1899, 12, 30)  # day 0 of the 1900 system, as it counts from March 1, 1900
EXCEL_DAYS = range(34_700, 73_051)  # 1995 to 2099
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = rf"(?P<month>{'|'.join(MONTH_NAMES)})[a-z]{{0,6}}\.?"
_YEAR = r"(?P<year>\d{4}|['’]?\d{2})"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,? )?"
_TIME = re.compile(
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)? ?(?P<half>[ap]\.?m\.?)?"
    r"(?P<utc> ?(?:utc|gmt|z|\+00:?00))?"
)
_NUMBERS = re.compile(r"(?P<first>\d{1,2})(?P<sign>[/.-])(?P<second>\d{1,2})(?P=sign)(?P<year>\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[/.](?P<month>\d{1,2})[/.](?P<day>\d{1,2})")
_NAMED = [
    re.compile(pattern)
    for pattern in (
        rf"{_WEEKDAY}{_DAY}[ -](?:of )?{_MONTH}[ ,-]{{1,2}}{_YEAR}",
        rf"{_WEEKDAY}{_MONTH}[ -]{_DAY}[ ,-]{{1,2}}{_YEAR}",
    )
]
_EXCEL_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_BETWEEN = re.compile(r",? at |, ?| ?t ?(?=\d)| ")


class MixedDates(Exception):
    """A column has dates that are day first and dates that are month first. The message says where."""


class DateOrder(StrEnum):
    MONTH_FIRST = "month first"
    DAY_FIRST = "day first"


@dataclass
class DateEvidence:
    """What the dates of a column prove. ``proofs``: where the first date of each order is."""

    proofs: dict[DateOrder, str] = field(default_factory=dict)
    has_dots = has_numbers = False

    def add(self, value: str, place: str) -> None:
        match = _NUMBERS.match(value.strip())
        if match is None:
            return
        self.has_numbers = True
        self.has_dots |= match["sign"] == "."
        if int(match["first"]) > 12 >= int(match["second"]):
            self.proofs.setdefault(DateOrder.DAY_FIRST, place)
        elif int(match["second"]) > 12 >= int(match["first"]):
            self.proofs.setdefault(DateOrder.MONTH_FIRST, place)

    def order(self) -> DateOrder:
        """Without a proof: day first with dots (25.4.2024), which no American date has, else month first.

        Raises MixedDates.
        """
        if len(self.proofs) > 1:
            places = " and ".join(f"{order} at {place}" for order, place in sorted(self.proofs.items()))
            raise MixedDates(
                f"The dates are {places}, so the others cannot be told apart. Nothing was imported. Write all dates "
                "alike, or name their date_format in a column map (--map)."
            )
        return next(iter(self.proofs), DateOrder.DAY_FIRST if self.has_dots else DateOrder.MONTH_FIRST)

    def describe(self) -> str:
        """The order, and how we know."""
        if not self.has_numbers:
            return "written with the year first, with the name of the month, or as Excel stores them"
        order = self.order()
        if place := self.proofs.get(order):
            return f"{order}: {place} can be read in no other way"
        return f"{order}, but no date proves it. If that is wrong, name their date_format in a column map (--map)"


def parse_date(value: str, order: DateOrder = DateOrder.MONTH_FIRST) -> datetime:
    """A moment, naive unless it names a time zone. Raises ValueError."""
    value = " ".join(value.split()).casefold()
    if _EXCEL_SERIAL.fullmatch(value):
        days = float(value.replace(",", "."))
        if int(days) not in EXCEL_DAYS:
            raise ValueError
        return EXCEL_EPOCH + timedelta(seconds=round(days * 86_400))
    for match, year, month, day in _readings(value, order):
        rest = value[match.end() :]
        between = _BETWEEN.match(rest)
        time = _TIME.fullmatch(rest, between.end()) if between else None
        if rest and not time:
            continue
        moment = datetime(_whole_year(year), month, day)
        return _at_time(moment, time) if time else moment
    value = value.upper()
    return datetime.fromisoformat(value.removesuffix(" UTC") + "Z" if value.endswith(" UTC") else value)


def _readings(value: str, order: DateOrder) -> Iterator[tuple[re.Match, str, int, int]]:
    """Year, month and day of what the value may begin with."""
    if match := _NUMBERS.match(value):
        first, second = int(match["first"]), int(match["second"])
        month, day = (second, first) if order == DateOrder.DAY_FIRST else (first, second)
        yield match, match["year"], month, day
    if match := _YEAR_FIRST.match(value):
        yield match, match["year"], int(match["month"]), int(match["day"])
    for pattern in _NAMED:
        if match := pattern.match(value):
            yield match, match["year"], MONTH_NAMES.index(match["month"]) + 1, int(match["day"])


def _whole_year(year: str) -> int:
    """Two digits as spreadsheets read them: 30 to 99 are of the last century."""
    digits = year.lstrip("'’")
    return int(digits) if len(digits) == 4 else int(digits) + (2000 if int(digits) < 30 else 1900)


def _at_time(moment: datetime, time: re.Match) -> datetime:
    hour = int(time["hour"])
    if time["half"]:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if time["half"][0] == "p" else 0)
    moment = moment.replace(hour=hour, minute=int(time["minute"]), second=int(time["second"] or 0))
    return moment.replace(tzinfo=UTC) if time["utc"] else moment
