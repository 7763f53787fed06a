"""What a moderator takes out of a review: spans of code points, never a text of their own."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..moderation.redaction import Removal, find_exact, widened
from ..pii import MARKS, Hint, Kind

SPAN = re.compile(r"(\d{1,6})-(\d{1,6})-([a-z]{1,10})", re.ASCII)
MAX = 500  # spans in one review
BY_HAND = [(kind.value, kind.label) for kind in Kind if kind != Kind.STAFF]  # which says no more than a name


def of_text(value: str) -> Removal:
    """A removal as a form posts it: "10-14-name". Raises ValueError."""
    found = SPAN.fullmatch(value)
    if found is None or found[3] not in Kind.values or int(found[1]) >= int(found[2]):
        raise ValueError("This is no span.")
    return Removal(int(found[1]), int(found[2]), Kind(found[3]))


def as_text(removal: Removal | Hint) -> str:
    return f"{removal.start}-{removal.end}-{removal.kind}"


def settled(words: str, removals: Iterable[Removal]) -> list[Removal]:
    """In order, each widened to whole signs and without blanks at its ends; of those that overlap, one over both.

    Raises ValueError for one that lies outside the words.
    """
    apart: list[Removal] = []
    for removal in sorted(removals, key=lambda one: (one.start, -one.end)):
        if removal.end > len(words):
            raise ValueError("A removal does not fit the words.")
        if apart and removal.end <= apart[-1].end:
            continue
        start, end = widened(words, removal.start, removal.end)
        if start == end:
            continue
        if apart and start < apart[-1].end:
            last = apart.pop()
            start, end, removal = last.start, max(last.end, end), last
        apart.append(Removal(start, end, removal.kind))
    return apart


def exactly(words: str, typed: str, kind: str) -> list[Removal]:
    """Every place where just these words stand; [] where they do not."""
    return [Removal(start, end, Kind(kind)) for start, end in find_exact(words, typed)]


@dataclass(frozen=True)
class Mark:
    """Something that may be taken out of the words: a hint, or what a moderator marked."""

    value: str
    start: int
    end: int
    text: str
    label: str
    is_out: bool
    note: str = ""


def marks(words: str, hints: Sequence[Hint], removals: Sequence[Removal]) -> list[Mark]:
    """What may be ticked on the page, in the order of the words; no hint that lies in what was marked already."""
    out = {(one.start, one.end): one for one in removals}
    offered = []
    for hint in hints:
        is_out = (hint.start, hint.end) in out
        if not is_out and any(one.start < hint.end and hint.start < one.end for one in removals):
            continue
        out.pop((hint.start, hint.end), None)
        offered.append(Mark(as_text(hint), hint.start, hint.end, hint.text, Kind(hint.kind).label, is_out, _note(hint)))
    for one in out.values():
        offered.append(
            Mark(as_text(one), one.start, one.end, words[one.start : one.end], Kind(one.kind).label, is_out=True)
        )
    return sorted(offered, key=lambda mark: mark.start)


def _note(hint: Hint) -> str:
    if hint.kind != Kind.STAFF:
        return ""
    if hint.instead != MARKS[Kind.STAFF]:
        return "Agreed to be named: the first name may stay if the words do not criticize them."
    return "Did not agree to be named."


def pieces(words: str, offered: Sequence[Mark]) -> list[tuple[str, Mark | None]]:
    """The words cut up for the page: each piece with the mark it belongs to, if any."""
    cut, at = [], 0
    for mark in offered:
        if mark.start < at:
            continue
        cut += [(words[at : mark.start], None), (words[mark.start : mark.end], mark)]
        at = mark.end
    return [(piece, mark) for piece, mark in [*cut, (words[at:], None)] if piece]
