"""What danger boxes say: the signs of a danger, and what to do."""

import re
from collections.abc import Iterator, Mapping, Sequence

from .document import Block, Document, Finding
from .rules import RULES, TABLE
from .vocabulary import CUES

MIN_OVERDOSE_SIGNS = 2  # one alone, such as vomiting, is too often something else

_SIGNS = {kind: TABLE.patterns(f"danger_signs.{kind}", re.I) for kind in TABLE.section("danger_signs")}
_OVERDOSE = re.compile(r"\boverdos", re.I)


def _count_signs(kind: str, text: str) -> int:
    return sum(bool(sign.search(text)) for sign in _SIGNS[kind].values())


def is_danger_box(block: Block) -> bool:
    return block.kind == "callout" and block.tone == "danger"


def warns_of_withdrawal(text: str) -> bool:
    """Whether the text of a danger box names a sign of withdrawal and what to do."""
    return bool(_count_signs("withdrawal", text) and CUES["what-to-do"].search(text))


def warns_of_overdose(text: str) -> bool:
    return _count_signs("overdose", text) >= MIN_OVERDOSE_SIGNS and bool(CUES["emergency-number"].search(text))


def check_danger_box(place: int, block: Block, passages: Sequence) -> Iterator[Finding]:
    text = " ".join(passage.text for passage in passages)
    if is_danger_box(block) and text and (missing := _missing(text)):
        yield RULES["danger-box"].finding(place, text, context=text, missing=missing)


def check_overdose_block(document: Document, passages: Mapping[int | str, Sequence]) -> Iterator[Finding]:
    """A page that has to warn of an overdose does so in a danger box, or under a title or heading that names it.

    A danger box that lacks signs or what to do is told so by itself.
    """
    for index, block in enumerate(document.blocks):
        lead = (passage for passage in passages[index] if block.kind == "callout" or passage.kind == "heading")
        text = " ".join(passage.text for passage in passages[index])
        if is_danger_box(block) and text and _missing(text):
            return
        is_on_overdose = is_danger_box(block) or any(_OVERDOSE.search(passage.text) for passage in lead)
        if is_on_overdose and warns_of_overdose(text):
            return
    yield RULES["overdose-block"].finding("page", document.title)


def _missing(text: str) -> str:
    has_signs = any(_count_signs(kind, text) for kind in _SIGNS)
    has_action = CUES["what-to-do"].search(text)
    return " or ".join([*([] if has_signs else ["the signs"]), *([] if has_action else ["what to do"])])
