"""Stigmatizing terms: each family of words once in a sentence, none in quotations."""

import re
from collections.abc import Iterator

from .document import Finding, Level
from .passages import Passage
from .rules import RULES
from .vocabulary import ALLOWED_CONTEXTS, ANY_FAMILY, ANY_TERM, TERM_FAMILIES, term_row

_SLUR = re.compile(r"\b(?:slur|insults?)\b", re.I)


def check_terms(passage: Passage) -> Iterator[Finding]:
    text = "" if passage.kind == "quote" else passage.masked
    reported, end = set(), 0
    for match, row in sorted(_matches(text), key=lambda found: (found[0].start(), -found[0].end())):
        job = (row["preferred"], passage.sentence_at(match.start()))
        if match.start() < end or _is_allowed_context(row["term"], passage, match):
            continue
        end = match.end()
        if job in reported:
            continue
        reported.add(job)
        term = passage.words(match)
        yield RULES["stigma"].finding(
            passage.place,
            passage.excerpt(match),
            context=passage.sentence(match),
            match=term,
            level=Level.RED if _SLUR.search(row["reason"]) else Level.AMBER,
            term=term,
            reason=row["reason"],
            preferred=row["preferred"].replace(";", ", or"),
        )


def _matches(text: str) -> Iterator[tuple[re.Match, dict[str, str]]]:
    yield from ((match, term_row(match[0])) for match in ANY_TERM.finditer(text))
    if not ANY_FAMILY.search(text):
        return
    for term, pattern in TERM_FAMILIES.items():
        yield from ((match, term_row(term)) for match in pattern.finditer(text))


def _is_allowed_context(term: str, passage: Passage, match: re.Match) -> bool:
    pattern = ALLOWED_CONTEXTS.get(term)
    if pattern is None:
        return False
    left = passage.masked[max(0, match.start() - 40) : match.start()]
    right = passage.masked[match.end() :][:40]
    return bool(pattern.search(f"{left}<{match[0]}>{right}".lower()))
