"""Notices that a weekly access report is ready."""

from django.db import models

from ..outbox import OutgoingMessage


class AccessReportNotice(OutgoingMessage):
    """The email to compliance about the report of a week. One a week, by constraint."""

    week = models.CharField(max_length=8, unique=True, editable=False)  # such as 2026-W48

    class Meta(OutgoingMessage.Meta):
        default_permissions = ()

    def __str__(self):
        return f"Notice of access report {self.week}"
