"""Taking something out of a review: a mark stands in its place, and every other character stays as it was typed."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Removal:
    """Code points from ``start`` up to ``end`` go; ``kind`` says which mark stands there."""

    start: int
    end: int
    kind: str


def applied(words: str, removals: Sequence[Removal]) -> str:
    """Raises ValueError for a removal that is out of bounds, empty or over another."""
    shown, last = [], 0
    for removal in sorted(removals, key=lambda one: one.start):
        if not last <= removal.start < removal.end <= len(words):
            raise ValueError("A removal does not fit the words.")
        shown += [words[last : removal.start], f"[{removal.kind} removed]"]
        last = removal.end
    return "".join([*shown, words[last:]])


def to_json(removals: Sequence[Removal]) -> list[list]:
    return [[removal.start, removal.end, removal.kind] for removal in removals]
