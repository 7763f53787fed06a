"""Matches lines, the sequences of words in risk_signs.toml and review_signs.toml, against a text.

A line matches from the start of a word and looks a bounded way ahead, so that no text makes matching slow.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

from ..plain_text import as_seen
from ..rule_table import Pattern, RuleTable

MAX_NEGATION_DISTANCE = 6  # words

TABLE = RuleTable(Path(__file__).with_name("risk_signs.toml"))
_NEGATORS, _FILLERS, _CONJUNCTIONS = (
    TABLE.terms(f"negation.{name}") for name in ("negators", "fillers", "conjunctions")
)

# Normalized text: " . he cant breathe . "

_DROPPED = re.compile(
    "['`´‘’‚‛ʹʻʼʽˈ′＇\u00ad\u034f\u061c\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u2069"
    "\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff]+"
)
_OTHER_SCRIPTS = re.compile(
    "[^\u0000-\u007f\u00c0-\u024f\u1e00-\u1eff\u2100-\u214f\u24b6-\u24e9\uff10-\uff5a\U0001d400-\U0001d7ff]+"
)
_PUNCTUATION = {code: " " for code in range(128) if not chr(code).isalnum()}
_PUNCTUATION |= {ord("'"): None, ord("`"): None, 0: None, ord("."): ".", ord(","): ","}
_PUNCTUATION |= dict.fromkeys(map(ord, "!?:;()"), ".") | {ord("\n"): ","}
_ELONGATED = re.compile(r"([a-z])\1\1+")


def normalize(text: str) -> str:
    """Lower case ASCII words, periods and commas, each between single blanks."""
    if not text.isascii():
        text = as_seen(_DROPPED.sub("", text))  # without marks first: many in a row are slow to put in order
    text = text.casefold()
    if not text.isascii():
        text = _OTHER_SCRIPTS.sub(" . ", _DROPPED.sub("", text))
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    text = text.translate(_PUNCTUATION).replace(".", " . ").replace(",", " , ")
    return " ".join(_ELONGATED.sub(r"\1", text).split()) + " "


# The lines, compiled and indexed by how their first word starts

HARMLESS = "harmless"  # the label of lines that exclude their words from the others; they have to come first
_BREAK = "(?: [.,]){0,3}"
_GAPS = {"..": "(?: [a-z0-9]++){0,3}?", "...": "(?: [a-z0-9,]++){0,8}?"}
_ENDING = "[a-z0-9]*+"
_WILDCARDS = {"*": "[a-z0-9]++", "#": "[1-9][0-9]{1,2}", "##": "(?:19|20)[0-9]{2}"}
_PREFIX = 4  # letters by which a word with any ending is indexed

Match = Callable[[str, int], re.Match | None]
Candidates = dict[str, list[tuple[str, Match]]]  # by word: the lines to try there, with their labels


@dataclass(frozen=True)
class Found:
    """A line that matches: its label, and the words from ``start`` to before ``end``."""

    label: str
    start: int
    end: int


def alternatives(term: str) -> Iterator[str]:
    """The words that a term of a line stands for; "@name" stands for a list."""
    for choice in term.removesuffix("?").split("/"):
        yield from TABLE.get(f"lists.{choice[1:]}", list) if choice.startswith("@") else [choice]


def _one_of(term: str) -> str:
    choices = (_WILDCARDS.get(choice) or choice.replace("*", _ENDING) for choice in alternatives(term))
    return f"(?:{'|'.join(choices)})(?= )"


@cache  # reviews have the lines of requests too
def _compile(line: str) -> Pattern:
    first, *rest = line.split()
    pattern = _one_of(first)
    for term in rest:
        word = _GAPS.get(term) or f"{_BREAK} {_one_of(term)}"
        pattern += f"(?:{word})?" if term.endswith("?") else word
    return TABLE.compile(line, pattern)


def _index_key(word: str) -> str:
    return f"{word[:_PREFIX]}*" if "*" in word else word


def _requirements(terms: list[str]) -> Iterator[frozenset[str]]:
    """For each term that a line cannot do without, the words of which a text must contain one."""
    for term in terms:
        if term not in _GAPS and not _WILDCARDS.keys() & set(alternatives(term)) and not term.endswith("?"):
            yield frozenset(map(_index_key, alternatives(term)))


class LineMatcher:
    """Lines with their labels, ready to be looked for."""

    def __init__(self, lines: Iterable[tuple[str, str]]) -> None:
        """Indexes the lines by first word: label, pattern and requirements (as bits) of each."""
        self.by_first_word: dict[str, list[tuple[str, Pattern, int]]] = {}
        self._met_by_word: dict[str, int] = {}  # by any word: the requirements it meets
        bits: dict[frozenset[str], int] = {}
        for label, line in lines:
            first, *rest = line.split()
            required = 0
            for requirement in _requirements(rest):
                required |= bits.setdefault(requirement, 1 << len(bits))
            pattern = _compile(line)
            for key in dict.fromkeys(map(_index_key, alternatives(first))):
                self.by_first_word.setdefault(key, []).append((label, pattern, required))
        for requirement, bit in bits.items():
            for word in requirement:
                self._met_by_word[word] = self._met_by_word.get(word, 0) | bit

    def labels(self, text: str) -> set[str]:
        """The labels of the lines that match a normalized text and are not negated."""
        labels: set[str] = set()
        for found in self.find(text, known=labels):
            labels.add(found.label)
        return labels

    def find(self, text: str, known: Collection[str] = (), candidates: Candidates | None = None) -> Iterator[Found]:
        """The lines that match a normalized text and are not negated, by place; none with a label in ``known``.

        ``candidates``: those of a longer text that contains this one, which saves finding them for each sentence.
        """
        words, harmless_until = text.split(" "), 0
        candidates = self.candidates(words) if candidates is None else candidates
        if candidates.keys().isdisjoint(words):
            return
        letters_before = list(accumulate(map(len, words), initial=0))
        for index, word in enumerate(words):
            if word not in candidates:
                continue
            place = letters_before[index] + index
            for label, match in candidates[word]:
                if label in known or place < harmless_until or not (found := match(text, place)):
                    continue
                if label == HARMLESS:
                    harmless_until = found.end()
                elif word in _NEGATORS or not _is_negated(words[max(0, index - MAX_NEGATION_DISTANCE) : index]):
                    yield Found(label, index, index + found[0].count(" ") + 1)

    def candidates(self, words: Iterable[str]) -> Candidates:
        """The matchers to try at each word, without lines that require a word that the text does not contain."""
        prefixes = {word: f"{word[:_PREFIX]}*" for word in set(words)}
        keys = prefixes.keys() | prefixes.values()
        met = 0
        for key in keys & self._met_by_word.keys():
            met |= self._met_by_word[key]
        possible = {
            key: [
                (label, pattern.match)
                for label, pattern, required in self.by_first_word[key]
                if required & met == required
            ]
            for key in keys & self.by_first_word.keys()
        }
        return {
            word: possible.get(word, []) + possible.get(prefix, [])
            for word, prefix in prefixes.items()
            if possible.get(word) or possible.get(prefix)
        }


def _is_negated(before: list[str]) -> bool:
    """Whether "no", "never had" or the like comes right before, also across "or"."""
    backwards = reversed(before)
    for word in backwards:
        if word in _NEGATORS:
            return True
        if word in _CONJUNCTIONS:
            next(backwards, None)
        elif word not in _FILLERS:
            return False
    return False
