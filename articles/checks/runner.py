"""Runs the editorial checks on a document."""

import re
from collections.abc import Callable, Iterator
from datetime import date

from ..rich_text import sanitizer
from .document import Document, Finding, Level, shorten
from .exceptions import EXCEPTIONS
from .passages import OVERDOSE_TOPICS, Passage, markup, split_document
from .readability import readability_of, running_text
from .rules import RULES
from .structure import check_headings, check_links, check_picture, check_references, check_sources
from .vocabulary import ALLOWED_CONTEXTS, ANY_TERM, is_about, term_row

TARGET_GRADE = 8
MIN_WORDS = 100  # for a meaningful grade

_OVERDOSE, _911 = re.compile(r"\boverdos", re.I), re.compile(r"\b9-?1-?1\b")
_SUICIDE, _988 = re.compile(r"\bsuicid", re.I), re.compile(r"\b988\b")
_SLUR = re.compile(r"\b(?:slur|insults?)\b", re.I)


def run_checks(
    document: Document, *, today: date, is_dead: Callable[[str], bool] = lambda path: False
) -> list[Finding]:
    """All findings, in the order: the page, its title, its summary, its blocks, its sources.

    ``is_dead``: whether a path on this site leads nowhere.
    """
    passages = split_document(document)
    page = [passage for in_place in passages.values() for passage in in_place]
    codes = [code for code in EXCEPTIONS if code != "stop-alone" or not _has_danger_callout(document)]
    findings = [*_check_page(document, passages, page, today)]
    known_sources = {source.number for source in document.sources}
    has_h2 = False
    for place, in_place in passages.items():
        for passage in in_place:
            findings += _check_terms(passage)
            for code in codes:
                findings += _check_rule(code, passage)
        if isinstance(place, int):
            block = document.blocks[place]
            findings += check_references(in_place, set(known_sources))
            findings += [*check_headings(place, block, has_h2), *check_links(place, block, is_dead)]
            findings += check_picture(place, block)
            has_h2 = has_h2 or "<h2" in markup(block).lower()
    return [*findings, *check_sources(document, page, today)]


def _check_rule(code: str, passage: Passage) -> Iterator[Finding]:
    """Findings of one rule in a passage, one for each sentence."""
    rule = RULES[code]
    if passage.kind not in rule.kinds:
        return
    reported = None
    for match in rule.pattern.finditer(passage.masked if code == "promise" else passage.text):
        sentence = passage.sentence_at(match.start())
        if sentence != reported and not EXCEPTIONS[code](passage, match):
            reported = sentence
            yield rule.finding(
                passage.place, passage.excerpt(match), context=passage.sentence(match), match=passage.words(match)
            )


def _check_terms(passage: Passage) -> Iterator[Finding]:
    """Stigmatizing terms, each once in a sentence; none in quotations."""
    reported = set()
    for match in ANY_TERM.finditer("" if passage.kind == "quote" else passage.masked):
        row, sentence = term_row(match[0]), passage.sentence_at(match.start())
        if (row["term"], sentence) in reported or _is_allowed_context(row["term"], passage, match):
            continue
        reported.add((row["term"], sentence))
        yield RULES["stigma"].finding(
            passage.place,
            passage.excerpt(match),
            context=passage.sentence(match),
            match=passage.words(match),
            level=Level.RED if _SLUR.search(row["reason"]) else Level.AMBER,
            term=passage.words(match),
            reason=row["reason"],
            preferred=row["preferred"].replace(";", ", or"),
        )


def _is_allowed_context(term: str, passage: Passage, match: re.Match) -> bool:
    pattern = ALLOWED_CONTEXTS.get(term)
    if pattern is None:
        return False
    left = passage.masked[max(0, match.start() - 40) : match.start()]
    right = passage.masked[match.end() :][:40]
    return bool(pattern.search(f"{left}<{match[0]}>{right}".lower()))


def _check_page(
    document: Document, passages: dict[int | str, list[Passage]], page: list[Passage], today: date
) -> Iterator[Finding]:
    if is_about(document, OVERDOSE_TOPICS) and not _has_overdose_block(document, passages):
        yield RULES["overdose-block"].finding("page", document.title)
    for subject, mention, number, line in (("suicide", _SUICIDE, "988", _988), ("overdose", _OVERDOSE, "911", _911)):
        first = next((passage.excerpt(match) for passage in page if (match := mention.search(passage.text))), "")
        if first and not any(line.search(passage.text) for passage in page):
            yield RULES["crisis-line"].finding("page", first, subject=subject, number=number)
    if document.review_due_on and document.review_due_on < today:
        yield RULES["review-overdue"].finding("page", document.review_due_on.isoformat())
    sentences = running_text(document, passages)
    readability = readability_of(sentences)
    if readability.grade > TARGET_GRADE and sum(len(sentence.split()) for sentence in sentences) >= MIN_WORDS:
        hardest = "; ".join(f"“{shorten(sentence)}”" for sentence in readability.hardest)
        yield RULES["reading-grade"].finding(
            "page", readability.hardest[0], grade=readability.grade, target=TARGET_GRADE, hardest=hardest
        )


def _has_danger_callout(document: Document) -> bool:
    callouts = (block for block in document.blocks if block.kind == "callout" and block.tone == "danger")
    return any(sanitizer.text(markup(block)) for block in callouts)


def _has_overdose_block(document: Document, passages: dict[int | str, list[Passage]]) -> bool:
    """Whether there is a danger callout, or a callout or heading on overdose with 911 in the same block."""
    for index, block in enumerate(document.blocks):
        lead = (passage for passage in passages[index] if block.kind == "callout" or passage.kind == "heading")
        has_911 = any(_911.search(passage.text) for passage in passages[index])
        if has_911 and any(_OVERDOSE.search(passage.text) for passage in lead):
            return True
    return _has_danger_callout(document)
