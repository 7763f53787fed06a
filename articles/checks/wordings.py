"""Wordings: word classes of words.toml that come together in a statement, such as "stop" and "alone".

A rule lists wordings: "stop alone". The first class is the act that is judged; the others stand anywhere within reach,
before or after it, so that a rule need not know every order of words.
"""

import re
from .exceptions import is_told_not_to
from .passages import Passage
from .words import WORDS

REACH = 110  # characters between the act and the other words

FRAMES = {"told"}  # classes that may share words with the act

_ALL = re.compile(".+", re.S)


def find_wordings(wordings: dict[str, list[list[str]]], passage: Passage, text: str) -> list[tuple[re.Match, re.Match]]:
    """The act of each wording in a text, and all its words. ``wordings``: other classes by the class of the act.

    A companion that is advised against does not count: "… but do not stop alone".
    """
    found = {}
    for act, companions in wordings.items():
        for match in WORDS[act].finditer(text):
            start, end = passage.statement_at(match.start())
            around = (text, max(start, match.start() - REACH), min(end, match.end() + REACH))
            for words in companions if match.start() not in found else ():
                beside = [_beside(match, word, passage, around) for word in words]
                if all(beside):
                    edges = [edge for part in (match, *beside) for edge in part.span()]
                    found[match.start()] = match, _ALL.match(text, min(edges), max(edges))
                    break
    return [*found.values()]


def _beside(act: re.Match, word: str, passage: Passage, around: tuple[str, int, int]) -> re.Match | None:
    """Words of another class that are near the act, not part of it, and not advised against."""
    for other in WORDS[word].finditer(*around):
        is_apart = other.start() < act.start() or other.end() > act.end() or word in FRAMES
        if is_apart and not is_told_not_to(passage, other, act[0]):
            return other
    return None
