"""A small table of plain text, as staff type it or paste it from a spreadsheet."""

import csv

from django import forms
from django.core.exceptions import ValidationError

from detoxsite.core.plain_text import tidy
from detoxsite.core.text_fields import TidyFormField, TidyTextField

MIN_COLUMNS, MAX_COLUMNS, MAX_ROWS = 2, 5, 12  # the row with the names of the columns not counted
MAX_NAME, MAX_CELL = 24, 160  # characters: of a column's name, and of a cell


def cells_of(text: str) -> list[list[str]]:
    """The rows of cells of a text with a tab between cells, as spreadsheets copy it; all of one length.

    Empty rows, and columns that are empty in every row, are left out. A line break in a quoted cell becomes a space.
    """
    lines = text.replace("\0", "").splitlines(keepends=True)
    try:
        rows = list(csv.reader(lines, delimiter="\t", strict=True))
    except csv.Error:  # a quotation mark that is part of the text
        rows = [line.rstrip("\r\n").split("\t") for line in lines]
    rows = [[" ".join(tidy(cell).split()) for cell in row] for row in rows]
    rows = [row for row in rows if any(row)]
    width = max(map(len, rows), default=0)
    rows = [row + [""] * (width - len(row)) for row in rows]
    used = [column for column in range(width) if any(row[column] for row in rows)]
    return [[row[column] for column in used] for row in rows]


def as_text(rows: list[list[str]]) -> str:
    """The rows as ``cells_of`` reads them. A cell that starts with a quotation mark is quoted, as spreadsheets do."""
    return "\n".join("\t".join(map(_quoted, row)) for row in rows)


def _quoted(cell: str) -> str:
    return '"{}"'.format(cell.replace('"', '""')) if cell.startswith('"') else cell


def validate_grid(text: str) -> None:
    """Raise ValidationError for a table that is too small or too large for a page, naming the place."""
    rows = cells_of(text)
    if len(rows) < 2 or len(rows[0]) < MIN_COLUMNS:
        raise ValidationError("A table needs the names of its columns, two at least, and a row below them.")
    if len(rows[0]) > MAX_COLUMNS:
        raise ValidationError(f"There are {len(rows[0])} columns. A phone has room for {MAX_COLUMNS}: make two tables.")
    if len(rows) - 1 > MAX_ROWS:
        raise ValidationError(f"There are {len(rows) - 1} rows. Readers keep track of {MAX_ROWS}: make two tables.")
    for number, row in enumerate(rows):
        for cell in row:
            most = MAX_CELL if number else MAX_NAME
            if len(cell) > most:
                place = f"Row {number}" if number else "The name of a column"
                raise ValidationError(f"{place} is longer than {most} characters: “{cell[:30]} …”")
        if not row[0] and number:
            raise ValidationError(f"Row {number} has no name in its first cell.")
    if unnamed := [number for number, name in enumerate(rows[0], 1) if not name]:
        raise ValidationError(f"Column {unnamed[0]} has no name. The first row holds the names of the columns.")


class GridFormField(TidyFormField):
    """A text area, which static/js/editor-grid.js shows as a grid of cells."""

    def __init__(self, **kwargs):
        kwargs["widget"] = forms.Textarea({"rows": 6, "data-grid": f"{MAX_COLUMNS} {MAX_ROWS + 1}", "wrap": "off"})
        super().__init__(strip=False, **kwargs)

    def to_python(self, value):
        return as_text(cells_of(value)) if isinstance(value, str) else ""


class TidyGridField(TidyTextField):
    """Stored as text: a line for each row, a tab between cells. The first row holds the names of the columns."""

    default_validators = [validate_grid]

    def to_python(self, value):
        return as_text(cells_of(value)) if isinstance(value, str) else value

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": GridFormField, "widget": None, **kwargs})
