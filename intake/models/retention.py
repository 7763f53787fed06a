"""Erasing what is kept no longer: proposed by the clock, approved by a person, done by the worker."""

from django.db import models
from django.utils import timezone

from detoxsite.core.encryption.sealed_models import ActorMixin


class ErasureBatch(ActorMixin):
    """One approved erasing: who approved it, and how many requests of which kind it emptied. ``by`` is the approver."""

    approved_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)  # {"outcome": number}

    class Meta:
        ordering = ["-approved_at"]

    def __str__(self):
        return f"Erasing approved on {self.approved_at:%Y-%m-%d}"
