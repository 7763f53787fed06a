"""Features of the tokens of a text: what each may be, and how the text uses capitals."""

from collections.abc import Set
from functools import cache

from . import gazetteers
from .fuzzy import without_elongation
from .tokenizer import Gap, Token

MAX_UNKNOWN = 0.35  # share of the lower-case words, in a text in a language that the lists know
MIN_WORDS_FOR_LANGUAGE = 10  # lower-case words needed to tell the language
_PADDING = 8
_LATIN = (range(0x250), range(0x1E00, 0x1F00))
_DECORATIVE = (range(0x2100, 0x2150), range(0x24B6, 0x24EA), range(0xFF21, 0xFF5B), range(0x1D400, 0x1D800))

Phrases = dict[str, list[tuple[str, ...]]]  # by the last word of each


class TokenizedText:
    """The tokens of a text, with features by place.

    ``is_given_name``; ``is_ambiguous_name``: also a dictionary word; ``is_unknown``: in no list.
    """

    def __init__(self, tokens: list[Token], extra_names: Set[str] = frozenset()) -> None:
        self.tokens = tokens
        # Up to _PADDING places past either end of the text there are no words, only ends of sentences.
        self._norms = [*(token.norm for token in tokens), *[""] * _PADDING]
        self._gaps = [Gap.SENTENCE_END, *(token.gap for token in tokens[1:]), *[Gap.SENTENCE_END] * _PADDING]
        self.is_known_word = cache(gazetteers.is_known_word)
        self.is_misspelled = cache(gazetteers.misspelled_dictionary().find)
        self._set_capitalization()
        classes = {norm: _classify(norm, extra_names) for norm in {token.norm for token in tokens}}
        self.is_given_name, self.is_ambiguous_name, self.is_unknown = (
            [classes[token.norm][index] for token in tokens] for index in range(3)
        )
        self.is_other_script = [_is_other_script(token.text) for token in tokens]
        self.is_candidate = [self._is_candidate(at) for at in range(len(tokens))]
        self.other_script_run = _run_lengths(self.is_other_script)
        lower = [at for at, token in enumerate(tokens) if token.text.islower() and len(token.norm) > 2]
        unknown = sum(self.is_unknown[at] for at in lower)
        self.is_known_language = len(lower) < MIN_WORDS_FOR_LANGUAGE or unknown <= MAX_UNKNOWN * len(lower)

    def _set_capitalization(self) -> None:
        letters = sum(len(token.text) for token in self.tokens)
        upper = sum(sum(map(str.isupper, token.text)) for token in self.tokens)
        inside = [token for token in self.tokens if token.gap != Gap.SENTENCE_END]
        inside = [token for token in inside if token.norm != "i" and not token.text.isdigit()]
        title_case = sum(token.is_title_case for token in inside)
        is_all_caps = upper > 0.5 * letters
        self.is_lowercase = not title_case and upper < 0.03 * letters
        self.uses_capitals = not is_all_caps and not (len(inside) > 3 and title_case > 0.5 * len(inside))

    def _is_candidate(self, at: int) -> bool:
        """Whether a token is worth a closer look: dictionary words are names only after certain others."""
        if (
            self.is_given_name[at]
            or self.is_ambiguous_name[at]
            or self.is_unknown[at]
            or self.is_other_script[at]
            or (len(self.tokens[at].norm) == 1 and self.tokens[at].norm.isalpha())
        ):
            return True
        before = self.norm(at - 1)
        return before in gazetteers.STRONG_TITLES or before in gazetteers.NAMING_PHRASES

    def norm(self, at: int) -> str:
        return self._norms[at]

    def gap(self, at: int) -> Gap:
        """What separates a token from the one before; the end of the text counts as the end of a sentence."""
        return self._gaps[at]

    def is_adjacent(self, at: int) -> bool:
        """Whether only blanks separate a token from the one before."""
        return self._gaps[at] == Gap.SPACE

    def ends_phrase(self, at: int) -> bool:
        """Whether something other than blanks, or nothing, follows a token."""
        return self._gaps[at + 1] != Gap.SPACE

    def is_capital(self, at: int) -> bool:
        """Whether a token is capitalized, in a text that uses capitals as usual."""
        return self.uses_capitals and self.tokens[at].is_title_case

    def phrase_before(self, at: int, phrases: Phrases) -> tuple[str, ...]:
        """The phrase that ends right before a token, or ()."""
        if self.gap(at) == Gap.SENTENCE_END:
            return ()
        for phrase in phrases.get(self.norm(at - 1), ()):
            if self._is_at(at - len(phrase), phrase):
                return phrase
        return ()

    def is_within(self, at: int, phrases: Phrases) -> bool:
        """Whether a token is part of one of the phrases."""
        for end in range(at, min(at + 4, len(self.tokens))):
            for phrase in phrases.get(self.tokens[end].norm, ()):
                start = end - len(phrase) + 1
                if start <= at and self._is_at(start, phrase):
                    return True
        return False

    def _is_at(self, start: int, phrase: tuple[str, ...]) -> bool:
        return start >= 0 and all(self.tokens[start + index].norm == norm for index, norm in enumerate(phrase))


def _classify(norm: str, extra_names: Set[str]) -> tuple[bool, bool, bool]:
    """Whether a word is a given name, an ambiguous name, or unknown."""
    if norm.isdigit() or len(norm) < 2:
        return False, False, False
    if norm in gazetteers.GIVEN_NAMES:
        return True, False, False
    if norm in gazetteers.AMBIGUOUS_NAMES or norm in extra_names:
        return False, True, False
    if gazetteers.is_known_word(norm):
        return False, False, False
    for short in without_elongation(norm):
        if short in gazetteers.GIVEN_NAMES or gazetteers.is_dictionary_word(short):
            return short in gazetteers.GIVEN_NAMES, False, False
    if norm.endswith("s") and norm[:-1] in gazetteers.GIVEN_NAMES:
        return True, False, False
    return bool(gazetteers.misspelled_given_names().find(norm)), False, True


def _is_other_script(text: str) -> bool:
    """Whether a word is in a script other than Latin; bold, circled and full-width letters are Latin."""
    if text[0].isascii():
        return False
    code = ord(text[0])
    return text[0].isalpha() and not any(code in block for block in (*_LATIN, *_DECORATIVE))


def _run_lengths(flags: list[bool]) -> list[int]:
    """For each place, the length of the run of true flags around it."""
    lengths = [0] * len(flags)
    start = 0
    for at in range(len(flags) + 1):
        if at == len(flags) or not flags[at]:
            lengths[start:at] = [at - start] * (at - start)
            start = at + 1
    return lengths
