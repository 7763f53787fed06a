"""What readers tell us about a review that is shown."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from detoxsite.core.encryption.sealed_models import SealedModel


class FlagQuerySet(models.QuerySet):
    def open(self):
        return self.filter(settled_at=None)


class Report(SealedModel):
    """A reader's remark. ``words`` has ``text``. The review stays while it is checked, but for somebody's safety."""

    class Kind(models.TextChoices):
        SAFETY = "safety", "It puts somebody in danger: where they are, or a threat"
        ABOUT_ME = "about_me", "It is about me, or about someone I know"
        FAKE = "fake", "I do not think that it is real"
        OTHER = "other", "Something else"

    review = models.ForeignKey("testimonials.Testimonial", models.CASCADE, related_name="flags")
    key = models.CharField("idempotency key", max_length=64, unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind)
    at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["review"], name="flag_open", condition=Q(settled_at=None))]

    def __str__(self):
        return f"{self.get_kind_display()}: review {self.review_id}"
