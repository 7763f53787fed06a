"""The names of the staff, however they are typed."""

from collections.abc import Iterator, Sequence

from . import gazetteers
from .entities import RosterName
from .fuzzy import Mistyped
from .tokenizer import Gap, Word, words_of


class Roster:
    """The roster made ready: parts of names by what they may be typed as."""

    def __init__(self, people: Sequence[RosterName]) -> None:
        self.parts: dict[str, RosterName] = {}
        self.whole: dict[str, list[tuple[tuple[str, ...], RosterName]]] = {}
        for person in people:
            for name in (person.name, *person.nicknames):
                keys = tuple(word.key for word in words_of(name) if word.key not in gazetteers.TITLES)
                if keys:
                    self.whole.setdefault(keys[0], []).append((keys, person))
                    self._add_parts(keys, person)
        self.first = frozenset(self.whole)
        for found in self.whole.values():
            found.sort(key=lambda each: len(each[0]), reverse=True)
        self.mistyped = Mistyped(self.parts, gazetteers.MIN_LETTERS_MISTYPED)

    def _add_parts(self, keys: tuple[str, ...], person: RosterName) -> None:
        """The first name alone, and a surname alone where it is no plain word."""
        self.parts.setdefault(keys[0], person)
        for key in keys[1:]:
            if len(key) > 1 and not gazetteers.is_ordinary(key) and key not in gazetteers.PARTICLES:
                self.parts.setdefault(key, person)

    def found(self, words: list[Word], named: set[int]) -> Iterator[tuple[int, int, RosterName]]:
        """The first word of each name of a member of staff, the one behind its last, and who it is.

        A name that is a plain word too counts only among ``named``, the words that stand where a name would.
        """
        at = 0
        while self.whole and at < len(words):
            length, person = self._longest(words, at)
            if length == 1 and at not in named and self._is_plain(words[at].key):
                person = None
            if person:
                yield at, at + length, person
            at += length or 1

    def _longest(self, words: list[Word], at: int) -> tuple[int, RosterName | None]:
        for keys, person in self.whole.get(words[at].key, ()):
            there = words[at : at + len(keys)]
            if tuple(word.key for word in there) == keys and all(word.before != Gap.HARD for word in there[1:]):
                return len(keys), person
        if not self._is_part(words[at]):
            return 0, None
        person = self.parts[self._is_part(words[at])]
        end = at + 1
        while (
            end < len(words) and words[end].before == Gap.BLANK and self.parts.get(self._is_part(words[end])) is person
        ):
            end += 1
        return end - at, person

    @staticmethod
    def _is_plain(key: str) -> bool:
        return key in gazetteers.WORD_NAMES or gazetteers.is_ordinary(key)

    def _is_part(self, word: Word) -> str:
        """The part of a name that a word is, if need be with a letter wrong, or ""."""
        if word.key in self.parts:
            return word.key
        if word.key in gazetteers.FIRST or self._is_plain(word.key):
            return ""
        return self.mistyped.find(word.key)
