"""One review from elsewhere, and what has to be true of it: whatever else stands in a file, it is refused in words."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import timezone

from ..text_normalize import tidied

MAX_LENGTH = 5000  # characters of words, as in our own form
MAX_NAME = 40  # what can be shown of a name
MIN_DATE = datetime(1995, 1, 1, tzinfo=UTC)  # no site had reviews before
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
UNRATED = {"", "star_rating_unspecified"}
_STARS = re.compile(r"(\w+)(?:[.,]0+)?(?: ?(?:/|out of) ?5(?:[.,]0+)?)?(?: ?stars?)?")
_DRAWN = re.compile(r"([★⭐🌟]+)([☆✩✰]*)")
_UNDECODED = re.compile("[\ud800-\udfff]")


class NotTaken(Exception):
    """This row is not brought in; the message says why and holds nothing of what it says."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: the file, and its line (of a table or JSON lines) or its number among the reviews."""

    file: str
    number: int


@dataclass(frozen=True, slots=True)
class Row:
    """A review as somebody wrote it elsewhere. ``id`` is "" where that site gave none."""

    place: Place
    id: str
    words: str
    name: str
    stars: int | None
    written_at: datetime
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not brought in, and why."""

    place: Place
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unread:
    """From here on a file could not be read. ``where`` in words."""

    file: str
    where: str


def id_of(given) -> str:
    """Raises NotTaken for one that two reviews could share after it was stored."""
    if given is None:
        return ""
    if not isinstance(given, str):
        raise NotTaken("the id is no text")
    given = given.strip()
    if len(given) > 200:
        raise NotTaken("the id is too long")
    if given != tidied(given) or "\n" in given:
        raise NotTaken("the id has characters that cannot be kept")
    return given


def words_of(given) -> str:
    if given is not None and not isinstance(given, str):
        raise NotTaken("the words are no text")
    words = tidied(given or "").strip()
    if all(unicodedata.category(letter)[0] in "ZC" for letter in words):
        raise NotTaken("it has no words")
    if len(words) > MAX_LENGTH:
        raise NotTaken(f"it is longer than {MAX_LENGTH:,} characters")
    return words


def name_of(given) -> str:
    """On one line, and no longer than can be shown."""
    name = " ".join(tidied(given).split()) if isinstance(given, str) else ""
    return name if len(name) <= MAX_NAME else name[: MAX_NAME - 1].rstrip() + "…"


def stars_of(given) -> int | None:
    """5, "4.0", "5/5", "FIVE", "five stars", "★★★★☆"; None where nobody gave any."""
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise NotTaken("the stars are no number from 1 to 5")
    written = unicodedata.normalize("NFKC", str(given)).replace("\ufe0f", "").strip().casefold()
    if written in UNRATED:
        return None
    if drawn := _DRAWN.fullmatch(written):
        full, empty = map(len, drawn.groups())
        if full <= 5 and full + empty in {full, 5}:
            return full
    elif said := _STARS.fullmatch(written):
        if said[1] in NUMBERS:
            return NUMBERS[said[1]]
        if said[1] in {"1", "2", "3", "4", "5"}:
            return int(said[1])
    raise NotTaken("the stars are no number from 1 to 5")


def moment_of(given, now: datetime, reading=datetime.fromisoformat) -> datetime:
    """A moment in the past; where it names no zone, the center's. Raises NotTaken."""
    if not isinstance(given, str) or not given.strip():
        raise NotTaken("it has no date")
    try:
        moment = reading(given.strip().upper())
        moment = (moment if moment.tzinfo else timezone.make_aware(moment)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise NotTaken("the date cannot be read") from None
    if moment > now:
        raise NotTaken("the date lies in the future")
    if moment < MIN_DATE:
        raise NotTaken(f"the date lies before {MIN_DATE.year}")
    return moment


def is_decoded(*cells: str) -> bool:
    """Whether all of it could be read as text (the codec marks what could not with lone surrogates)."""
    return not any(_UNDECODED.search(cell) for cell in cells)
