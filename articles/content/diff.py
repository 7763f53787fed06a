"""Side-by-side diff of two texts, with deleted and inserted words marked."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

MIN_SIMILARITY = 0.35  # below this share of common words, two paragraphs count as unrelated
MAX_TOKENS = 2_000  # a longer paragraph is marked as a whole
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Row:
    old: SafeString
    new: SafeString
    is_same: bool
    line: int | None = None  # index of ``new`` in the newer text; None where that has nothing here
    at: int = 0  # the same, or the index of what is behind that in the newer text
    both: SafeString = SafeString("")  # of a row that differs: what went and what came, in one paragraph
    anchor: str = ""  # id of the row on the page


def compare(old: list[str], new: list[str]) -> list[Row]:
    """The paragraphs of two texts in rows; differences are in ``<del>`` on the left and ``<ins>`` on the right."""
    rows: list[Row] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            rows += [Row(_plain(line), _plain(line), True, number) for number, line in enumerate(new[c:d], c)]
        else:
            rows += _diff_lines(old[a:b], new[c:d], c)
    return rows


def differing(rows: Iterable[Row]) -> list[Row]:
    """The rows that people see differ: an empty line that came or went, as of a block without a title, does not."""
    return [row for row in rows if not row.is_same and row.both]


def _diff_lines(old: list[str], new: list[str], first: int) -> Iterator[Row]:
    """``first``: the index of the first of the ``new`` lines."""
    for number, (left, right) in enumerate(zip_longest(old, new), first):
        gone, come = _tagged("del", left), _tagged("ins", right)
        if left is None or right is None:
            line, at = (None, first + len(new)) if right is None else (number, number)
            yield Row(gone, come, False, line, at, gone or come)
            continue
        if not gone or not come:
            yield Row(gone, come, False, number, number, gone or come)
            continue
        before, after = _TOKEN.findall(left), _TOKEN.findall(right)
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        if max(len(before), len(after)) > MAX_TOKENS or matcher.quick_ratio() < MIN_SIMILARITY:
            yield Row(gone, SafeString(""), False, None, number, gone)
            yield Row(SafeString(""), come, False, number, number, come)
        else:
            left, right, both = _mark_changes(matcher, before, after)
            yield Row(left, right, False, number, number, both)


def _mark_changes(matcher: SequenceMatcher, before: list[str], after: list[str]) -> tuple[SafeString, ...]:
    """The older and the newer paragraph, and one of both."""
    left, right, both = [], [], []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            same = _plain("".join(after[c:d]))
            for side in (left, right, both):
                side.append(same)
            continue
        for side, part, name in ((left, before[a:b], "del"), (right, after[c:d], "ins")):
            if part:
                marked = _tagged(name, "".join(part))
                side.append(marked)
                both.append(marked)
    return _joined(left), _joined(right), _joined(both)


def _plain(line: str) -> SafeString:
    return escape(line)


def _tagged(name: str, line: str | None) -> SafeString:
    return mark_safe(f"<{name}>{escape(line)}</{name}>") if line else SafeString("")  # noqa: S308 escaped


def _joined(parts: list[SafeString]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 each part is escaped
