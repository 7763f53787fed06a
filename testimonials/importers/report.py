"""What became of each row: counts and the first few for the terminal, all of them for a file. No words, no names."""

import csv
from collections import Counter
from enum import StrEnum

from .records import Place, Unread

SHOWN = 20
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


class Outcome(StrEnum):
    IMPORTED = "imported"
    HERE = "already here"
    CHANGED = "changed"
    REPEATED = "repeated"
    LISTED = "listed"


class Outcomes:
    """Counts; ``report``, where one is given, is an open text file that gets every row."""

    def __init__(self, report=None) -> None:
        self.counts, self.reasons = Counter(), Counter()
        self.first, self.unread = [], []
        self._report = csv.writer(report) if report else None
        self._write("file", "line or row", "id", "outcome", "reason")

    def note(self, place: Place, known: str, outcome: Outcome, reason: str = "") -> None:
        self.counts[outcome] += 1
        self._write(place.file, place.number, known, outcome, reason)
        if outcome == Outcome.LISTED:
            self.reasons[reason] += 1
            if len(self.first) < SHOWN:
                self.first.append(f"{place.file}, {place.number:,}: {reason}")

    def note_unread(self, unread: Unread) -> None:
        self._write(unread.file, "", "", "not read", unread.where)
        self.unread.append(f"{unread.file}: {unread.where}")

    def _write(self, *cells) -> None:
        if self._report:
            self._report.writerow(map(harmless, cells))


def harmless(cell) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
