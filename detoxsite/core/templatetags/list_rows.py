"""Tags of a list in the admin: ``result_rows`` and ``list_filter`` draw what Django's do, in less time.

Django works out column, class and link anew for each cell of a list; here it is done once for each column. The
``row_note`` of a ModelAdmin, a function of a row, gives a line below the link to it. A list with editable columns, and
one in a pop-up window, are left to Django.
"""

import copy
import datetime
from collections.abc import Callable, Iterator

from django import template
from django.contrib.admin.filters import ListFilter
from django.contrib.admin.templatetags import admin_list
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import display_for_field, display_for_value, lookup_field
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from ..plain_text import escaped

register = template.Library()

_SELECTED = ' class="selected"'

Value = Callable[[models.Model], tuple[object, bool]]  # the text of a row's cell, and whether it stays on one line


@register.inclusion_tag("admin/change_list_results.html")
def result_rows(changelist: ChangeList) -> dict:
    if changelist.formset or changelist.is_popup:
        return admin_list.result_list(changelist)
    without_rows = copy.copy(changelist)
    without_rows.result_list = []
    return {**admin_list.result_list(without_rows), "cl": changelist, "results": list(drawn_rows(changelist))}


@register.simple_tag
def list_filter(changelist: ChangeList, spec: ListFilter) -> SafeString:
    """One filter with its choices, of which a list of authors has hundreds."""
    if spec.template != ListFilter.template:
        return admin_list.admin_list_filter(changelist, spec)
    title = escaped(spec.title)
    choices = "".join(
        f"<li{_SELECTED if choice['selected'] else ''}>"
        f'<a href="{escaped(choice["query_string"])}">{escaped(choice["display"])}</a></li>'
        for choice in spec.choices(changelist)
    )
    heading = gettext(" By %(filter_title)s ") % {"filter_title": title}
    drawn = f'<details data-filter-title="{title}" open><summary>{heading}</summary><ul>{choices}</ul></details>'
    return mark_safe(drawn)  # noqa: S308 its parts are escaped


def drawn_rows(changelist: ChangeList) -> Iterator[admin_list.ResultList]:
    cells = [_cell(changelist, name) for name in changelist.list_display]
    for row in changelist.result_list:
        drawn = "".join([cell(row) for cell in cells])
        yield admin_list.ResultList(None, [mark_safe(drawn)])  # noqa: S308 each cell is escaped


def _cell(changelist: ChangeList, name: str | Callable) -> Callable[[models.Model], str]:
    """A function of a row that draws its cell of a column."""
    value_of = _value_of(changelist, name)
    kind = "action-checkbox" if name == "action_checkbox" else f"field-{name.__name__ if callable(name) else name}"
    links = changelist.list_display_links or []
    tag = "th" if name in links[:1] else "td"
    starts = [f'<{tag} class="{kind}">', f'<{tag} class="{kind} nowrap">']
    if name not in links:
        return lambda row: _drawn(starts, *value_of(row), f"</{tag}>")
    note_of = getattr(changelist.model_admin, "row_note", None) if tag == "th" else None
    url_of = _linked(changelist)

    def cell(row: models.Model) -> str:
        value, nowrap = value_of(row)
        note = f"<small>{escaped(note_of(row))}</small>" if note_of else ""
        return f'{starts[nowrap]}<a href="{url_of(row)}">{escaped(value)}</a>{note}</{tag}>'

    return cell


def _drawn(starts: list[str], value, nowrap: bool, end: str) -> str:
    return f"{starts[nowrap]}{escaped(value)}{end}"


def _linked(changelist: ChangeList) -> Callable[[models.Model], str]:
    """A function of a row that gives its escaped address, with the filters to come back to."""
    preserved = {"preserved_filters": changelist.preserved_filters, "opts": changelist.opts}
    added = None  # to an address: the same for all rows, and Django resolves each address to find it

    def url_of(row: models.Model) -> str:
        nonlocal added
        url = changelist.url_for_result(row)
        if added is None:
            added = add_preserved_filters(preserved, url).removeprefix(url)
        return escaped(url + added)

    return url_of


def _value_of(changelist: ChangeList, name: str | Callable) -> Value:
    admin, empty = changelist.model_admin, changelist.model_admin.get_empty_value_display()
    try:
        field = changelist.opts.get_field(name)
    except FieldDoesNotExist:
        column = name if callable(name) else None if name == "__str__" else getattr(admin, name, None)
        return _of_function(column, empty) if column else _of_model(admin, name, empty)
    if field.auto_created or name != field.name:
        return _of_model(admin, name, empty)
    nowrap = isinstance(field, models.DateField | models.TimeField | models.ForeignKey)
    if isinstance(field, models.ForeignKey):
        return lambda row: (empty if (value := getattr(row, name)) is None else value, nowrap)
    is_link = name in (changelist.list_display_links or [])
    return lambda row: (display_for_field(_filled(getattr(row, name)), field, empty, avoid_link=is_link), nowrap)


def _of_function(column: Callable, empty: str) -> Value:
    """Of a function of a row, or a method of the ModelAdmin."""
    empty, is_boolean = getattr(column, "empty_value_display", empty), getattr(column, "boolean", False)

    def value_of(row: models.Model) -> tuple[object, bool]:
        try:
            value = column(row)
        except ObjectDoesNotExist:
            return empty, False
        return _shown(value, empty, is_boolean)

    return value_of


def _of_model(admin, name: str, empty: str) -> Value:
    """Of a key, or a method or property of the rows; these are few enough to be looked up for each row."""

    def value_of(row: models.Model) -> tuple[object, bool]:
        try:
            _, found, value = lookup_field(name, row, admin)
        except ObjectDoesNotExist:
            return empty, False
        is_boolean = getattr(found.fget if isinstance(found, property) else found, "boolean", False)
        return _shown(value, getattr(found, "empty_value_display", empty), is_boolean)

    return value_of


def _shown(value, empty: str, is_boolean: bool) -> tuple[object, bool]:
    if isinstance(value, str) and not is_boolean:
        return empty if not value or value.isspace() else value, False
    return display_for_value(value, empty, is_boolean), isinstance(value, datetime.date | datetime.time)


def _filled(value):
    return "" if isinstance(value, str) and value.isspace() else value
