"""What an edition says, as plain data: to fingerprint it, to compare it, to check it.

A document is a dict of ``title``, ``summary``, ``changes``, ``author`` (a key), ``blocks`` and ``sources`` (lists of
dicts in order). The same words make the same document, whether they are stored or still in a form.
"""

import hashlib
import json

from . import html
from .models import Edition, Figure, Picture, Source, blocks_of

SOURCE_FIELDS = ("position", "authors", "title", "container", "year", "detail", "doi", "pmid", "url", "accessed_on")


def stored(edition: Edition) -> dict:
    return document(edition, blocks_of(edition), edition.sources.order_by("position"))


def document(edition: Edition, blocks, sources) -> dict:
    """The document of an edition with these blocks and sources (model instances, saved or not), in order."""
    return {
        "title": edition.title,
        "summary": edition.summary,
        "changes": edition.changes,
        "author": edition.author_id,
        "blocks": [_block(block) for block in blocks],
        "sources": [_source(source) for source in sources],
    }


def fingerprint(content: dict) -> str:
    """SHA-256 over every word, number and picture of a document, in hexadecimal: one changed letter changes it."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def lines(content: dict) -> list[str]:
    """A document paragraph by paragraph, to lay beside another one."""
    found = [content["title"], content["summary"]]
    for block in content["blocks"]:
        found += _block_lines(block)
    found += [f"[{source['position']}] {_source_line(source)}" for source in content["sources"]]
    return found + ([f"What changed: {content['changes']}"] if content["changes"] else [])


def _block(block) -> dict:
    if isinstance(block, Figure):
        picture = block.picture if block.picture_id else Picture()
        shown = {"caption": block.caption, "alt": picture.alt, "credit": picture.credit, "image": _digest(picture)}
    else:
        shown = {name: getattr(block, name) for name in block.shown}
    return {"kind": block.kind, **shown}


def _digest(picture: Picture) -> str:
    if not picture.image:
        return ""
    with picture.image.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _source(source: Source) -> dict:
    return {name: str(getattr(source, name) or "") for name in SOURCE_FIELDS}


def _block_lines(block: dict) -> list[str]:
    match block["kind"]:
        case "figure":
            return [f"Picture: {block['alt']}", *filter(None, [block["caption"]])]
        case "facts":
            return [block["title"], *(row.strip() for row in block["rows"].splitlines() if row.strip())]
        case "pull":
            return [f"“{block['quote']}” {block['attribution']}"]
        case "callout":
            return [f"{block['tone'].title()}: {block['title']}", *html.paragraphs(block["body"])]
    return html.paragraphs(block["body"])


def _source_line(source: dict) -> str:
    return ". ".join(value for name, value in source.items() if value and name != "position")
