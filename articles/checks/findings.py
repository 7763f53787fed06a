"""What is wrong with a document, and how hard it is to read."""

import re
from collections.abc import Callable, Iterator
from datetime import date

from ..rich_text import sanitizer
from .document import Block, Document, Finding, Level, Reading, shortened
from .passages import MARK, WITH_OVERDOSE_BLOCK, Passage, markup, passages_of
from .rules import IS_FINE, PATTERNS
from .vocabulary import (
    ANY_TERM,
    SPARED,
    TABLE,
    WORDS,
    is_about,
    row_of,
)

AIM_GRADE = 8
MIN_WORDS = 100  # a grade of fewer says nothing
MAX_SOURCE_AGE = 5  # years

_HEADING = re.compile(r"<(h[23])\b[^<>]*>((?:(?!</?h[23]\b).)*)", re.I | re.S)
_LINK = re.compile(r'<a(?=[ >])(?: href="([^"<>]*)")?[^<>]*>((?:(?!</?a\b).)*)', re.I | re.S)
_EMPTY_WORDS = {"click", "click here", "go", "here", "learn more", "link", "more", "read more", "see here"} | {
    *("see more", "this", "this article", "this link", "this page")
}
_OVERDOSE, _911 = re.compile(r"\boverdos", re.I), re.compile(r"\b9-?1-?1\b")
_SUICIDE, _988 = re.compile(r"\bsuicid", re.I), re.compile(r"\b988\b")


def findings(document: Document, *, today: date, is_dead: Callable[[str], bool] = lambda path: False) -> list[Finding]:
    """What is wrong, in the order: the page, its title, its summary, its blocks, its sources."""
    passages = passages_of(document)
    codes = [code for code in IS_FINE if code != "stop-alone" or not _has_danger(document)]
    found = [*_page(document, passages, today)]
    has_h2 = False
    for place, here in passages.items():
        for passage in here:
            found += _stigma(passage)
            for code in codes:
                found += _claims(code, passage)
        if isinstance(place, int):
            block = document.blocks[place]
            found += _dangling(here, {source.number for source in document.sources})
            found += [*_headings(place, block, has_h2), *_links(place, block, is_dead), *_picture(place, block)]
            has_h2 = has_h2 or "<h2" in markup(block).lower()
    return [*found, *_sources(document, passages, today)]


def _has_danger(document: Document) -> bool:
    callouts = (block for block in document.blocks if block.kind == "callout" and block.tone == "danger")
    return any(sanitizer.text(markup(block)) for block in callouts)


def _claims(code: str, passage: Passage) -> Iterator[Finding]:
    """What one rule finds in a passage, once in a sentence."""
    if passage.kind not in TABLE["findings"][code]["kinds"]:
        return
    told = None
    for match in PATTERNS[code].finditer(passage.said if code == "promise" else passage.text):
        sentence = passage.sentence_at(match.start())
        if sentence != told and not IS_FINE[code](passage, match):
            told = sentence
            yield _finding(code, passage.place, passage.excerpt(match), about=passage.sentence(match))


def _stigma(passage: Passage) -> Iterator[Finding]:
    told = set()
    for match in ANY_TERM.finditer("" if passage.kind == "quote" else passage.said):
        row, sentence = row_of(match[0]), passage.sentence_at(match.start())
        left, right = passage.said[max(0, match.start() - 40) : match.start()], passage.said[match.end() :][:40]
        spared = SPARED.get(row["term"])
        if (row["term"], sentence) in told or (spared and spared.search(f"{left}<{match[0]}>{right}".lower())):
            continue
        told.add((row["term"], sentence))
        level = Level.RED if re.search(r"\b(?:slur|insults?)\b", row["why"], re.I) else Level.AMBER
        words = {"term": match[0], "why": row["why"], "preferred": row["preferred"].replace(";", ", or")}
        about = passage.sentence(match)
        yield _finding("stigma", passage.place, passage.excerpt(match), about=about, level=level, **words)


def _page(document: Document, passages: dict[int | str, list[Passage]], today: date) -> Iterator[Finding]:
    page = [passage for here in passages.values() for passage in here]
    if is_about(document, WITH_OVERDOSE_BLOCK) and not _says_what_to_do(document, passages):
        yield _finding("overdose-block", "page", document.title)
    for subject, named, number, line in (("suicide", _SUICIDE, "988", _988), ("overdose", _OVERDOSE, "911", _911)):
        first = next((passage.excerpt(match) for passage in page if (match := named.search(passage.text))), "")
        if first and not any(line.search(passage.text) for passage in page):
            yield _finding("crisis-line", "page", first, subject=subject, number=number)
    if document.review_due_on and document.review_due_on < today:
        yield _finding("review-overdue", "page", document.review_due_on.isoformat())
    sentences = _running(document, passages)
    read = _reading(sentences)
    if read.grade > AIM_GRADE and sum(len(sentence.split()) for sentence in sentences) >= MIN_WORDS:
        hardest = "; ".join(f"“{shortened(sentence)}”" for sentence in read.hardest)
        yield _finding("reading-grade", "page", read.hardest[0], grade=read.grade, aim=AIM_GRADE, hardest=hardest)


