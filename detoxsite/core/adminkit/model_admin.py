"""Base classes of the admin: lists limited to their own filters, and read-only objects."""

import re
import secrets
from urllib.parse import quote_plus

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import DataError
from django.http import HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.safestring import mark_safe
from django.utils.text import capfirst

from .. import roles, site_profile
from ..form_fields import RowChoice, TypedTextMixin
from ..plain_text import as_seen, escaped
from ..sign_in import sessions
from . import list_filters
from .row_urls import row_url

_SIGNS = re.compile("[^\\x20-\\x7e\\w\\s]|['\"]")
_VALUE = secrets.token_hex(8)  # that no query string has
SCRIPTS = ("jquery.init", "core", "admin/RelatedObjectLookups", "actions")
LOOKUPS = ("", "__exact", "__id__exact", "__isnull", "__gte", "__lt")  # what Django's own filters use


class SafeChangeList(ChangeList):
    """Reject filter values that no filter offers (a NUL, an impossible year), instead of failing with a 500.

    The title is what the navigation calls the list, or the plural name of what is listed; not Django's "Select …".
    """

    max_filter_name = list_filters.MAX_NAME

    def __init__(self, request, *args, **kwargs):
        super().__init__(request, *args, **kwargs)
        self.title = self.model_admin.list_name
        self.saved_filters = self.model_admin.saved_filters
        self._user, self._query = request.user, request.GET.urlencode()

    @cached_property
    def kept_query(self) -> str:
        """What "Save this filter" would save of the address."""
        return list_filters.kept_query(self.model_admin, self._query)

    @cached_property
    def own_filters(self) -> list:
        return list_filters.own_filters(self._user, self.model_admin)

    @property
    def tabs(self) -> list[tuple[str, str, bool, bool]]:
        """Name and query of each filter above the list, whether it is the person's own, and whether it is chosen.

        The first tab is the whole list; a person's own come next, where a phone shows them without scrolling.
        """
        fixed = [(label, query, False, query == self._query) for label, query in self.saved_filters]
        own = [(row.name, row.query, True, row.query == self.kept_query) for row in self.own_filters]
        return [*fixed[:1], *own, *fixed[1:]]

    @property
    def may_save_filter(self) -> bool:
        """Whether the list is narrowed or ordered in a way that no tab stands for."""
        known = {query for _, query in self.saved_filters} | {own.query for own in self.own_filters}
        return bool(self.kept_query) and not {self._query, self.kept_query} & known

    def url_for_result(self, result):
        return row_url(result)

    def get_query_string(self, new_params=None, remove=None):
        """As Django's, which sorts and encodes all parameters again for each choice of a filter."""
        [(name, value), *more] = (new_params or {"": None}).items()
        if more or not isinstance(value, str | int):
            return super().get_query_string(new_params, remove)
        place = name, *(remove or ())
        if place not in self._around_value:
            shown = super().get_query_string({name: _VALUE}, remove)
            self._around_value[place] = shown.split(_VALUE)
        return (quote_plus(value) if isinstance(value, str) else str(value)).join(self._around_value[place])

    @cached_property
    def _around_value(self) -> dict[tuple[str, ...], list[str]]:
        """By parameter and what it takes the place of: the query string before and after its value."""
        return {}

    def get_queryset(self, request, exclude_parameters=None):
        try:
            return super().get_queryset(request, exclude_parameters)
        except (ValueError, OverflowError, IndexError, DataError) as exc:
            raise IncorrectLookupParameters from exc

    def get_results(self, request):
        try:
            super().get_results(request)
        except (ValueError, OverflowError, IndexError, DataError) as exc:
            raise IncorrectLookupParameters from exc


