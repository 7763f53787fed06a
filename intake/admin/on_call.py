"""Admin of the on-call schedule."""

from collections import defaultdict
from datetime import datetime, time

from django import forms
from django.contrib import admin
from django.contrib.auth.backends import ModelBackend
from django.db import models
from django.utils import timezone
from django.utils.formats import time_format

from detoxsite.core.adminkit.model_admin import RefreshSiteProfileMixin, StaffModelAdmin

from ..alerting import delivery_report
from ..models import Phone, Shift, week
from ..models.alerts import Weekday
from .call_actions import ANSWER


class PlainRelations:
    """For a ModelAdmin: choose people without links to add or change them."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, models.ForeignKey):
            field.widget.can_add_related = field.widget.can_change_related = field.widget.can_view_related = False
        return field


class NewShiftForm(forms.ModelForm):
    weekdays = forms.TypedMultipleChoiceField(
        label="Starts on",
        choices=Weekday.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="A shift that passes midnight belongs to the day it starts on.",
        error_messages={"required": "Choose at least one day."},
    )

    class Meta:
        model = Shift
        fields = ["person", "weekdays", "starts", "ends", "is_second"]


@admin.register(Shift)
class ShiftAdmin(PlainRelations, RefreshSiteProfileMixin, StaffModelAdmin):
    empty_text = "Who is alerted at which hours of the week. Without shifts, everyone who answers requests is."
    list_display = ["day", "starts", "ends", "person", "is_second"]
    list_filter = ["weekday"]
    formfield_overrides = {models.TimeField: {"widget": forms.TimeInput({"type": "time"}, "%H:%M")}}  # no time zone
    list_select_related = ["person"]
    list_per_page = 200
    fields = ["person", "weekday", "starts", "ends", "is_second"]

    @admin.display(description="starts on", ordering="weekday")
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
        """Create one shift for each chosen day."""
        if not change:
            obj.weekday, *others = form.cleaned_data["weekdays"]
            same = {name: getattr(obj, name) for name in ("person", "starts", "ends", "is_second")}
            Shift.objects.bulk_create(Shift(weekday=day, **same) for day in others)
        super().save_model(request, obj, form, change)

    def changelist_view(self, request, extra_context=None):
        shifts = list(Shift.objects.of_staff().select_related("person"))
        context = {
            "week": _week(shifts),
            "is_empty": not shifts,
            "may_change": self.has_change_permission(request),
            **_now_and_next(shifts),
            **_phones(shifts),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})


def _now_and_next(shifts: list[Shift]) -> dict:
    """The shifts of now, each with its end, and those that begin next; the first person before the second."""
    now = timezone.now()
    current = [shift for shift in shifts if shift.is_now(now)]
    wait = {shift.pk: week.until_start(shift.span, now) for shift in shifts if shift not in current}
    soonest = min(wait.values(), default=None)
    following = [shift for shift in shifts if shift.pk in wait and wait[shift.pk] == soonest]
    return {
        "current": [(shift, _end(shift)) for shift in sorted(current, key=_is_second)],
        "following": [(shift, _start(shift, now, soonest)) for shift in sorted(following, key=_is_second)],
    }


def _is_second(shift: Shift) -> bool:
    return shift.is_second


def _end(shift: Shift) -> str:
    return _clock(week.second_of_day(shift.ends))


def _start(shift: Shift, now: datetime, wait: int) -> str:
    """When a shift begins that is ``wait`` seconds away; one that begins later than today says the day."""
    local, clock = timezone.localtime(now), _clock(week.second_of_day(shift.starts))
    if week.second_of_day(local.time()) + wait < week.DAY:
        return clock
    day = shift.get_weekday_display()
    return f"next {day}, {clock}" if shift.weekday == local.weekday() else f"{day}, {clock}"


def _phones(shifts: list[Shift]) -> dict:
    """Who can be rung, who of those on the schedule cannot, and what was sent lately."""
    known = list(Phone.objects.in_use().filter(person__is_active=True).select_related("person"))
    ringing = {phone.person_id for phone in known if phone.confirmed_at}
    now = timezone.now()
    return {
        "phones": known,
        "without_phone": {shift.person for shift in shifts if shift.person_id not in ringing},
        "on_duty": {shift.person_id for shift in shifts if shift.is_now(now)},
        "recent": delivery_report.recent_on_phones(now),
    }


def _week(shifts: list[Shift]) -> list[dict]:
    """For each day: its name, who is on call when, and the gaps."""
    gaps = week.gaps(shift.span for shift in shifts if not shift.is_second)
    days = []
    for weekday, name in Weekday.choices:
        hours = defaultdict(list)
        for shift in sorted(shifts, key=lambda shift: shift.is_second):
            for part in week.on_day(shift.span, weekday):
                hours[part].append(shift)
        days.append(
            {
                "name": name,
                "is_today": weekday == timezone.localtime().weekday(),
                "shifts": [(_hours(part), people) for part, people in sorted(hours.items())],
                "gaps": [_hours(part) for gap in gaps for part in week.on_day(gap, weekday)],
            }
        )
    return days


def _hours(part: week.Span) -> str:
    return "all day" if part == (0, week.DAY) else " to ".join(_clock(second) for second in part)


def _clock(second: int) -> str:
    """Such as "10 PM", "10:30 PM", "noon" or "midnight"."""
    hour, minute = divmod(second // 60, 60)
    named = {0: "midnight", 12: "noon", 24: "midnight"} if not minute else {}
    return named.get(hour) or time_format(time(hour % 24, minute), "g:i A" if minute else "g A")
