"""Puts right the misspelled names of substances, and of the words of withdrawal, in a normalized text."""

from ..misspellings import MisspellingIndex
from .sign_patterns import TABLE

MIN_LENGTH = 6  # letters of a name that is recognized at one edit; a shorter one is too close to other words

_VARIANTS = {
    variant: name for name, variants in TABLE.section("spelling.variants").items() for variant in variants.split()
}
_NAMES, _INNOCENT = TABLE.terms("spelling.names"), TABLE.terms("spelling.innocent")
_misspellings = MisspellingIndex(sorted(_NAMES), MIN_LENGTH)


def correct(text: str) -> str:
    """The text with each misspelled name as it is spelled. Other words stay as they are."""
    words = text.split(" ")
    corrected = {word: _correct_word(word) for word in set(words)}
    return " ".join(corrected[word] for word in words)


def _correct_word(word: str) -> str:
    if word in _VARIANTS:
        return _VARIANTS[word]
    if len(word) < MIN_LENGTH - 1 or word in _NAMES or word in _INNOCENT:
        return word
    return _misspellings.find(word) or word
