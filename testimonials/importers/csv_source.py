"""Reviews from a table in CSV, as exported by other sites. A column map says which column holds which field."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from itertools import chain

from django.utils import timezone

from .column_map import COMMON_HEADINGS, ColumnMap, is_utc
from .dates import DateEvidence, DateOrder
from .files import READ_ERRORS, ImportSource, describe_error, open_files, printable
from .markup import strip_markup, with_title
from .records import (
    InvalidRow,
    Location,
    RejectedRow,
    ReviewRow,
    UnreadablePart,
    check_approved,
    is_decoded,
    parse_id,
    parse_moment,
    parse_name,
    parse_stars,
    parse_words,
)
from .shapes import utf_16_without_mark, wrong_shape

MAX_LENGTH = 4 * 2**20  # characters of a line, and of a cell
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: they begin alike
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_END = "\x00 end \x00"
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?', re.I)  # which Excel writes and reads above the heading


class _Unclosed(Exception):
    """A quotation mark is never closed, or a line is too long: cells cannot be separated."""


@dataclass(frozen=True)
class Table:
    """What was understood of one file: ``columns`` says in which cell each field is."""

    file: str
    encoding: str
    delimiter: str
    heading: list[str]
    columns: dict[str, int]

    def describe(self) -> Iterator[str]:
        yield f"{self.file}: {self.encoding.upper()}, cells separated by {_DELIMITER_NAMES[self.delimiter]}"
        for name, number in self.columns.items():
            note = ", not imported" if name == "reply" else ""
            yield f"  {name:<9}from the column “{printable(self.heading[number])}”{note}"
        others = [printable(cell) for at, cell in enumerate(self.heading) if at not in self.columns.values()]
        if others:
            yield f"  not imported: {', '.join(f'“{other}”' for other in others[:30])}"


_DELIMITER_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass
class Survey:
    """What was understood of all tables before a row is read from them."""

    tables: list[Table] = field(default_factory=list)
    dates: DateEvidence = field(default_factory=DateEvidence)

    def describe(self, column_map: ColumnMap) -> Iterator[str]:
        for table in self.tables:
            yield from table.describe()
        if self.tables:
            yield f"Dates: {column_map.date_format or self.dates.describe()}"


def survey(source: ImportSource, column_map: ColumnMap) -> Survey:
    """Reads everything once. Raises InvalidColumnMap, and MixedDates where day and month cannot be told apart."""
    found = Survey()
    for item in _read_tables(source, column_map):
        if isinstance(item, Table):
            found.tables.append(item)
        elif not isinstance(item, UnreadablePart):
            line, cells = item
            table = found.tables[-1]
            for name in ("date", "changed"):
                number = table.columns.get(name, len(cells))
                if number < len(cells):
                    found.dates.add(cells[number], f"line {line:,} of {table.file}")
    if not column_map.date_format:
        found.dates.order()
    return found


def read_rows(
    source: ImportSource, column_map: ColumnMap, order: DateOrder | None = None
) -> Iterator[ReviewRow | RejectedRow | UnreadablePart]:
    """Every row of every file; of a damaged one, those before the damage. Raises what survey raises.

    ``order``: of numeric dates; without it, a survey finds it.
    """
    if order is None and not column_map.date_format:
        order = survey(source, column_map).dates.order()
    now, table = timezone.now(), None
    for item in _read_tables(source, column_map):
        match item:
            case UnreadablePart():
                yield item
            case Table():
                table = item
            case line, cells:
                yield _row(cells, table, Location(table.file, line), _DateReader(table, column_map, order, now))


def _read_tables(
    source: ImportSource, column_map: ColumnMap
) -> Iterator[Table | tuple[int, list[str]] | UnreadablePart]:
    """Each table, followed by its rows with the line that each begins on. Raises InvalidColumnMap."""
    csv.field_size_limit(MAX_LENGTH)
    for file in open_files(source, "*.csv"):
        if isinstance(file, UnreadablePart):
            yield file
            continue
        line, table = 1, None
        try:
            stream = file.buffered()
            if shape := wrong_shape(stream.peek(512)[:512], expects_json=False):
                yield UnreadablePart(file.name, shape)
                continue
            text = _Text(stream, column_map.encoding)
            for line, cells in text.rows():
                if table is None:
                    columns = column_map.locate(cells)
                    table = Table(file.name, text.encoding, text.delimiter, cells, columns)
                    yield table
                elif any(cell.strip() for cell in cells):
                    yield line, cells
            if table is None:
                yield UnreadablePart(file.name, "it is empty")
        except (csv.Error, _Unclosed, UnicodeError):
            reason = f"a quotation mark is never closed; nothing after the row of line {line:,} was read"
            yield UnreadablePart(file.name, reason)
        except READ_ERRORS as exc:
            reason = f"{describe_error(exc)}; nothing after the row of line {line:,} was read"
            yield UnreadablePart(file.name, reason)


class _Lines:
    """The lines of a text, and an end marker, which is a row of its own unless a quotation mark is open."""

    def __init__(self, text) -> None:
        self.text, self.row_length, self.is_over = text, 0, False

    def __iter__(self):
        return self

    def __next__(self) -> str:
        line = self.text.readline(MAX_LENGTH)
        self.row_length += len(line)
        if self.row_length >= MAX_LENGTH or self.is_over:
            raise _Unclosed
        self.is_over = not line
        return line or _END


class _Text:
    """One table as text, with the ``encoding`` and the ``delimiter`` that were found."""

    def __init__(self, stream: io.BufferedReader, encoding: str) -> None:
        start = stream.peek(16)[:16]
        marked = (name for mark, name in BYTE_ORDER_MARKS if start.startswith(mark))
        decoder = next(marked, "") or utf_16_without_mark(start) or encoding or "utf-8"
        self.encoding = decoder.removesuffix("-sig")
        errors = "replace" if decoder.startswith(("utf-16", "utf-32")) else "surrogateescape"
        self._lines = _Lines(io.TextIOWrapper(stream, decoder, errors, newline=""))
        self.delimiter = ","

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row with the line it begins on, the heading first."""
        lines, lines_above, heading = self._lines, 0, next(self._lines)
        separator = _SEPARATOR_LINE.fullmatch(heading.rstrip("\r\n"))
        while not lines.is_over and (not heading.strip() or (separator and not lines_above)):
            lines_above, heading = lines_above + 1, next(lines)
        self.delimiter = separator[1] if separator and separator[1] in _DELIMITER_NAMES else _delimiter(heading)
        reader = csv.reader(chain([heading], lines), delimiter=self.delimiter)
        line = 1
        for cells in reader:
            if lines.is_over:
                if cells != [_END]:
                    raise _Unclosed
                return
            yield lines_above + line, cells
            line, lines.row_length = reader.line_num + 1, 0


