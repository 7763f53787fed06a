"""One review from another site, and the validation of its fields."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import timezone

from detoxsite.core.plain_text import tidy

MAX_LENGTH = 5000  # characters of words, as in our own form
MAX_NAME = 40  # characters of a name that can be shown
MAX_ID = 200
MIN_DATE = datetime(1995, 1, 1, tzinfo=UTC)  # no site had reviews before
NUMBER_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
UNRATED = {"", "star_rating_unspecified"}
INVALID_RATING = "the rating is not a whole or half number from 1 to 5"
# what the column for the state of a review holds, in WordPress and elsewhere
APPROVED = frozenset(
    [
        *("1", "true", "yes", "y", "approved", "publish", "published", "active", "public", "live", "visible", "shown"),
        *("accepted", "on"),
    ]
)
NOT_APPROVED = frozenset(
    [
        *("0", "false", "no", "n", "pending", "draft", "auto-draft", "future", "trash", "spam", "hold", "rejected"),
        *("unapproved", "disapproved", "declined", "denied", "hidden", "private", "unpublished", "removed", "deleted"),
        *("flagged", "inactive", "archived", "off"),
    ]
)
_RATING = re.compile(r"(\w+?)(?:[.,]0+|(?P<half>[.,]50*| ?1[/⁄]2))?(?: ?(?:/|out of) ?5(?:[.,]0+)?)?(?: ?stars?)?")
_STAR_SYMBOLS = re.compile(r"([★⭐🌟]+)(1⁄2|[⯨⯪])?([☆✩✰]*)")
_UNDECODED = re.compile("[\ud800-\udfff]")


class InvalidRow(Exception):
    """A row that cannot be imported. The message says why and holds nothing of the row's content."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a row is: the file, and its line (of a table or JSON lines) or its number among the reviews."""

    file: str
    number: int


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A valid review from another site. ``id`` is "" where that site gave none."""

    location: Location
    id: str
    words: str
    name: str
    stars: int | None
    written_at: datetime
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RejectedRow:
    location: Location
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class UnreadablePart:
    """The rest of a file that could not be read, or all of it."""

    file: str
    reason: str


def parse_id(value) -> str:
    """Raises InvalidRow for an ID that would not be unique once stored."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidRow("the ID is not text")
    value = value.strip()
    if len(value) > MAX_ID:
        raise InvalidRow("the ID is too long")
    if value != tidy(value):
        raise InvalidRow("the ID has characters that cannot be stored")
    return value


def parse_words(value) -> str:
    if value is not None and not isinstance(value, str):
        raise InvalidRow("the review is not text")
    words = tidy(value or "", multiline=True).strip()
    if all(unicodedata.category(character)[0] in "ZC" for character in words):
        raise InvalidRow("the review is empty")
    if len(words) > MAX_LENGTH:  # in code points: no browser counted these
        raise InvalidRow(f"the review is longer than {MAX_LENGTH:,} characters")
    return words


def parse_name(value) -> str:
    """On one line, and no longer than can be shown."""
    name = " ".join(tidy(value).split()) if isinstance(value, str) else ""
    return name if len(name) <= MAX_NAME else name[: MAX_NAME - 1].rstrip() + "…"


def parse_stars(value) -> int | None:
    """5, "4.0", "5/5", "FIVE", "five stars", "★★★★☆"; None without a rating.

    Half a star does not count, "4.5" is 4: nobody is said to have given more stars than they gave.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InvalidRow(INVALID_RATING)
    rating = unicodedata.normalize("NFKC", str(value)).replace("\ufe0f", "").strip().casefold()
    if rating in UNRATED:
        return None
    if symbols := _STAR_SYMBOLS.fullmatch(rating):
        full, half, empty = len(symbols[1]), bool(symbols[2]), len(symbols[3])
        if full + half <= 5 and full + half + empty in {full + half, 5}:
            return full
    elif match := _RATING.fullmatch(rating):
        stars = NUMBER_WORDS.get(match[1]) or (int(match[1]) if match[1] in {"1", "2", "3", "4", "5"} else 0)
        if stars and not (stars == 5 and match["half"]):
            return stars
    raise InvalidRow(INVALID_RATING)


def check_approved(value: str) -> None:
    """Raises InvalidRow for a review that the other site does not show, or of which that cannot be told."""
    state = " ".join(value.split()).casefold()
    if state in NOT_APPROVED:
        raise InvalidRow("it is not approved there")
    if state not in APPROVED:
        raise InvalidRow(
            "its state is neither approved nor not approved. If that column holds something else, give the column map "
            'the line approved = ""'
        )


def parse_moment(value, now: datetime, parse: Callable[[str], datetime] = datetime.fromisoformat) -> datetime:
    """A moment in the past, in the center's time zone unless it names one. Raises InvalidRow."""
    if not isinstance(value, str) or not value.strip():
        raise InvalidRow("the date is missing")
    try:
        moment = parse(value.strip().upper())
        moment = (moment if moment.tzinfo else timezone.make_aware(moment)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidRow("the date cannot be read") from None
    if moment > now:
        raise InvalidRow("the date is in the future")
    if moment < MIN_DATE:
        raise InvalidRow(f"the date is before {MIN_DATE.year}")
    return moment


def is_decoded(*cells: str) -> bool:
    """Whether all of it could be decoded (the codec replaces what could not with lone surrogates)."""
    return not any(_UNDECODED.search(cell) for cell in cells)
