"""Danger and worry in a review. Reviews are stories: what happened is mostly over, and counts only if it is present.

Of each sentence only the clauses about now are kept (clauses.py). What is left is judged by the lines of requests, and
by word classes of review_signs.toml that stand together: "river" is no danger, "river" and "not going home" are.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..rule_table import RuleTable
from . import clauses, risk_signs
from .clauses import Tense
from .risk_signs import DANGERS, Sign
from .sign_patterns import LineMatcher, normalize
from .spelling import correct
from .withdrawal import find_stopping, has_symptoms

TABLE = RuleTable(Path(__file__).with_name("review_signs.toml"))
_LISTS = TABLE.section("lists")
_LIST = re.compile("@(" + "|".join(sorted(_LISTS, key=len, reverse=True)) + r")\b")
_QUOTE = re.compile(r'(?P<before>[^"“”«»]{0,30})["“«][^"“”«»]{1,400}["”»]')
_SAID_NOW = re.compile(r"\b(just|now|he says|she says|keeps|texted|posted|dice|acaba)\b", re.IGNORECASE)
_WEIGHTS, _ENOUGH = TABLE.section("cues.weights"), TABLE.get("cues.enough", int)
_GOING_ON = frozenset({Sign.NOT_BREATHING, Sign.OVERDOSE, Sign.SEIZURE})  # what does not end by itself
_NEAR = 30  # words within which the classes of a rule have to stand


def _expand(line: str) -> str:
    """A line with the lists of this table written out; "@name" of risk_signs.toml stays."""
    return _LIST.sub(lambda found: "/".join(_LISTS[found[1]].split()), line)


def _lines(section: str) -> Iterator[tuple[str, str]]:
    for name in TABLE.section(section):
        yield from ((name, _expand(line)) for line in TABLE.get(f"{section}.{name}", list))


def lines() -> Iterator[tuple[str, str]]:
    """Every line with its label: those of requests, harmless ones included, and the word classes."""
    dropped = TABLE.terms("requests.dropped")
    yield from ((label, line) for label, line in risk_signs.lines() if line not in dropped)
    yield from _lines("class")


MATCHER = LineMatcher(lines())
_HARMLESS = LineMatcher(("other meaning", _expand(line)) for line in TABLE.get("harmless.lines", list))
SOFT = LineMatcher(_lines("soft_class"))
FRAMES = LineMatcher(_lines("frame"))
_RULES = {
    section: [
        (label, frozenset(rule.split()))
        for label in TABLE.section(section)
        for rule in TABLE.get(f"{section}.{label}", list)
    ]
    for section in ("rules", "last_event", "story")
}
_SOFT = "soft"


@dataclass(frozen=True)
class Reading:
    """What a review shows: the signs of a danger that is present, most dangerous first, and whether it is worrying."""

    dangers: tuple[str, ...] = ()
    is_worrying: bool = False


@dataclass(frozen=True)
class _Sentence:
    text: str
    frames: set[str]
    present: str  # the clauses about now
    open: str  # those that are neither past nor unreal
    last_event: str = ""  # its last past clause


def read(words: str) -> Reading:
    """Judge the words of a review. Never raises, whatever the text."""
    sentences = _parse(correct(normalize(_without_quotes(words))))
    current = _current(sentences)
    labels = _judge(" . ".join(sentence.present for sentence in current))
    dangers = labels & DANGERS | _withdrawal(current) | _last_event(current)
    is_worrying = bool(dangers) or _SOFT in _judge(" . ".join(one.open for one in current)) or _is_worrying(sentences)
    return Reading(tuple(sign.value for sign in Sign if sign in dangers), is_worrying)


def _without_quotes(words: str) -> str:
    """The words without what somebody once said, unless they just said it."""

    def drop(found: re.Match) -> str:
        return found[0] if _SAID_NOW.search(found["before"]) else f"{found['before']} "

    return _QUOTE.sub(drop, words)


def _parse(text: str) -> list[_Sentence]:
    sentences = [f"{sentence} " for sentence in text.split(" . ")]
    frames = [FRAMES.labels(sentence) for sentence in sentences]
    parsed, tense = [], None
    for number, sentence in enumerate(sentences):
        near = set().union(*frames[max(0, number - 1) : number + 2])
        is_now = "now" in frames[number] or "urgent" in near
        present, is_open, past = [], [], []
        for clause in clauses.split(sentence, tense if tense in (Tense.PRESENT, Tense.PAST) else None):
            tense = clause.tense
            if "general" in frames[number] or "lesson" in near:
                continue
            if tense in (Tense.PRESENT, None):
                is_open += clause.words
            if tense in (Tense.PAST, Tense.RECENT):
                past = clause.words if clause.words[0] not in clauses.SUBORDINATORS else []
            if tense in (Tense.PRESENT, Tense.RECENT) or (tense is not Tense.UNREAL and is_now):
                present += _as_now(clause.words)
        texts = (" ".join([*words, ""]) if words else "" for words in (present, is_open, past))
        parsed.append(_Sentence(sentence, frames[number], *texts))
    return parsed


def _as_now(words: list[str]) -> list[str]:
    """A wish of tonight is one of now: "I wanted to die tonight"."""
    is_tonight = clauses.TONIGHT.intersection(words)
    return ["want" if word == "wanted" and is_tonight else word for word in words]


def _current(sentences: list[_Sentence]) -> list[_Sentence]:
    """The sentences after which nothing tells that it turned out well."""
    current, turned_out_well, is_told = [], False, False
    for sentence in reversed(sentences):
        is_told = is_told or "story" in sentence.frames
        turned_out_well = turned_out_well or "over" in FRAMES.labels(sentence.open)
        if not is_told and (not turned_out_well or {"now", "urgent"} & sentence.frames):
            current.append(sentence)
    return current[::-1]


def _judge(text: str, rules: str = "rules") -> set[str]:
    """The signs in a text, by the lines of requests and by a section of rules."""
    text = _without_harmless(text)
    places: dict[str, list[int]] = {}
    for found in MATCHER.find(text):
        places.setdefault(found.label, []).append(found.start)
    labels = set(places)
    for label, rule in _RULES[rules]:
        if rule <= places.keys() and _are_near([places[name] for name in rule]):
            labels.add(label)
    if sum(_WEIGHTS.get(label, 0) for label in places) >= _ENOUGH:
        labels.add(Sign.SUICIDE)
    return labels


def _without_harmless(text: str) -> str:
    """The text with the words that mean something else taken out."""
    words = text.split(" ")
    for found in _HARMLESS.find(text):
        words[found.start : found.end] = [","] * (found.end - found.start)
    return " ".join(words)


def _last_event(sentences: list[_Sentence]) -> set[str]:
    """The dangers in the last thing that happened: nothing tells how it went on, so it may be going on."""
    if any("rescued" in sentence.frames for sentence in sentences):
        return set()
    for sentence in reversed(sentences):
        if {"old", "months", "over", "general"} & sentence.frames:
            return set()
        if sentence.last_event:
            return _last_dangers(sentence.last_event)
    return set()


def _last_dangers(text: str) -> set[str]:
    places = {found.label for found in MATCHER.find(_without_harmless(text))}
    return places & _GOING_ON | {label for label, rule in _RULES["last_event"] if rule <= places}


def _are_near(places: list[list[int]]) -> bool:
    """Whether a place of the first list has one of every other within reach. Each list is in order."""
    first, *others = places
    return any(all(_has_near(place, other) for other in others) for place in first)


def _has_near(place: int, places: list[int]) -> bool:
    after = bisect_left(places, place - _NEAR)
    return after < len(places) and places[after] <= place + _NEAR


def _withdrawal(sentences: list[_Sentence]) -> set[str]:
    """Stopped lately what is deadly to stop, with symptoms now in the same sentence or beside it."""
    for number, sentence in enumerate(sentences):
        if {"old", "months"} & sentence.frames and "now" not in sentence.frames:
            continue
        near = sentences[max(0, number - 1) : number + 3]
        together = " , ".join(one.text for one in near if not {"old", "months"} & one.frames)
        is_stopped = any(
            one.is_deadly and (one.is_recent or is_present) and not one.is_planned
            for text, is_present in ((together, False), (sentence.present, True))
            for one in find_stopping(text)
        )
        if is_stopped and has_symptoms(" . ".join(one.present for one in near)):
            return {Sign.WITHDRAWAL}
    return set()


def _is_worrying(sentences: list[_Sentence]) -> bool:
    """Whether a text that is not about years ago, and does not end well, tells of a relapse, a loss or the like."""
    if any({"old", "story"} & one.frames or "over" in FRAMES.labels(one.text) for one in sentences):
        return False
    labels = {found.label for found in SOFT.find(" . ".join(one.text for one in sentences))}
    return any(rule <= labels for _, rule in _RULES["story"])
