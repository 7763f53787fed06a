"""Finds the words of findings in the HTML of a page, and marks them.

The checks read plain text; on the page the same words may be split by tags, or hold invisible characters. So both are
compared letter by letter. The editor's script does the same in the browser: static/js/editor-findings.js.
"""

import html
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from detoxsite.core.plain_text import letters_of

_TAG = re.compile(r'(</?[a-z](?:[^<>"]|"[^"]*")*>)', re.I)
_CHARACTER = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|\w{1,31});|.", re.I | re.S)
_INLINE = re.compile(r"</?(?:a|b|del|em|i|ins|strong|sub|sup)\b", re.I)  # tags that do not end a word
_MARKDOWN = "*_"  # the signs that our diff adds inside words
_ADDED = re.compile(r" \([^() ]*\)$|^\[\d+\] ")  # to an excerpt: the address of a link, the number of a source
_SEPARATOR = "<hr>"  # between the parts of one place; no clean text has it
_OPENING = re.compile(r"<(?!/|(?:a|b|br|del|em|i|ins|mark|strong|sub|sup)\b)[^>]*>", re.I)  # a paragraph, an item
_SHOWN = ("title", "lead", "note", "html", "caption", "quote")  # the texts of a rendered block, besides its facts


@dataclass(frozen=True)
class Words:
    """What to mark: ``match`` inside ``excerpt``, or all of the excerpt where no match is known."""

    id: str  # of the mark
    level: str  # "red", "amber", "change", "near": the class of the mark
    match: str
    excerpt: str  # with "…" where it was shortened
    nth: int = 0  # of equal findings in one place: which
    is_whole: bool = False  # whether the excerpt is all of a paragraph or row; others that hold it come second


@dataclass(frozen=True)
class Back:
    """A link at the beginning of the paragraph of some words, which leads back to where they are spoken of."""

    id: str  # of the words, and then of the link in their place
    number: int
    name: str
    url: str

    def __html__(self) -> SafeString:
        return format_html(
            '<a class="to-changes" id="{}" href="{}" target="_parent">{}<span class="vh">, {}</span></a>',
            *(self.id, self.url, self.number, "back to the list of changes"),
        )

    __str__ = __html__


def mark_parts(parts: Iterable[SafeString], wanted: list[Words]) -> tuple[list[SafeString], set[str]]:
    """The parts (safe HTML) of one place with the words marked, and the ids of the marks that were set."""
    if not wanted:
        return list(parts), set()
    fragment = _SEPARATOR.join(parts)
    runs, found = [], set()  # runs of text to mark: start, end, opening tag
    page = _letters_of_html(fragment)
    text = "".join(letter for letter, _, _ in page)
    edges = _edges(fragment, page) if any(words.is_whole for words in wanted) else ()
    for words in wanted:
        if span := _span(text, words, edges):
            found.add(words.id)
            runs += _runs(fragment, page[span[0]][1], page[span[1] - 1][2], words)
    marked = _wrapped(fragment, runs).split(_SEPARATOR)
    return [mark_safe(part) for part in marked], found  # noqa: S308 the same safe HTML, and tags of our own


def mark_blocks(blocks: list[dict], marks: dict[int | str, list[Words]], backs: Iterable[Back] = ()) -> list[Back]:
    """Mark the words in rendered blocks (``rendering.Body``). ``marks``: by the place of the block.

    Returns those of the links ``backs`` that have no place in the blocks.
    """
    links = {back.id: back for back in backs}
    for number, block in enumerate(blocks):
        if wanted := marks.get(block.get("place", number)):
            names = [name for name in _SHOWN if block.get(name)]
            cells = [cell for fact in block.get("facts", ()) for cell in fact]
            parts = [conditional_escape(part) for part in [*(block[name] for name in names), *cells]]
            marked, _ = mark_parts(parts, wanted)
            if parts:
                here = [links.pop(words.id) for words in wanted if words.id in links]
                if is_in_link := "in_front" in block:  # its title is in a link, which cannot hold another
                    names, marked = ["in_front", *names], [SafeString(), *marked]
                marked = _with_links(marked, here, is_first=is_in_link)
            block |= dict(zip(names, marked, strict=False))
            if cells:
                rest = iter(marked[len(names) :])
                block["facts"] = [tuple(islice(rest, len(fact))) for fact in block["facts"]]
    return list(links.values())


