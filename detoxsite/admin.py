"""The centre's details, the staff accounts, and the record of who did what."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.db import models
from django.shortcuts import redirect
from django.urls import reverse

from . import centre
from .models import Centre, User
from .staff import sign_in_path


@admin.register(Centre)
class CentreAdmin(admin.ModelAdmin):
    """One row, one page: everything the public pages say of the centre."""

    fieldsets = [
        ("Who we are", {"fields": ["name", "short_name", "legal_name", "tagline", "description"]}),
        ("How to reach us", {"fields": ["phone", "phone_hours", "address", "hours"]}),
        ("What it costs", {"fields": ["cost"]}),
        ("What every page carries", {"fields": ["notice", "licence", "small_print", "state_list_url", "leave_url"]}),
    ]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        return redirect(reverse("admin:detoxsite_centre_change", args=[1]))

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        centre.forget()


class UserForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["email", "first_name", "last_name", "groups", "is_active"]
        labels = {"groups": "Roles"}
        widgets = {"groups": forms.CheckboxSelectMultiple}
        help_texts = {"groups": "", "is_active": "Take the tick away when somebody leaves. Accounts are never deleted."}


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    form = UserForm
    list_display = ["email", "first_name", "last_name", "roles", "is_active", "last_login"]
    list_filter = ["is_active", "groups"]
    search_fields = ["email", "first_name", "last_name"]
    actions = None
    ordering = ["email"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="roles")
    def roles(self, user):
        return ", ".join(group.name for group in user.groups.all())

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        if not change:
            obj.is_staff = True
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change:
            link = request.build_absolute_uri(sign_in_path(obj))
            words = (
                f"Give this link to {obj.email}. It lets them in once, within 24 hours, to choose a password: {link}"
            )
            self.message_user(request, words, messages.WARNING)


@admin.register(LogEntry)
class LogEntryAdmin(admin.ModelAdmin):
    """Who did what at the desk. Read only, for everybody."""

    list_display = ["action_time", "user", "content_type", "object_repr", "get_change_message"]
    list_filter = ["action_time", "content_type"]
    list_select_related = ["user", "content_type"]
    date_hierarchy = "action_time"
    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
