"""The article as Google Docs puts it on the clipboard: real headings and lists, everything else in styles."""

from html import escape
from itertools import groupby

from . import article

LINK = ("Ask the doctor who looks after you", "https://example.org/your-doctor")
TAGS = {"heading": "h2", "text": "p", "bullets": "ul", "numbers": "ol", "danger": "p"}
STYLE = "font-size:11pt;font-family:Arial,sans-serif;color:#000000;background-color:transparent;font-weight:400"
SOURCE_LINE = f"Source: {article.SOURCE.citation}"


def html() -> str:
    """All but the picture. The danger box is two paragraphs; the source is the last line, and is cited as [1]."""
    parts = [(kind, text) for kind, text in article.PARTS if kind in TAGS]
    lines = [(TAGS[kind], line) for kind, text in (*parts, ("text", SOURCE_LINE)) for line in text.splitlines()]
    body = "".join(_group(tag, [line for _, line in group]) for tag, group in groupby(lines, key=lambda pair: pair[0]))
    return f'<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-0a1b">{body}</b>'


def _group(tag: str, lines: list[str]) -> str:
    if tag in {"ul", "ol"}:
        items = (f'<li dir="ltr" style="{STYLE}" aria-level="1">{_paragraph("p", line)}</li>' for line in lines)
        return f"<{tag}>{''.join(items)}</{tag}>"
    return "".join(_paragraph(tag, line) for line in lines)


def _paragraph(tag: str, line: str) -> str:
    words, address = LINK
    before, found, after = line.partition(words)
    link = f'<a href="{address}" style="text-decoration:none;">{_span(words)}</a>' if found else ""
    return f'<{tag} dir="ltr" style="line-height:1.38;margin-top:0pt;">{_span(before)}{link}{_span(after)}</{tag}>'


def _span(text: str) -> str:
    return f'<span style="{STYLE}">{escape(text)}</span>' if text else ""