def _says_what_to_do(document: Document, passages: dict[int | str, list[Passage]]) -> bool:
    """Whether there is a danger callout, or a callout or heading on overdose with 911 in the same block."""
    for index, block in enumerate(document.blocks):
        told = (here for here in passages[index] if block.kind == "callout" or here.kind == "heading")
        has_911 = any(_911.search(here.text) for here in passages[index])
        if has_911 and any(_OVERDOSE.search(here.text) for here in told):
            return True
    return _has_danger(document)


def _dangling(passages: list[Passage], known: set[int]) -> Iterator[Finding]:
    for passage in passages:
        for match in MARK.finditer(passage.text):
            if (number := int(match[1])) not in known:
                known.add(number)
                about = passage.sentence(match)
                yield _finding("dangling-reference", passage.place, passage.excerpt(match), about=about, number=number)


def _headings(place: int, block: Block, has_h2: bool) -> Iterator[Finding]:
    for tag, inner in _HEADING.findall(markup(block)):
        words = sanitizer.text(inner)
        has_h2 = has_h2 or tag.lower() == "h2"
        if not words:
            yield _finding("heading-empty", place, "", about=block.body)
        elif not has_h2:
            yield _finding("heading-order", place, words)


def _links(place: int, block: Block, is_dead: Callable[[str], bool]) -> Iterator[Finding]:
    for href, inner in _LINK.findall(markup(block)):
        words, href = sanitizer.text(inner), sanitizer.text(href)
        bare = words.lower().strip(" .,:;!>»→…")
        if not words or not href:
            yield _finding("link-empty", place, words or href, about=block.body)
        elif bare in _EMPTY_WORDS or bare.startswith(("http://", "https://", "www.")):
            yield _finding("link-text", place, words)
        if href.startswith("/") and is_dead(re.split("[?#]", href)[0]):
            yield _finding("dead-link", place, f"{words} ({href})")
        if href.lower().startswith("http://"):
            yield _finding("link-insecure", place, f"{words} ({href})")


def _picture(place: int, block: Block) -> Iterator[Finding]:
    alt = block.alt.strip()
    if block.kind == "figure" and not alt:
        yield _finding("alt-missing", place, block.body)
    elif block.kind == "figure" and WORDS["poor-alt"].match(alt):
        yield _finding("alt-poor", place, alt)


def _sources(document: Document, passages: dict[int | str, list[Passage]], today: date) -> Iterator[Finding]:
    page = (passage for here in passages.values() for passage in here)
    cited = {int(number) for passage in page for number in MARK.findall(passage.text)}
    for source in document.sources:
        if source.number not in cited:
            yield _finding("unused-source", "sources", f"[{source.number}] {source.title}", number=source.number)
    old = [source for source in document.sources if source.year and today.year - source.year > MAX_SOURCE_AGE]
    listed = ", ".join(f"[{source.number}] {source.year}" for source in old)
    if listed:
        yield _finding("old-sources", "sources", listed, years=MAX_SOURCE_AGE, listed=listed)


def reading(document: Document) -> Reading:
    """How hard the paragraphs and list items of texts and callouts are. Grade 0 for nothing to read."""
    return _reading(_running(document, passages_of(document)))


def _running(document: Document, passages: dict[int | str, list[Passage]]) -> list[str]:
    places = [index for index, block in enumerate(document.blocks) if block.kind in {"text", "callout"}]
    read = (passage for place in places for passage in passages[place] if passage.kind in {"p", "li"})
    sentences = (MARK.sub("", sentence).strip() for passage in read for sentence in passage.sentences())
    return [sentence for sentence in sentences if any(map(str.isalnum, sentence))]


def _reading(sentences: list[str]) -> Reading:
    long = [sentence for sentence in dict.fromkeys(sentences) if len(sentence.split()) > 5] or sentences
    hardest = sorted(long, key=lambda sentence: _index([sentence]), reverse=True)[:3]
    return Reading(round(max(0.0, _index(sentences)), 1), tuple(hardest))


def _index(sentences: list[str]) -> float:
    """The Automated Readability Index: letters in a word, words in a sentence."""
    words = [word for sentence in sentences for word in sentence.split()]
    if not words:
        return 0.0
    letters = sum(map(str.isalnum, "".join(words)))
    return 4.71 * letters / len(words) + 0.5 * len(words) / len(sentences) - 21.43


def _finding(code: str, place: int | str, excerpt: str, *, about: str = "", level: str = "", **words) -> Finding:
    told = TABLE["findings"][code]
    message, suggestion = told["message"].format(**words), told["suggestion"].format(**words)
    return Finding(code, Level(level or told["level"]), place, shortened(excerpt), message, suggestion, about)
