"""Retention: approved erasures, and the warnings that precede them."""

from django.db import models
from django.utils import timezone

from detoxsite.core.encryption.sealed_models import ActorMixin
from detoxsite.core.outbox import OutgoingMessage


class ErasureBatch(ActorMixin):
    """One approved erasure: who approved it (``by``), and how many requests of each outcome it erased."""

    approved_at = models.DateTimeField("approved", default=timezone.now)
    erased_at = models.DateTimeField("erased", null=True)
    counts = models.JSONField(default=dict)  # {"outcome": number}

    class Meta:
        ordering = ["-approved_at"]
        verbose_name = "erasure"

    def __str__(self):
        return f"Erasure approved on {self.approved_at:%Y-%m-%d}"


class RetentionWarning(OutgoingMessage):
    """The email of one day to managers: how many requests are kept until when. One a day, by constraint."""

    on = models.DateField(unique=True)
    counts = models.JSONField()  # {day in ISO form: number of requests kept until then}

    class Meta(OutgoingMessage.Meta):
        ordering = ["-on"]

    def __str__(self):
        return f"Retention warning of {self.on:%Y-%m-%d}"
