"""Redirects from a table: CSV, a workbook, or rows pasted from one. Checked as a whole before anything is stored."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from ..exceptions import Refused
from ..models import Redirect
from ..models.redirects import Code
from . import store, workbooks
from .addresses import clean_path, clean_target
from .table import Goal, Table

MAX_LINES, MAX_CHARACTERS = 2000, 400_000
HEADINGS = {"old address", "from", "source", "old", "old url", "source url", "url", "path"}


@dataclass
class Line:
    """A row of the table: what was typed, and what becomes of it. ``number`` counts from 1 as a spreadsheet does."""

    number: int
    cells: list[str]
    path: str = ""
    goal: Goal | None = None
    errors: list[str] = field(default_factory=list)
    note: str = ""

    @property
    def typed(self) -> str:
        return " → ".join(self.cells[:2])


def decode(content: bytes) -> str:
    """The text of a CSV file, or of a workbook. Raises ValidationError for what is neither."""
    if workbooks.is_workbook(content):
        return workbooks.as_text(content)
    for encoding in ("utf-8-sig", "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValidationError("This is neither text nor a workbook. Save the sheet as .xlsx or as CSV.")


def read(text: str) -> list[Line]:
    """The rows of a table with the columns old address, new address and, if given, answer; without heading and blanks.

    Raises ValidationError where it is no table, or too long.
    """
    if len(text) > MAX_CHARACTERS:
        raise ValidationError(f"This is longer than {MAX_CHARACTERS:,} characters. Import it in parts.")
    try:
        found = [Line(number, cells) for number, cells in _rows(text)]
    except csv.Error as exc:
        raise ValidationError("The cells cannot be told apart: a quotation mark may be missing.") from exc
    if found and found[0].cells[0].lower() in HEADINGS:
        del found[0]
    if not found:
        raise ValidationError("There is no row yet.")
    if len(found) > MAX_LINES:
        raise ValidationError(f"There are {len(found):,} rows. Import {MAX_LINES:,} at a time.")
    return found


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max("\t,;", key=first.count)
    reader = csv.reader(text.replace("\0", "").splitlines(), delimiter=delimiter, strict=True)
    for cells in reader:
        cells = [cell.strip() for cell in cells]
        if any(cells):
            yield reader.line_num, cells


def check(lines: list[Line], *, may_be_outside: bool) -> Table:
    """Note on each line what becomes of it, or what is wrong. Returns the table as it would be, which is locked.

    To be called in a transaction.
    """
    for line in lines:
        _parse(line, may_be_outside)
    parsed = [line for line in lines if line.goal]
    table = store.locked_table({each for line in parsed for each in (line.path, line.goal.path)})
    seen: dict[str, int] = {}
    for line in parsed:
        if line.path in seen:
            line.errors.append(f"Line {seen[line.path]} has the same old address.")
            continue
        seen[line.path] = line.number
        _add(table, line)
    return table


def _parse(line: Line, may_be_outside: bool) -> None:
    typed, target, answer, *_ = [*line.cells, "", "", ""]
    code = Code.GONE if not target and not answer else Code.MOVED
    try:
        line.path = clean_path(typed)
        code = Code(int(answer[:3])) if answer else code
        goal = Goal("" if code == Code.GONE else clean_target(target, may_be_outside=may_be_outside), code)
        if code == Code.GONE and target:
            raise ValidationError("What is gone (410) has no new address.")
        if not goal.path and code == Code.MOVED_WITH_FORMS and goal.target != "/":
            raise ValidationError("Forms (308) are sent on within this site only.")
    except ValidationError as exc:
        line.errors += exc.messages
    except ValueError:
        line.errors.append("The answer is 301, 308 or 410.")
    else:
        line.goal = goal


def _add(table: Table, line: Line) -> None:
    before = table.before.get(line.path)
    try:
        noted = table.redirect(line.path, line.goal)
    except Refused as exc:
        line.errors.append(str(exc))
        return
    if noted == before:
        line.note = "As it is"
    elif noted != line.goal:
        line.note = f"{line.goal.path} redirects itself: leads to {noted.target} at once"
    elif before:
        line.note = f"Replaces {before.target or 'gone'}"
    else:
        line.note = "Gone" if noted.code == Code.GONE else "New"


def store_table(table: Table) -> int:
    """Store what a ``check`` without errors returned. Returns how many redirects were added or changed."""
    store.write(table, Redirect.Source.IMPORT)
    return len(table.changed())
