"""Topics, bylines, facts about the center, and search synonyms."""

from django.contrib import admin, messages
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html

from detoxsite.core import redirects
from detoxsite.core.adminkit.model_admin import RefreshSiteProfileMixin, StaffModelAdmin

from ..models import CenterFact, Person, Synonym, Topic
from .changelist import ConditionFilter
from .picture_chooser import ChoosesPictures


@admin.register(Topic)
class TopicAdmin(ChoosesPictures, RefreshSiteProfileMixin, StaffModelAdmin):
    empty_text = "Each article belongs to one topic, and readers browse by topic."
    list_display = ["name", "slug", "position", "intro"]
    prepopulated_fields = {"slug": ["name"]}

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields


@admin.register(Person)
class PersonAdmin(ChoosesPictures, RefreshSiteProfileMixin, StaffModelAdmin):
    """Bylines. Only managers change a name that is on signed content, or its account."""

    empty_text = "Whoever writes or reviews articles is entered here once; bylines take name and credentials from it."
    list_display = ["name", "credentials", "role", "has_page", "user"]
    prepopulated_fields = {"slug": ["name"]}
    list_filter = ["has_page"]
    list_select_related = ["user"]
    search_fields = ["name", "role"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "credentials", "role", "user"]}),
        (
            "Their page",
            {
                "fields": ["has_page", "has_left", "own_words", "bio", "picture"],
                "description": "Shown at /people/…/ while it is switched on, with what they wrote and reviewed.",
            },
        ),
        (
            "Credentials on their page",
            {"fields": ["license_kind", "license_state", "license_number", "license_url", "facts", "checked_on"]},
        ),
    ]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or self._is_manager(request) or not self._is_on_signed_content(obj))

    def save_model(self, request, obj, form, change):
        """An address that readers know leads to the new one while there is a page: a former name tells no new one.

        A picture is public for as long as it is in the library, so one without a page is taken off the person.
        """
        is_moved = change and "slug" in form.changed_data
        if is_moved and not obj.has_page:
            obj.had_page = False
        if change and "has_page" in form.changed_data and not obj.has_page and obj.picture:
            words = f"“{obj.picture}” is no longer their picture. Delete it from the library: its address still works."
            self.message_user(request, words, messages.WARNING)
            obj.picture = None
        super().save_model(request, obj, form, change)
        if is_moved and obj.has_page:
            redirects.moved({reverse("articles:person", args=[form.initial["slug"]]): obj.get_absolute_url()})

    @staticmethod
    def _is_on_signed_content(person):
        """Also on a page of their own, which nobody else looks at before it is public."""
        return (
            person.has_page
            or person.reviewed_editions.exists()
            or person.written_editions.filter(signed_off_at__isnull=False).exists()
            or person.cards.filter(parent__signed_off_at__isnull=False).exists()
        )

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields

    def view_on_site(self, obj):
        return obj.get_absolute_url() if obj.has_page else None

    @staticmethod
    def _is_manager(request):
        return request.user.has_perm("detoxsite.change_user")


class FactAttentionFilter(ConditionFilter):
    title, parameter_name = "attention", "attention"
    conditions = {
        "unchecked": ("Not checked for half a year", lambda facts: facts.unchecked(timezone.localdate())),
        "ending": ("Ended, or ending within 60 days", lambda facts: facts.ending(timezone.localdate())),
    }


@admin.register(CenterFact)
class CenterFactAdmin(StaffModelAdmin):
    """A change shows on all pages that print the fact, within a quarter of a minute."""

    empty_text = (
        "Licenses, numbers and insurance plans are entered once, with the day they were checked; pages show them."
    )
    list_display = ["name", "value", "group", "checked_on", "check_again", "ends_on"]
    list_filter = ["group", FactAttentionFilter]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    @admin.display(description="check again by", ordering="checked_on")
    def check_again(self, fact):
        day = date_format(fact.check_again_on, "M j, Y")
        is_overdue = fact.check_again_on < timezone.localdate()
        return format_html('<b class="text-error">{} (overdue)</b>', day) if is_overdue else day


@admin.register(Synonym)
class SynonymAdmin(RefreshSiteProfileMixin, StaffModelAdmin):
    list_title = "Words for search"
    empty_text = "Words that readers type, and what the search should look for as well."
    list_display = ["typed", "means"]
    search_fields = ["typed", "means"]
