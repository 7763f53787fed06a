"""Snapshots: the content of an edition as plain data, to fingerprint it, to diff it, to check it.

A snapshot is a dict of ``title``, ``summary``, ``changes``, ``author`` (a key), ``blocks`` and ``sources`` (lists of
dicts in order). The same content makes the same snapshot, whether it is stored or still in a form.
"""

import hashlib
import json
import re
from collections.abc import Iterator

from django.db.models import CharField, TextField

from ..models import (
    BLOCKS,
    SOURCE_FIELDS,
    ArticleList,
    CenterFacts,
    Edition,
    Figure,
    Person,
    PersonCard,
    Source,
    Topic,
    blocks_of,
)
from ..models.grids import cells_of
from ..rich_text import sanitizer
from . import library_snapshot
from .library_snapshot import digits

FORM_PREFIXES = {model.kind: f"articles_{model._meta.model_name}_set" for model in BLOCKS}  # of the formsets
_FORM_FIELDS = library_snapshot.FORM_FIELDS | {
    PersonCard: ["person"],
    CenterFacts: ["title", "group"],
    ArticleList: ["title", "lead", "topic", "count"],
}  # of blocks that show other tables
MAX_FORM_ROWS = 2_000  # in one formset; Django's limit
MARKDOWN_SIGNS = {"h2": "## ", "h3": "### ", "li": "• ", "strong": "**", "em": "_", "blockquote": "> "}
_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)


def from_edition(edition: Edition) -> dict:
    return from_parts(edition, blocks_of(edition), edition.sources.order_by("position"))


def from_parts(edition: Edition, blocks, sources) -> dict:
    """The snapshot of an edition with these blocks and sources (model instances, saved or not), in order."""
    return {
        "title": edition.title,
        "summary": edition.summary,
        "changes": edition.changes,
        "author": edition.author_id,
        "blocks": [_block(block) for block in blocks],
        "sources": [_source(source) for source in sources],
    }


def from_form(fields: dict[str, str]) -> dict:
    """The snapshot of the fields of the edition form, complete or not.

    Each block also has its ``anchor``: the id of its part of the form.
    """
    blocks = [block for model in BLOCKS for block in _form_blocks(model, fields)]
    sources = [
        {**row, "year": digits(row["year"])}
        for row in form_rows(Source, "sources", fields, SOURCE_FIELDS)
        if digits(row["position"])
    ]
    return {
        **{name: _stored(Edition, name, fields.get(name, "")) for name in ("title", "summary", "changes")},
        "author": fields.get("author", ""),
        "blocks": sorted(blocks, key=lambda block: block.pop("ordering")),
        "sources": sorted(sources, key=lambda source: int(source["position"])),
    }


def fingerprint(snapshot: dict) -> str:
    """SHA-256 over every word, number and picture of a snapshot, in hexadecimal."""
    canonical = json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def as_lines(snapshot: dict) -> list[str]:
    """A snapshot paragraph by paragraph, for a diff."""
    return [line for _, line in placed_lines(snapshot)]


def placed_lines(snapshot: dict) -> list[tuple[int | str, str]]:
    """The lines of a snapshot, each with its place: an index of a block, or "title", "summary", "sources", "page"."""
    author = f"Written by: {_author(snapshot['author'])}"
    lines = [("title", snapshot["title"]), ("summary", snapshot["summary"]), ("page", author)]
    lines += [(place, line) for place, block in enumerate(snapshot["blocks"]) for line in _block_lines(block)]
    lines += [("sources", f"[{source['position']}] {_source_line(source)}") for source in snapshot["sources"]]
    return lines + ([("page", f"What changed: {snapshot['changes']}")] if snapshot["changes"] else [])


def _block(block) -> dict:
    if type(block) in library_snapshot.FORM_FIELDS:
        fields = library_snapshot.of_block(block)
        if isinstance(block, Figure) and not block.is_opening:
            del fields["is_opening"]  # older fingerprints know nothing of it
    elif isinstance(block, CenterFacts):
        fields = {"title": block.title, "group": block.group}
    elif isinstance(block, ArticleList):
        fields = {"title": block.title, "lead": block.lead, "topic": str(block.topic_id or ""), "count": block.count}
    elif isinstance(block, PersonCard):
        fields = {"person": str(block.person_id or "")}
    else:
        fields = {name: _as_typed(getattr(block, name)) for name in block.rendered_fields}
    return {"kind": block.kind, **fields}


def _as_typed(value):
    """A value as a form holds it, so that it is compared with what is typed."""
    return value if isinstance(value, bool | str) else str("" if value is None else value)


def _source(source: Source) -> dict:
    return {name: str(getattr(source, name) or "") for name in SOURCE_FIELDS}


