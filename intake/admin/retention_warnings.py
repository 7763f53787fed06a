from django.contrib import admin

from detoxsite.core.adminkit.outbox_admin import OutgoingMessageAdmin

from ..models import RetentionWarning


@admin.register(RetentionWarning)
class RetentionWarningAdmin(OutgoingMessageAdmin):
    empty_text = "Before requests are due to be erased, managers get an email; it is listed here."
    subject_fields = ["on"]
