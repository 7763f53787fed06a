"""What a moderator redacts in a review, as the form posts it: spans of code points, never a text of their own."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..moderation.graphemes import Graphemes
from ..moderation.redaction import Removal, find_exact
from ..pii import REDACTION_LABELS, Kind, Match

SPAN = re.compile(r"(\d{1,6})-(\d{1,6})-([a-z]{1,10})", re.ASCII)
MAX_SPANS = 500  # in one review
MANUAL_KINDS = [(kind.value, kind.label) for kind in Kind if kind != Kind.STAFF]  # shown like any other name


def parse_span(value: str) -> Removal:
    """A removal as a form posts it: "10-14-name". Raises ValueError."""
    match = SPAN.fullmatch(value)
    if match is None or match[3] not in Kind.values or int(match[1]) >= int(match[2]):
        raise ValueError("Not a span.")
    return Removal(int(match[1]), int(match[2]), Kind(match[3]))


def format_span(span: Removal | Match) -> str:
    return f"{span.start}-{span.end}-{span.kind}"


def merge_removals(words: str, removals: Iterable[Removal]) -> list[Removal]:
    """In order, each widened to whole characters and without blanks at its ends; overlapping ones become one.

    Raises ValueError for one that lies outside the words.
    """
    merged: list[Removal] = []
    graphemes = Graphemes(words)
    for removal in sorted(removals, key=lambda one: (one.start, -one.end)):
        if removal.end > len(words):
            raise ValueError("A removal does not fit the words.")
        if merged and removal.end <= merged[-1].end:
            continue
        start, end = graphemes.widen(removal.start, removal.end)
        if start == end:
            continue
        if merged and start < merged[-1].end:
            last = merged.pop()
            start, end, removal = last.start, max(last.end, end), last
        merged.append(Removal(start, end, removal.kind))
    return merged


def find_removals(words: str, query: str, kind: str) -> list[Removal]:
    """Every place where exactly this text occurs; [] where it does not."""
    return [Removal(start, end, Kind(kind)) for start, end in find_exact(words, query)]


@dataclass(frozen=True)
class Candidate:
    """A passage that can be redacted: a match of the detector, or a moderator's own selection."""

    value: str
    start: int
    end: int
    text: str
    label: str
    is_removed: bool
    note: str = ""
    is_hint: bool = False  # identifies someone only together with the rest


def candidates(words: str, matches: Sequence[Match], removals: Sequence[Removal]) -> list[Candidate]:
    """What the page offers to redact, in the order of the words; no match that overlaps a removal."""
    removed = {(one.start, one.end): one for one in removals}
    result = []
    for match in matches:
        is_removed = (match.start, match.end) in removed
        if not is_removed and any(one.start < match.end and match.start < one.end for one in removals):
            continue
        removed.pop((match.start, match.end), None)
        result.append(_candidate(match, match.text, is_removed=is_removed, note=_note(match)))
    result += [_candidate(one, words[one.start : one.end], is_removed=True) for one in removed.values()]
    return sorted(result, key=lambda candidate: candidate.start)


def _candidate(span: Removal | Match, text: str, *, is_removed: bool, note: str = "") -> Candidate:
    is_hint = isinstance(span, Match) and span.is_hint
    return Candidate(format_span(span), span.start, span.end, text, Kind(span.kind).label, is_removed, note, is_hint)


def _note(match: Match) -> str:
    if match.is_hint:
        return "A hint: together with the rest, it can tell who someone is."
    if match.kind != Kind.STAFF:
        return ""
    if match.replacement != REDACTION_LABELS[Kind.STAFF]:
        return "Agreed to be named: the first name may stay if the words do not criticize them."
    return "Did not agree to be named."


def segments(words: str, candidates: Sequence[Candidate]) -> list[tuple[str, Candidate | None]]:
    """The words in pieces for the page, each with the candidate it belongs to, if any."""
    pieces, at = [], 0
    for candidate in candidates:
        if candidate.start < at:
            continue
        pieces += [(words[at : candidate.start], None), (words[candidate.start : candidate.end], candidate)]
        at = candidate.end
    return [(piece, candidate) for piece, candidate in [*pieces, (words[at:], None)] if piece]
