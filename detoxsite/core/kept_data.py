"""What this site keeps about people: one row for each kind of data, with its reason and its period.

Apps declare rows in their ``kept_data.py``; ``detoxsite/pages/kept_data.py`` has all of them. The page about privacy
and docs/privacy.md are made from the rows. Periods come from the constants that jobs and cookies use.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

_UNITS = (
    (timedelta(days=365), "year"),
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
    (timedelta(seconds=1), "second"),
)


class About(Enum):
    """Whom a row is about; the value is the heading of its table."""

    VISITOR = "Whenever you visit"
    REQUEST = "If you ask for help"
    REVIEW = "If you write or report a review"
    STAFF = "Staff"
    OPERATION = "To run the site"

    @property
    def is_public(self) -> bool:
        """Whether visitors read the rows, which then say “you” to them."""
        return self is not About.STAFF


@dataclass(frozen=True)
class Kept:
    """One kind of data that is kept. Visitors read ``what``, ``why`` and ``how_long``; ``where`` is for operators.

    The texts are plain and have no period at the end. ``models`` and ``cookies`` (names) say where the data are: each
    model and each cookie belongs to exactly one row.
    """

    what: str
    where: str
    why: str
    how_long: str
    about: About
    models: tuple[type, ...] = ()
    cookies: tuple[str, ...] = ()


def period(length: timedelta | float) -> str:
    """A period in words, in the largest unit of which it is a multiple: “2 years”, “a day”. A number is in seconds."""
    length = length if isinstance(length, timedelta) else timedelta(seconds=length)
    size, unit = next((size, unit) for size, unit in _UNITS if length >= size and not length % size)
    count = length // size
    if count == 1:
        return f"an {unit}" if unit == "hour" else f"a {unit}"
    return f"{count} {unit}s"


def listed(words: Iterable[str]) -> str:
    """“a, b and c”."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