class StaffModelAdmin(TypedTextMixin, admin.ModelAdmin):
    """Base of every admin: a list can be filtered only by the filters it offers.

    Django lets anyone who may see a list filter it by any column of the table: by hidden stars, by someone's text,
    by the characters of a password hash.
    """

    list_per_page = 50  # rows, which are most of a list's time
    saved_filters: tuple[tuple[str, str], ...] = ()  # label and query string of the tabs above the list
    saves_search = False  # whether a saved filter keeps words of a search; see list_filters
    list_title = ""  # where the plural name of the model is not what staff call the list
    empty_text = ""  # on an empty list: what will stand there, and how it gets there

    @property
    def list_name(self) -> str:
        """What the list is called, on every page that leads to it."""
        return self.list_title or capfirst(self.opts.verbose_name_plural)

    def history_view(self, request, object_id, extra_context=None):
        return super().history_view(request, object_id, {"module_name": self.list_name, **(extra_context or {})})

    @property
    def media(self):
        """Django's scripts; those that fill in one field from another, half of a list's weight, only where one is."""
        if self.prepopulated_fields:
            return super().media
        jquery = "vendor/jquery/jquery" if settings.DEBUG else "vendor/jquery/jquery.min"
        return forms.Media(js=[f"admin/js/{name}.js" for name in (jquery, *SCRIPTS)])

    def action_checkbox(self, obj):
        """The box of a row that selects it for an action: as Django's, without a form's widget for each row."""
        label = f"Select this object for an action - {escaped(obj)}"
        box = f'<input type="checkbox" name="{ACTION_CHECKBOX_NAME}" value="{escaped(obj.pk)}"'
        return mark_safe(f'{box} class="action-select" aria-label="{label}">')  # noqa: S308 its parts are escaped

    def get_readonly_fields(self, request, obj=None):
        """Fields that the role table does not let the person write are shown, not asked for."""
        shown = list(super().get_readonly_fields(request, obj))
        return [*shown, *(name for name in roles.withheld_fields(request.user, self.model) if name not in shown)]

    def lookup_allowed(self, lookup, value, request=None):
        columns = [entry if isinstance(entry, str) else entry[0] for entry in self.list_filter if _is_column(entry)]
        parameters = [entry.parameter_name for entry in self.list_filter if not _is_column(entry)]
        return lookup in parameters or any(lookup == column + operator for column in columns for operator in LOOKUPS)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return super().formfield_for_foreignkey(db_field, request, form_class=RowChoice, **kwargs)

    def get_search_results(self, request, queryset, search_term):
        """Words are found whatever quotation marks, dashes and invisible letters are around them."""
        return super().get_search_results(request, queryset, _SIGNS.sub(" ", as_seen(search_term)))

    def response_action(self, request, queryset):
        """Answer a list action on invalid rows with the list."""
        try:
            return super().response_action(request, queryset)
        except (ValueError, OverflowError, DataError, ValidationError):
            self.message_user(request, "Nothing was done. Select rows of this list.", messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def get_changelist(self, request, **kwargs):
        return SafeChangeList

    @staticmethod
    def is_list(request) -> bool:
        """Whether the request is for the list, not for one object."""
        return bool(request.resolver_match and request.resolver_match.url_name.endswith("_changelist"))


def _is_column(entry) -> bool:
    """Whether an entry of ``list_filter`` is of a column: its name, or that with a class."""
    return isinstance(entry, str | tuple)


class RecentSignInMixin:
    """For roles and keys: the page of an object, and what is done there, ask who it is after ten minutes."""

    def changeform_view(self, request, *args, **kwargs):
        sessions.require_recent_sign_in(request)
        return super().changeform_view(request, *args, **kwargs)

    def object_action_view(self, request, *args, **kwargs):
        sessions.require_recent_sign_in(request)
        return super().object_action_view(request, *args, **kwargs)


class RefreshSiteProfileMixin:
    """For models read through ``core.site_profile``: changes show at the next request."""

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        site_profile.expire()

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        site_profile.expire()

    def delete_queryset(self, request, queryset):
        super().delete_queryset(request, queryset)
        site_profile.expire()


class BoundedPaginator(Paginator):
    """For lists without an upper bound: counts and pages through MAX_ROWS rows at most."""

    MAX_ROWS = 10_000

    @cached_property
    def count(self):
        return self.object_list[: self.MAX_ROWS].count()


class LookAheadPaginator(Paginator):
    """For lists of any length: counts no further than some pages after ``page``, however many rows there are.

    ``count`` is exact up to there, and every page can be reached from the ones before it.
    """

    PAGES_AHEAD = 10

    def __init__(self, object_list, per_page, *, page: str | None = None) -> None:
        super().__init__(object_list, per_page)
        number = int(page) if page and re.fullmatch(r"[1-9]\d{0,5}", page, re.ASCII) else 1
        self.max_rows = (number + self.PAGES_AHEAD) * per_page

    @cached_property
    def count(self):
        return self.object_list.order_by()[: self.max_rows].count()


class ReadOnlyModelAdmin(StaffModelAdmin):
    """Objects that staff read, and change only through object actions; nobody adds, edits or deletes them here."""

    def get_fields(self, request, obj=None):
        """Every field where a list names none. Django would ask the form, which asks for the read-only fields below."""
        return self.fields or [field.name for field in self.opts.fields if not field.primary_key]

    def get_readonly_fields(self, request, obj=None):
        return [name for _, options in self.get_fieldsets(request, obj) for name in options["fields"]]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
