"""Erasure: proposed by a job, approved by a person, done by the worker."""

from django.db import models
from django.utils import timezone

from detoxsite.core.encryption.sealed_models import ActorMixin


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
