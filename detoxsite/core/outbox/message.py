"""A row of an outbox."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone


class OutgoingMessage(models.Model):
    """A message to send, and how far that has got. Its id becomes the Message-ID, so that copies are known as one."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed for good"
        DROPPED = "dropped", "No longer needed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    next_try_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    problem = models.CharField(max_length=120, blank=True, editable=False, help_text="An error code, not the content.")

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["next_try_at"], name="%(class)s_waiting", condition=Q(state="waiting"))]
