"""Danger and worry in a review. Reviews are stories: what happened is mostly over, and counts only if it is present.

Each match of review_signs.toml is judged by its sentence. A state ("cannot breathe") counts unless the sentence is in
the past or conditional; an event ("took the whole bottle") only if something says that it was just now. Of a text that
tells of better days, only sentences that say "now" count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..rule_table import RuleTable
from .risk_signs import Sign
from .sign_patterns import HARMLESS, Found, LineMatcher, normalize
from .sign_patterns import TABLE as REQUEST_TABLE
from .spelling import correct
from .withdrawal import find_stopping, has_symptoms

TABLE = RuleTable(Path(__file__).with_name("review_signs.toml"))
_FRAMES = ("now", "past", "after", "old", "over")
_MAX_DISTANCE = 7  # words before a match that say when it is so, unless a clause begins between
_MAX_AFTER = 4  # words behind a match that say it was only said
_PAST_INSIDE = frozenset(["stood", "sat", "used", "wanted", "felt", "thought", "would", "told"])
_NEAR = 20  # words around a match that belong together even without punctuation
_CLAUSE_STARTS = frozenset([",", "and", "but", "so", "because", "now", "y", "pero", "ahora", "porque"])
_PRESENT = frozenset(
    [
        "im",
        "am",
        "is",
        "are",
        "hes",
        "shes",
        "theyre",
        "cant",
        "wont",
        "dont",
        "doesnt",
        "isnt",
        "have",
        "has",
        "keeps",
        "says",
        "esta",
        "estoy",
        "no",
    ]
)


def lines() -> Iterator[tuple[str, str]]:
    for table in (TABLE, REQUEST_TABLE):
        yield from ((HARMLESS, line) for line in table.get("harmless.lines", list))
    for kind in ("state", "event"):
        for sign in TABLE.section(kind):
            yield from ((f"{kind}.{Sign(sign)}", line) for line in TABLE.get(f"{kind}.{sign}.lines", list))
    yield from (("soft", line) for line in TABLE.get("soft.lines", list))


MATCHER = LineMatcher(lines())
_FRAME_MATCHERS = {
    name: LineMatcher((name, line) for line in TABLE.get(f"frame.{name}.lines", list)) for name in _FRAMES
}


@dataclass(frozen=True)
class Reading:
    """What a review shows: the signs of a danger that is present, most dangerous first, and whether it is worrying."""

    dangers: tuple[str, ...] = ()
    is_worrying: bool = False


def read(words: str) -> Reading:
    """Judge the words of a review. Never raises, whatever the text."""
    sentences = [f"{sentence} " for sentence in correct(normalize(words)).split(" . ")]
    frames = [_frames(sentence) for sentence in sentences]
    dangers, is_worrying = set(), False
    for number, sentence in enumerate(sentences):
        near = set().union(*frames[max(0, number - 1) : number + 2])
        is_over = any("over" in later for later in frames[number:]) or "old" in set().union(
            *frames[max(0, number - 1) : number + 1]
        )
        words = sentence.split(" ")
        for found in MATCHER.find(sentence):
            if found.label == "soft":
                is_worrying = True
                continue
            kind, sign = found.label.split(".")
            here = _frames(" ".join([*words[max(0, found.start - _NEAR) : found.end + _NEAR], ""]))
            if _is_present(kind, words, found, here, near, is_over):
                dangers.add(sign)
    dangers |= _withdrawal(sentences, frames)
    return Reading(tuple(sign.value for sign in Sign if sign in dangers), is_worrying or bool(dangers))


def _frames(sentence: str) -> set[str]:
    return {name for name in ("now", "old", "over") if _FRAME_MATCHERS[name].labels(sentence)}


def _is_present(kind: str, words: list[str], found: Found, here: set[str], near: set[str], is_over: bool) -> bool:
    if kind == "event":
        return ("now" in near and not is_over) or ("now" in here and "old" not in here)
    after = " ".join([*words[found.end : found.end + _MAX_AFTER], ""])
    if _FRAME_MATCHERS["past"].labels(_before(words, found)) or _FRAME_MATCHERS["after"].labels(after):
        return False
    if _PAST_INSIDE.intersection(words[found.start : found.end]):
        return False
    return "now" in here or not is_over


def _before(words: list[str], found: Found) -> str:
    """The words before a match that it depends on."""
    before = words[max(0, found.start - _MAX_DISTANCE) : found.start]
    starts = (
        _CLAUSE_STARTS if _PRESENT.intersection(words[found.start : found.end]) else {"but", "pero", "now", "ahora"}
    )
    for place in range(len(before) - 1, -1, -1):
        if before[place] in starts:
            return " ".join([*before[place + 1 :], ""])
    return " ".join([*before, ""])


def _withdrawal(sentences: list[str], frames: list[set[str]]) -> set[str]:
    """Stopped lately what is deadly to stop, with symptoms in the same sentence or beside it."""
    for number, sentence in enumerate(sentences):
        is_now = "now" in frames[number]
        if not is_now and ({"old", "over"} & frames[number] or _FRAME_MATCHERS["past"].labels(sentence)):
            continue
        is_stopped = any(one.is_deadly and one.is_recent and not one.is_planned for one in find_stopping(sentence))
        if is_stopped and has_symptoms(" . ".join(sentences[max(0, number - 1) : number + 2])):
            return {Sign.WITHDRAWAL}
    return set()
