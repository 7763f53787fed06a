"""The outbox of emails to authors. A row holds no address and no text: the worker opens those when it sends."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from detoxsite.core.outbox import OutgoingMessage


class OutgoingEmail(OutgoingMessage):
    """One email to the author of a review."""

    class Kind(models.TextChoices):
        CONFIRM = "confirm", "Confirm your address"
        PUBLISHED = "published", "Published"
        DECLINED = "declined", "Withheld"
        RENEW = "renew", "May we keep it published?"
        EXPIRED = "expired", "No longer published"
        LINK = "link", "Your private link"

    review = models.ForeignKey("testimonials.Testimonial", models.CASCADE, related_name="emails")
    kind = models.CharField(max_length=10, choices=Kind)
    email_index = models.BinaryField(null=True, help_text="To limit how many go to one address.")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta(OutgoingMessage.Meta):
        indexes = [
            *OutgoingMessage.Meta.indexes,
            models.Index(fields=["email_index", "made_at"], name="outgoingemail_rate"),
            models.Index(fields=["-made_at", "id"], name="outgoingemail_newest"),
            models.Index(fields=["-made_at", "id"], name="outgoingemail_failed", condition=Q(state="failed")),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: review {self.review_id}"
