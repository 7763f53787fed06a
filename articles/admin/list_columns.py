"""The columns of the list of editions. Each is drawn for every row, so what is the same in many rows is made once."""

from datetime import date
from functools import lru_cache

from django.contrib import admin
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join

from detoxsite.core.templatetags.page_tags import icon

from .. import services
from .review_rounds import round_text

SIGNS = {  # of a status: the icon, and the color of its chip
    "live": ("s-live", "good"),
    "in review": ("s-review", ""),
    "draft": ("s-draft", "open"),
    "draft, sent back": ("return", "warn"),
    "draft, archived": ("hide", ""),
    "withdrawn": ("s-down", ""),
    "scheduled": ("clock", "warn"),
}


@admin.display(description="status", ordering="state")
def status(edition):
    """The status, the round of a review after the first, and whether readers see an earlier edition than this one."""
    is_live = edition.live_number == edition.number
    text, _, date_text = ("live" if is_live else edition.status_text).partition(", scheduled ")
    text = "scheduled" if date_text else text
    remarks = [date_text, f"For {edition.asked_to_sign}" if edition.asked_to_sign else "", round_text(edition)]
    if edition.live_number is not None and not is_live:
        remarks.append(f"Unpublished changes: readers see edition {edition.live_number}")
    shown = ((remark,) for remark in remarks if remark)
    return format_html("{}{}", _chip(text), format_html_join("", '<p class="help">{}</p>', shown))


@lru_cache
def _chip(text: str) -> str:
    sign, tone = SIGNS.get(text, ("s-draft", ""))
    return format_html('<span class="chip {}">{}{}</span>', tone, icon(sign, 16, "desk-icons"), text.capitalize())


def about(edition) -> str:
    """What stands below the title: the topic and, where there is room, the address."""
    topic, address = edition.article.topic, edition.get_absolute_url()
    return format_html('{}<span class="wide"> · {}</span>', topic, address) if topic else address


@admin.display(ordering="article__owner__first_name")
def owner(edition):
    """Who has it, with the initials before the name."""
    person = edition.article.owner
    return person and _who(str(person))


@lru_cache(200)
def _who(name: str) -> str:
    initials = "".join(part[:1] for part in name.split()[:2]).upper()
    return format_html('<span class="who"><span class="face" aria-hidden="true">{}</span>{}</span>', initials, name)


@lru_cache(1_000)
def _day(day: date) -> str:
    return date_format(day, "M j, Y")


def url(view: str, pk: int, *rest: str) -> str:
    """The address of a page of an edition. ``reverse`` would take a tenth of the list's time."""
    before, after = _around_key(get_script_prefix(), view, *rest)
    return f"{before}/{pk}/{after}"


@lru_cache
def _around_key(_prefix: str, view: str, *rest: str) -> tuple[str, str]:
    before, _, after = reverse(f"admin:articles_edition_{view}", args=[0, *rest]).partition("/0/")
    return before, after


@admin.display(description="review due")
def review_due(edition):
    if edition.live_due_on is None:
        return None
    due_on = _day(edition.live_due_on)
    is_overdue = edition.live_due_on < timezone.localdate()
    return format_html('<b class="text-error">{} (overdue)</b>', due_on) if is_overdue else due_on


@admin.display(description="edit")
def edit_draft(edition):
    """One click from the list to a draft: the open one, or a new one."""
    if edition.state in services.ALLOWED_STATES["start_draft"]:
        return format_html(
            '<button class="small" formaction="{}" aria-label="Edit {}" title="Starts a draft">Edit</button>',
            *(url("object_action", edition.pk, "start-draft"), edition),
        )
    label = "Continue editing" if edition.is_editable else "Open"
    return format_html('<a href="{}" aria-label="{}: {}">{}</a>', url("change", edition.pk), label, edition, label)
