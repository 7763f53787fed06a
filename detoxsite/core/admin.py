"""Admin of the site profile, staff accounts and the activity log."""

from allauth.account.models import EmailAddress
from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from . import accounts, roles, site_profile
from .adminkit.model_admin import (
    BoundedPaginator,
    ReadOnlyModelAdmin,
    RecentSignInMixin,
    RefreshSiteProfileMixin,
    StaffModelAdmin,
)
from .adminkit.object_actions import ObjectAction, ObjectActionsMixin
from .models import SealedAccess, SecondFactorReset, SiteProfile, User
from .plain_text import as_seen
from .redirects import admin as _redirects  # noqa: F401  registers itself
from .sign_in import second_factor
from .text_fields import TidyFormField

NOT_SHOWN = "Readers do not see this: the first page has words of its own. Change them under Articles, First page."
SHOWN = "On the first page until one of your own is signed off. You start it under Articles, First page."


@admin.register(SiteProfile)
class SiteProfileAdmin(RefreshSiteProfileMixin, StaffModelAdmin):
    """A single row: everything the public pages say about the center."""

    fieldsets = [
        ("Who we are", {"fields": ["name", "short_name", "legal_name", "tagline", "description"]}),
        ("On the first page", {"fields": ["welcome_title", "welcome", "welcome_note", "steps"]}),
        ("How to reach us", {"fields": ["phone", "phone_hours", "address", "hours"]}),
        ("What it costs", {"fields": ["cost"]}),
        (
            "On every page",
            {"fields": ["notice", "license_line", "small_print", "state_list_url", "leave_url"]},
        ),
    ]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def get_fieldsets(self, request, obj=None):
        """Says of the words that only the default first page shows whether readers see them."""
        has_own = getattr(site_profile.current(), "first_page", None)  # a list of the articles app
        note = NOT_SHOWN if has_own else SHOWN
        noted = {"On the first page", "What it costs"}
        return [
            (name, {**options, "description": note} if name in noted else options) for name, options in self.fieldsets
        ]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return redirect(reverse("admin:detoxsite_siteprofile_change", args=[1]))


class ReasonForm(forms.Form):
    reason = TidyFormField(max_length=200, help_text="What was lost, and how you know who asks.")


class RoleField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, group):
        return roles.label(group.name)


class UserForm(forms.ModelForm):
    groups = RoleField(
        Group.objects.order_by("name"),
        label="Roles",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one role; without one the account can do nothing."},
    )

    class Meta:
        model = User
        fields = ["email", "first_name", "last_name", "groups", "is_active"]
        help_texts = {"is_active": "Clear this when someone leaves. Accounts are never deleted."}


CHANGE_USER = "detoxsite.change_user"
USER_ACTIONS = (
    ObjectAction(
        "new-link",
        "Create a new sign-in link",
        accounts.authorize_sign_in_link,
        {True},
        CHANGE_USER,
        done="Sign-in link created.",
        hint="For someone who forgot their password. The link works once, to choose a new one.",
        quiet=True,
    ),
    ObjectAction(
        "approve-reset",
        "Approve the reset of the second factor",
        accounts.approve_second_factor_reset,
        {True},
        CHANGE_USER,
        done="Second factor and password removed, all sessions ended.",
        hint="Speak to the owner of the account first. Afterwards it opens by a new sign-in link alone.",
        offered=lambda account, user: account.second_factor_resets.pending().exclude(by=user).exists(),
    ),
    ObjectAction(
        "ask-reset",
        "Reset the second factor",
        accounts.ask_second_factor_reset,
        {True},
        CHANGE_USER,
        done="Asked. A second manager has to approve it on this page within 24 hours.",
        form=ReasonForm,
        hint="For someone who lost phone, security key and recovery codes. Another manager has to approve it.",
        quiet=True,
        folded=True,
        offered=lambda account, user: (
            account != user
            and second_factor.is_enrolled(account)
            and not account.second_factor_resets.pending().exists()
        ),
    ),
    ObjectAction(
        "sign-out",
        "Sign out everywhere",
        accounts.sign_out_everywhere,
        {True},
        CHANGE_USER,
        done="Signed out on every device.",
        hint="For a lost phone or computer.",
        quiet=True,
        folded=True,
    ),
)


class RoleFilter(admin.SimpleListFilter):
    title = "role"
    parameter_name = "role"

    def lookups(self, request, model_admin):
        return [(name, roles.label(name)) for name in Group.objects.order_by("name").values_list("name", flat=True)]

    def queryset(self, request, queryset):
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


class SecondFactorFilter(admin.SimpleListFilter):
    title = "second factor"
    parameter_name = "second_factor"

    def lookups(self, request, model_admin):
        return [("set", "Set up"), ("none", "None"), ("reset", "Reset to approve")]

    def queryset(self, request, queryset):
        match self.value():
            case "set":
                return queryset.filter(second_factor.HAS_ONE)
            case "none":
                return queryset.exclude(second_factor.HAS_ONE)
            case "reset":
                return queryset.filter(pk__in=SecondFactorReset.objects.pending().values("user"))
        return queryset


