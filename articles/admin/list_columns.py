"""The columns of the list of editions. Each is drawn for every row, so what is the same in many rows is made once."""

from datetime import date
from functools import lru_cache

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from detoxsite.core.adminkit.row_urls import row_url
from detoxsite.core.plain_text import escaped
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
    shown = "".join([f'<p class="help">{escaped(remark)}</p>' for remark in remarks if remark])
    return mark_safe(_chip(text) + shown)  # noqa: S308 its parts are escaped


@lru_cache
def _chip(text: str) -> str:
    sign, tone = SIGNS.get(text, ("s-draft", ""))
    return format_html('<span class="chip {}">{}{}</span>', tone, icon(sign, 16, "desk-icons"), text.capitalize())


def about(edition) -> str:
    """What stands below the title: the topic and, where there is room, the address."""
    topic, address = edition.article.topic, edition.get_absolute_url()
    if not topic:
        return address
    return mark_safe(f'{escaped(topic)}<span class="wide"> · {escaped(address)}</span>')  # noqa: S308 both are escaped


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
def day_text(day: date) -> str:
    return date_format(day, "M j, Y")


@admin.display(description="review due")
def review_due(edition):
    if edition.live_due_on is None:
        return None
    due_on = day_text(edition.live_due_on)
    is_overdue = edition.live_due_on < timezone.localdate()
    return format_html('<b class="text-error">{} (overdue)</b>', due_on) if is_overdue else due_on


@admin.display(description="edit")
def edit_draft(edition):
    """One click from the list to a draft: the open one, or a new one."""
    title = escaped(edition)
    if edition.state in services.ALLOWED_STATES["start_draft"]:
        opened = f'<button class="small" formaction="{row_url(edition, "object_action", "start-draft")}"'
        drawn = f'{opened} aria-label="Edit {title}" title="Starts a draft">Edit</button>'
    else:
        label = "Continue editing" if edition.is_editable else "Open"
        drawn = f'<a href="{row_url(edition)}" aria-label="{label}: {title}">{label}</a>'
    return mark_safe(drawn)  # noqa: S308 the title is escaped
