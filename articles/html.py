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
MOST_LAYERS = 10
SCHEMES = {"https", "http", "mailto", "tel"}

_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    url_schemes=SCHEMES,
    link_rel=None,
    clean_content_tags={"script", "style", "title", "svg", "math"},
)
# addresses that are neither a whole one nor a path of ours: //host/…, /\host/…
_RELATIVE_HOST = re.compile(r'<a href="[/\\]{2}[^"]*">')
_BLOCK_END = re.compile(r"</(?:p|h2|h3|li|td|th|tr|blockquote|caption)>|<br ?/?>")
_TAG = re.compile(r"<[^>]*>")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")


def clean(typed: str) -> str:
    """The HTML with everything outside the allowlist taken away. Safe to show as it is.

    Cleaning what is clean changes nothing, so what is stored is what is shown: markup nested where it must not be
    is taken apart a layer at a time, until nothing moves any more.
    """
    for _ in range(MOST_LAYERS):
        cleaned = _clean_once(typed)
        if cleaned == typed:
            break
        typed = cleaned
    return typed


def _clean_once(typed: str) -> str:
    return _RELATIVE_HOST.sub("<a>", _cleaner.clean(typed))


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
