from django.contrib import admin

from detoxsite.core.adminkit.outbox_admin import OutgoingMessageAdmin

from ..models import Reminder, WorkflowEmail


@admin.register(Reminder)
class ReminderAdmin(OutgoingMessageAdmin):
    subject_fields = ["edition", "kind"]
    list_select_related = ["edition"]


@admin.register(WorkflowEmail)
class WorkflowEmailAdmin(OutgoingMessageAdmin):
    subject_fields = ["to", "digest_on"]
    list_select_related = ["to"]
