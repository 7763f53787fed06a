"""Recognizes words that are inflected or elongated."""

import re
from collections.abc import Collection, Iterator

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
