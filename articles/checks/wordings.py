"""Wordings: word classes of words.toml that come together in a statement, such as "stop" and "alone".

A rule lists wordings: "stop alone". The first class is the act that is judged; the others stand anywhere within reach,
before or after it, so that a rule need not know every order of words.
"""

import functools
import re

from .exceptions import is_told_not_to
from .passages import Passage
from .words import WORDS

REACH = 110  # characters between the act and the other words

FRAMES = {"told"}  # classes that may share words with the act

_ALL = re.compile(".+", re.S)


def find_wordings(wordings: dict[str, list[list[str]]], passage: Passage, text: str) -> list[tuple[re.Match, re.Match]]:
    """The act of each wording in a text, and all its words. ``wordings``: other classes by the class of the act."""
    found = {}
    for act, companions in wordings.items():
        for match in _words_of(act, text):
            for names in companions if match.start() not in found else ():
                beside = _all_beside(match, names, text, passage)
                if beside is not None:
                    edges = [edge for part in (match, *beside) for edge in part.span()]
                    found[match.start()] = match, _ALL.match(text, min(edges), max(edges))
                    break
    return [found[start] for start in sorted(found)]


@functools.lru_cache(maxsize=128)  # several rules ask for the same words of a passage
def _words_of(name: str, text: str) -> list[re.Match]:
    return list(WORDS[name].finditer(text))


def _all_beside(act: re.Match, names: list[str], text: str, passage: Passage) -> list[re.Match] | None:
    """Words of each class near the act, apart from it. Not those advised against, as in "do not stop alone"."""
    start, end = passage.statement_at(act.start()) if names else (0, 0)
    start, end = max(start, act.start() - REACH), min(end, act.end() + REACH)
    beside = []
    for name in names:
        near = (word for word in _words_of(name, text) if start <= word.start() and word.end() <= end)
        apart = (word for word in near if name in FRAMES or word.start() < act.start() or word.end() > act.end())
        word = next((word for word in apart if not is_told_not_to(passage, word, act[0])), None)
        if word is None:
            return None
        beside.append(word)
    return beside
