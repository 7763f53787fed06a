"""Text of a table as its author saw it: without the HTML and the formula guard that the exporting software added."""

import html
import re

_BLOCKS = (
    "address|article|aside|blockquote|br|dd|div|dl|dt|figure|footer|h[1-6]|header|hr|li|ol|p|pre|section|table|tr|ul"
)
_OTHERS = (
    "a|abbr|acronym|b|bdi|bdo|big|button|center|cite|code|col|colgroup|data|del|dfn|em|figcaption|font|form|i|iframe|img|"
    "input|ins|kbd|label|main|mark|nav|picture|q|s|samp|small|source|span|strike|strong|sub|sup|svg|tbody|td|tfoot|th|"
    "thead|time|tt|u|var|video|wbr"
)
_HIDDEN = re.compile(r"<!--.*?-->|<(script|style|template|noscript)\b[^<>]*>.*?</\1\s*>", re.I | re.S)
_BLOCK = re.compile(rf"\s*</?(?:{_BLOCKS})(?:\s[^<>]*)?/?>\s*", re.I)
_INLINE = re.compile(rf"</?(?:{_OTHERS}|script|style|template|noscript)(?:\s[^<>]*)?/?>", re.I)
_PARAGRAPH = re.compile(r"</p\s*>", re.I)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,31}\d{0,2});", re.I)
_MANY_BREAKS = re.compile(r"\n{3,}")
MAX_LENGTH = 20_000  # characters; a longer one is no review, and is left as it is
_GUARDED = re.compile(r"'(?=[=+@-])")  # so that no spreadsheet takes a cell for a formula


def strip_markup(text: str) -> str:
    """Plain text: elements of HTML become nothing or a line break, entities their characters.

    Only elements that HTML has are taken out: "I <3 this place" and "<Mo>" stay.
    """
    text = _GUARDED.sub("", text, count=1) if text.startswith("'") else text
    if len(text) > MAX_LENGTH:
        return text
    if "<" in text:
        text = _INLINE.sub("", _BLOCK.sub(_line_break, _HIDDEN.sub("", text)))
        text = _MANY_BREAKS.sub("\n\n", text)
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text) if "&" in text else text


def _line_break(tag: re.Match) -> str:
    return "\n\n" if _PARAGRAPH.search(tag[0]) else "\n"


def with_title(title: str, words: str) -> str:
    """The words below their title; the title once, where the site made it of the first words."""
    title, words = title.strip(), words.strip()
    start = title.removesuffix("…").removesuffix("...").rstrip()
    if not words or words.casefold().startswith(start.casefold()):
        return words or title
    return f"{title}\n\n{words}"
