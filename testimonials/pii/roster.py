"""Finds the names of staff members, whatever way they are typed."""

from collections.abc import Iterator, Sequence

from detoxsite.core.misspellings import MisspellingIndex
from detoxsite.core.plain_text import as_seen

from . import gazetteers
from .entities import RosterName
from .tokenizer import Gap, Token, tokenize


class Roster:
    """The staff roster, indexed by full names and by parts of names."""

    def __init__(self, people: Sequence[RosterName]) -> None:
        self._by_part: dict[str, RosterName] = {}
        self._by_first_word: dict[str, list[tuple[tuple[str, ...], RosterName]]] = {}
        for person in people:
            for name in (person.name, *person.nicknames):
                norms = tuple(token.norm for token in tokenize(as_seen(name)) if token.norm not in gazetteers.TITLES)
                if norms:
                    self._by_first_word.setdefault(norms[0], []).append((norms, person))
                    self._add_parts(norms, person)
        self.first_words = frozenset(self._by_first_word)
        for names in self._by_first_word.values():
            names.sort(key=lambda name: len(name[0]), reverse=True)
        self._misspellings = MisspellingIndex(self._by_part, gazetteers.MIN_LENGTH_MISSPELLED)

    def _add_parts(self, norms: tuple[str, ...], person: RosterName) -> None:
        """The first name alone, and a surname alone unless it is a dictionary word."""
        self._by_part.setdefault(norms[0], person)
        for norm in norms[1:]:
            if len(norm) > 1 and not gazetteers.is_dictionary_word(norm) and norm not in gazetteers.NAME_PARTICLES:
                self._by_part.setdefault(norm, person)

    def find(self, tokens: list[Token], name_places: set[int]) -> Iterator[tuple[int, int, RosterName]]:
        """First token, end and person of each staff name.

        A name that is also a dictionary word counts only in ``name_places``, where the context asks for a name.
        """
        at = 0
        while self._by_first_word and at < len(tokens):
            length, person = self._longest(tokens, at)
            if length == 1 and at not in name_places and self._is_ambiguous(tokens[at].norm):
                person = None
            if person:
                yield at, at + length, person
            at += length or 1

    def _longest(self, tokens: list[Token], at: int) -> tuple[int, RosterName | None]:
        for norms, person in self._by_first_word.get(tokens[at].norm, ()):
            span = tokens[at : at + len(norms)]
            is_one_sentence = all(token.gap != Gap.SENTENCE_END for token in span[1:])
            if tuple(token.norm for token in span) == norms and is_one_sentence:
                return len(norms), person
        if not self._part(tokens[at]):
            return 0, None
        person = self._by_part[self._part(tokens[at])]
        end = at + 1
        while (
            end < len(tokens) and tokens[end].gap == Gap.SPACE and self._by_part.get(self._part(tokens[end])) is person
        ):
            end += 1
        return end - at, person

    @staticmethod
    def _is_ambiguous(norm: str) -> bool:
        return norm in gazetteers.AMBIGUOUS_NAMES or gazetteers.is_dictionary_word(norm)

    def _part(self, token: Token) -> str:
        """The part of a name that a token is, allowing one misspelled letter, or ""."""
        if token.norm in self._by_part:
            return token.norm
        if token.norm in gazetteers.GIVEN_NAMES or self._is_ambiguous(token.norm):
            return ""
        return self._misspellings.find(token.norm)
