"""Who is told by email about the workflow of an edition, and when: notices, the emails that carry them, choices."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from detoxsite.core.outbox import OutgoingMessage

from .history import EditionEvent


class WorkflowEmailChoice(models.Model):
    """When someone wants emails about articles and pages. Without a row: at once."""

    class Pace(models.TextChoices):
        AT_ONCE = "at_once", "At once"
        DAILY = "daily", "Once a day, all in one email"
        NONE = "none", "No emails"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    pace = models.CharField("emails about articles and pages", max_length=8, choices=Pace, default=Pace.AT_ONCE)

    def __str__(self):
        return self.get_pace_display()


class WorkflowEmail(OutgoingMessage):
    """One email with one notice, or with all notices of a day. ``digest_on``: that day; None for a single notice."""

    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest_on = models.DateField(null=True, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(OutgoingMessage.Meta):
        verbose_name = "email about an article"
        verbose_name_plural = "emails about articles"
        constraints = [
            models.UniqueConstraint(
                fields=["to", "digest_on"], name="one_digest_a_day", condition=Q(digest_on__isnull=False)
            )
        ]

    def __str__(self):
        return f"Digest of {self.digest_on}" if self.digest_on else "Single notice"


class WorkflowNotice(models.Model):
    """That a person is to be told about an event, once. ``email``: None while it waits for the day's digest."""

    event = models.ForeignKey(EditionEvent, models.CASCADE, related_name="notices")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    email = models.ForeignKey(WorkflowEmail, models.CASCADE, null=True, related_name="notices")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "to"], name="noticed_once")]
        indexes = [models.Index("to", "at", name="notice_waiting", condition=Q(email__isnull=True))]

    def __str__(self):
        return f"Notice of {self.event_id}"
