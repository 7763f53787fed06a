"""Who is told of a request: the rota, the ladder, webhooks, and what was sent to whom."""

from collections import defaultdict
from datetime import time

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.backends import ModelBackend
from django.db import models
from django.utils.formats import date_format, time_format
from django.utils.html import format_html
from django.utils.timezone import localtime

from detoxsite.core.adminkit.model_admin import DeskModelAdmin, OnEveryPage, ShownModelAdmin
from detoxsite.core.adminkit.object_actions import Act, ActsMixin

from ..alerting import deliveries, escalation, on_call, webhooks
from ..models import (
    Delivery,
    EscalationStep,
    Shift,
    Webhook,
)
from ..models.alerts import Weekday

ANSWER = "intake.answer_callforhelp"


class PlainRelations:
    """For a ModelAdmin: people are chosen here, and made and changed elsewhere."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, models.ForeignKey):
            field.widget.can_add_related = field.widget.can_change_related = field.widget.can_view_related = False
        return field


# --- the rota --------------------------------------------------------------------------------------------------------


class NewShiftForm(forms.ModelForm):
    weekdays = forms.TypedMultipleChoiceField(
        label="Begins on",
        choices=Weekday.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="A shift that passes midnight belongs to the day it begins on.",
        error_messages={"required": "Choose at least one day."},
    )

    class Meta:
        model = Shift
        fields = ["person", "weekdays", "starts", "ends", "is_second"]


@admin.register(Shift)
class ShiftAdmin(PlainRelations, OnEveryPage, DeskModelAdmin):
    list_display = ["day", "starts", "ends", "person", "is_second"]
    list_filter = ["weekday"]
    formfield_overrides = {models.TimeField: {"widget": forms.TimeInput({"type": "time"}, "%H:%M")}}  # no time zone
    list_select_related = ["person"]
    list_per_page = 200
    fields = ["person", "weekday", "starts", "ends", "is_second"]

    @admin.display(description="begins on", ordering="weekday")
    def day(self, shift):
        return shift.get_weekday_display()

    def get_fields(self, request, obj=None):
        return self.fields if obj else NewShiftForm.Meta.fields

    def get_form(self, request, obj=None, **kwargs):
        if obj is None:
            kwargs["form"] = NewShiftForm
        return super().get_form(request, obj, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["queryset"] = ModelBackend().with_perm(ANSWER).filter(is_staff=True).order_by("first_name", "email")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        """A new shift is one for each day that was chosen."""
        if not change:
            obj.weekday, *others = form.cleaned_data["weekdays"]
            same = {name: getattr(obj, name) for name in ("person", "starts", "ends", "is_second")}
            Shift.objects.bulk_create(Shift(weekday=day, **same) for day in others)
        super().save_model(request, obj, form, change)

    def changelist_view(self, request, extra_context=None):
        shifts = list(Shift.objects.of_staff().select_related("person"))
        context = {"week": _week(shifts), "is_empty": not shifts}
        return super().changelist_view(request, {**context, **(extra_context or {})})


def _week(shifts: list[Shift]) -> list[dict]:
    """For each day its name, who is on duty when, and when nobody is."""
    gaps = on_call.gaps(shift.span for shift in shifts if not shift.is_second)
    days = []
    for weekday, name in Weekday.choices:
        hours = defaultdict(list)
        for shift in sorted(shifts, key=lambda shift: shift.is_second):
            for part in on_call.within(shift.span, weekday):
                hours[part].append(shift)
        days.append(
            {
                "name": name,
                "shifts": [(_hours(part), there) for part, there in sorted(hours.items())],
                "gaps": [_hours(part) for gap in gaps for part in on_call.within(gap, weekday)],
            }
        )
    return days


def _hours(part: on_call.Span) -> str:
    return "all day" if part == (0, on_call.DAY) else " to ".join(_clock(second) for second in part)


def _clock(second: int) -> str:
    minutes = second // 60
    return time_format(time(minutes // 60 % 24, minutes % 60))


# --- the ladder ------------------------------------------------------------------------------------------------------


@admin.register(EscalationStep)
class EscalationStepAdmin(PlainRelations, DeskModelAdmin):
    list_display = ["after", "who", "person"]
    list_select_related = ["person"]
    fields = ["after", "who", "person"]
    actions = None

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["queryset"] = escalation.staff().order_by("first_name", "email")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request, obj=None):
        """The last step stays: somebody has to be told."""
        return super().has_delete_permission(request, obj) and (
            obj is None or EscalationStep.objects.exclude(pk=obj.pk).exists()
        )

    def changelist_view(self, request, extra_context=None):
        if not EscalationStep.objects.filter(after=0).exists():
            words = "No step is at 0 minutes. Until one is, the first step there is begins at once."
            self.message_user(request, words, messages.WARNING)
        return super().changelist_view(request, extra_context)


# --- webhooks --------------------------------------------------------------------------------------------------------


class WebhookForm(forms.ModelForm):
    def clean_url(self):
        try:
            webhooks.parts(self.cleaned_data["url"])
        except webhooks.Forbidden as exc:
            raise forms.ValidationError(str(exc)) from None
        return self.cleaned_data["url"]


CHANGE = "intake.change_webhook"
ONCE = "Copy it now: it is not shown again."
SECRET = format_html("The secret to check signatures with. {}<br><code>{{}}</code>", ONCE)
TOKEN = format_html("The token to fetch requests with. {}<br><code>{{}}</code>", ONCE)


@admin.register(Webhook)
class WebhookAdmin(ActsMixin, DeskModelAdmin):
    form = WebhookForm
    state_field = "standing"
    acts = (
        Act(
            "secret",
            "New secret",
            webhooks.add_secret,
            {"lost", "one", "two"},
            CHANGE,
            done=lambda request, webhook: format_html(SECRET, webhook.new_secret),
            hint="From now on the new secret and the one before it both sign, until you retire the old one.",
            quiet=True,
        ),
        Act(
            "retire",
            "Retire the old secret",
            webhooks.retire_secret,
            {"two"},
            CHANGE,
            done="Only the newest secret signs now.",
            hint="Once the other system knows the new one.",
        ),
        Act(
            "token",
            "New token",
            webhooks.renew_token,
            {"lost", "one", "two"},
            CHANGE,
            done=lambda request, webhook: format_html(TOKEN, webhook.new_token),
            hint="The token before it opens nothing any more.",
            quiet=True,
        ),
        Act(
            "on",
            "Switch on again",
            webhooks.switch_on,
            {"off"},
            CHANGE,
            done="It is told of requests from now on.",
        ),
        Act(
            "off",
            "Switch off",
            webhooks.switch_off,
            {"lost", "one", "two"},
            CHANGE,
            done="It is told nothing any more, and can fetch nothing.",
            quiet=True,
        ),
    )
    list_display = ["name", "url", "is_active", "disabled_why"]
    actions = None
    formfield_overrides = {
        models.URLField: {"assume_scheme": "https", "widget": forms.URLInput({"class": "vTextField"})}
    }

    def get_fields(self, request, obj=None):
        return ["name", "url", "agreement", *(["stands"] if obj else [])]

    def get_readonly_fields(self, request, obj=None):
        return ["stands"] if obj else []

    @admin.display(description="status")
    def stands(self, webhook):
        words = {
            "off": f"Switched off. {webhook.disabled_why}",
            "lost": "In use, but its secret cannot be read any more. Make a new one.",
            "one": "In use",
            "two": "In use. The new secret and the old one both sign.",
        }
        return words[webhook.standing]

    def get_object(self, request, object_id, from_field=None):
        webhook = super().get_object(request, object_id, from_field)
        if webhook is not None:
            webhook.standing = webhooks.standing(webhook)
        return webhook

    def has_delete_permission(self, request, obj=None):
        """It is switched off instead: what it was told stays to be seen."""
        return False

    def save_model(self, request, obj, form, change):
        secret, token = ("", "") if change else webhooks.begin(obj)
        super().save_model(request, obj, form, change)
        if not change:
            self.message_user(request, format_html(SECRET, secret), messages.WARNING)
            self.message_user(request, format_html(TOKEN, token), messages.WARNING)


# --- what was sent ---------------------------------------------------------------------------------------------------


@admin.register(Delivery)
class DeliveryAdmin(ActsMixin, ShownModelAdmin):
    state_field = "state"
    acts = (
        Act(
            "again",
            "Send again now",
            deliveries.send_again,
            {Delivery.State.FAILED, Delivery.State.WAITING},
            ANSWER,
            done="It is sent within a few seconds.",
        ),
    )
    list_display = ["reference", "told", "step", "state", "tries", "next_try", "sent_at", "problem"]
    list_filter = ["state"]
    ordering = ["-next_try_at"]
    show_full_result_count = False
    actions = None
    fieldsets = [(None, {"fields": ["reference", "told", "step", "state", "tries", "next_try", "sent_at", "problem"]})]

    def get_queryset(self, request):
        """Without the content of the request, which nobody needs here."""
        queryset = super().get_queryset(request).select_related("to", "webhook", "alert__call")
        whole = ("state", "tries", "next_try_at", "sent_at", "problem", "webhook__name", "alert__round", "alert__after")
        return queryset.only(*whole, "to__first_name", "to__last_name", "to__email", "alert__call__reference")

    @admin.display(description="request")
    def reference(self, delivery):
        return delivery.alert.call.reference

    @admin.display(description="to")
    def told(self, delivery):
        return delivery.webhook or delivery.to or "an account that is gone"

    @admin.display(description="step")
    def step(self, delivery):
        when = f"after {delivery.alert.after} min" if delivery.alert.after else "at once"
        return f"{when}, round {delivery.alert.round}" if delivery.alert.round > 1 else when

    @admin.display(description="next try")
    def next_try(self, delivery):
        is_waiting = delivery.state == Delivery.State.WAITING
        return date_format(localtime(delivery.next_try_at), "DATETIME_FORMAT") if is_waiting else ""