def _delimiter(heading: str) -> str:
    return max(",;\t|", key=lambda sign: len(next(csv.reader([heading], delimiter=sign), [])))


@dataclass(frozen=True)
class _DateReader:
    table: Table
    column_map: ColumnMap
    order: DateOrder | None
    now: datetime

    def read(self, name: str, value: str) -> datetime:
        """Raises InvalidRow."""
        heading = self.table.heading[self.table.columns[name]] if name in self.table.columns else ""

        def parse(value: str) -> datetime:
            moment = self.column_map.parse_date(value, self.order)
            is_whole_day = moment.time() == time()  # has no time, so no time zone either
            return moment if moment.tzinfo or is_whole_day or not is_utc(heading) else moment.replace(tzinfo=UTC)

        return parse_moment(value, self.now, parse)


def _row(cells: list[str], table: Table, location: Location, dates: _DateReader) -> ReviewRow | RejectedRow:
    fields = dict.fromkeys(COMMON_HEADINGS, "")
    fields |= {name: cells[number] for name, number in table.columns.items() if number < len(cells)}
    review_id = ""
    try:
        if not is_decoded(*fields.values()):
            raise InvalidRow("it has characters that do not fit the file’s encoding")
        review_id = parse_id(fields["id"])
        if any(cells[len(table.heading) :]):
            raise InvalidRow("it has more cells than the heading")
        if "approved" in table.columns:
            check_approved(fields["approved"])
        changed = fields["changed"]
        return ReviewRow(
            location=location,
            id=review_id,
            words=parse_words(with_title(strip_markup(fields["title"]), strip_markup(fields["words"]))),
            name=parse_name(strip_markup(fields["name"])),
            stars=parse_stars(fields["stars"]),
            written_at=dates.read("date", fields["date"]),
            changed_at=dates.read("changed", changed) if changed.strip() else None,
        )
    except InvalidRow as exc:
        return RejectedRow(location, review_id, str(exc))
