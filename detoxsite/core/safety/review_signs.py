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
from .spelling import correct

TABLE = RuleTable(Path(__file__).with_name("review_signs.toml"))
_FRAMES = ("now", "past", "over")


def lines() -> Iterator[tuple[str, str]]:
    yield from ((HARMLESS, line) for line in TABLE.get("harmless.lines", list))
    for kind in ("state", "event"):
        for sign in TABLE.section(kind):
            yield from ((f"{kind}.{Sign(sign)}", line) for line in TABLE.get(f"{kind}.{sign}.lines", list))
    yield from (("soft", line) for line in TABLE.get("soft.lines", list))


MATCHER = LineMatcher(lines())
_FRAME_MATCHER = LineMatcher((name, line) for name in _FRAMES for line in TABLE.get(f"frame.{name}.lines", list))


@dataclass(frozen=True)
class Reading:
    """What a review shows: the signs of a danger that is present, most dangerous first, and whether it is worrying."""

    dangers: tuple[str, ...] = ()
    is_worrying: bool = False


def read(words: str) -> Reading:
    """Judge the words of a review. Never raises, whatever the text."""
    text = correct(normalize(words))
    sentences = [f"{sentence} " for sentence in text.split(" . ")]
    frames = [{found.label for found in _FRAME_MATCHER.find(sentence)} for sentence in sentences]
    is_over = any("over" in frame for frame in frames)
    dangers, is_worrying = set(), False
    for number, sentence in enumerate(sentences):
        near = set().union(*frames[max(0, number - 1) : number + 2])
        for found in MATCHER.find(sentence):
            if found.label == "soft":
                is_worrying = True
                continue
            kind, sign = found.label.split(".")
            if _is_present(kind, sentence, found, frames[number], near, is_over):
                dangers.add(sign)
    return Reading(tuple(sign.value for sign in Sign if sign in dangers), is_worrying or bool(dangers))


def _is_present(kind: str, sentence: str, found: Found, here: set[str], near: set[str], is_over: bool) -> bool:
    if kind == "event":
        return "now" in near and not is_over
    words = sentence.split(" ")
    around = " ".join([*words[: found.start], *words[found.end :]])
    is_past = "past" in _FRAME_MATCHER.labels(around)
    if is_over or is_past:
        return "now" in here and not is_past
    return True
