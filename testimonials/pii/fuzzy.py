"""Recognizes words that are inflected, elongated or misspelled."""

import re
from collections.abc import Collection, Iterable, Iterator

_SUFFIXES = {
    **dict.fromkeys(("ings", "ing", "ers", "er", "est", "ed", "es", "able", "y"), ("", "e")),
    **dict.fromkeys(("ments", "ment", "ness", "ful", "less", "s", "n"), ("",)),
    **{"ies": ("y", "ie"), "ied": ("y",), "ily": ("y",), "ly": ("", "le")},
    "in": ("", "e"),  # shootin, takin
}
_MAX_SUFFIX = max(map(len, _SUFFIXES))
_MIN_STEM = 3
_ELONGATED = re.compile(r"(.)\1\1+")


def stems(norm: str) -> Iterator[str]:
    """Possible stems of a word: "stopped" gives "stopp", "stoppe", "stop"."""
    for length in range(1, _MAX_SUFFIX + 1):
        endings = _SUFFIXES.get(norm[-length:])
        stem = norm[:-length]
        if endings and len(stem) >= _MIN_STEM:
            for ending in endings:
                yield stem + ending
            if len(stem) > 3 and stem[-1] == stem[-2]:
                yield stem[:-1]


def is_form(norm: str, lexicon: Collection[str]) -> bool:
    """Whether a word is in a lexicon, as it is or with an ending."""
    return norm in lexicon or any(stem in lexicon for stem in stems(norm))


def without_elongation(norm: str) -> Iterator[str]:
    """Shorter forms of an elongated word: "kyleee" gives "kyle", "kylee"; other words give nothing."""
    for letters in (r"\1", r"\1\1"):
        short = _ELONGATED.sub(letters, norm)
        if short != norm:
            yield short


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
                    if _is_one_edit(norm, word):
                        return word
        return ""


def _is_one_edit(one: str, other: str) -> bool:
    start, end = 0, 0
    shorter = min(len(one), len(other))
    while start < shorter and one[start] == other[start]:
        start += 1
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    return len(left) <= 1 >= len(right) or (len(left) == len(right) == 2 and left == right[::-1])
