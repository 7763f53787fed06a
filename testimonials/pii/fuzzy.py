"""Words found again however they are inflected, drawn out or mistyped."""

import re
from collections.abc import Collection, Iterable, Iterator

_ENDINGS = {
    **dict.fromkeys(("ings", "ing", "ers", "er", "est", "ed", "es", "able", "y"), ("", "e")),
    **dict.fromkeys(("ments", "ment", "ness", "ful", "less", "s", "n"), ("",)),
    **{"ies": ("y", "ie"), "ied": ("y",), "ily": ("y",), "ly": ("", "le")},
    "in": ("", "e"),  # shootin, takin
}
_MAX_ENDING = max(map(len, _ENDINGS))
_MIN_STEM = 3
_DRAWN_OUT = re.compile(r"(.)\1\1+")


def stems(key: str) -> Iterator[str]:
    """What a word may be without its ending: "stopped" gives "stopp", "stoppe", "stop"."""
    for length in range(1, _MAX_ENDING + 1):
        replaced = _ENDINGS.get(key[-length:])
        stem = key[:-length]
        if replaced and len(stem) >= _MIN_STEM:
            for other in replaced:
                yield stem + other
            if len(stem) > 3 and stem[-1] == stem[-2]:
                yield stem[:-1]


def is_form(key: str, words: Collection[str]) -> bool:
    """Whether a word is one of some words, as it is or with an ending."""
    return key in words or any(stem in words for stem in stems(key))


def squeezed(key: str) -> Iterator[str]:
    """A word that somebody drew out as it may be meant: "kyleee" gives "kyle", "kylee"; others give nothing."""
    for drawn in (r"\1", r"\1\1"):
        short = _DRAWN_OUT.sub(drawn, key)
        if short != key:
            yield short


class Mistyped:
    """Words to find with one letter left out, put in or changed, or two exchanged; never the first.

    Such a slip leaves the first three letters as they are or the last two, so words are kept by both.
    """

    def __init__(self, words: Iterable[str], at_least: int) -> None:
        """Words of fewer letters than ``at_least`` (six or more) are left out."""
        self._at_least = at_least
        self._by_start: dict[tuple[str, int], list[str]] = {}
        self._by_end: dict[tuple[str, str, int], list[str]] = {}
        for word in words:
            if len(word) >= at_least:
                self._by_start.setdefault((word[:3], len(word)), []).append(word)
                self._by_end.setdefault((word[0], word[-2:], len(word)), []).append(word)

    def find(self, key: str) -> str:
        """The word that ``key`` is, give or take one letter, or ""."""
        if len(key) < self._at_least - 1:
            return ""
        for length in (len(key), len(key) + 1, len(key) - 1):
            for some in (
                self._by_start.get((key[:3], length), ()),
                self._by_end.get((key[0], key[-2:], length), ()),
            ):
                for word in some:
                    if _is_one_slip(key, word):
                        return word
        return ""


def _is_one_slip(one: str, other: str) -> bool:
    start, end = 0, 0
    most = min(len(one), len(other))
    while start < most and one[start] == other[start]:
        start += 1
    while end < most - start and one[-1 - end] == other[-1 - end]:
        end += 1
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    return len(left) <= 1 >= len(right) or (len(left) == len(right) == 2 and left == right[::-1])
