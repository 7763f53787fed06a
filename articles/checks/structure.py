"""Checks of structure: headings, links, pictures, references and sources."""

import re
from collections.abc import Callable, Iterator
from datetime import date

from detoxsite.core.plain_text import as_seen

from ..rich_text import links, sanitizer
from .document import Block, Document, Finding
from .passages import REFERENCE, Passage, markup
from .rules import RULES

MAX_SOURCE_AGE = 5  # years

_HEADING = re.compile(r"<(h[23])\b[^<>]*>((?:(?!</?h[23]\b).)*)", re.I | re.S)
_LINK = re.compile(r'<a(?=[ >])(?: href="([^"<>]*)")?[^<>]*>((?:(?!</?a\b).)*)', re.I | re.S)
_VAGUE_LINKS = {"click", "click here", "go", "here", "learn more", "link", "more", "read more", "see here"} | {
    *("see more", "this", "this article", "this link", "this page")
}


def check_references(passages: list[Passage], known: set[int]) -> Iterator[Finding]:
    """References to sources that do not exist, once each on a page: adds what it reports to ``known``."""
    for passage in passages:
        for match in REFERENCE.finditer(passage.text):
            if (number := int(match[1])) not in known:
                known.add(number)
                yield RULES["dangling-reference"].finding(
                    passage.place,
                    passage.excerpt(match),
                    context=passage.sentence(match),
                    match=passage.words(match),
                    number=number,
                )


def check_headings(place: int, block: Block, has_h2: bool) -> Iterator[Finding]:
    for tag, inner in _HEADING.findall(markup(block)):
        text = as_seen(sanitizer.text(inner)).strip()
        has_h2 = has_h2 or tag.lower() == "h2"
        if not text:
            yield RULES["heading-empty"].finding(place, "", context=block.body)
        elif not has_h2:
            yield RULES["heading-order"].finding(place, text)


def check_links(place: int, block: Block, link_fault: Callable[[str], str]) -> Iterator[Finding]:
    for href, inner in _LINK.findall(markup(block)):
        text, href = sanitizer.text(inner), sanitizer.text(href)
        bare = text.lower().strip(" .,:;!>»→…")
        if not text or not href:
            yield RULES["link-empty"].finding(place, text or href, context=block.body)
        elif bare in _VAGUE_LINKS or bare.startswith(("http://", "https://", "www.")):
            yield RULES["link-text"].finding(place, text)
        if href.startswith("/") and (fault := link_fault(re.split("[?#]", href)[0])):
            yield RULES[fault].finding(place, f"{text} ({href})")
        if href.lower().startswith("http://"):
            yield RULES["link-insecure"].finding(place, f"{text} ({href})")
        if href.startswith("#"):
            yield RULES["link-fragment"].finding(place, f"{text} ({href})")
        elif href and links.is_incomplete(href):
            yield RULES["link-incomplete"].finding(place, f"{text} ({href})")
        elif links.is_wrapped(href):
            yield RULES["link-wrapped"].finding(place, f"{text} ({href})")


def check_sources(document: Document, passages: list[Passage], today: date) -> Iterator[Finding]:
    cited = {int(number) for passage in passages for number in REFERENCE.findall(passage.text)}
    for source in document.sources:
        if source.number not in cited:
            excerpt = f"[{source.number}] {source.title}"
            yield RULES["unused-source"].finding("sources", excerpt, number=source.number)
    old = [source for source in document.sources if source.year and today.year - source.year > MAX_SOURCE_AGE]
    listed = ", ".join(f"[{source.number}] {source.year}" for source in old)
    if listed:
        yield RULES["old-sources"].finding("sources", listed, years=MAX_SOURCE_AGE, listed=listed)
