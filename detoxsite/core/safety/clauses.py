"""Splits a normalized text into clauses and tells which of them are about now.

A clause is judged by its first verb, from short lists of forms. One without a verb ("hands shaking") goes with the
clause before it. What is only possible, or said to readers in general ("if you shake"), is unreal.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from ..rule_table import RuleTable

TABLE = RuleTable(Path(__file__).with_name("tenses.toml"))
_PRESENT, _PAST, _UNREAL, _GENERAL, _PERSONS, _SUBJECTS, _CONJUNCTIONS, SUBORDINATORS, _NOT_PAST = (
    TABLE.terms(name)
    for name in (
        "present",
        "past",
        "unreal",
        "general",
        "persons",
        "subjects",
        "conjunctions",
        "subordinators",
        "not_past",
    )
)
_BARE = TABLE.terms("bare")
_DETERMINERS = frozenset(["a", "an", "the", "my", "your", "his", "her", "our", "is", "are", "im", "hes", "shes"])
_JUST = frozenset(["just", "jus", "already"])
TONIGHT = frozenset(["tonight", "tonite"])
_PAST_ENDINGS = ("aba", "aban", "aron", "ieron", "abamos", "iamos")
_INVERTING = frozenset(
    ["did", "had", "have", "was", "were", "do", "does", "am", "could", "would"]
)  # "did I ever think"
_MAX_CLAUSE = 60  # words; without a bound, a text without punctuation is slow to split
_MIN_PAST = 5  # letters of a word in -ed that is taken for a verb


class Tense(Enum):
    PRESENT = auto()
    RECENT = auto()  # just now
    PAST = auto()
    UNREAL = auto()


@dataclass
class Clause:
    words: list[str]
    tense: Tense | None  # None: without a verb, and nothing before it


def split(sentence: str, tense: Tense | None = None) -> Iterator[Clause]:
    """The clauses of a sentence, in order. ``tense``: of the clause before them."""
    for words in _parts(sentence.split()):
        if tense is not Tense.UNREAL or _PERSONS.intersection(words):
            found = _tense(words)
            tense = Tense.RECENT if found is Tense.PAST and tense is Tense.RECENT else found or tense
        yield Clause(words, tense)


def _parts(words: list[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for word in words:
        if word == "," or word in _CONJUNCTIONS or word in SUBORDINATORS:
            starts = True
        else:
            starts = word in _SUBJECTS and _has_verb(part) and part[-1] not in _INVERTING | SUBORDINATORS
        if part and (starts or len(part) >= _MAX_CLAUSE):
            yield part
            part = []
        if word != ",":
            part.append(word)
    if part:
        yield part


def _has_verb(words: list[str]) -> bool:
    return _tense(words) is not None


def _tense(words: list[str]) -> Tense | None:
    if _UNREAL.intersection(words) or _is_general(words):
        return Tense.UNREAL
    before = ""
    for word in words:
        if is_past(word) and before not in _DETERMINERS:
            return Tense.RECENT if before in _JUST or TONIGHT.intersection(words) else Tense.PAST
        if word in _PRESENT or (before in _SUBJECTS and (word in _BARE or word.endswith("s"))):
            return Tense.UNREAL if words[0] in SUBORDINATORS else Tense.PRESENT
        before = word
    return None


def _is_general(words: list[str]) -> bool:
    """Whether a clause is about people in general or the reader: they come first in it."""
    start = words[1:3] if words and words[0] in _CONJUNCTIONS | SUBORDINATORS else words[:2]
    return bool(_GENERAL.intersection(start)) and not _PERSONS.intersection(start)


def is_past(word: str) -> bool:
    if word in _PAST:
        return True
    if word in _NOT_PAST:
        return False
    return len(word) >= _MIN_PAST and (word.endswith("ed") or word.endswith(_PAST_ENDINGS))
