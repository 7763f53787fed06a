from django.contrib import admin

from detoxsite.core.adminkit.outbox_admin import OutgoingMessageAdmin

from ..models import Reminder


@admin.register(Reminder)
class ReminderAdmin(OutgoingMessageAdmin):
    subject_fields = ["edition", "kind"]
    list_select_related = ["edition"]
