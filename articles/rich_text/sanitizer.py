"""Sanitizes the HTML of articles against one allowlist.

No class, no style, no picture: the kind of block gives a passage its look.
"""

import html
import re

import nh3

TAGS = {"a", "blockquote", "br", "em", "h2", "h3", "li", "ol", "p", "strong", "sub", "sup"} | {
    *("table", "tbody", "td", "th", "thead", "tr", "ul")
}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
MAX_PASSES = 10
MAX_DEPTH = 50  # nested elements; real text has a handful, and cleaning time grows with the square of it
SCHEMES = {"https", "http", "mailto", "tel"}

_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    url_schemes=SCHEMES,
    link_rel=None,
    clean_content_tags={"script", "style", "title", "svg", "math", "xml"},
)
# links to another host without a scheme: //host/…, /\host/…
_RELATIVE_HOST = re.compile(r'<a href="[/\\]{2}[^"]*">')
_BLOCK_END = re.compile(r"</(?:p|h2|h3|li|td|th|tr|blockquote|caption)>|<br ?/?>")
_TAG = re.compile(r"<[^>]*>")
# formatting that word processors express as styles
_STYLED = re.compile(r"<(/?)(b|i|span)(\s[^<>]*)?>", re.IGNORECASE)
_WEIGHT = re.compile(r"(?<![\w-])font-weight:\s*(normal|bold|\d+)", re.IGNORECASE)
_ITALIC = re.compile(r"(?<![\w-])font-style:\s*italic", re.IGNORECASE)
_SCRIPT = re.compile(r"(?<![\w-])vertical-align:\s*(sub|super)\b", re.IGNORECASE)
_WORD_BULLET = re.compile(
    r"<!(?:--)?\[if !supportLists\](?:--)?>(?:(?!<!(?:--)?\[).)*<!(?:--)?\[endif\](?:--)?>", re.IGNORECASE | re.DOTALL
)
_EMPTY = re.compile(r"<(p|h2|h3|li|a|strong|em|sup|sub)>(?:\s|&nbsp;|<br>)*</\1>")
_NESTS = re.compile(
    r"<(/?)(?:b|blockquote|div|em|font|i|ol|section|span|strong|sub|sup|table|ul)\b[^<>]*>", re.IGNORECASE
)
_TABLE_TAG = re.compile(r"<(/?)(table|thead|tbody|tr|td|th)(?:\s[^<>]*)?>")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")


def clean(markup: str) -> str:
    """Remove everything outside the allowlist. The result is safe to show.

    Idempotent, so that what is stored is what is shown: misplaced nesting is taken apart one layer per pass, until a
    pass changes nothing.
    """
    markup = _styles_to_elements(_limit_depth(markup))
    for _ in range(MAX_PASSES):
        cleaned = _clean_once(markup)
        if cleaned == markup:
            break
        markup = cleaned
    return markup


def _clean_once(markup: str) -> str:
    tidied = _EMPTY.sub(_replace_empty, _flatten_inner_tables(markup))
    return _RELATIVE_HOST.sub("<a>", _cleaner.clean(tidied))  # last, so that nothing comes after the allowlist


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
    """Turn the styles of Word and Google Docs into elements: bold, italic, superscript and subscript.

    Google Docs wraps everything copied from it in a <b> that is not bold; Word writes list bullets as text.
    """
    opened = {"b": [], "i": [], "span": []}

    def replace(tag: re.Match) -> str:
        closes, name, attributes = tag[1], tag[2].lower(), tag[3] or ""
        if closes:
            return opened[name].pop() if opened[name] else ""
        names = _elements_for(name, attributes)
        opened[name].append("".join(f"</{element}>" for element in reversed(names)))
        return "".join(f"<{element}>" for element in names)

    return _STYLED.sub(replace, _WORD_BULLET.sub("", markup))


def _elements_for(name: str, attributes: str) -> list[str]:
    weight = _WEIGHT.search(attributes)
    heavy = (
        name == "b" if weight is None else weight[1].lower() == "bold" or weight[1].isdigit() and int(weight[1]) > 500
    )
    script = _SCRIPT.search(attributes)
    return [
        *(["strong"] if heavy else []),
        *(["em"] if name == "i" or _ITALIC.search(attributes) else []),
        *([{"sub": "sub", "super": "sup"}[script[1].lower()]] if script else []),
    ]


def _flatten_inner_tables(fragment: str) -> str:
    """Turn a table inside a table cell into lines of that cell: nested tables are unreadable on a phone."""
    depth = 0

    def flatten(tag: re.Match) -> str:
        nonlocal depth
        closes, name = tag[1], tag[2]
        if name == "table" and not closes:
            depth += 1
        inner = depth > 1
        if name == "table" and closes:
            depth -= 1
        if not inner:
            return tag[0]
        if closes:
            return {"tr": "<br>", "td": " ", "th": " "}.get(name, "")
        return "<br>" if name == "table" else ""

    return _TABLE_TAG.sub(flatten, fragment)


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