def _with_links(parts: list[SafeString], backs: list[Back], *, is_first: bool) -> list[SafeString]:
    """Each link where the paragraph of its words begins, or at the beginning where the words were not found.

    ``is_first``: all of them at the beginning.
    """
    parts = list(map(str, parts))
    for back in reversed(backs):
        own = f' id="{back.id}" tabindex="-1"'
        number = next((number for number, part in enumerate(parts) if own in part), 0)
        openings = _OPENING.finditer(parts[number], 0, max(0, parts[number].find(own)))
        begins = max((found.end() for found in openings), default=0)
        parts[number] = parts[number].replace(own, "")
        if is_first:
            number = begins = 0
        parts[number] = parts[number][:begins] + back.__html__() + parts[number][begins:]
    return [mark_safe(part) for part in parts]  # noqa: S308 the same safe HTML, and links of our own


def _letters_of_html(fragment: str) -> list[tuple[str, int, int]]:
    """Each letter of the text, with start and end of its character in the HTML. Runs of space count as one."""
    page, position = [], 0
    for piece in _TAG.split(fragment):
        if _TAG.fullmatch(piece):
            tokens = [("" if _INLINE.match(piece) else " ", 0, len(piece))]
        else:
            tokens = [(token[0], *token.span()) for token in _CHARACTER.finditer(piece)]
        for token, start, end in tokens:
            for letter in _letters_of_token(token):
                if letter != " " or (page and page[-1][0] != " "):
                    page.append((letter, position + start, position + end))
        position += len(piece)
    return page


@lru_cache(maxsize=1024)  # a text has few different ones
def _letters_of_token(token: str) -> str:
    """``token``: a character as HTML has it."""
    return _letters(html.unescape(token))


def _letters(text: str) -> str:
    return "".join(letters_of(character) for character in text if character not in _MARKDOWN)


def _edges(fragment: str, page: list[tuple[str, int, int]]) -> set[int]:
    """Where paragraphs, items and cells begin and end among the letters of a page."""
    edges, last, ended = {0, len(page)}, 0, 0
    for number, (letter, start, end) in enumerate(page):
        if letter != " ":
            if any(not _INLINE.match(tag) for tag in _TAG.findall(fragment, ended, start)):
                edges |= {last, number}
            last, ended = number + 1, end
    return edges | {last}


def _span(text: str, words: Words, edges: Container[int]) -> tuple[int, int] | None:
    """Start and end of the words in the letters of a page: in their excerpt, or else by themselves, or else nothing."""
    match = _plain(words.match)
    for excerpt in filter(None, (_plain(words.excerpt), _plain(_ADDED.sub("", words.excerpt)))):
        if span := _chosen(_spans(text, excerpt), words, edges):
            part = match if match in excerpt else excerpt
            start = span[0] + excerpt.find(part)
            return start, start + len(part or excerpt)
    alone = re.finditer(rf"(?<!\w){re.escape(match)}(?!\w)", text) if match else ()
    return _chosen([found.span() for found in alone], words, edges)


def _spans(text: str, part: str) -> list[tuple[int, int]]:
    """Everywhere a part stands, which may overlap."""
    spans, start = [], text.find(part)
    while start >= 0:
        spans.append((start, start + len(part)))
        start = text.find(part, start + 1)
    return spans


def _chosen(spans: list[tuple[int, int]], words: Words, edges: Container[int]) -> tuple[int, int] | None:
    """The n-th, or the last where there are fewer; of words that are a paragraph, among the paragraphs if any."""
    whole = [span for span in spans if words.is_whole and span[0] in edges and span[1] in edges]
    spans = whole or spans
    return spans[min(words.nth, len(spans) - 1)] if spans else None


def _plain(text: str) -> str:
    return " ".join(_letters(text.strip("… ")).split())


def _runs(fragment: str, start: int, end: int, words: Words) -> list[tuple[int, int, str]]:
    """The text between two positions without the tags in it. The first run has the id, and can take the focus."""
    runs, attributes = [], f' id="{words.id}" tabindex="-1"'
    for piece in _TAG.split(fragment[start:end]):
        if piece.strip() and not _TAG.fullmatch(piece):
            runs.append((start, start + len(piece), f'<mark class="{words.level}"{attributes}>'))
            attributes = ""
        start += len(piece)
    return runs


def _wrapped(fragment: str, runs: list[tuple[int, int, str]]) -> str:
    """The HTML with each run in its tag; where runs overlap, they are cut, and one is inside the other."""
    edges = sorted({0, len(fragment), *(edge for start, end, _ in runs for edge in (start, end))})
    pieces = []
    for left, right in zip(edges, edges[1:], strict=False):
        tags = [(tag, start) for start, end, tag in runs if start <= left and right <= end]
        opening = "".join(tag if start == left else re.sub(' id=.*"-1"', "", tag) for tag, start in tags)
        pieces.append(f"{opening}{fragment[left:right]}{'</mark>' * len(tags)}")
    return "".join(pieces)
