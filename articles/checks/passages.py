"""Splits a document into passages, each one line of text with the surroundings that a rule depends on."""

import functools
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from detoxsite.core.plain_text import as_seen
from detoxsite.core.safety.medicines import GROUPS

from ..rich_text import sanitizer
from .danger_boxes import is_danger_box, warns_of_withdrawal
from .document import MAX_EXCERPT, PLAIN_TEXT, Block, Document, shorten
from .typed_line import TypedLine, read_line
from .vocabulary import CUES, OFFICIAL_NAMES, conditions_in, is_about, medicines_in

OVERDOSE_TOPICS = {"alcohol", "baclofen", "benzodiazepines", "opioids"}
DANGEROUS_TO_STOP = OVERDOSE_TOPICS | {"barbiturates", "gabapentin"}  # without medical care

_BLOCK_TAG = re.compile(r"<(/?(?:blockquote|h2|h3|li|ol|p|table|tr|ul))\b[^<>]*>", re.I)
_STRAY_BRACKET = re.compile(r"<(?!/?[a-z][^<>]*>)", re.I)
REFERENCE = re.compile(r"\[([0-9]{1,3})\]")
_SOURCED_LEAD = re.compile(r": ?(?:\[[0-9]{1,3}\] ?)+$")
_SENTENCE_END = re.compile(
    r"(?<!\b[A-Z]\.[A-Z])(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bDr)(?<!\bMr)(?<!\bMrs)"
    r"""[.!?][")\]”’]{0,3}(?: ?\[[0-9]{1,3}\])*(?= |$)"""
)
_CLAUSE = re.compile(r"[;:—]|, (?:and|because|but|our|since|so|then|we)\b| but ")
_CONTRAST = re.compile(r"\b(?:but|however|although|though|yet)\b|[;—]")
QUOTATION = re.compile(r'“[^“”]{1,400}”|(?<!\w)"[^"]{1,400}"(?!\w)')


@dataclass(frozen=True)
class Page:
    """What a rule depends on beyond its passage."""

    is_dangerous_to_stop: bool  # what the page is about
    warns_of_withdrawal: bool  # in a danger box, with signs and what to do
    called_off_label: frozenset[tuple[str, str]]  # (medicine, condition)


