"""Finds the pages whose address or title is close to an address that no page has: misspelled, or in another order.

Words are compared, not addresses: each typed word stands for the known words within one edit of it. Known words are
indexed by what is left of them without one letter, so that no typed word is compared with all of them. An address
takes microseconds, however many pages there are.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .misspellings import is_one_edit
from .plain_text import as_seen

MAX_FOUND = 3
MIN_SCORE = 0.5  # of 1: the share of words in common, of those of both
MAX_TYPED, MAX_WORDS, MAX_WORD, MAX_JOINED = 200, 8, 24, 16  # characters and words of an address that are looked at
MIN_MISSPELLED = 4  # letters of a word that may be misspelled
MAX_PAGES_OF_WORD = 200
_WORDS = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MEANINGLESS = frozenset(
    (
        "a",
        "an",
        "and",
        "for",
        "how",
        "in",
        "is",
        "of",
        "on",
        "or",
        "our",
        "the",
        "to",
        "us",
        "we",
        "what",
        "with",
        "your",
    )
    + ("asp", "aspx", "htm", "html", "index", "php", "www")
)


class ClosePage(NamedTuple):
    url: str
    title: str


class CloseAddresses:
    def __init__(self, pages: Iterable[ClosePage]) -> None:
        """``pages``: all that may be found, those to be preferred first."""
        self._pages = list(pages)
        self._with: dict[str, list[tuple[int, int]]] = defaultdict(list)  # by word: the page, and how many it has
        self._joined: dict[str, list[tuple[int, int]]] = defaultdict(list)  # the same by all of an address at once
        self._shortened: dict[str, list[str]] = defaultdict(list)  # by what is left of a word: the words
        for number, page in enumerate(self._pages):
            address = page.url.rstrip("/").rpartition("/")[2]
            for words in (_words(address), _words(page.title)):
                self._add(self._with, words, (number, len(words)))
            self._add(self._joined, _joined(address), (number, 1))

    def _add(self, index: dict, words: list[str], place: tuple[int, int]) -> None:
        for word in words:
            if word not in index:
                for left in _shortened(word):
                    self._shortened[left].append(word)
            if len(index[word]) < MAX_PAGES_OF_WORD:
                index[word].append(place)

    def find(self, path: str) -> list[ClosePage]:
        """Up to MAX_FOUND pages, the closest first: by the last part of the address, or else by all of it."""
        typed = path[:MAX_TYPED].strip("/")
        return self._find(typed.rpartition("/")[2]) or self._find(typed)

    def _find(self, text: str) -> list[ClosePage]:
        scores: dict[int, float] = {}
        for index, words in ((self._with, _words(text)), (self._joined, _joined(text))):
            common = Counter(place for word in words for place in self._places(index, word))
            for (number, size), count in common.items():
                scores[number] = max(scores.get(number, 0), 2 * count / (len(words) + size))
        close = sorted((-score, number) for number, score in scores.items() if score >= MIN_SCORE)
        return [self._pages[number] for _, number in close[:MAX_FOUND]]

    def _places(self, index: dict, word: str) -> set[tuple[int, int]]:
        """Where a typed word is, or else the words within one edit of it."""
        known = [word] if word in index else self._near(word)
        return {place for one in known for place in index.get(one, ())}

    def _near(self, word: str) -> set[str]:
        near = {known for left in _shortened(word) for known in self._shortened.get(left, ())}
        return {known for known in near if is_one_edit(word, known)}


def _words(text: str) -> list[str]:
    """The words that mean something, each once."""
    words = (word for word in _split(text) if word not in _MEANINGLESS and len(word) <= MAX_WORD)
    return list(dict.fromkeys(words))[:MAX_WORDS]


def _joined(text: str) -> list[str]:
    """All words as one, as "aboutus" is typed for "about us"."""
    joined = "".join(_split(text))
    return [joined] if 0 < len(joined) <= MAX_JOINED else []


def _split(text: str) -> list[str]:
    return _WORDS.findall(as_seen(_CAMEL.sub(" ", text)).casefold())


def _shortened(word: str) -> Iterator[str]:
    """The word, and what is left of it without one letter if it is long enough to be misspelled."""
    yield word
    if len(word) >= MIN_MISSPELLED:
        yield from (word[:place] + word[place + 1 :] for place in range(len(word)))
