from django.contrib import admin

from detoxsite.core.adminkit.outbox_admin import OutgoingMessageAdmin

from ..models import RetentionWarning


@admin.register(RetentionWarning)
class RetentionWarningAdmin(OutgoingMessageAdmin):
    subject_fields = ["on"]
