"""Quotations: closed, and long ones with their speaker and source."""

import re
from collections.abc import Iterator

from .document import Finding
from .passages import REFERENCE, Passage
from .rules import RULES, TABLE

LONG_QUOTATION = 20  # words

_SPEAKER = TABLE.pattern("quotations.speaker")
_QUOTATION = re.compile(r'“([^“”]{1,3000})”|(?<!\w)"([^"]{1,3000})"(?!\w)')
_MARK = re.compile(r'[“”]|(?<!\d)"')


def check_quotations(passages: list[Passage], attribution: str = "") -> Iterator[Finding]:
    """The quotations of one block. ``attribution``: who said it and where, of a block that is a quotation."""
    for index, passage in enumerate(passages):
        yield from _check_marks(passage, passages[index + 1 : index + 2])
        if passage.kind == "quote":
            around = " ".join(near.text for near in passages[max(0, index - 1) : index + 2] if near is not passage)
            match = re.search(r".+", passage.text)
            yield from _check_long(passage, match, f"{around} {passage.text}", attribution)
        else:
            for match in _QUOTATION.finditer(passage.text):
                around = f"{passage.text[: match.start()]} {passage.text[match.end() :]}"
                yield from _check_long(passage, match, around, attribution)


def _check_long(passage: Passage, match: re.Match, around: str, attribution: str) -> Iterator[Finding]:
    if len(match[0].split()) < LONG_QUOTATION or attribution.strip():
        return
    missing = [
        *([] if _SPEAKER.search(around) else ["who said it"]),
        *([] if REFERENCE.search(around) or passage.has_sourced_lead else ["where"]),
    ]
    if missing:
        yield RULES["quotation"].finding(
            passage.place,
            passage.excerpt(match),
            context=passage.sentence(match),
            match=passage.words(match),
            missing=" or ".join(missing),
        )


def _check_marks(passage: Passage, following: list[Passage]) -> Iterator[Finding]:
    """A mark without a partner. A quotation of several paragraphs opens each of them and closes only the last."""
    opened, straight, stray = None, None, None
    for mark in _MARK.finditer(passage.text):
        if mark[0] == '"':
            straight = None if straight else mark
        elif mark[0] == "“":
            stray, opened = stray or opened, mark
        elif opened:
            opened = None
        else:
            stray = stray or mark
    if opened and following and following[0].text.startswith("“"):
        opened = None
    if stray := stray or opened or straight:
        yield RULES["quotation-unclosed"].finding(
            passage.place, passage.excerpt(stray), context=passage.sentence(stray), match=passage.words(stray)
        )
