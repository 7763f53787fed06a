"""Runs the editorial checks on a document."""

import functools
import re
from collections.abc import Callable, Iterator
from datetime import date

from .danger_boxes import check_danger_box, check_overdose_block
from .document import Document, Finding, shorten
from .exceptions import EXCEPTIONS
from .media import check_galleries, check_picture, check_video
from .passages import OVERDOSE_TOPICS, Passage, markup, split_document
from .quotations import check_quotations
from .readability import readability_of, running_text
from .rules import RULES, Rule
from .structure import check_headings, check_links, check_references, check_sources
from .terms import check_terms
from .vocabulary import is_about
from .wordings import find_wordings
from .years import check_source_years, check_years

TARGET_GRADE = 8
MIN_WORDS = 100  # for a meaningful grade
MIN_WORDS_TO_SOURCE = 50  # shorter pages, such as a notice, may have no source

ONLY_OWN_WORDS = {"blame", "promise"}  # not in quotations, which may warn of such words
SAME_JOB = {"stop-warning": "stop-alone", "off-label": "fda-approved"} | dict.fromkeys(
    ("dose-source", "half-life", "statistic", "duration", "efficacy"), "cite a source"
)

_OVERDOSE, _911 = re.compile(r"\boverdos", re.I), re.compile(r"\b9-?1-?1\b")
_SUICIDE, _988 = re.compile(r"\bsuicid", re.I), re.compile(r"\b988\b")


def run_checks(document: Document, *, today: date, link_fault: Callable[[str], str] = lambda path: "") -> list[Finding]:
    """All findings, in the order: the page, its title, its summary, its blocks, its sources.

    ``link_fault``: what is wrong with a link to a path on this site: "dead-link", "link-withdrawn", "link-moved",
    "link-unpublished", or "".
    """
    passages = split_document(document)
    page = [passage for in_place in passages.values() for passage in in_place]
    findings = [*_check_page(document, passages, page, today)]
    known_sources = {source.number for source in document.sources}
    has_h2 = False
    for place, in_place in passages.items():
        for passage in in_place:
            findings += [*_check_words(passage), *check_years(passage, today)]
        if isinstance(place, int):
            block = document.blocks[place]
            findings += [*check_danger_box(place, block, in_place), *check_quotations(in_place, block.attribution)]
            findings += check_references(in_place, known_sources)
            findings += [*check_headings(place, block, has_h2), *check_links(place, block, link_fault)]
            findings += [*check_picture(place, block), *check_video(place, block)]
            has_h2 = has_h2 or "<h2" in markup(block).lower()
    findings += check_galleries(document)
    return [*findings, *check_sources(document, page, today), *check_source_years(document, today)]


@functools.lru_cache(maxsize=2048)  # the checks run while somebody types: most passages are the same as before
def _check_words(passage: Passage) -> tuple[Finding, ...]:
    return *check_terms(passage), *_check_rules(passage)


def _check_rules(passage: Passage) -> Iterator[Finding]:
    """Findings of each rule in a passage, one for each sentence.

    What the editor has to do in a sentence is said once, however many rules ask for it.
    """
    asked = set()
    for code, is_allowed in EXCEPTIONS.items():
        rule, reported = RULES[code], set()
        if passage.kind not in rule.kinds:
            continue
        for match, words in _matches(rule, passage, passage.masked if code in ONLY_OWN_WORDS else passage.text):
            sentence = passage.statement_at(match.start()) if rule.wordings else passage.sentence_at(match.start())
            if sentence in reported or is_allowed(passage, match):
                continue
            reported.add(sentence)
            job = (SAME_JOB.get(code, code), sentence)
            if job in asked:
                continue
            asked.add(job)
            yield rule.finding(
                passage.place, passage.excerpt(match), context=passage.sentence(match), match=passage.words(words)
            )


def _matches(rule: Rule, passage: Passage, text: str) -> Iterator[tuple[re.Match, re.Match]]:
    """What a rule judges, and the words to show for it."""
    if rule.pattern:
        yield from ((match, match) for match in rule.pattern.finditer(text))
    yield from find_wordings(rule.wordings, passage, text)


def _check_page(
    document: Document, passages: dict[int | str, list[Passage]], page: list[Passage], today: date
) -> Iterator[Finding]:
    if is_about(document, OVERDOSE_TOPICS):
        yield from check_overdose_block(document, passages)
    for subject, mention, number, line in (("suicide", _SUICIDE, "988", _988), ("overdose", _OVERDOSE, "911", _911)):
        first = next((passage.excerpt(match) for passage in page if (match := mention.search(passage.text))), "")
        if first and not any(line.search(passage.text) for passage in page):
            yield RULES["crisis-line"].finding("page", first, subject=subject, number=number)
    if document.review_due_on and document.review_due_on < today:
        yield RULES["review-overdue"].finding("page", document.review_due_on.isoformat())
    if document.is_first_page and not any(block.helps for block in document.blocks):
        yield RULES["no-way-to-help"].finding("page", document.title)
    sentences = running_text(document, passages)
    words, readability = sum(len(sentence.split()) for sentence in sentences), readability_of(sentences)
    if document.needs_sources and not document.sources and words >= MIN_WORDS_TO_SOURCE:
        yield RULES["no-sources"].finding("page", document.title)
    if readability.grade > TARGET_GRADE and words >= MIN_WORDS:
        hardest = "; ".join(f"“{shorten(sentence)}”" for sentence in readability.hardest)
        yield RULES["reading-grade"].finding(
            "page", readability.hardest[0], grade=readability.grade, target=TARGET_GRADE, hardest=hardest
        )
