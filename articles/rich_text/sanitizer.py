"""Sanitizes the HTML of articles against one allowlist.

No class, no style, no picture: the kind of block gives a passage its look.
"""

import html
import re
from collections.abc import Iterable
from functools import cache

import nh3

from detoxsite.core import plain_text

from . import links
from .elements import ALL, LIST_TYPES, SCHEMES, allowlist

MAX_PASSES = 10
MAX_DEPTH = 50  # nested elements; real text has a handful, and cleaning time grows with the square of it
MAX_SPAN = 50  # columns or rows of one table cell

_BLOCK_END = re.compile(r"</(?:p|h2|h3|li|td|th|tr|blockquote|caption)>|<br ?/?>")
_TAG = re.compile(r"<[^>]*>")
# formatting that word processors express as styles
_STYLED = re.compile(r"<(/?)(b|i|span|font)(\s[^<>]*)?>", re.IGNORECASE)
_STYLED_OR_BLOCK = re.compile(r"<(/?)(b|i|span|font|p|li|div)(\s[^<>]*)?>", re.IGNORECASE)
_STYLED_BLOCKS = ("p", "li", "div")
_WEIGHT = re.compile(r"(?<![\w-])font-weight:\s*(normal|bold|\d+)", re.IGNORECASE)
_SLANT = re.compile(r"(?<![\w-])font-style:\s*(normal|italic|oblique)", re.IGNORECASE)
_SCRIPT = re.compile(r"(?<![\w-])vertical-align:\s*(sub|super)\b", re.IGNORECASE)
_HIDDEN = re.compile(
    r"(?<![\w-])(?:text-decoration(?:-line)?:[^;\"']{0,40}line-through|display:\s*none|mso-hide:\s*all)", re.IGNORECASE
)
_WORD_BULLET = re.compile(
    r"<!(?:--)?\[if !supportLists\](?:--)?>(?:(?!<!(?:--)?\[).)*<!(?:--)?\[endif\](?:--)?>", re.IGNORECASE | re.DOTALL
)
_EMPTY = re.compile(r"<(p|h2|h3|li|a|strong|em|sup|sub)>(?:\s|&nbsp;|<br>)*</\1>")
_NESTS = re.compile(
    r"<(/?)(?:b|blockquote|div|em|font|i|ol|section|span|strong|sub|sup|table|ul)\b[^<>]*>", re.IGNORECASE
)
_TABLE_TAG = re.compile(r"<(/?)(table|thead|tbody|tr|td|th)(?:\s[^<>]*)?>")
# what the editor calls otherwise
_OTHER_NAME = re.compile(r"<(/?)(h[1456]|thead|tfoot|caption)(?=[\s>])", re.IGNORECASE)
_TWO_BODIES = re.compile(r"</tbody>\s*<tbody>")
_HEADING = re.compile(r"<(/?)h[23](?=[\s>])", re.IGNORECASE)
_NAMES = {"h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3", "thead": "tbody", "tfoot": "tbody", "caption": "p"}
_NOTE_PART = r"(?:</?sup>|<!\[[^<>]{1,40}\]>|\s)*"
_NOTE = re.compile(
    r'<a\s(?:[^<>]*\s)?href="#_?(?:ftn|edn|ftnt)(?:_?ref)?(\d{1,3})"[^<>]*>'
    + _NOTE_PART
    + r"\[?[\divxlc*]{1,6}\]?"
    + _NOTE_PART
    + "</a>"
)
_TEXT = re.compile("[^<>]+")
_BETWEEN_BLOCKS = re.compile(r"(?<=</p>|/ul>|/ol>)(?:\s|<br>)+(?=<(?:p|ul|ol)\b)")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")


def clean(markup: str, names: Iterable[str] = ALL) -> str:
    """Remove everything outside the allowlist. The result is safe to show.

    Words struck out or hidden go. ``names``: of the extensions of the editor that may be used. Idempotent, so that what
    is stored is what is shown: misplaced nesting is taken apart one layer per pass, until a pass changes nothing.
    """
    names = tuple(names)
    markup = _styles_to_elements(_limit_depth(markup))
    for _ in range(MAX_PASSES):
        cleaned = _clean_once(markup, names)
        if cleaned == markup:
            break
        markup = cleaned
    return markup


def _clean_once(markup: str, names: tuple[str, ...]) -> str:
    if plain_text.tidy(markup, multiline=True) != markup:  # text by text: no letter may join with a sign of a tag
        markup = _TEXT.sub(lambda text: plain_text.tidy(text[0], multiline=True), markup)
    named = _OTHER_NAME.sub(lambda tag: f"<{tag[1]}{_NAMES[tag[2].lower()]}", _NOTE.sub(r"[\1]", markup))
    if "Heading" not in names:
        named = _HEADING.sub(r"<\1p", named)
    named = _TWO_BODIES.sub("", named)
    tidied = _EMPTY.sub(_replace_empty, _flatten_tables(named, allowed=int("Table" in names)))
    return _cleaner(names).clean(tidied)  # last, so that nothing comes after the allowlist


