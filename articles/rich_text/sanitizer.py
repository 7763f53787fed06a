"""The one allowlist of what an article's text may hold, and the cleaning of it.

No class, no style, no picture: what a passage means is said by the kind of block it stands in.
"""

import html
import re

import nh3

TAGS = {"a", "blockquote", "br", "em", "h2", "h3", "li", "ol", "p", "strong", "sub", "sup"} | {
    *("table", "tbody", "td", "th", "thead", "tr", "ul")
}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
MAX_LAYERS = 10
MAX_DEPTH = 50  # elements inside each other; real text has a handful, and cleaning slows with the square of it
SCHEMES = {"https", "http", "mailto", "tel"}

_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    url_schemes=SCHEMES,
    link_rel=None,
    clean_content_tags={"script", "style", "title", "svg", "math", "xml"},
)
# addresses that are neither a whole one nor a path of ours: //host/…, /\host/…
_RELATIVE_HOST = re.compile(r'<a href="[/\\]{2}[^"]*">')
_BLOCK_END = re.compile(r"</(?:p|h2|h3|li|td|th|tr|blockquote|caption)>|<br ?/?>")
_TAG = re.compile(r"<[^>]*>")
# what word processors say with styles
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


def clean(typed: str) -> str:
    """The HTML with everything outside the allowlist taken away. Safe to show as it is.

    Cleaning what is clean changes nothing, so what is stored is what is shown: markup nested where it must not be
    is taken apart a layer at a time, until nothing moves any more.
    """
    typed = _with_meaning(_not_too_deep(typed))
    for _ in range(MAX_LAYERS):
        cleaned = _clean_once(typed)
        if cleaned == typed:
            break
        typed = cleaned
    return typed


def _clean_once(typed: str) -> str:
    tidied = _EMPTY.sub(_space_of, _without_inner_tables(typed))
    return _RELATIVE_HOST.sub("<a>", _cleaner.clean(tidied))  # last, so that nothing comes after the allowlist


def _not_too_deep(typed: str) -> str:
    depth = 0

    def kept(tag: re.Match) -> str:
        nonlocal depth
        if not tag[1]:
            depth += 1
        is_kept = depth <= MAX_DEPTH
        if tag[1]:
            depth = max(0, depth - 1)
        return tag[0] if is_kept else ""

    return _NESTS.sub(kept, typed)


def _space_of(empty: re.Match) -> str:
    """Between words, a space is left of a bold or linked one."""
    return " " if empty[1] in {"a", "strong", "em", "sup", "sub"} and len(empty[0]) > 2 * len(empty[1]) + 5 else ""


def _with_meaning(typed: str) -> str:
    """What Word and Google Docs say with styles, as elements: bold, slanted, raised and lowered words.

    Google wraps all it copies into a <b> that is not bold; Word sets the bullets of its lists as letters.
    """
    opened = {"b": [], "i": [], "span": []}

    def said(tag: re.Match) -> str:
        closes, name, attributes = tag[1], tag[2].lower(), tag[3] or ""
        if closes:
            return opened[name].pop() if opened[name] else ""
        names = _meant(name, attributes)
        opened[name].append("".join(f"</{one}>" for one in reversed(names)))
        return "".join(f"<{one}>" for one in names)

    return _STYLED.sub(said, _WORD_BULLET.sub("", typed))


def _meant(name: str, attributes: str) -> list[str]:
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


def _without_inner_tables(fragment: str) -> str:
    """A table in a table cell as lines of that cell: nobody can read the other on a phone."""
    depth = 0

    def flattened(tag: re.Match) -> str:
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

    return _TABLE_TAG.sub(flattened, fragment)


def paragraphs(fragment: str) -> list[str]:
    """The words of a piece of HTML, a line for each paragraph, heading, list item and table cell."""
    return [line for line in (text(part) for part in _BLOCK_END.split(fragment)) if line]


def text(fragment: str) -> str:
    """The words of a piece of HTML on one line, for search and for counting.

    Characters for private use are left out, since search marks its finds with two of them. A "<" gets a space behind
    it: PostgreSQL's parser takes "<script" for a tag and leaves out all that follows.
    """
    words = html.unescape(_TAG.sub("", _BLOCK_END.sub(" ", fragment)))
    return " ".join(_PRIVATE_USE.sub("", words).replace("<", "< ").split())
