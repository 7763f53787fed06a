"""Wordings: word classes of words.toml that come together in a statement, such as "stop" and "alone".

A rule lists wordings: "stop alone". The first class is the act that is judged; the others stand anywhere within reach,
before or after it, so that a rule need not know every order of words.
"""

import re
from collections.abc import Iterator
from .passages import Passage
from .words import WORDS

REACH = 110  # characters between the act and the other words


def find_wordings(wordings: dict[str, list[list[str]]], passage: Passage, text: str) -> Iterator[re.Match]:
    """The act of each wording that is in a text, in the order of the text. ``wordings``: other classes by act."""
    found = {}
    for act, companions in wordings.items():
        for match in WORDS[act].finditer(text):
            start, end = passage.statement_at(match.start())
            around = (text, max(start, match.start() - REACH), min(end, match.end() + REACH))
            if any(all(_is_beside(match, WORDS[word], around) for word in words) for words in companions):
                found.setdefault(match.start(), match)
    yield from (found[start] for start in sorted(found))


def _is_beside(act: re.Match, pattern: re.Pattern, around: tuple[str, int, int]) -> bool:
    """Whether words of another class are near the act. They are not part of it."""
    return any(other.start() < act.start() or other.end() > act.end() for other in pattern.finditer(*around))
