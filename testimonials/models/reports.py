"""Readers' reports of a published review."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from detoxsite.core.encryption.sealed_models import SealedModel


class ReportQuerySet(models.QuerySet):
    def open(self):
        return self.filter(resolved_at=None)


class Report(SealedModel):
    """One reader's report. ``payload`` has ``text``. The review stays published unless someone may be in danger."""

    owner_field = "review"

    class Kind(models.TextChoices):
        SAFETY = "safety", "It puts someone in danger: it says where they are, or it is a threat"
        ABOUT_ME = "about_me", "It is about me, or about someone I know"
        FAKE = "fake", "I do not think it is real"
        OTHER = "other", "Something else"

    review = models.ForeignKey("testimonials.Testimonial", models.CASCADE, related_name="reports")
    key = models.CharField("idempotency key", max_length=64, unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind)
    at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["review"], name="report_open", condition=Q(resolved_at=None))]

    def __str__(self):
        return f"{self.get_kind_display()}: review {self.review_id}"
