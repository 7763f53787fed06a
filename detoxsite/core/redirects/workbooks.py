"""Reads the rows of an Excel workbook (.xlsx) as text, with everything bounded: it is a zip of XML from outside.

``defusedxml`` is what openpyxl parses with where it is installed: no entity is expanded. A zip entry is never unpacked
beyond the size that it declares, so the declared sizes are what is limited.
"""

import csv
import io
import logging
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from zipfile import ZipFile

from django.core.exceptions import ValidationError

MAX_FILE, MAX_UNPACKED, MAX_ENTRIES = 2 << 20, 8 << 20, 200  # bytes as sent, bytes as declared, files in the zip
MAX_ROWS, COLUMNS = 10_000, 3  # how far down a sheet is read, empty rows too; what is to the right is left out
MAX_SHEETS = 20  # any number of them may be read from the same entry of the zip
ZIP, OLD_OR_LOCKED = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"  # the second: .xls, and a workbook with a password
UNREADABLE = "This is no Excel workbook, or it is damaged. Save it again as .xlsx, or save the sheet as CSV."

logger = logging.getLogger(__name__)


def is_workbook(content: bytes) -> bool:
    return content.startswith((ZIP, OLD_OR_LOCKED))


def as_text(content: bytes) -> str:
    """The rows of the one sheet that has any, a line for each, with tabs between cells, as a spreadsheet copies them.

    Raises ValidationError, in words for whoever sent the file.
    """
    if content.startswith(OLD_OR_LOCKED):
        raise ValidationError("This is an old .xls workbook, or one with a password. Save it as .xlsx without one.")
    try:
        _check_zip(content)
        sheets = list(islice(((title, rows) for title, rows in _sheets(content) if rows), 2))
    except ValidationError:
        raise
    except Exception as exc:  # a damaged workbook makes openpyxl raise nearly anything
        logger.info("A workbook could not be read: %s", type(exc).__name__)
        raise ValidationError(UNREADABLE) from exc
    if len(sheets) > 1:
        names = ", ".join(f"“{title[:31]}”" for title, _ in sheets)
        raise ValidationError(f"Several sheets have rows: {names}. Keep the one with the addresses, and send it again.")
    text = io.StringIO()
    csv.writer(text, delimiter="\t", lineterminator="\n").writerows(sheets[0][1] if sheets else [])
    return text.getvalue()


def _check_zip(content: bytes) -> None:
    with ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise ValidationError("This workbook is too large. Copy the two columns into a new one, and send that.")
    if any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries):
        raise ValidationError("This workbook holds macros, which we never open. Save it as .xlsx.")
    if not any(entry.filename.lower() == "xl/workbook.xml" for entry in entries):
        raise ValidationError(UNREADABLE)


def _sheets(content: bytes) -> Iterator[tuple[str, list[list[str]]]]:
    from openpyxl.reader.excel import ExcelReader  # a tenth of a second and 10 MB, for a page that few ever open

    class Reader(ExcelReader):
        def read_worksheets(self):  # looks into each for its size
            if len(self.parser.sheets) > MAX_SHEETS:
                raise ValidationError(f"This workbook has more than {MAX_SHEETS} sheets. Send one with a single sheet.")
            super().read_worksheets()

    reader = Reader(io.BytesIO(content), read_only=True, keep_links=False)
    reader.read()
    book = reader.wb
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                yield sheet.title, _rows(sheet)
    finally:
        book.close()


def _rows(sheet) -> list[list[str]]:
    """The rows up to the last that is not empty."""
    sheet.reset_dimensions()  # what the file says of its size need not be so
    rows = [[_text(cell) for cell in row] for row in islice(sheet.iter_rows(max_col=COLUMNS), MAX_ROWS + 1)]
    if len(rows) > MAX_ROWS:
        raise ValidationError(f"The sheet goes on below row {MAX_ROWS:,}. Import it in parts.")
    last = max((number for number, row in enumerate(rows, 1) if any(row)), default=0)
    return rows[:last]


def _text(cell) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise ValidationError(
            f"{cell.coordinate} holds a formula. Copy the columns, paste them as values, and send the workbook again."
        )
    if isinstance(value, datetime | date):
        return value.isoformat()
    text = str(int(value) if isinstance(value, float) and value.is_integer() else value)
    return " ".join(text.split())  # one line for each row, so that numbers of lines are those of the sheet
