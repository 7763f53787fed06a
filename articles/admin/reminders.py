from django.contrib import admin

from detoxsite.core.adminkit.outbox_admin import OutgoingMessageAdmin

from ..models import Reminder, WorkflowEmail


@admin.register(Reminder)
class ReminderAdmin(OutgoingMessageAdmin):
    list_title = "Reminders of reviews"
    empty_text = "When the review of a live page comes due, the email to its owner is listed here."
    subject_fields = ["edition", "kind"]
    list_select_related = ["edition"]


@admin.register(WorkflowEmail)
class WorkflowEmailAdmin(OutgoingMessageAdmin):
    empty_text = "Emails about texts sent for review, signed off or sent back are listed here once somebody wants them."
    subject_fields = ["to", "digest_on"]
    list_select_related = ["to"]