@dataclass(frozen=True)
class Passage:
    """A title, paragraph, list item, table row, fact, caption or quotation, as one line of text."""

    place: int | str
    kind: str  # "title", "summary", "heading", "p", "li", "row", "caption", "quote"
    line: TypedLine
    masked: str  # the text with quotations, official names and titles of sources blanked out
    has_sourced_lead: bool  # a list item under "…:[1]"
    mentions_prescriber: bool  # its block says that a prescriber decides
    page: Page

    @property
    def text(self) -> str:
        """The text as a reader sees it; positions of matches are positions in it."""
        return self.line.seen

    @functools.cached_property
    def names_dangerous_to_stop(self) -> bool:
        return names_dangerous_to_stop(self.text)

    @functools.cached_property
    def _sentence_ends(self) -> list[int]:
        return [] if self.kind == "row" else [match.end() for match in _SENTENCE_END.finditer(self.text)]

    @functools.cached_property
    def _references(self) -> list[int]:
        return [match.start() for match in REFERENCE.finditer(self.text)]

    def sentence_at(self, position: int) -> tuple[int, int]:
        index = bisect_right(self._sentence_ends, position)
        start = self._sentence_ends[index - 1] if index else 0
        return start, self._sentence_ends[index] if index < len(self._sentence_ends) else len(self.text)

    def statement_at(self, position: int) -> tuple[int, int]:
        """The sentence at a position; of a question and its answer, both."""
        start, end = self.sentence_at(position)
        if self.text[start:end].rstrip().endswith("?"):
            return start, self.sentence_at(end)[1]
        if start and self.text[:start].endswith("?"):
            return self.sentence_at(start - 1)[0], end
        return start, end

    def statement(self, match: re.Match) -> str:
        start, end = self.statement_at(match.start())
        return self.text[max(start, match.start() - 300) : min(end, match.end() + 300)]

    def sentence(self, match: re.Match) -> str:
        """The sentence of a match, as typed."""
        return self.line.as_typed(*self.sentence_at(match.start()))

    def words(self, match: re.Match) -> str:
        """The words of a match, as typed."""
        return self.line.as_typed(match.start(), match.end())

    def sentences(self) -> list[str]:
        """All sentences, as typed."""
        edges = [0, *self._sentence_ends, len(self.text)]
        spans = [(start, end) for start, end in zip(edges, edges[1:], strict=False) if self.text[start:end].strip()]
        return [self.line.as_typed(start, end).strip() for start, end in spans]

    def is_sourced(self, match: re.Match) -> bool:
        """Whether the sentence of a match refers to a source, before its period or right after it."""
        start, end = self.sentence_at(match.start())
        index = bisect_left(self._references, start)
        return self.has_sourced_lead or (index < len(self._references) and self._references[index] < end)

    def near(self, match: re.Match, left: int = 200, right: int = 200) -> str:
        """The sentence of a match; of a very long one, the part within reach."""
        start, end = self.sentence_at(match.start())
        return self.text[max(start, match.start() - left) : min(end, match.end() + right)]

    def before(self, match: re.Match) -> str:
        """The clause up to a match."""
        start, _ = self.sentence_at(match.start())
        return _CLAUSE.split(self.text[max(start, match.start() - 60) : match.start()])[-1]

    def after(self, match: re.Match, reach: int = 60) -> str:
        return self.text[match.end() : min(self.sentence_at(match.start())[1], match.end() + reach)]

    def verdict(self, match: re.Match) -> str:
        """What is said on a match: the sentence from its last "but", and a next one such as "That can kill"."""
        start, end = self.sentence_at(match.start())
        left = self.text[max(start, match.start() - 200) : match.start()]
        said = _CONTRAST.split(left)[-1] + self.text[match.start() : min(end, match.end() + 200)]
        following = self.text[end : min(self.sentence_at(end)[1], end + 160)]
        return f"{said} {following}" if CUES["refers-back"].match(following.strip()) else said

    def excerpt(self, match: re.Match) -> str:
        """The sentence of a match, as typed, shortened around it."""
        start, end = self.sentence_at(match.start())
        reach = max(20, (MAX_EXCERPT - len(match[0])) // 2 - 3)
        excerpt = self.line.as_typed(max(start, match.start() - reach), min(end, match.end() + reach))
        if match.start() - reach > start:
            excerpt = f"… {excerpt.partition(' ')[2] or excerpt}"
        if match.end() + reach < end:
            excerpt = f"{excerpt.rpartition(' ')[0] or excerpt} …"
        return shorten(excerpt.strip())


def names_dangerous_to_stop(text: str) -> bool:
    names = medicines_in(CUES["other-drinks"].sub(" ", text))
    return any(GROUPS.get(name) in DANGEROUS_TO_STOP for name in names)


def markup(block: Block) -> str:
    """The HTML of a block. A "<" that opens no tag is escaped, since the sanitizer looks for the end of each tag."""
    return _STRAY_BRACKET.sub("&lt;", block.body) if block.kind not in PLAIN_TEXT else ""


def _pieces(block: Block) -> Iterator[tuple[str, str]]:
    """Kind and text of each passage of a block."""
    yield "heading", block.title
    match block.kind:
        case "facts" | "comparison":
            yield from (("row", line) for line in block.body.splitlines())
        case "figure" | "gallery" | "download":
            yield "caption", block.alt
            yield "caption", block.body
        case "map":
            yield "caption", block.alt
            yield from _split_html(markup(block))
        case "video":
            yield from (("p", line) for line in block.body.splitlines())
        case "pull":
            yield "quote", block.body
        case _:
            yield from _split_html(markup(block))


def _split_html(html: str) -> Iterator[tuple[str, str]]:
    is_open, row = Counter(), []
    parts = iter([*_BLOCK_TAG.split(html), "/table"])
    for text, tag in zip(parts, parts, strict=True):
        name = tag.lower().removeprefix("/")
        if is_open["tr"]:
            row.append(text)
        elif text.strip():
            inside = (kind for kind in ("blockquote", "li", "h2", "h3") if is_open[kind])
            kind = next(inside, "p")
            yield {"blockquote": "quote", "h2": "heading", "h3": "heading"}.get(kind, kind), sanitizer.text(text)
        if row and name in {"tr", "table"}:
            yield "row", sanitizer.text(" ".join(row))
            row = []
        is_open[name] = max(0, is_open[name] + (-1 if tag.startswith("/") else 1))
        if name == "table":
            is_open["tr"] = 0


@functools.lru_cache(maxsize=2)  # findings and readability of a document are asked for one after the other
def split_document(document: Document) -> dict[int | str, list[Passage]]:
    """The passages of each place, in the order of reading."""
    titles = [as_seen(source.title).lower() for source in document.sources if len(source.title) > 3]
    pieces = {"title": [("title", document.title)], "summary": [("summary", document.summary)]}
    pieces |= {index: list(_pieces(block)) for index, block in enumerate(document.blocks)}
    lines = {
        place: [(kind, line) for kind, text in in_place if (line := read_line(text)).seen]
        for place, in_place in pieces.items()
    }
    page = _page(document, lines)
    return {place: list(_passages(place, in_place, titles, page)) for place, in_place in lines.items()}


def _page(document: Document, lines: dict[int | str, list[tuple[str, TypedLine]]]) -> Page:
    boxes = [index for index, block in enumerate(document.blocks) if is_danger_box(block)]
    of_title = medicines_in(document.title)
    called_off_label = {
        (medicine, condition)
        for in_place in lines.values()
        for _, line in in_place
        if CUES["off-label-said"].search(line.seen)
        for medicine in medicines_in(line.seen) | of_title
        for condition in conditions_in(line.seen)
    }
    return Page(
        is_about(document, DANGEROUS_TO_STOP),
        any(warns_of_withdrawal(" ".join(line.seen for _, line in lines[index])) for index in boxes),
        frozenset(called_off_label),
    )


def _passages(place: int | str, lines: list[tuple[str, TypedLine]], titles: list[str], page: Page) -> Iterator[Passage]:
    mentions_prescriber = any(CUES["prescriber"].search(line.seen) for _, line in lines)
    has_sourced_lead = False
    for kind, line in lines:
        if kind != "li":
            has_sourced_lead = bool(_SOURCED_LEAD.search(line.seen[-60:]))
        masked, has_lead = _mask(line.seen, titles), kind == "li" and has_sourced_lead
        yield Passage(place, kind, line, masked, has_lead, mentions_prescriber, page)


def _mask(text: str, titles: list[str]) -> str:
    for pattern in (QUOTATION, OFFICIAL_NAMES):
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    lowered = text.lower()
    for title in titles:
        if title in lowered:
            text = re.sub(re.escape(title), lambda match: " " * len(match[0]), text, flags=re.I)
    return text
