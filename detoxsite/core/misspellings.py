"""Finds the known word that a misspelled one stands for."""

from collections.abc import Iterable


class MisspellingIndex:
    """Finds words at an edit distance of one: a letter missing, added or changed, or two swapped; never the first.

    Such an edit leaves either the first three letters or the last two as they are, so words are indexed by both.
    """

    def __init__(self, words: Iterable[str], min_length: int) -> None:
        """Indexes the words of at least ``min_length`` letters (six or more)."""
        self._min_length = min_length
        self._by_start: dict[tuple[str, int], list[str]] = {}
        self._by_end: dict[tuple[str, str, int], list[str]] = {}
        for word in words:
            if len(word) >= min_length:
                self._by_start.setdefault((word[:3], len(word)), []).append(word)
                self._by_end.setdefault((word[0], word[-2:], len(word)), []).append(word)

    def find(self, norm: str) -> str:
        """The indexed word within one edit, or ""."""
        if len(norm) < self._min_length - 1:
            return ""
        for length in (len(norm), len(norm) + 1, len(norm) - 1):
            for words in (
                self._by_start.get((norm[:3], length), ()),
                self._by_end.get((norm[0], norm[-2:], length), ()),
            ):
                for word in words:
                    if is_one_edit(norm, word):
                        return word
        return ""


def is_one_edit(one: str, other: str) -> bool:
    """Whether two words are the same but for a letter missing, added or changed, or two swapped."""
    start, end = 0, 0
    shorter = min(len(one), len(other))
    while start < shorter and one[start] == other[start]:
        start += 1
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    return len(left) <= 1 >= len(right) or (len(left) == len(right) == 2 and left == right[::-1])
