"""Reviews from a table in CSV, as the tools of other sites write it, with a map that says which column is what.

A map is TOML:

    source = "Yelp"              # the site's name
    date_format = "%m/%d/%Y"     # as strptime reads it; without it: ISO 8601, and dates as Americans write them
    encoding = "cp1252"          # only where it is no UTF-8 or UTF-16
    [columns]
    id = "Review ID"
    words = "Text"
    stars = "Rating"
    name = "Author"
    date = "Date"
    changed = "Last edited"

Without a map, or for what it leaves out, the usual headings are looked for.
"""

import codecs
import csv
import io
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path

from django.utils import timezone

from .files import File, Source, opened
from .records import (
    MIN_DATE,
    NotTaken,
    Place,
    Refusal,
    Row,
    Unread,
    id_of,
    is_decoded,
    moment_of,
    name_of,
    stars_of,
    words_of,
)

MAX_LENGTH = 4 * 2**20  # characters of a line, and of a cell
USUAL = {
    "id": ("review id", "id", "review uid", "uid", "external id"),
    "words": ("review text", "text", "review", "comment", "review content", "review body", "content", "words", "body"),
    "stars": ("rating", "stars", "star rating", "review rating", "score"),
    "name": ("author", "name", "reviewer", "reviewer name", "author name", "display name", "user name", "user"),
    "date": ("date", "review date", "created", "created at", "create time", "date created", "published", "timestamp"),
    "changed": ("updated", "updated at", "update time", "last edited", "modified"),
    "reply": ("reply", "response", "owner reply", "owner response"),
}
NEEDED = ("words", "date")
AMERICAN = ("%m/%d/%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M %p", "%m/%d/%y", "%B %d, %Y", "%b %d, %Y")
MARKED = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as UTF-16 does
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_END = "\x00 end \x00"


class NoMap(Exception):
    """The map is none, or does not fit the table; the message says what is wrong."""


@dataclass(frozen=True)
class Map:
    columns: dict[str, str] = field(default_factory=dict)
    source: str = ""
    date_format: str = ""
    encoding: str = ""

    @classmethod
    def of(cls, path: Path) -> "Map":
        """Raises NoMap."""
        try:
            said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError) as exc:
            raise NoMap(f"The map cannot be read: {type(exc).__name__}.") from None
        columns = said.get("columns", {})
        if unknown := sorted(said.keys() - {"columns", "source", "date_format", "encoding"}):
            raise NoMap(f"The map has “{unknown[0]}”, which means nothing.")
        if not isinstance(columns, dict) or not columns.keys() <= USUAL.keys():
            raise NoMap(f"[columns] of the map may have {', '.join(USUAL)}.")
        if not all(isinstance(value, str) for value in [*columns.values(), *(said[k] for k in said if k != "columns")]):
            raise NoMap("What the map says has to stand in quotes.")
        try:
            "".encode(said.get("encoding") or "utf-8")
            datetime.strptime(MIN_DATE.strftime(said.get("date_format", "")), said.get("date_format", ""))
        except LookupError:
            raise NoMap("The map’s encoding is none.") from None
        except (ValueError, re.error):
            raise NoMap("The map’s date_format is none that dates can be read with.") from None
        return cls(**said)

    def moment(self, given: str) -> datetime:
        """Raises ValueError."""
        if self.date_format:
            return datetime.strptime(given, self.date_format)
        for way in AMERICAN:
            try:
                return datetime.strptime(given, way)
            except ValueError:
                continue
        return datetime.fromisoformat(given)


class _Open(Exception):
    """A quote is opened and never closed, or a line is too long: cells cannot be told apart."""


