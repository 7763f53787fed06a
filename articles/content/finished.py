"""Finishes an edition: renders what its page, its list entry and its head need, once, with slots for the rest.

A slot is the name of a value between two control characters. Names of people and topics, the center's phone and the
like change without a new edition, so they are filled in when the page is composed (``fill``). Text cannot contain a
slot: the control characters are taken out of it.
"""

import hashlib
import re
import secrets
from dataclasses import replace
from functools import cache
from pathlib import Path

import django
from django.conf import settings
from django.db import connection, transaction
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from detoxsite.core.plain_text import escaped

from ..models import CenterFact, CenterFacts, Edition, Person, PersonCard, Rendering, State
from ..models.renderings import MAX_VERSION
from . import listings, rendering
from .sections import sections_of

START, END = "\x02", "\x03"
PERSON = ("name", "credentials", "role", "byline")  # the last: name and credentials, with a link to their page
PAGE_SLOTS = {
    "author": PERSON,
    "reviewer": PERSON,
    "topic": ("name", "url"),
    "above": (),  # the entries of the pages above in the breadcrumbs
    "center": ("tel", "phone_shown"),
    "overdue": (),  # the notice that the review is overdue, or nothing
    "related": (),  # the part with related articles, or nothing
}
ENTRY_SLOTS = {"url": (), "topic": ()}

_LINK = re.compile(r'href="/([^"?#]{1,250})/["?#]')  # of this site, as in Article.path
_NAME = "[a-z0-9_.]+"
_SLOT = re.compile(f"{START}({_NAME}){END}")
_OPTIONAL = re.compile(f"{START}\\?({_NAME}){END}(.*?){START}/\\1{END}", re.DOTALL)  # left out without the value
_ROOT = Path(__file__).resolve().parents[2]
_SOURCES = (  # whatever decides what a rendering looks like
    *("templates/articles/_*.html", "templates/includes/_talk.html", "detoxsite/core/templatetags/page_tags.py"),
    *("articles/content/finished.py", "articles/content/rendering.py", "articles/content/dated_facts.py"),
    *("articles/content/library_blocks.py", "articles/content/listings.py", "articles/content/sections.py"),
    *("articles/models/grids.py", "articles/models/center_facts.py", "articles/models/files.py"),
    *("articles/models/*blocks.py", "articles/renditions.py", "articles/rich_text/*.py"),
)


@cache
def renderer_version() -> str:
    """Digest of the templates, the code and the settings that make a rendering: a change of any makes it outdated."""
    digest = hashlib.sha256(f"{django.VERSION} {settings.TIME_ZONE} {static('img/icons.svg')}".encode())
    for path in sorted(path for pattern in _SOURCES for path in _ROOT.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:MAX_VERSION]


# --- slots -----------------------------------------------------------------------------------------------------------


def fill(html: str, values: dict) -> SafeString:
    """The HTML with a value in each slot, escaped unless it is HTML itself. ``values``: as for the template."""

    def value_of(slot: re.Match) -> str:
        name, _, key = slot[1].partition(".")
        return _plain(escaped(values[name][key] if key else values[name]))

    html = _OPTIONAL.sub(lambda part: part[2] if value_of(part) else "", html)
    return mark_safe(_SLOT.sub(value_of, html))  # noqa: S308 rendered by templates, values escaped


def _plain(text: str) -> str:
    return text.replace(START, "").replace(END, "")


def _with_slots(template: str, slots: dict, context: dict) -> str:
    """Render a template with a slot in place of each value that is filled in later.

    While it renders, a slot is marked by random digits that no text can know. ``context``: as ``_main_context``, with
    a ``body`` whose listings become slots too.
    """
    nonce = secrets.token_hex(12)

    def listing(name: str) -> listings.Slot:
        return listings.Slot(*(f"{nonce}{sign}listing.{name}-" for sign in ("?", "", "/")))

    marks = {
        name: {key: f"{nonce}{name}.{key}-" for key in keys} if keys else f"{nonce}{name}-"
        for name, keys in slots.items()
    }
    html = _render(template, {**_with_listings(context, listing), **marks})
    return re.sub(f"{nonce}([?/]?{_NAME})-", rf"{START}\1{END}", html)


def _with_listings(context: dict, slot_of) -> dict:
    """The context with the listings of its ``body``, if it has one; of the first page in sections."""
    if "body" not in context:
        return context
    body = context["body"]
    blocks = listings.put_into([*body.first, *body.rest], slot_of)
    if context["edition"].article.is_first_page:
        has_opening = any(block["kind"] == "opening" for block in blocks)
        return {**context, "sections": sections_of(blocks, body.ids), "has_opening": has_opening}
    return {**context, "body": replace(body, rest=blocks[len(body.first) :])}


def _render(template: str, context: dict) -> str:
    return _plain(get_template(template).render(context))


