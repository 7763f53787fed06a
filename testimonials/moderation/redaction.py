"""Redaction of a review: each removed passage gives way to a label in square brackets, and nothing else changes.

Places are Python code points of the words as the author typed them. A grapheme cluster is never cut.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from detoxsite.core.plain_text import seen_with_spans

from ..pii import REDACTION_LABELS, Kind
from ..pii.tokenizer import normalize
from .graphemes import Graphemes

__all__ = ["REDACTION_LABELS", "Kind", "Removal", "find_exact", "from_json", "redact", "to_json", "widen"]


@dataclass(frozen=True)
class Removal:
    """A passage that is not shown: code points ``start`` to ``end``."""

    start: int
    end: int
    kind: Kind


def redact(words: str, removals: Iterable[Removal]) -> str:
    """The words with a label in place of each passage; neighbors of one kind with only blanks between share one.

    Raises ValueError where a passage is empty, out of bounds, overlaps another or cuts a grapheme cluster.
    """
    shown, end, last_kind = [], 0, None
    graphemes = Graphemes(words)
    for removal in sorted(removals, key=lambda removal: (removal.start, removal.end)):
        _check(graphemes, removal, end, len(words))
        between = words[end : removal.start]
        if removal.kind != last_kind or between.strip():
            shown += [between, REDACTION_LABELS[removal.kind]]
        end, last_kind = removal.end, removal.kind
    return "".join(shown) + words[end:]


def _check(graphemes: Graphemes, removal: Removal, previous_end: int, length: int) -> None:
    if not 0 <= removal.start < removal.end <= length:
        raise ValueError("A passage is empty or out of bounds.")
    if removal.start < previous_end:
        raise ValueError("Two passages overlap.")
    if not (graphemes.is_boundary(removal.start) and graphemes.is_boundary(removal.end)):
        raise ValueError("A passage cuts a character in two.")


def widen(words: str, start: int, end: int) -> tuple[int, int]:
    return Graphemes(words).widen(start, end)


def to_json(removals: Iterable[Removal]) -> list[list]:
    """As stored, in order: [[start, end, "name"], ...]."""
    ordered = sorted(removals, key=lambda removal: (removal.start, removal.end))
    return [[removal.start, removal.end, removal.kind.value] for removal in ordered]


def from_json(stored) -> list[Removal]:
    """Reads the output of ``to_json``. Raises ValueError for anything else."""
    if not isinstance(stored, list):
        raise ValueError("Not a list of passages.")
    return [_removal(each) for each in stored]


def _removal(each) -> Removal:
    if not (isinstance(each, list | tuple) and len(each) == 3 and all(type(place) is int for place in each[:2])):
        raise ValueError("Not a passage.")
    return Removal(each[0], each[1], Kind(each[2]))


_APOSTROPHES = frozenset("'’‘ʼ´`＇")


def find_exact(words: str, query: str) -> list[tuple[int, int]]:
    """Spans where the query occurs as whole words, whatever the case, the accents and the blanks between its terms."""
    terms = [term for typed in query.split() if (term := _normalize(typed)[0])]
    if not terms:
        return []
    pattern = r"\s+".join(map(re.escape, terms))
    before = r"(?<!\w)" if terms[0][0].isalnum() else ""
    after = r"(?!\w)" if terms[-1][-1].isalnum() else ""
    normalized, places = _normalize(words)
    graphemes, spans = Graphemes(words), []
    for match in re.finditer(before + pattern + after, normalized):
        if not spans or places[match.start()][0] >= spans[-1][1]:
            spans.append(graphemes.widen(places[match.start()][0], places[match.end() - 1][1]))
    return spans


def _normalize(words: str) -> tuple[str, list[tuple[int, int]]]:
    """The words in lower case without accents, and for each character left its span of the original."""
    seen, spans = seen_with_spans(words)
    characters, places = [], []
    for character, span in zip(seen, spans, strict=True):
        plain = character if character.isspace() else "'" if character in _APOSTROPHES else normalize(character)
        characters.append(plain)
        places += [span] * len(plain)
    return "".join(characters), places
