"""The tag ``result_rows``: the table of a list in the admin, as Django's ``result_list`` draws it, in less time.

Django works out column, class and link anew for each cell of a list; here it is done once for each column, which is a
field, a function, or a method of the ModelAdmin. Its ``row_note``, a function of a row, gives a line below the link to
it. A list with editable columns, and one in a pop-up window, are left to Django.
"""

import copy
import datetime
from collections.abc import Callable, Iterator

from django import template
from django.contrib.admin.templatetags import admin_list
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import display_for_field, display_for_value
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.safestring import mark_safe

from ..plain_text import escaped

register = template.Library()


@register.inclusion_tag("admin/change_list_results.html")
def result_rows(changelist: ChangeList) -> dict:
    if changelist.formset or changelist.is_popup:
        return admin_list.result_list(changelist)
    without_rows = copy.copy(changelist)
    without_rows.result_list = []
    return {**admin_list.result_list(without_rows), "cl": changelist, "results": list(drawn_rows(changelist))}


def drawn_rows(changelist: ChangeList) -> Iterator[admin_list.ResultList]:
    cells = [_cell(changelist, name) for name in changelist.list_display]
    for row in changelist.result_list:
        drawn = "".join(cell(row) for cell in cells)
        yield admin_list.ResultList(None, [mark_safe(drawn)])  # noqa: S308 each cell is escaped


def _cell(changelist: ChangeList, name: str | Callable) -> Callable[[models.Model], str]:
    """A function of a row that draws its cell of a column."""
    value_of = _value_of(changelist, name)
    kind = "action-checkbox" if name == "action_checkbox" else f"field-{name.__name__ if callable(name) else name}"
    links = changelist.list_display_links or []
    tag = "th" if name in links[:1] else "td"
    note_of = getattr(changelist.model_admin, "row_note", None) if tag == "th" else None

    def cell(row: models.Model) -> str:
        value, nowrap = value_of(row)
        text = escaped(value)
        if name in links:
            url = changelist.url_for_result(row)
            preserved = {"preserved_filters": changelist.preserved_filters, "opts": changelist.opts}
            text = f'<a href="{escaped(add_preserved_filters(preserved, url))}">{text}</a>'
        if note_of:
            text += f"<small>{escaped(note_of(row))}</small>"
        return f'<{tag} class="{kind}{" nowrap" if nowrap else ""}">{text}</{tag}>'

    return cell


def _value_of(changelist: ChangeList, name: str | Callable) -> Callable[[models.Model], tuple[object, bool]]:
    """A function of a row that gives the text of a column, and whether it stays on one line."""
    admin, empty = changelist.model_admin, changelist.model_admin.get_empty_value_display()
    try:
        field = changelist.opts.get_field(name)
    except FieldDoesNotExist:
        column = name if callable(name) else getattr(admin, name)
        empty, is_boolean = getattr(column, "empty_value_display", empty), getattr(column, "boolean", False)

        def of_function(row):
            value = column(row)
            nowrap = isinstance(value, datetime.date | datetime.time)
            is_blank = isinstance(value, str) and value.isspace()
            return display_for_value("" if is_blank else value, empty, is_boolean), nowrap

        return of_function
    nowrap = isinstance(field, models.DateField | models.TimeField | models.ForeignKey)
    if isinstance(field, models.ForeignKey):
        return lambda row: (empty if (value := getattr(row, name)) is None else value, nowrap)
    is_link = name in (changelist.list_display_links or [])
    return lambda row: (display_for_field(getattr(row, name), field, empty, avoid_link=is_link), nowrap)
