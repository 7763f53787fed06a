"""A document cut into passages: each one line of words, with what a rule has to know of its surroundings."""

import functools
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ..rich_text import sanitizer
from .document import MAX_EXCERPT, Block, Document, shortened
from .vocabulary import OFFICIAL, WORDS, is_about

WITH_OVERDOSE_BLOCK = {"alcohol", "baclofen", "benzodiazepines", "opioids"}
NOT_ALONE = WITH_OVERDOSE_BLOCK | {"barbiturates", "gabapentin"}  # deadly or dangerous to stop without care

_FLOW = re.compile(r"<(/?(?:blockquote|h2|h3|li|ol|p|table|tr|ul))\b[^<>]*>", re.I)
_STRAY = re.compile(r"<(?!/?[a-z][^<>]*>)", re.I)
MARK = re.compile(r"\[([0-9]{1,3})\]")
_LEADS_SOURCED = re.compile(r": ?(?:\[[0-9]{1,3}\] ?)+$")
_SENTENCE_END = re.compile(
    r"(?<!\b[A-Z]\.[A-Z])(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bDr)(?<!\bMr)(?<!\bMrs)"
    r"""[.!?][")\]”’]{0,3}(?: ?\[[0-9]{1,3}\])*(?= |$)"""
)
_CLAUSE = re.compile(r"[;:—]|, (?:and|because|but|our|since|we)\b| but ")
_QUOTED = re.compile(r'“[^“”]{1,400}”|(?<!\w)"[^"]{1,400}"(?!\w)')


@dataclass(frozen=True)
class Passage:
    """A title, paragraph, list item, table row, fact, caption or quotation: one line of words."""

    place: int | str
    kind: str  # "title", "summary", "heading", "p", "li", "row", "caption", "quote"
    text: str
    said: str  # the text with quotations, official names and titles of sources blanked out
    is_led_sourced: bool  # a list item under "…:[1]"
    is_prescribed: bool  # its block says that a prescriber decides
    is_of_danger: bool  # the document is about what is dangerous to stop

    @functools.cached_property
    def _ends(self) -> list[int]:
        return [] if self.kind == "row" else [match.end() for match in _SENTENCE_END.finditer(self.text)]

    @functools.cached_property
    def _marks(self) -> list[int]:
        return [match.start() for match in MARK.finditer(self.text)]

    def sentence_at(self, position: int) -> tuple[int, int]:
        index = bisect_right(self._ends, position)
        start = self._ends[index - 1] if index else 0
        return start, self._ends[index] if index < len(self._ends) else len(self.text)

    def sentence(self, match: re.Match) -> str:
        start, end = self.sentence_at(match.start())
        return self.text[start:end]

    def sentences(self) -> list[str]:
        edges = [0, *self._ends, len(self.text)]
        found = (self.text[start:end].strip() for start, end in zip(edges, edges[1:], strict=False))
        return [sentence for sentence in found if sentence]

    def is_sourced(self, match: re.Match) -> bool:
        """Whether the sentence of a find refers to a source, before its full stop or right behind it."""
        start, end = self.sentence_at(match.start())
        index = bisect_left(self._marks, start)
        return self.is_led_sourced or (index < len(self._marks) and self._marks[index] < end)

    def near(self, match: re.Match, left: int = 200, right: int = 200) -> str:
        """The sentence of a find, or of a very long one what is within reach."""
        start, end = self.sentence_at(match.start())
        return self.text[max(start, match.start() - left) : min(end, match.end() + right)]

    def before(self, match: re.Match) -> str:
        """The clause up to a find."""
        start, _ = self.sentence_at(match.start())
        return _CLAUSE.split(self.text[max(start, match.start() - 60) : match.start()])[-1]

    def after(self, match: re.Match, reach: int = 60) -> str:
        return self.text[match.end() : min(self.sentence_at(match.start())[1], match.end() + reach)]

    def excerpt(self, match: re.Match) -> str:
        start, end = self.sentence_at(match.start())
        reach = max(20, (MAX_EXCERPT - len(match[0])) // 2 - 3)
        words = self.near(match, reach, reach)
        if match.start() - reach > start:
            words = f"… {words.partition(' ')[2] or words}"
        if match.end() + reach < end:
            words = f"{words.rpartition(' ')[0] or words} …"
        return shortened(words.strip())


def markup(block: Block) -> str:
    """The HTML of a block; a "<" that opens no tag is escaped, since html.text looks for the end of each."""
    return _STRAY.sub("&lt;", block.body) if block.kind in {"text", "callout"} else ""


def _pieces(block: Block) -> Iterator[tuple[str, str]]:
    """(kind, words) of each passage of a block."""
    yield "heading", block.title
    match block.kind:
        case "facts":
            yield from (("row", line) for line in block.body.splitlines())
        case "figure":
            yield "caption", block.body
        case "pull":
            yield "quote", block.body
        case _:
            yield from _cut(markup(block))


def _cut(markup: str) -> Iterator[tuple[str, str]]:
    is_open, row = Counter(), []
    parts = iter([*_FLOW.split(markup), "/table"])
    for words, tag in zip(parts, parts, strict=True):
        name = tag.lower().removeprefix("/")
        if is_open["tr"]:
            row.append(words)
        elif words.strip():
            inside = (kind for kind in ("blockquote", "li", "h2", "h3") if is_open[kind])
            kind = next(inside, "p")
            yield {"blockquote": "quote", "h2": "heading", "h3": "heading"}.get(kind, kind), sanitizer.text(words)
        if row and name in {"tr", "table"}:
            yield "row", sanitizer.text(" ".join(row))
            row = []
        is_open[name] = max(0, is_open[name] + (-1 if tag.startswith("/") else 1))
        if name == "table":
            is_open["tr"] = 0


def passages_of(document: Document) -> dict[int | str, list[Passage]]:
    """The passages of each place, in the order of reading."""
    titles = [source.title.lower() for source in document.sources if len(source.title) > 3]
    is_of_danger = is_about(document, NOT_ALONE)
    pieces = {"title": [("title", document.title)], "summary": [("summary", document.summary)]}
    pieces |= {index: list(_pieces(block)) for index, block in enumerate(document.blocks)}
    return {place: list(_of_place(place, found, titles, is_of_danger)) for place, found in pieces.items()}


def _of_place(
    place: int | str, pieces: list[tuple[str, str]], titles: list[str], is_of_danger: bool
) -> Iterator[Passage]:
    lines = [(kind, line) for kind, words in pieces if (line := " ".join(words.split()))]
    is_prescribed = any(WORDS["prescribed"].search(text) for _, text in lines)
    is_led = False
    for kind, text in lines:
        if kind != "li":
            is_led = bool(_LEADS_SOURCED.search(text[-60:]))
        said = _without_names(text, titles)
        yield Passage(place, kind, text, said, kind == "li" and is_led, is_prescribed, is_of_danger)


def _without_names(text: str, titles: list[str]) -> str:
    for pattern in (_QUOTED, OFFICIAL):
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    lowered = text.lower()
    for title in titles:
        if title in lowered:
            text = re.sub(re.escape(title), lambda match: " " * len(match[0]), text, flags=re.I)
    return text
