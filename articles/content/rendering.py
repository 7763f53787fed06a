"""Renders the blocks of an edition, fetched in one query, for the article page."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import takewhile
from string import ascii_lowercase

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Value
from django.db.models.functions import Greatest, JSONObject
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.text import slugify

from ..models import BLOCKS, MARK_END, MARK_START, SOURCE_FIELDS, CenterFact, Edition, Person, Source, State, Tone
from ..models.grids import cells_of
from ..rich_text import sanitizer
from . import library_blocks
from .dated_facts import facts_on
from .listings import ListingBlocks

_HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)
_REFERENCE = re.compile(r"\[(\d{1,3})\](?![^<]*(?:>|</a>))")
_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", re.DOTALL)
RESERVED_IDS = {"main", "toc", "sources", "about", "changes", "talk", "related", "crisis-lines", "foot-place"}
RESERVED_IDS |= {f"foot-{number}" for number in range(1, 6)}  # the groups of the footer
NUMBERED_PREFIXES = ("source-", "ref-")  # of the ids of sources and of references to them


def with_body(editions):
    """Annotate editions with everything an article page shows, so that one query is enough.

    ``body_text``, ``body_figure`` and so on: the blocks of each kind, dicts with ``kind`` and ``ordering``.
    ``source_list``: dicts in order. ``log``: the editions up to this one that readers find under "What changed" once it
    is published, newest first, each a dict.
    """
    editions = editions.without_search_columns().select_related("article__topic", "author", "reviewer")
    editions = editions.defer("author__user", "reviewer__user")
    return editions.annotate(**_parts(), log=ArraySubquery(_log_entries()))


@cache  # some twenty queries, which are always the same
def _parts() -> dict[str, ArraySubquery]:
    fields = JSONObject(**{name: name for name in SOURCE_FIELDS})
    sources = Source.objects.filter(edition=OuterRef("pk")).order_by("position").values(entry=fields)
    return {
        "source_list": ArraySubquery(sources),
        **{f"body_{model.kind}": ArraySubquery(_block_entries(model)) for model in BLOCKS},
    }


def _block_entries(model):
    shown = {name: field() if callable(field) else field for name, field in model.rendered_fields.items()}
    fields = JSONObject(kind=Value(model.kind), ordering="ordering", **shown)
    return model.objects.filter(parent=OuterRef("pk")).order_by("ordering", "pk").values(entry=fields)


def _log_entries():
    moment = Greatest(Value(timezone.now()), OuterRef("publish_at"))
    published = Q(state=State.SIGNED_OFF, publish_at__lte=moment)
    up_to_this_one = Edition.objects.filter(article=OuterRef("article"), number__lte=OuterRef("number"))
    fields = JSONObject(number="number", publish_at="publish_at", changes="changes")
    return up_to_this_one.filter(published | Q(pk=OuterRef("pk"))).order_by("-number").values(entry=fields)


LISTED = {"step", "question", "person", "column", "gallery", "download"}  # kinds of blocks that make a list
HIDDEN_BLOCK = {"kind": "hidden", "template": "articles/_hidden.html"}  # replaces blocks that hold doses


@dataclass
class Body:
    first: list[dict]  # danger callouts at the very beginning
    rest: list[dict]  # the other blocks, each with its ``template``, and its ``place`` among the stored ones
    contents: list[tuple[str, str]]  # (id, heading), for "On this page"
    sources: list[dict]  # each with ``backlinks``: the (letter, id) of every reference to it
    ids: set[str]  # taken by headings, also by those that are not among the contents
    log: list[dict]  # what changed: ``at`` (a datetime, or None before publication) and ``text``

    @property
    def opening(self) -> dict | None:
        """The picture beside the title."""
        return next((block for block in self.rest[:1] if block.get("is_opening")), None)

    @property
    def changes_on(self) -> date | None:
        """The day on which time alone changes what it says."""
        return min(filter(None, (block.get("changes_on") for block in self.rest)), default=None)

    @property
    def has_action(self) -> bool:
        """Whether it says itself whom to call."""
        return any(block["kind"] == "action" for block in self.rest)


def render_body(edition: Edition, *, show_doses: bool = True) -> Body:
    """Render an edition fetched through ``with_body()``. Readers see no doses while its review is overdue."""
    sources = [
        {**entry, "authors": entry["authors"].rstrip("."), "accessed_on": _date(entry["accessed_on"])}
        for entry in edition.source_list
    ]
    renderer = _BlockRenderer({source["position"] for source in sources})
    rendered = [
        renderer.render(block) | {"place": place} if show_doses or not block.get("is_dosing") else HIDDEN_BLOCK
        for place, block in enumerate(sorted(_blocks(edition), key=lambda block: block["ordering"]))
        if not block.get("is_missing")  # a row that leads nowhere; staff are told (jobs.py)
    ]
    rendered = list(_merge_hidden(rendered))
    _mark_runs(rendered)
    if rendered and rendered[0]["kind"] == "figure":
        rendered[0]["on_top"] = True
    first = list(takewhile(lambda block: block.get("tone") == Tone.DANGER, rendered))
    if sources:
        renderer.contents.append(("sources", "Sources"))
        for source in sources:
            source["backlinks"] = renderer.backlinks(source["position"])
    log = [_render_log_entry(entry) for entry in edition.log]
    return Body(first, rendered[len(first) :], renderer.contents, sources, renderer.ids, log)


def has_doses(edition: Edition) -> bool:
    return any(block.get("is_dosing") for block in _blocks(edition))


def _blocks(edition: Edition) -> list[dict]:
    return [block for model in BLOCKS for block in getattr(edition, f"body_{model.kind}")]


def _merge_hidden(blocks: list[dict]) -> Iterator[dict]:
    """One notice for hidden blocks that follow each other."""
    previous = None
    for block in blocks:
        if block is not HIDDEN_BLOCK or previous is not HIDDEN_BLOCK:
            yield block
        previous = block


def _mark_runs(blocks: list[dict]) -> None:
    """Tell the blocks that make one list with those of their kind beside them where it begins and ends."""
    kinds = [None, *(block["kind"] for block in blocks), None]
    for before, block, after in zip(kinds, blocks, kinds[2:], strict=False):
        if block["kind"] in LISTED:
            block |= {"begins": before != block["kind"], "ends": after != block["kind"]}


def _render_log_entry(entry: dict) -> dict:
    text = " ".join(filter(None, ["First published." if entry["number"] == 1 else "", entry["changes"]]))
    at = datetime.fromisoformat(entry["publish_at"]) if entry["publish_at"] else None
    return {"at": at, "text": text or "Revised."}


def highlight(snippet: str):
    """A search snippet with its matches in ``<mark>``, everything else escaped."""
    return mark_safe(  # noqa: S308 escaped first; only our two markers become tags
        escape(snippet).replace(MARK_START, "<mark>").replace(MARK_END, "</mark>")
    )


class _BlockRenderer(ListingBlocks):
    """Renders blocks in order; assigns ids to headings and links references to their sources."""

    def __init__(self, numbers: set[int]) -> None:
        self.numbers = numbers
        self.contents: list[tuple[str, str]] = []
        self._has_heading = False
        self.ids = set(RESERVED_IDS)
        self._reference_count = Counter()  # by source, so far

    def render(self, block: dict) -> dict:
        kind = block["kind"]
        extra = getattr(self, f"_{kind}")(block)
        return {**block, **extra, "template": f"articles/_{kind}.html"}

    def _text(self, block):
        fragment = _HEADING.sub(
            lambda m: f'<h2 id="{self._add_heading(sanitizer.text(m[1]))}">{m[1]}</h2>', sanitizer.clean(block["body"])
        )
        return {"html": self._link_references(_TABLE.sub(_accessible_table, fragment))}

    def _callout(self, block):
        return {"id": self._add_heading(block["title"]), "html": self._fragment(block["body"])}

    def _facts(self, block):
        rows = [line.split("|", 1) for line in block["rows"].splitlines() if "|" in line]
        return {
            "id": self._add_heading(block["title"], is_caption=True),
            "facts": [(name.strip(), self._link_references(escape(fact.strip()))) for name, fact in rows],
        }

    def _figure(self, block):
        return {"image": library_blocks.image_of(block)}

    _gallery = _figure

    def _map(self, block):
        heading, html = self._add_heading(block["title"]), self._fragment(block["body"])
        return {"id": heading, "html": html, **library_blocks.map_values(block)}

    _download = staticmethod(library_blocks.download_values)
    _video = staticmethod(library_blocks.video_values)

    def _pull(self, block):
        return {}

    def _step(self, block):
        return {"html": self._fragment(block["body"]), "level": self._level_below()}

    _question = _column = _step

    def _action(self, block):
        return {"html": self._fragment(block["body"]), "id": self._add_heading(block["title"])}

    def _person(self, block):
        return {"initials": Person(name=block["name"]).initials, "level": self._level_below()}

    def _centerfacts(self, block):
        facts, changes_on = facts_on(timezone.localdate(), block)
        is_caption = block["group"] != CenterFact.Group.INSURER  # plans are a list
        id_ = self._add_heading(block["title"], is_caption=is_caption) if facts else ""
        return {"center_facts": facts, "facts": (), "id": id_, "changes_on": changes_on}

    def _comparison(self, block):
        names, *rows = cells_of(block["cells"])
        return {
            "id": self._add_heading(block["title"], is_caption=True),
            "columns": names,
            "facts": [tuple(self._link_references(escape(cell)) for cell in row) for row in rows],
            "checked_on": _date(block["checked_on"]),
        }

    def _fragment(self, body: str):
        return self._link_references(_TABLE.sub(_accessible_table, sanitizer.clean(body)))

    def _level_below(self) -> int:
        """The level of a heading that is not among the contents: below the one before it, or below the title."""
        return 3 if self._has_heading else 2

    def _add_heading(self, heading: str, *, is_caption: bool = False) -> str:
        """Add a heading to the table of contents, or the caption of a table. Returns its unique id."""
        self._has_heading |= not is_caption
        heading = " ".join(_REFERENCE.sub("", heading).split())
        base = slugify(heading)[:60] or "part"
        if base.startswith(NUMBERED_PREFIXES):
            base = f"part-{base}"
        name, number = base, 2
        while name in self.ids:
            name, number = f"{base}-{number}", number + 1
        self.ids.add(name)
        self.contents.append((name, heading))
        return name

    def backlinks(self, number: int) -> list[tuple[str, str]]:
        """The references to a source as (letter, id); a single reference needs no letter."""
        count = self._reference_count[number]
        return [
            (letter if count > 1 else "", _reference_id(number, nth))
            for nth, letter in zip(range(1, count + 1), ascii_lowercase, strict=False)
        ]

    def _link_references(self, fragment: str):
        """Turn the references ``[1]`` of a clean fragment into links, where such a source exists."""

        def link(match):
            number = int(match[1])
            if number not in self.numbers:
                return match[0]
            self._reference_count[number] += 1
            own_id = _reference_id(number, self._reference_count[number])
            return f'<sup><a id="{own_id}" href="#source-{number}" aria-label="Source {number}">{number}</a></sup>'

        return mark_safe(_REFERENCE.sub(link, fragment))  # noqa: S308 cleaned or escaped before


def _reference_id(number: int, nth: int) -> str:
    return f"ref-{number}" if nth == 1 else f"ref-{number}-{nth}"


def _accessible_table(table: re.Match) -> str:
    """Add ``scope`` to the header cells of a table, and around it an element that scrolls where it is too wide.

    The element can be scrolled with the keyboard and is named after the cells of the first row.
    """
    rows = _ROW.findall(table[0])
    first = rows[0].replace("<th>", '<th scope="col">') if rows else ""
    rest = [row.replace("<th>", '<th scope="row">') for row in rows[1:]]
    columns = [sanitizer.text(cell).strip() for cell in _CELL.findall(first)]
    name = escape(_REFERENCE.sub("", f"Table: {', '.join(filter(None, columns))}"))
    body = f"<table><tbody>{first}{''.join(rest)}</tbody></table>"
    return f'<div class="scroll" role="group" tabindex="0" aria-label="{name}">{body}</div>'


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
