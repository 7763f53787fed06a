"""The outbox of e-mails to writers. A row holds no address and no words: the worker opens those when it sends."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone


class OutgoingEmail(models.Model):
    """One e-mail to the writer of a review. Its id is the message's own, so that a second copy is known as one."""

    class Kind(models.TextChoices):
        CONFIRM = "confirm", "Confirm your address"
        PUBLISHED = "published", "It is shown"
        DECLINED = "declined", "It is withheld"
        RENEW = "renew", "May it stay?"
        EXPIRED = "expired", "It is no longer shown"
        LINK = "link", "Your private link"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed for good"
        DROPPED = "dropped", "No longer needed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey("testimonials.Testimonial", models.CASCADE, related_name="letters")
    kind = models.CharField(max_length=10, choices=Kind)
    email_index = models.BinaryField(null=True, help_text="To count how many go to one address.")
    made_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=120, blank=True, help_text="A code, no content.")

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], name="letter_waiting", condition=Q(state="waiting")),
            models.Index(fields=["email_index", "made_at"], name="letter_often"),
            models.Index(fields=["-made_at", "id"], name="letter_newest"),
            models.Index(fields=["-made_at", "id"], name="letter_failed", condition=Q(state="failed")),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: review {self.review_id}"