# what staff read; in the model it would be a migration that changes nothing in the database
User._meta.verbose_name, User._meta.verbose_name_plural = "staff account", "staff accounts"


@admin.register(User)
class UserAdmin(RecentSignInMixin, ObjectActionsMixin, StaffModelAdmin):
    empty_text = "Everyone who signs in to the staff site has an account here, with roles that say what they may do."
    form = UserForm
    state_field = "is_active"
    object_actions = USER_ACTIONS
    list_display = ["email", "first_name", "last_name", "roles", "is_active", "has_second_factor", "last_login"]
    list_filter = ["is_active", RoleFilter, SecondFactorFilter]
    search_fields = ["email", "first_name", "last_name"]
    actions = None
    ordering = ["email"]

    def get_queryset(self, request):
        users = super().get_queryset(request).prefetch_related("groups")
        return users.annotate(has_factor=second_factor.HAS_ONE)

    @admin.display(description="second factor", boolean=True)
    def has_second_factor(self, user):
        return user.has_factor

    @admin.display(description="roles")
    def roles(self, user):
        return ", ".join(roles.label(group.name) for group in user.groups.all())

    def get_readonly_fields(self, request, obj=None):
        """Keep people from locking themselves out."""
        own = ["roles", "is_active"] if obj == request.user else []
        return [*super().get_readonly_fields(request, obj), *own]

    def get_form(self, request, obj=None, **kwargs):
        if obj == request.user:
            kwargs["form"] = forms.ModelForm  # without the roles, which UserForm demands
        return super().get_form(request, obj, **kwargs)

    def get_fields(self, request, obj=None):
        fields = ["email", "first_name", "last_name"]
        return [*fields, "roles" if obj is not None and obj == request.user else "groups", "is_active"]

    def has_change_permission(self, request, obj=None):
        outranks = obj is not None and obj.is_superuser and not request.user.is_superuser
        return super().has_change_permission(request, obj) and not outranks

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        if not change:
            obj.is_staff = True
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            EmailAddress.objects.filter(user=obj).delete()  # the old address must no longer sign in
        if not change:
            self.show_sign_in_link(request, obj)

    def after_object_action(self, request, obj):
        if request.resolver_match.kwargs["name"] in ("new-link", "approve-reset"):
            self.show_sign_in_link(request, obj)
        return super().after_object_action(request, obj)

    def show_sign_in_link(self, request, user):
        link = request.build_absolute_uri(accounts.sign_in_path(user))
        message = "Send this link to {}. It works once, within 24 hours, to choose a password:<br><code>{}</code>"
        self.message_user(request, format_html(message, user.email, link), messages.WARNING)


@admin.register(SealedAccess)
class SealedAccessAdmin(ReadOnlyModelAdmin):
    """Who opened or sealed what people told us, newest first."""

    empty_text = "Each time somebody opens what people told us, it is noted here."
    list_display = ["number", "at", "by_name", "roles", "action", "about", "reason"]
    list_filter = ["action", "at"]
    search_fields = ["by_name"]  # see get_search_results
    search_help_text = "The full reference of a request, the number of a review, or who looked."
    show_full_result_count = False
    paginator = BoundedPaginator
    actions = None
    fieldsets = [(None, {"fields": ["number", "at", "by_name", "roles", "action", "about", "reason", "sha256"]})]

    def get_search_results(self, request, queryset, search_term):
        found, distinct = super().get_search_results(request, queryset, search_term)
        term = search_term.strip()
        if not term:
            return found, distinct
        is_about = Q(references__contains=[term.upper()[:20]]) | Q(subjects__contains=[term[:40]])
        return queryset.filter(is_about | Q(by_name__icontains=as_seen(term))), distinct

    @admin.display(description="role")
    def roles(self, entry):
        return ", ".join(roles.labels(entry.by_roles))

    @admin.display(description="about")
    def about(self, entry):
        kind = apps.get_model(entry.model)._meta.verbose_name
        names = entry.references or entry.subjects
        return f"{kind} {', '.join(names[:3])}{f' and {len(names) - 3} more' if len(names) > 3 else ''}"

    @admin.display(description="SHA-256")
    def sha256(self, entry):
        return bytes(entry.hash).hex()


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyModelAdmin):
    """Django's own log of who changed what. Read-only for every role."""

    list_title = "Change log"
    empty_text = "What staff add, change and delete is noted here, with who did it and when."
    list_display = ["at", "by", "kind", "what", "change"]
    list_filter = ["action_time", "content_type"]
    list_select_related = ["user", "content_type"]
    fields = ["at", "by", "kind", "what", "change"]
    actions = None

    @admin.display(description="at", ordering="action_time")
    def at(self, entry):
        return entry.action_time

    @admin.display(description="by")
    def by(self, entry):
        """The name without the link that Django adds: not everyone who reads the log may open an account."""
        return str(entry.user)

    @admin.display(description="kind")
    def kind(self, entry):
        return capfirst(entry.content_type.name) if entry.content_type else ""

    @admin.display(description="what")
    def what(self, entry):
        return entry.object_repr

    @admin.display(description="change")
    def change(self, entry):
        return entry.get_change_message() or entry.get_action_flag_display()
