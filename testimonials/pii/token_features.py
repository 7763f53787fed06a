"""The words of a text with what each of them may be, and how the text uses capitals."""

from collections.abc import Set
from functools import cache

from . import gazetteers
from .fuzzy import squeezed
from .tokenizer import Gap, Word

MAX_UNKNOWN = 0.35  # of the words in lower case, in a text whose language the lists know
_BEYOND = 8
MIN_TO_TELL = 10  # words in lower case that tell the language
_LATIN = (range(0x250), range(0x1E00, 0x1F00))
_FANCY = (range(0x2100, 0x2150), range(0x24B6, 0x24EA), range(0xFF21, 0xFF5B), range(0x1D400, 0x1D800))


class Text:
    """Words by their place. ``first``: given names. ``word_name``: names that are words too. ``unknown``: neither."""

    def __init__(self, words: list[Word], also: Set[str] = frozenset()) -> None:
        self.words = words
        # Past either end of the text, up to _BEYOND words away, stand no words and the ends of sentences.
        self._keys = [*(word.key for word in words), *[""] * _BEYOND]
        self._gaps = [Gap.HARD, *(word.before for word in words[1:]), *[Gap.HARD] * _BEYOND]
        self.is_known = cache(gazetteers.is_known)
        self.is_mistyped = cache(gazetteers.mistyped_ordinary().find)
        self._count_capitals()
        known = {key: _sorted_out(key, also) for key in {word.key for word in words}}
        self.first, self.word_name, self.unknown = ([known[word.key][part] for word in words] for part in range(3))
        self.is_foreign = [_is_foreign(word.text) for word in words]
        self.may_be_one = [self._may_be_one(at) for at in range(len(words))]
        self.foreign_run = _runs(self.is_foreign)
        low = [at for at, word in enumerate(words) if word.text.islower() and len(word.key) > 2]
        unknown = sum(self.unknown[at] for at in low)
        self.is_understood = len(low) < MIN_TO_TELL or unknown <= MAX_UNKNOWN * len(low)

    def _count_capitals(self) -> None:
        letters = sum(len(word.text) for word in self.words)
        upper = sum(sum(map(str.isupper, word.text)) for word in self.words)
        inner = [word for word in self.words if word.before != Gap.HARD and word.key != "i" and not word.text.isdigit()]
        titled = sum(word.is_titled for word in inner)
        self.shouts = upper > 0.5 * letters
        self.is_low = not titled and upper < 0.03 * letters
        self.uses_capitals = not self.shouts and not (len(inner) > 3 and titled > 0.5 * len(inner))

    def _may_be_one(self, at: int) -> bool:
        """Whether a word is worth a closer look: plain words are names only behind some others."""
        if (
            self.first[at]
            or self.word_name[at]
            or self.unknown[at]
            or self.is_foreign[at]
            or (len(self.words[at].key) == 1 and self.words[at].key.isalpha())
        ):
            return True
        before = self.key(at - 1)
        return before in gazetteers.STRICT_TITLES or before in gazetteers.NAMING

    def key(self, at: int) -> str:
        return self._keys[at]

    def gap(self, at: int) -> Gap:
        """What stands before a word; the end of the text counts as the end of a sentence."""
        return self._gaps[at]

    def touches(self, at: int) -> bool:
        """Whether nothing but blanks stands before a word."""
        return self._gaps[at] == Gap.BLANK

    def closes(self, at: int) -> bool:
        """Whether anything but blanks, or nothing, stands behind a word."""
        return self._gaps[at + 1] != Gap.BLANK

    def is_capital(self, at: int) -> bool:
        """Whether a word has a capital of its own, in a text that uses them as usual."""
        return self.uses_capitals and self.words[at].is_titled

    def follows(self, at: int, phrases: dict[str, list[tuple[str, ...]]]) -> tuple[str, ...]:
        """Which of some phrases stands right before a word, or ()."""
        if self.gap(at) == Gap.HARD:
            return ()
        for phrase in phrases.get(self.key(at - 1), ()):
            start = at - len(phrase)
            if start >= 0 and all(self.words[start + place].key == key for place, key in enumerate(phrase)):
                return phrase
        return ()

    def is_within(self, at: int, phrases: dict[str, list[tuple[str, ...]]]) -> bool:
        """Whether a word is part of one of some phrases."""
        for end in range(at, min(at + 4, len(self.words))):
            for phrase in phrases.get(self.words[end].key, ()):
                start = end - len(phrase) + 1
                if 0 <= start <= at and all(self.words[start + place].key == key for place, key in enumerate(phrase)):
                    return True
        return False


def _sorted_out(key: str, also: Set[str]) -> tuple[bool, bool, bool]:
    """Whether a word is a given name, a name that is a word too, or nothing known."""
    if key.isdigit() or len(key) < 2:
        return False, False, False
    if key in gazetteers.FIRST:
        return True, False, False
    if key in gazetteers.WORD_NAMES or key in also:
        return False, True, False
    if gazetteers.is_known(key):
        return False, False, False
    for short in squeezed(key):
        if short in gazetteers.FIRST or gazetteers.is_ordinary(short):
            return short in gazetteers.FIRST, False, False
    if key.endswith("s") and key[:-1] in gazetteers.FIRST:
        return True, False, False
    return bool(gazetteers.mistyped_first().find(key)), False, True


def _is_foreign(text: str) -> bool:
    """Whether a word is in another script than ours; ours in bold, circled or full-width letters stays ours."""
    if text[0].isascii():
        return False
    code = ord(text[0])
    return text[0].isalpha() and not any(code in some for some in (*_LATIN, *_FANCY))


def _runs(marked: list[bool]) -> list[int]:
    """For each place, how many marked ones stand in a row around it."""
    lengths = [0] * len(marked)
    start = 0
    for at in range(len(marked) + 1):
        if at == len(marked) or not marked[at]:
            lengths[start:at] = [at - start] * (at - start)
            start = at + 1
    return lengths
