"""Parses the text of the search box into terms.

The syntax is that of PostgreSQL's websearch: "words in quotes" form a phrase, -word excludes, ``or`` joins two terms.
Quotation marks may be those that telephones type; only a hyphen excludes, and only directly before a word.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from . import street_names
from .plain_form import typed_form

PUNCTUATION = ".,;:!?()'"  # stripped from the ends of a word
MAX_TERMS = 16  # further words and phrases are ignored
MAX_SYNONYM_LENGTH = 5  # words
MIN_PREFIX, MIN_CORRECTABLE = 3, 4  # letters
_TERM = re.compile(r'(?P<minus>-?)"(?P<phrase>[^"]*)"?|(?P<bare>\S+)')
_EXCLUDED = re.compile(r"-[^\W_]")


class Kind(StrEnum):
    FUZZY = "fuzzy"  # a word that may be a prefix or misspelled
    WORDS = "words"  # in any order
    PHRASE = "phrase"


Term = tuple[str, str]  # kind and text


@dataclass
class ParsedQuery:
    """``required``: groups of alternatives, each of which must match; ``excluded``: none of these may match.

    ``text``: as it was typed, then in its plain form. ``fuzzy_terms`` are the words that may be prefixes or misspelled,
    except that ``names`` are spelled as they are meant.
    """

    text: str
    synonyms: list[dict[str, str]]
    required: list[list[Term]] = field(default_factory=list)
    excluded: list[Term] = field(default_factory=list)
    fuzzy_terms: list[str] = field(default_factory=list)
    synonyms_used: list[str] = field(default_factory=list)
    last_term: str = ""  # the fuzzy term at the very end, if any

    def __post_init__(self) -> None:
        self._equivalents, self.names = _known(tuple((each["typed"], each["means"]) for each in self.synonyms))
        self.text = " ".join(typed_form(self.text).split())
        terms = list(_TERM.finditer(self.text))[:MAX_TERMS]
        while terms:
            self._take(terms)

    def _take(self, terms: list[re.Match]) -> None:
        """Consume the next word, phrase or synonym of ``terms``."""
        if length := self._synonym_length(terms):
            self.required.append(self._synonym(_key([terms.pop(0) for _ in range(length)])))
            return
        term = terms.pop(0)
        bare = term["bare"] or ""
        if bare.lower() == "or" and self.required and terms:
            before = len(self.required)
            self._take(terms)
            self.required[before - 1 :] = [[one for group in self.required[before - 1 :] for one in group]]
        elif term["minus"]:
            self.excluded.append((Kind.PHRASE, term["phrase"]))
        elif _EXCLUDED.match(bare):
            self.excluded.append((Kind.WORDS, bare[1:]))
        elif bare.strip("-"):
            self.required.append([self._word(bare.strip("-"), is_last=not terms)])
        elif not bare:
            self.required.append([(Kind.PHRASE, term["phrase"])])

    def _synonym_length(self, terms: list[re.Match]) -> int:
        """How many of the next terms form the longest known synonym; 0 where none does."""
        lengths = range(min(MAX_SYNONYM_LENGTH, len(terms)), 0, -1)
        return next((length for length in lengths if _key(terms[:length]) in self._equivalents), 0)

    def _word(self, bare: str, is_last: bool) -> Term:
        word = bare.lower().strip(PUNCTUATION)
        if not word.isalpha() or len(word) < MIN_PREFIX:
            return Kind.WORDS, bare
        if word not in self.fuzzy_terms:
            self.fuzzy_terms.append(word)
        self.last_term = word if is_last else ""
        return Kind.FUZZY, word

    def _synonym(self, key: tuple[str, ...]) -> list[Term]:
        self.synonyms_used += [phrase for phrase in self._equivalents[key] if phrase not in self.synonyms_used]
        return [(Kind.PHRASE, phrase) for phrase in (" ".join(key), *self._equivalents[key])]


Equivalents = dict[tuple[str, ...], list[str]]  # of each synonym, by its words


@lru_cache(maxsize=4)
def _known(synonyms: tuple[tuple[str, str], ...]) -> tuple[Equivalents, frozenset[str]]:
    """The equivalents of all synonyms, and the words of names. Cached, because staff seldom change their list."""
    street = [(each["typed"], each["means"]) for each in street_names.SYNONYMS]
    equivalents = _equivalents(street) | _equivalents(synonyms)
    return equivalents, street_names.WORDS.union(*equivalents)


def _equivalents(synonyms: Iterable[tuple[str, str]]) -> Equivalents:
    equivalents: Equivalents = {}
    for several, equal in synonyms:
        means = [phrase.strip() for phrase in equal.replace("\0", " ").split(",") if phrase.strip()]
        for typed in several.lower().split(","):
            if key := tuple(word.strip(PUNCTUATION) for word in typed_form(typed).replace('"', " ").split()):
                equivalents.setdefault(key, []).extend(means)
    return equivalents


def _key(terms: list[re.Match]) -> tuple[str, ...] | None:
    """The words of one phrase or of several words as synonyms are keyed, or None for any other terms."""
    if len(terms) == 1 and terms[0]["phrase"] and not terms[0]["minus"]:
        words = terms[0]["phrase"].split()
    elif all(term["bare"] for term in terms):
        words = [term["bare"] for term in terms]
    else:
        return None
    return tuple(word.lower().strip(PUNCTUATION) for word in words)
