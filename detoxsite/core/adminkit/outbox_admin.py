"""Admin lists of outgoing messages: how far each has got, without its content."""

from .model_admin import ReadOnlyModelAdmin

OUTBOX_FIELDS = ["state", "tries", "next_try_at", "sent_at", "problem"]


class OutgoingMessageAdmin(ReadOnlyModelAdmin):
    list_filter = ["state"]
    ordering = ["-next_try_at"]
    actions = None
    subject_fields: list[str] = []  # what the message is about

    def get_list_display(self, request):
        return [*self.subject_fields, *OUTBOX_FIELDS]

    def get_fieldsets(self, request, obj=None):
        return [(None, {"fields": [*self.subject_fields, *OUTBOX_FIELDS]})]
