"""What the pages of the desk stand on: lists that answer only their filters, and things that are shown, not edited."""

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import DataError
from django.http import HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.text import capfirst

from .. import site_profile

OPERATORS = ("", "__exact", "__id__exact", "__isnull", "__gte", "__lt")  # what Django's own filters use


class CarefulChangeList(ChangeList):
    """Takes values that no filter makes (a NUL, a year beyond all years) for what they are: not ours.

    Its title is what it lists, not what Django asks to be done with it.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = capfirst(self.opts.verbose_name_plural)

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


class DeskModelAdmin(admin.ModelAdmin):
    """A list answers only what its filters ask.

    Django lets anybody who may see a list filter it by any column of the table: by stars that are hidden, by words
    somebody wrote, by the characters of a password hash.
    """

    def lookup_allowed(self, lookup, value, request=None):
        columns = [entry for entry in self.list_filter if isinstance(entry, str)]
        questions = [entry.parameter_name for entry in self.list_filter if not isinstance(entry, str)]
        return lookup in questions or any(lookup == column + operator for column in columns for operator in OPERATORS)

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, search_term.replace("\0", ""))

    def response_action(self, request, queryset):
        """A list action on rows that are not ours is answered with the list."""
        try:
            return super().response_action(request, queryset)
        except (ValueError, OverflowError, DataError, ValidationError):
            self.message_user(request, "Nothing was done: choose rows of this list.", messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def get_changelist(self, request, **kwargs):
        return CarefulChangeList

    @staticmethod
    def is_list(request) -> bool:
        """Whether the request is for the list, and not for one thing in it."""
        return bool(request.resolver_match and request.resolver_match.url_name.endswith("_changelist"))


class OnEveryPage:
    """For things that pages read through detoxsite.center: what is saved or deleted here shows at the next request."""

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        site_profile.forget()

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        site_profile.forget()

    def delete_queryset(self, request, queryset):
        super().delete_queryset(request, queryset)
        site_profile.forget()


class BoundedPaginator(Paginator):
    """For lists that grow without end: counts, and turns pages, up to MAX rows."""

    MAX = 10_000

    @cached_property
    def count(self):
        return self.object_list[: self.MAX].count()


class ShownModelAdmin(DeskModelAdmin):
    """Things that staff read here and move by their acts, but never make, edit or delete."""

    def get_readonly_fields(self, request, obj=None):
        return [name for _, options in self.get_fieldsets(request, obj) for name in options["fields"]]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