def _block_lines(block: dict) -> list[str]:
    match block["kind"]:
        case "figure" | "gallery" | "map" | "download" | "video":
            return library_snapshot.lines_of(block, sanitizer.paragraphs(_as_markdown(block.get("body", ""))))
        case "facts":
            return [*_dosing_line(block), block["title"], *filter(None, map(str.strip, block["rows"].splitlines()))]
        case "pull":
            return [f"“{block['quote']}” {block['attribution']}"]
        case "centerfacts":
            return [block["title"], f"[Facts about the center: {block['group']}]"]
        case "person":
            return [f"Person: {_author(block['person'])}"]
        case "opening":
            drawing = "[Drawing: a lighthouse at night]" if block["drawing"] else ""
            return [block["title"], *filter(None, (block["lead"], *_buttons(block), block["note"], drawing))]
        case "sitepart":
            return [block["title"], f"[Part of the site: {block['part']}]"]
        case "articlelist":
            listed = f"[The newest articles, {block['count']} at most{_on_topic(block['topic'])}]"
            return [block["title"], *filter(None, (block["lead"], listed))]
        case "reviews":
            listed = f"[Review {block['review']}]" if block["review"] else "[The newest reviews]"
            return [block["title"], *filter(None, (block["lead"], listed))]
        case "comparison":
            return [block["title"], *_table_lines(block)]
        case "step" | "question" | "action" | "costs" | "column":
            first = " ".join(filter(None, [block.get("label"), block["title"]]))
            icon = [f"[Icon: {block['icon']}]"] if block.get("icon") else []
            return [first, *icon, *sanitizer.paragraphs(_as_markdown(block["body"])), *_buttons(block)]
        case "callout":
            return [f"{block['tone'].title()}: {block['title']}", *sanitizer.paragraphs(_as_markdown(block["body"]))]
    return [*_dosing_line(block), *sanitizer.paragraphs(_as_markdown(block["body"]))]


def _buttons(block: dict) -> list[str]:
    return [f"[Button: {name}]" for name in ("call", "ask", "visit") if block.get(name)]


def _on_topic(key: str) -> str:
    topic = Topic.objects.filter(pk=digits(key) or 0).first()
    return f", on {topic}" if topic else ""


def _table_lines(block: dict) -> list[str]:
    lines = [" | ".join(row) for row in cells_of(block["cells"])]
    own = [f"[Our row: {block['own_row']}]"] if block["own_row"] else []
    coverage = ["[What plans cover]"] if block.get("is_coverage") else []
    return [*lines, *own, *coverage, *([f"[Checked on {block['checked_on']}]"] if block["checked_on"] else [])]


def _dosing_line(block: dict) -> list[str]:
    return ["[Holds doses: hidden while the review is overdue]"] if block.get("is_dosing") else []


def _as_markdown(fragment: str) -> str:
    """Render HTML as Markdown-like text, so that the diff shows headings, items, emphasis and link targets."""
    for tag, sign in MARKDOWN_SIGNS.items():
        fragment = fragment.replace(f"<{tag}>", f"<{tag}>{sign}")
    for tag in ("strong", "em"):
        fragment = fragment.replace(f"</{tag}>", f"{MARKDOWN_SIGNS[tag]}</{tag}>")
    return _LINK.sub(r"\2 (\1)", fragment)


def _author(key) -> str:
    return str(Person.objects.filter(pk=digits(str(key)) or 0).first() or "")


def _source_line(source: dict) -> str:
    return ". ".join(source[name] for name in SOURCE_FIELDS if source[name] and name != "position")


def _form_blocks(model, fields: dict[str, str]) -> Iterator[dict]:
    names = _FORM_FIELDS.get(model, list(model.rendered_fields))
    rows = list(form_rows(model, FORM_PREFIXES[model.kind], fields, [*names, "ordering"]))
    shown = library_snapshot.shown_by(model, rows)
    for row in rows:
        block = {**row, "kind": model.kind, "ordering": int(digits(row["ordering"]) or 0)}
        if "body" in row:
            block["body"] = sanitizer.clean(row["body"])
        if model in library_snapshot.FORM_FIELDS:
            block = library_snapshot.with_shown(model, block, shown)
        yield block


def form_rows(model, prefix: str, fields: dict[str, str], names) -> Iterator[dict]:
    """The rows of a formset that are not marked for deletion."""
    for number in range(min(int(digits(fields.get(f"{prefix}-TOTAL_FORMS", "")) or 0), MAX_FORM_ROWS)):
        row = f"{prefix}-{number}"
        if f"{row}-DELETE" not in fields and any(f"{row}-{name}" in fields for name in names):
            yield {name: _stored(model, name, fields.get(f"{row}-{name}", "")) for name in names} | {"anchor": row}


def _stored(model, name: str, typed: str) -> str:
    """The text of a form field as saving the form would store it."""
    field = model._meta.get_field(name)
    return field.to_python(typed).strip() if isinstance(field, CharField | TextField) else typed