def rows(source: Source, chart: Map) -> Iterator[Row | Refusal | Unread]:
    """Every row of every file; of a broken one what stands before the break. Raises NoMap."""
    csv.field_size_limit(MAX_LENGTH)
    now = timezone.now()
    for file in opened(source, "*.csv"):
        if isinstance(file, Unread):
            yield file
            continue
        line, columns = 1, None
        try:
            for line, cells in _cells(file, chart.encoding):
                if columns is None:
                    columns = _columns(cells, chart)
                elif any(cell.strip() for cell in cells):
                    yield _row(cells, columns, Place(file.name, line), chart, now)
            if columns is None:
                yield Unread(file.name, "it is empty")
        except (csv.Error, _Open, UnicodeError):
            yield Unread(file.name, f"a quote that is never closed; nothing after the row of line {line:,} was read")
        except file.problems as exc:
            yield Unread(file.name, f"{file.what(exc)}; nothing after the row of line {line:,} was read")


class _Lines:
    """The lines of a text, and one more at its end, which is a row of its own unless a quote is open."""

    def __init__(self, text) -> None:
        self.text, self.of_one_row, self.is_over = text, 0, False

    def __iter__(self):
        return self

    def __next__(self) -> str:
        line = self.text.readline(MAX_LENGTH)
        self.of_one_row += len(line)
        if self.of_one_row >= MAX_LENGTH or self.is_over:
            raise _Open
        self.is_over = not line
        return line or _END


def _cells(file: File, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on, the heading first."""
    stream = file.buffered()
    start = stream.peek(4)
    encoding = next((name for mark, name in MARKED if start.startswith(mark)), encoding or "utf-8")
    errors = "replace" if encoding in {"utf-16", "utf-32"} else "surrogateescape"
    lines = _Lines(io.TextIOWrapper(stream, encoding, errors, newline=""))
    blank, heading = 0, next(lines)
    while not lines.is_over and not heading.strip():
        blank, heading = blank + 1, next(lines)
    reader = csv.reader(chain([heading], lines), delimiter=_delimiter(heading))
    line = 1
    for cells in reader:
        if lines.is_over:
            if cells != [_END]:
                raise _Open
            return
        yield blank + line, cells
        line, lines.of_one_row = reader.line_num + 1, 0


def _delimiter(heading: str) -> str:
    return max(",;\t", key=lambda sign: len(next(csv.reader([heading], delimiter=sign), [])))


def _columns(heading: list[str], chart: Map) -> dict[str, int]:
    """Which cell is what; "" has how many there are. Raises NoMap, which quotes no heading: it may be a row."""
    named = {}
    for number, cell in enumerate(heading):
        named.setdefault(_plain(cell), number)
    columns = {"": len(heading)}
    for what, usual in sorted(USUAL.items(), key=lambda entry: entry[0] not in chart.columns):
        if what in chart.columns and _plain(chart.columns[what]) not in named:
            raise NoMap(f"No column is called “{chart.columns[what]}”, as the map says.")
        wanted = [_plain(chart.columns[what])] if what in chart.columns else usual
        found = [named[name] for name in wanted if name in named and named[name] not in columns.values()]
        if found:
            columns[what] = found[0]
    if missing := [what for what in NEEDED if what not in columns]:
        raise NoMap(f"No column for the {missing[0]} was found. Say in a map (--map) what it is called.")
    return columns


def _plain(heading: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", re.sub(r"([a-z])([A-Z])", r"\1 \2", heading)).split()).casefold()


def _row(cells: list[str], columns: dict[str, int], place: Place, chart: Map, now: datetime) -> Row | Refusal:
    said = dict.fromkeys(USUAL, "")
    said |= {what: cells[number] for what, number in columns.items() if what and number < len(cells)}
    known = ""
    try:
        if not is_decoded(*said.values()):
            raise NotTaken("it has characters that are not of the file’s encoding")
        known = id_of(said["id"])
        if any(cells[columns[""] :]):
            raise NotTaken("it has more cells than the first line")
        return Row(
            place=place,
            id=known,
            words=words_of(said["words"]),
            name=name_of(said["name"]),
            stars=stars_of(said["stars"]),
            written_at=moment_of(said["date"], now, chart.moment),
            changed_at=moment_of(said["changed"], now, chart.moment) if said["changed"].strip() else None,
        )
    except NotTaken as exc:
        return Refusal(place, known, str(exc))