@cache
def _cleaner(names: tuple[str, ...]) -> nh3.Cleaner:
    tags = allowlist(names)
    return nh3.Cleaner(
        tags=set(tags),
        attributes={tag: attributes for tag, attributes in tags.items() if attributes},
        attribute_filter=_tidy_attribute,
        url_schemes=set(SCHEMES),
        link_rel=None,
        clean_content_tags={"script", "style", "title", "svg", "math", "xml", "del", "s", "strike"},
    )


def _tidy_attribute(tag: str, name: str, value: str) -> str | None:
    match name:
        case "href":
            return links.tidy(value)
        case "type":
            return value if value in LIST_TYPES else None
        case "start":
            return value if re.fullmatch("-?[0-9]{1,4}", value) and value != "1" else None
    return value if re.fullmatch("[1-9][0-9]?", value) and 1 < int(value) <= MAX_SPAN else None


def _limit_depth(markup: str) -> str:
    depth = 0

    def drop_too_deep(tag: re.Match) -> str:
        nonlocal depth
        if not tag[1]:
            depth += 1
        is_kept = depth <= MAX_DEPTH
        if tag[1]:
            depth = max(0, depth - 1)
        return tag[0] if is_kept else ""

    return _NESTS.sub(drop_too_deep, markup)


def _replace_empty(empty: re.Match) -> str:
    """An empty inline element leaves the space it held between words."""
    return " " if empty[1] in {"a", "strong", "em", "sup", "sub"} and len(empty[0]) > 2 * len(empty[1]) + 5 else ""


def _styles_to_elements(markup: str) -> str:
    """Turn the styles of Word and Google Docs into elements: bold, italic, superscript, subscript and deleted.

    Google Docs wraps everything copied from it in a <b> that is not bold; Word writes list bullets as text.
    """
    opened = {name: [] for name in ("b", "i", "span", "font", *_STYLED_BLOCKS)}

    def replace(tag: re.Match) -> str:
        closes, name, attributes = tag[1], tag[2].lower(), tag[3] or ""
        if name in _STYLED_BLOCKS:
            if closes:
                return (opened[name].pop() if opened[name] else "") + tag[0]
            is_hidden = _HIDDEN.search(attributes)
            opened[name].append("</del>" if is_hidden else "")
            return f"{tag[0]}<del>" if is_hidden else tag[0]
        if closes:
            return opened[name].pop() if opened[name] else ""
        names = _elements_for(name, attributes)
        opened[name].append("".join(f"</{element}>" for element in reversed(names)))
        return "".join(f"<{element}>" for element in names)

    return (_STYLED_OR_BLOCK if "style" in markup.lower() else _STYLED).sub(replace, _WORD_BULLET.sub("", markup))


def _elements_for(name: str, attributes: str) -> list[str]:
    weight = _WEIGHT.search(attributes)
    heavy = (
        name == "b" if weight is None else weight[1].lower() == "bold" or weight[1].isdigit() and int(weight[1]) > 500
    )
    slant, script = _SLANT.search(attributes), _SCRIPT.search(attributes)
    is_italic = name == "i" if slant is None else slant[1].lower() != "normal"
    return [
        *(["del"] if _HIDDEN.search(attributes) else []),
        *(["strong"] if heavy else []),
        *(["em"] if is_italic else []),
        *([{"sub": "sub", "super": "sup"}[script[1].lower()]] if script else []),
    ]


def _flatten_tables(fragment: str, allowed: int) -> str:
    """Turn tables nested deeper than ``allowed`` into lines, such as those in a cell: unreadable on a phone."""
    depth = 0

    def flatten(tag: re.Match) -> str:
        nonlocal depth
        closes, name = tag[1], tag[2]
        if name == "table" and not closes:
            depth += 1
        inner = depth > allowed
        if name == "table" and closes:
            depth -= 1
        if not inner:
            return tag[0]
        if closes:
            return {"tr": "<br>", "td": " ", "th": " "}.get(name, "")
        return "<br>" if name == "table" else ""

    flat = _TABLE_TAG.sub(flatten, fragment)
    return flat if allowed or flat == fragment else _BETWEEN_BLOCKS.sub("", flat)


def paragraphs(fragment: str) -> list[str]:
    """The plain text of a piece of HTML, a line for each paragraph, heading, list item and table cell."""
    return [line for line in (text(part) for part in _BLOCK_END.split(fragment)) if line]


def text(fragment: str) -> str:
    """The plain text of a piece of HTML on one line, for search and for counting words.

    Private-use characters are dropped, because search marks matches with two of them. "<" gets a space behind it:
    PostgreSQL's parser takes "<script" for a tag and drops everything that follows.
    """
    plain = html.unescape(_TAG.sub("", _BLOCK_END.sub(" ", fragment)))
    return " ".join(_PRIVATE_USE.sub("", plain).replace("<", "< ").split())
