"""From an edition's blocks, as one query brings them, to what the page shows."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile
from string import ascii_lowercase

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Value
from django.db.models.functions import JSONObject
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.text import slugify

from ..models import (
    BLOCKS,
    MARK_END,
    MARK_START,
    Edition,
    Picture,
    Source,
    Tone,
)
from ..rich_text import sanitizer

_HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)
_REFERENCE = re.compile(r"\[(\d{1,3})\](?![^<]*(?:>|</a>))")
_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
RESERVED_IDS = {"main", "toc", "sources", "changes", "talk", "related"} | {
    *("crisis-lines", "foot-place", "foot-read", "foot-know")
}
NUMBERED_PREFIXES = ("source-", "ref-")  # how the ids of sources and of references to them begin


def with_body(editions):
    """Editions with all that an article's page shows, so that one query is enough.

    ``body_text``, ``body_figure`` and so on: the blocks of each kind, dicts with ``kind`` and ``ordering``.
    ``source_list``: dicts in order. ``related``: up to three live articles of the same topic, each a dict.
    ``log``: the editions that readers had up to this one, and this one itself, newest first, each a dict.
    """
    blocks = {
        f"body_{model.kind}": ArraySubquery(
            model.objects.filter(parent=OuterRef("pk")).values(
                block=JSONObject(kind=Value(model.kind), ordering="ordering", **model.shown)
            )
        )
        for model in BLOCKS
    }
    related = (
        Edition.objects.live()
        .filter(article__topic=OuterRef("article__topic"))
        .exclude(article=OuterRef("article"))
        .values(entry=JSONObject(title="title", summary="summary", slug="article__slug", words="word_count"))[:3]
    )
    log = (
        Edition.objects.filter(Q(pk__in=Edition.objects.published().values("pk")) | Q(pk=OuterRef("pk")))
        .filter(article=OuterRef("article"), number__lte=OuterRef("number"))
        .order_by("-number")
        .values(entry=JSONObject(number="number", publish_at="publish_at", changes="changes"))
    )
    return (
        editions.light()
        .select_related("article__topic", "author", "reviewer")
        .annotate(
            **blocks,
            source_list=ArraySubquery(
                Source.objects.filter(edition=OuterRef("pk"))
                .order_by("position")
                .values(
                    entry=JSONObject(
                        **{name: name for name in ("position", "authors", "title", "container", "year", "detail")},
                        **{name: name for name in ("doi", "pmid", "url", "accessed_on")},
                    )
                )
            ),
            related=ArraySubquery(related),
            log=ArraySubquery(log),
        )
    )


HIDDEN_BLOCK = {"kind": "hidden", "template": "articles/_hidden.html"}  # stands for blocks that hold doses


@dataclass
class Body:
    first: list[dict]  # danger callouts that stand before everything else
    rest: list[dict]  # the other blocks, each with its ``template``
    contents: list[tuple[str, str]]  # (id, heading) for "On this page"
    sources: list[dict]  # each with ``places``: the (letter, id) of every reference to it
    log: list[dict]  # what changed: ``at`` (a datetime, or None where it is not published) and ``text``


def render_body(edition: Edition, *, whole: bool = False) -> Body:
    """What an edition fetched through ``with_body()`` shows: without doses while its review is overdue, or ``whole``.

    Raises AttributeError for an edition fetched otherwise.
    """
    with_doses = whole or not edition.is_overdue
    found = [block for model in BLOCKS for block in getattr(edition, f"body_{model.kind}")]
    blocks = sorted(found, key=lambda block: block["ordering"])
    sources = [
        {**entry, "authors": entry["authors"].rstrip("."), "accessed_on": _date(entry["accessed_on"])}
        for entry in edition.source_list
    ]
    page = _Page({source["position"] for source in sources})
    shown = [page.show(block) if with_doses or not block.get("is_dosing") else HIDDEN_BLOCK for block in blocks]
    shown = [
        block
        for number, block in enumerate(shown)
        if block is not HIDDEN_BLOCK or shown[number - 1 : number] != [HIDDEN_BLOCK]
    ]
    if shown and shown[0]["kind"] == "figure":
        shown[0]["on_top"] = True
    first = list(takewhile(lambda block: block.get("tone") == Tone.DANGER, shown))
    if sources:
        page.contents.append(("sources", "Sources"))
        for source in sources:
            source["places"] = page.places(source["position"])
    log = [_change(entry) for entry in edition.log]
    return Body(first, shown[len(first) :], page.contents, sources, log)


def _change(entry: dict) -> dict:
    told = " ".join(filter(None, ["First published." if entry["number"] == 1 else "", entry["changes"]]))
    at = datetime.fromisoformat(entry["publish_at"]) if entry["publish_at"] else None
    return {"at": at, "text": told or "Revised."}


def highlight(snippet: str):
    """A search snippet with its found words in ``<mark>``, everything else escaped."""
    return mark_safe(  # noqa: S308 escaped first; only our two marks become tags
        escape(snippet).replace(MARK_START, "<mark>").replace(MARK_END, "</mark>")
    )


class _Page:
    """Gives headings their ids and references their links while the blocks go by in order."""

    def __init__(self, numbers: set[int]) -> None:
        self.numbers = numbers
        self.contents: list[tuple[str, str]] = []
        self._ids = set(RESERVED_IDS)
        self._referred = Counter()  # how often the text has referred to each source so far

    def show(self, block: dict) -> dict:
        kind = block["kind"]
        extra = getattr(self, f"_{kind}")(block)
        return {**block, **extra, "template": f"articles/_{kind}.html"}

    def _text(self, block):
        fragment = _HEADING.sub(
            lambda m: f'<h2 id="{self._entry(sanitizer.text(m[1]))}">{m[1]}</h2>', sanitizer.clean(block["body"])
        )
        return {"html": self._linked(_TABLE.sub(_with_scopes, fragment))}

    def _callout(self, block):
        return {"id": self._entry(block["title"]), "html": self._linked(sanitizer.clean(block["body"]))}

    def _facts(self, block):
        rows = [line.split("|", 1) for line in block["rows"].splitlines() if "|" in line]
        return {
            "id": self._entry(block["title"]),
            "facts": [(name.strip(), self._linked(escape(fact.strip()))) for name, fact in rows],
        }

    def _figure(self, block):
        size = {"image_width": block["width"], "image_height": block["height"]}  # or the file would be opened
        picture = Picture(image=block["image"], image_ppoi=block["ppoi"], **size)
        return {"image": picture.image}

    def _pull(self, block):
        return {}

    def _entry(self, heading: str) -> str:
        """A free id for a heading, which goes into the table of contents."""
        heading = " ".join(_REFERENCE.sub("", heading).split())
        base = slugify(heading)[:60] or "part"
        if base.startswith(NUMBERED_PREFIXES):
            base = f"part-{base}"
        name, number = base, 2
        while name in self._ids:
            name, number = f"{base}-{number}", number + 1
        self._ids.add(name)
        self.contents.append((name, heading))
        return name

    def places(self, number: int) -> list[tuple[str, str]]:
        """Where the text refers to a source, as letters and ids; with one place there is nothing to tell apart."""
        count = self._referred[number]
        return [
            (letter if count > 1 else "", _place(number, nth))
            for nth, letter in zip(range(1, count + 1), ascii_lowercase, strict=False)
        ]

    def _linked(self, fragment: str):
        """The references ``[1]`` of a clean fragment as links, where such a source exists."""

        def link(match):
            number = int(match[1])
            if number not in self.numbers:
                return match[0]
            self._referred[number] += 1
            place = _place(number, self._referred[number])
            return f'<sup><a id="{place}" href="#source-{number}" aria-label="Source {number}">{number}</a></sup>'

        return mark_safe(_REFERENCE.sub(link, fragment))  # noqa: S308 cleaned or escaped before


def _place(number: int, nth: int) -> str:
    return f"ref-{number}" if nth == 1 else f"ref-{number}-{nth}"


def _with_scopes(table: re.Match) -> str:
    """A table with the directions its header cells need for a screen reader."""
    rows = _ROW.findall(table[0])
    first = rows[0].replace("<th>", '<th scope="col">') if rows else ""
    rest = [row.replace("<th>", '<th scope="row">') for row in rows[1:]]
    return f"<table><tbody>{first}{''.join(rest)}</tbody></table>"


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
