"""Admin of the escalation steps and of the alerts that were sent."""

from django.contrib import admin, messages
from django.utils.formats import date_format
from django.utils.timezone import localtime

from detoxsite.core.adminkit.model_admin import ReadOnlyModelAdmin, StaffModelAdmin
from detoxsite.core.adminkit.object_actions import ObjectAction, ObjectActionsMixin

from ..alerting import deliveries, delivery_report, escalation
from ..models import Delivery, EscalationStep
from .call_actions import ANSWER
from .on_call import PlainRelations


@admin.register(EscalationStep)
class EscalationStepAdmin(PlainRelations, StaffModelAdmin):
    list_title = "Escalation"
    empty_text = "Who is alerted next if nobody claims a request, and after how many minutes."
    list_display = ["when", "who", "person"]
    list_select_related = ["person"]
    fields = ["after", "who", "person"]
    actions = None

    @admin.display(description="without a claim", ordering="after")
    def when(self, step):
        return f"After {step.after} minute{'' if step.after == 1 else 's'}" if step.after else "At once"

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["queryset"] = escalation.staff().order_by("first_name", "email")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request, obj=None):
        """The last step stays, so that someone is alerted."""
        return super().has_delete_permission(request, obj) and (
            obj is None or EscalationStep.objects.exclude(pk=obj.pk).exists()
        )

    def changelist_view(self, request, extra_context=None):
        if not EscalationStep.objects.filter(after=0).exists():
            notice = "No step is at 0 minutes. Until one is, the first step begins at once."
            self.message_user(request, notice, messages.WARNING)
        return super().changelist_view(request, extra_context)


COLUMNS = ["reference", "recipient", "step", "state", "tries", "next_try", "sent_at", "problem", "acknowledged_at"]


class ProblemFilter(admin.SimpleListFilter):
    """What the dashboard counts."""

    title, parameter_name = "problem", "problem"
    problems = {"late": ("Delayed", deliveries.late), "failed": ("Failed in the last 7 days", deliveries.failed)}

    def lookups(self, request, model_admin):
        return [(name, label) for name, (label, _) in self.problems.items()]

    def queryset(self, request, queryset):
        if self.value() not in self.problems:
            return queryset
        return queryset.filter(pk__in=self.problems[self.value()][1]().values("pk"))


@admin.register(Delivery)
class DeliveryAdmin(ObjectActionsMixin, ReadOnlyModelAdmin):
    list_title = "Alerts sent"
    empty_text = "Each alert about a request is listed here, with the way it went and whether it arrived."
    state_field = "state"
    object_actions = (
        ObjectAction(
            "again",
            "Send again now",
            deliveries.send_again,
            {Delivery.State.FAILED, Delivery.State.WAITING},
            ANSWER,
            done="Sending within a few seconds.",
        ),
    )
    list_display = COLUMNS
    list_filter = [ProblemFilter, "state"]
    ordering = ["-next_try_at"]
    show_full_result_count = False
    actions = None
    fieldsets = [(None, {"fields": COLUMNS})]

    def get_queryset(self, request):
        """Leave the content of the request in the database."""
        queryset = super().get_queryset(request).select_related("to", "webhook", "phone", "alert__call")
        columns = ("state", "tries", "next_try_at", "sent_at", "problem", "acknowledged_at")
        recipients = ("webhook__name", "phone__name", "phone__kind", "to__first_name", "to__last_name", "to__email")
        return queryset.only(*columns, *recipients, "alert__round", "alert__after", "alert__call__reference")

    @admin.display(description="request")
    def reference(self, delivery):
        return delivery.alert.call.reference

    @admin.display(description="to")
    def recipient(self, delivery):
        return delivery_report.recipient(delivery)

    @admin.display(description="step")
    def step(self, delivery):
        when = f"after {delivery.alert.after} min" if delivery.alert.after else "at once"
        return f"{when}, round {delivery.alert.round}" if delivery.alert.round > 1 else when

    @admin.display(description="next try")
    def next_try(self, delivery):
        is_waiting = delivery.state == Delivery.State.WAITING
        return date_format(localtime(delivery.next_try_at), "DATETIME_FORMAT") if is_waiting else ""
