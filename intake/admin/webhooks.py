"""Admin of the webhooks: address, secrets, token, enable and disable."""

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.utils.html import format_html

from detoxsite.core import ssrf
from detoxsite.core.adminkit.model_admin import RecentSignInMixin, StaffModelAdmin
from detoxsite.core.adminkit.object_actions import ObjectAction, ObjectActionsMixin

from ..alerting import webhook_admin
from ..models import Webhook


class WebhookForm(forms.ModelForm):
    def clean_url(self):
        try:
            ssrf.split_url(self.cleaned_data["url"])
        except ssrf.ForbiddenAddress as exc:
            raise forms.ValidationError(str(exc)) from None
        return self.cleaned_data["url"]


CHANGE = "intake.change_webhook"
ONCE = "Copy it now. It will not be shown again."
SECRET = format_html("The secret to check signatures with. {}<br><code>{{}}</code>", ONCE)
TOKEN = format_html("The token to fetch requests with. {}<br><code>{{}}</code>", ONCE)


@admin.register(Webhook)
class WebhookAdmin(RecentSignInMixin, ObjectActionsMixin, StaffModelAdmin):
    empty_text = (
        "Systems of partners that are told when a request changes: a number and a state, never what people wrote."
    )
    form = WebhookForm
    state_field = "webhook_status"
    object_actions = (
        ObjectAction(
            "secret",
            "New secret",
            webhook_admin.add_secret,
            {"lost", "one", "two"},
            CHANGE,
            done=lambda request, webhook: format_html(SECRET, webhook.new_secret),
            hint="The new secret and the one before it both sign until you retire the old one.",
            quiet=True,
        ),
        ObjectAction(
            "retire",
            "Retire the old secret",
            webhook_admin.retire_secret,
            {"two"},
            CHANGE,
            done="Only the newest secret signs now.",
            hint="Do this once the other system has the new secret.",
        ),
        ObjectAction(
            "token",
            "New token",
            webhook_admin.renew_token,
            {"lost", "one", "two"},
            CHANGE,
            done=lambda request, webhook: format_html(TOKEN, webhook.new_token),
            hint="The old token stops working.",
            quiet=True,
        ),
        ObjectAction(
            "on",
            "Enable",
            webhook_admin.enable,
            {"off"},
            CHANGE,
            done="Webhook enabled.",
        ),
        ObjectAction(
            "off",
            "Disable",
            webhook_admin.disable,
            {"lost", "one", "two"},
            CHANGE,
            done="Webhook disabled. It gets no more messages, and its token no longer works.",
            quiet=True,
        ),
    )
    list_display = ["name", "url", "is_active", "disabled_why"]
    actions = None
    formfield_overrides = {
        models.URLField: {"assume_scheme": "https", "widget": forms.URLInput({"class": "vTextField"})}
    }

    def get_fields(self, request, obj=None):
        return ["name", "url", "agreement", *(["status"] if obj else [])]

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(["status"] if obj else [])]

    @admin.display(description="status")
    def status(self, webhook):
        labels = {
            "off": f"Disabled. {webhook.disabled_why}",
            "lost": "Enabled, but its secret can no longer be read. Create a new one.",
            "one": "Enabled",
            "two": "Enabled. The new secret and the old one both sign.",
        }
        return labels[webhook.webhook_status]

    def get_object(self, request, object_id, from_field=None):
        webhook = super().get_object(request, object_id, from_field)
        if webhook is not None:
            webhook.webhook_status = webhook_admin.status(webhook)
        return webhook

    def has_delete_permission(self, request, obj=None):
        """Disable it instead: its deliveries stay on record."""
        return False

    def save_model(self, request, obj, form, change):
        secret, token = ("", "") if change else webhook_admin.set_first_credentials(obj)
        super().save_model(request, obj, form, change)
        if not change:
            self.message_user(request, format_html(SECRET, secret), messages.WARNING)
            self.message_user(request, format_html(TOKEN, token), messages.WARNING)
