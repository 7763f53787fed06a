"""Years that cannot be right, in the text and of sources."""

import re
from collections.abc import Iterator
from datetime import date

from .document import Document, Finding
from .passages import Passage
from .rules import RULES
from .vocabulary import CUES

OLDEST_SOURCE = 1800
MAX_PLAN = 30  # years ahead that a plan may speak of

_YEAR = re.compile(
    r"(?:\b(?:in|between|since|by|until|from|during|of|year|before|after|early|late|mid|the|a|to|and|through|January|February|March"
    r"|April|May|June|July|August|September|October|November|December)\b,? |[(–-] ?|\b[0-9]{1,2}, )([12][0-9]{3,4})"
    r"(?![\w%]|[.,][0-9]|[ -](?:mg|mcg|ml|people|adults|patients|calories|milligrams?|deaths|men|women|steps|beds"
    r"|hours|words|trials|studies|participants|dollars|veterans|students|records|visits|calls|feet|miles|units|overdoses|cases)\b)",
    re.I,
)


def check_years(passage: Passage, today: date) -> Iterator[Finding]:
    for match in _YEAR.finditer(passage.text):
        if _is_impossible(int(match[1]), passage.near(match), today):
            yield RULES["impossible-year"].finding(
                passage.place, passage.excerpt(match), context=passage.sentence(match), match=match[1], year=match[1]
            )


def _is_impossible(year: int, sentence: str, today: date) -> bool:
    if year > today.year + MAX_PLAN:
        return True
    if year > today.year:
        return bool(CUES["reported"].search(sentence)) and not CUES["planned"].search(sentence)
    return year < OLDEST_SOURCE and bool(CUES["modern"].search(sentence))


def check_source_years(document: Document, today: date) -> Iterator[Finding]:
    for source in document.sources:
        if source.year and not OLDEST_SOURCE <= source.year <= today.year:
            excerpt = f"[{source.number}] {source.year} {source.title}"
            yield RULES["impossible-year"].finding("sources", excerpt, match=str(source.year), year=source.year)
