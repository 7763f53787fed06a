"""Finds quoted words in the text of an edition, also after the text around them has changed.

The same is done in the browser, on a page and in the editor: static/js/comment-words.js.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice, takewhile

from detoxsite.core.plain_text import tidy

from ..models import Block, Edition
from .block_names import name_of_block

MAX_PLACES = 100  # of one passage that are compared
_BETWEEN = re.compile(r"\s*[.:]?\s")  # title and text, or two cells: a page has them apart without a sign
_REFERENCE = re.compile(r"\[\d{1,3}\]")  # a page shows a raised number in its place


def plain(text: str) -> str:
    """Text as quotes are compared: tidied, without references to sources, with single spaces."""
    return " ".join(_REFERENCE.sub("", tidy(text, multiline=True)).split())


def names_of(blocks: Iterable[Block]) -> dict[str, str]:
    """The places that words can be in, by their keys, as people call them: title, summary, and the blocks in order."""
    names = {"title": "Title", "summary": "Summary"}
    return names | {str(index): f"Block {index + 1}, {name_of_block(block)}" for index, block in enumerate(blocks)}


def texts_of(edition: Edition, blocks: Iterable[Block]) -> dict[str, str]:
    """The plain text of each place, by the keys of ``names_of``."""
    head = {name: plain(getattr(edition, name)) for name in ("title", "summary")}
    return head | {str(index): plain(block.plain_text()) for index, block in enumerate(blocks)}


def locate(texts: dict[str, str], quote: str, *, prefix: str = "", suffix: str = "", near: str = "") -> str | None:
    """The key of the text that has the quoted words, or None. Of several, where most of the context agrees.

    Words from several cells of a table, or from a title and its text, are found as well.

    ``texts``: plain texts by their keys, in order. ``near``: the key that is taken where the context does not decide;
    else the nearest to it.
    """
    quote = plain(quote)
    return _best(texts, quote, prefix, suffix, near) or _best(
        {key: _loose(text) for key, text in texts.items()},
        _loose(quote).rstrip(" .:"),
        *(_loose(prefix), _loose(suffix), near),
    )


def _loose(text: str) -> str:
    """Without the signs that stand between the fields or cells of a block where it is one line of text."""
    return _BETWEEN.sub(" ", text)


def _best(texts: dict[str, str], quote: str, prefix: str, suffix: str, near: str) -> str | None:
    keys = list(texts)
    there = keys.index(near) if near in texts else 0
    found = [
        (_agreement(texts[key], start, len(quote), prefix, suffix), -abs(number - there), key)
        for number, key in enumerate(keys)
        for start in islice(_starts(texts[key], quote), MAX_PLACES)
    ]
    return max(found, key=lambda entry: entry[:2])[2] if found else None


def _starts(text: str, quote: str) -> Iterator[int]:
    start = text.find(quote) if quote else -1
    while start >= 0:
        yield start
        start = text.find(quote, start + 1)


def _agreement(text: str, start: int, length: int, prefix: str, suffix: str) -> int:
    """How many characters right before and after agree."""
    before = text[max(0, start - len(prefix)) : start]
    after = text[start + length : start + length + len(suffix)]
    return _same(zip(reversed(before), reversed(prefix), strict=False)) + _same(zip(after, suffix, strict=False))


def _same(pairs: Iterable[tuple[str, str]]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
