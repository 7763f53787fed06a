"""Reviews from a table in CSV, as exported by other sites. A column map says which column holds which field."""

import codecs
import csv
import io
from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from django.utils import timezone

from .column_map import COMMON_HEADINGS, ColumnMap
from .files import READ_ERRORS, ImportSource, SourceFile, describe_error, open_files
from .records import (
    InvalidRow,
    Location,
    RejectedRow,
    ReviewRow,
    UnreadablePart,
    is_decoded,
    parse_id,
    parse_moment,
    parse_name,
    parse_stars,
    parse_words,
)

MAX_LENGTH = 4 * 2**20  # characters of a line, and of a cell
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: they begin alike
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_END = "\x00 end \x00"


class _Unclosed(Exception):
    """A quotation mark is never closed, or a line is too long: cells cannot be separated."""


def read_rows(source: ImportSource, column_map: ColumnMap) -> Iterator[ReviewRow | RejectedRow | UnreadablePart]:
    """Every row of every file; of a damaged one, those before the damage. Raises InvalidColumnMap."""
    csv.field_size_limit(MAX_LENGTH)
    now = timezone.now()
    for file in open_files(source, "*.csv"):
        if isinstance(file, UnreadablePart):
            yield file
            continue
        line, heading, columns = 1, [], {}
        try:
            for line, cells in _read_cells(file, column_map.encoding):
                if not columns:
                    heading, columns = cells, column_map.locate(cells)
                elif any(cell.strip() for cell in cells):
                    location = Location(file.name, line)
                    yield _row(cells, columns, len(heading), location, column_map, now)
            if not columns:
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


def _read_cells(file: SourceFile, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on, the heading first."""
    stream = file.buffered()
    start = stream.peek(4)
    encoding = next((name for mark, name in BYTE_ORDER_MARKS if start.startswith(mark)), encoding or "utf-8")
    errors = "replace" if encoding in {"utf-16", "utf-32"} else "surrogateescape"
    lines = _Lines(io.TextIOWrapper(stream, encoding, errors, newline=""))
    blank_lines, heading = 0, next(lines)
    while not lines.is_over and not heading.strip():
        blank_lines, heading = blank_lines + 1, next(lines)
    reader = csv.reader(chain([heading], lines), delimiter=_delimiter(heading))
    line = 1
    for cells in reader:
        if lines.is_over:
            if cells != [_END]:
                raise _Unclosed
            return
        yield blank_lines + line, cells
        line, lines.row_length = reader.line_num + 1, 0


def _delimiter(heading: str) -> str:
    return max(",;\t", key=lambda sign: len(next(csv.reader([heading], delimiter=sign), [])))


def _row(
    cells: list[str], columns: dict[str, int], width: int, location: Location, column_map: ColumnMap, now: datetime
) -> ReviewRow | RejectedRow:
    fields = dict.fromkeys(COMMON_HEADINGS, "")
    fields |= {name: cells[number] for name, number in columns.items() if number < len(cells)}
    review_id = ""
    try:
        if not is_decoded(*fields.values()):
            raise InvalidRow("it has characters that do not fit the file’s encoding")
        review_id = parse_id(fields["id"])
        if any(cells[width:]):
            raise InvalidRow("it has more cells than the heading")
        changed = fields["changed"]
        return ReviewRow(
            location=location,
            id=review_id,
            words=parse_words(fields["words"]),
            name=parse_name(fields["name"]),
            stars=parse_stars(fields["stars"]),
            written_at=parse_moment(fields["date"], now, column_map.parse_date),
            changed_at=parse_moment(changed, now, column_map.parse_date) if changed.strip() else None,
        )
    except InvalidRow as exc:
        return RejectedRow(location, review_id, str(exc))