# --- parts -----------------------------------------------------------------------------------------------------------


def render_main(edition: Edition, body: rendering.Body, values: dict, *, preview: str = "") -> SafeString:
    """The main part of a page with all values of PAGE_SLOTS, without using what is stored: for a preview, or where
    the edition is not finished yet. ``fill`` of a finished one gives the same.

    ``preview``: of a preview, what it says about the status of the edition.
    """
    context = _main_context(edition, body, preview)
    context = _with_listings(context, lambda name: listings.slot_with(values["listing"][name])) | values
    return mark_safe(_render(_main_template(edition), context))  # noqa: S308


def main_with_slots(edition: Edition, body: rendering.Body) -> str:
    """The main part of a page, with PAGE_SLOTS and those of its listings."""
    return _with_slots(_main_template(edition), PAGE_SLOTS, _main_context(edition, body))


def _main_template(edition: Edition) -> str:
    if edition.article.is_first_page:
        return "articles/_first_page.html"
    return "articles/_page.html" if edition.article.is_page else "articles/_main.html"


def _main_context(edition: Edition, body: rendering.Body, preview: str = "") -> dict:
    return {"edition": edition, "body": body, "preview": preview}


def render_entry(edition: Edition) -> str:
    """The entry in lists, with ENTRY_SLOTS."""
    return _with_slots("articles/_entry.html", ENTRY_SLOTS, {"edition": edition})


@cache
def related_part() -> str:
    """The part of a page around the entries of related articles, with the slot ``entries``."""
    return _with_slots("articles/_related.html", {"entries": ()}, {})


def facts_of(edition: Edition, body: rendering.Body) -> dict:
    """What the head of the page, the feed and structured data say, besides names. Dates as ISO 8601."""
    return {
        "title": edition.title,
        "summary": edition.summary,
        "published_on": timezone.localdate(body.log[-1]["at"] or edition.publish_at).isoformat(),
        "updated_on": timezone.localdate(edition.publish_at).isoformat(),
        "reviewed_on": edition.reviewed_on.isoformat(),
        "pictures": [block["image"].webp_960 for block in body.rest if block["kind"] == "figure"],
        "card": edition.card,
        **({"changes_on": body.changes_on.isoformat()} if body.changes_on else {}),
    }


# --- storing ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def finish(*edition_ids: int) -> int:
    """Render signed-off editions and store the results, each as a whole. Returns how many were stored.

    One that was withdrawn meanwhile has no row any more and is left out. A person or a fact about the center that is
    changed meanwhile waits for the locks, and then outdates what was rendered from the old one: the row of an edition
    that is just being signed off cannot be seen by others yet, so what it shows of other tables is locked as well.
    """
    _lock_shown_elsewhere(edition_ids)
    list(Rendering.objects.select_for_update().filter(pk__in=edition_ids).order_by("pk").values_list("pk"))
    editions = rendering.with_body(Edition.objects.filter(pk__in=edition_ids, state=State.SIGNED_OFF))
    return sum(Rendering.objects.filter(pk=edition.pk).update(**_finished(edition)) for edition in editions)


def _lock_shown_elsewhere(edition_ids) -> None:
    """Keep the tables that blocks of these editions show from changes until the transaction ends, before any row."""
    shown = {PersonCard: Person, CenterFacts: CenterFact}
    tables = [table for block, table in shown.items() if block.objects.filter(parent__in=edition_ids).exists()]
    if tables:
        with connection.cursor() as cursor:
            names = ", ".join(table._meta.db_table for table in tables)
            cursor.execute(f"LOCK TABLE {names} IN SHARE MODE")


def altered(*edition_ids: int) -> list[int]:
    """Those of the editions whose stored rendering is not what this version of the renderer makes of their words."""
    editions = rendering.with_body(Edition.objects.filter(pk__in=edition_ids, state=State.SIGNED_OFF))
    fresh = {edition.pk: _finished(edition) for edition in editions}
    stored = Rendering.objects.in_bulk(list(fresh))
    return [
        key
        for key, values in fresh.items()
        if key in stored and any(getattr(stored[key], name) != value for name, value in values.items())
    ]


def _finished(edition: Edition) -> dict:
    body = rendering.render_body(edition)
    html = main_with_slots(edition, body)
    overdue_html = ""
    if rendering.has_doses(edition):
        without_doses = rendering.render_body(edition, show_doses=False)
        overdue_html = main_with_slots(edition, without_doses)
    return {
        "renderer": renderer_version(),
        "log": [entry["number"] for entry in edition.log],
        "entry": render_entry(edition),
        "facts": facts_of(edition, body),
        "links": sorted(set(_LINK.findall("".join(block.get("html", "") for block in [*body.first, *body.rest])))),
        "html": html,
        "overdue_html": overdue_html,
    }
