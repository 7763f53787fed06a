"""Import report: counts and the first skipped rows for the terminal, every row for a file. No words, no names."""

import csv
from collections import Counter
from enum import StrEnum

from .records import Location, UnreadablePart

MAX_SHOWN = 20
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


class Outcome(StrEnum):
    IMPORTED = "imported"
    UNCHANGED = "already here"
    UPDATED = "updated"
    DUPLICATE = "duplicate"
    SKIPPED = "skipped"


class ImportReport:
    """Counts; ``file``, if given, is an open text file that gets every row."""

    def __init__(self, file=None) -> None:
        self.counts, self.reasons = Counter(), Counter()
        self.first_skipped, self.unreadable = [], []
        self._writer = csv.writer(file) if file else None
        self._write("file", "line or row", "id", "outcome", "reason")

    def add(self, location: Location, review_id: str, outcome: Outcome, reason: str = "") -> None:
        self.counts[outcome] += 1
        self._write(location.file, location.number, review_id, outcome, reason)
        if outcome == Outcome.SKIPPED:
            self.reasons[reason] += 1
            if len(self.first_skipped) < MAX_SHOWN:
                self.first_skipped.append(f"{location.file}, {location.number:,}: {reason}")

    def add_unreadable(self, part: UnreadablePart) -> None:
        self._write(part.file, "", "", "not read", part.reason)
        self.unreadable.append(f"{part.file}: {part.reason}")

    def _write(self, *cells) -> None:
        if self._writer:
            self._writer.writerow(map(escape_formula, cells))


def escape_formula(cell) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
