"""What was done with a review, and what its writer allowed: rows that are only ever added."""

import pgtrigger
from django.db import models
from django.utils import timezone

from detoxsite.core.encryption.sealed_models import (
    NO_TRUNCATE,
    ActorMixin,
    SealedModel,
)
from detoxsite.core.models import ConsentEntry


class ReviewEvent(ActorMixin, SealedModel):
    """One step of a review: who, when, why, and the fingerprint of the words it was about.

    ``words`` has ``note``, what was said to colleagues or by the writer; it goes when the review's content is erased.
    """

    class Kind(models.TextChoices):
        RECEIVED = "received", "Sent"
        IMPORTED = "imported", "Brought in from elsewhere"
        CONFIRMED = "confirmed", "Address confirmed"
        EDITED = "edited", "Changed by its writer"
        PERMITTED = "permitted", "Permission put on file"
        PUBLISHED = "published", "Shown"
        PROPOSED = "proposed", "Proposed to be withheld"
        OBJECTED = "objected", "Not withheld: the second person disagreed"
        DECLINED = "declined", "Withheld"
        APPEALED = "appealed", "The writer asked us to look again"
        FLAGGED = "flagged", "A reader told us of it"
        HIDDEN = "hidden", "Hidden while it is checked"
        KEPT = "kept", "Checked, and shown on"
        RETURNED = "returned", "Shown again: two people have not withheld it"
        REPLIED = "replied", "Reply"
        TAKEN_BACK = "taken_back", "Part taken back by the writer"
        WITHDRAWN = "withdrawn", "Withdrawn by the writer"
        ASKED = "asked", "Asked if it may stay"
        RENEWED = "renewed", "May stay, says the writer"
        EXPIRED = "expired", "Expired"
        ERASED = "erased", "Content erased"

    review = models.ForeignKey("testimonials.Testimonial", models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=40, blank=True, help_text="A code, no content.")
    text_hash = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the words that were shown.")

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["review", "at"], name="step_of_review")]
        triggers = [
            pgtrigger.Protect(
                name="never_changed", operation=pgtrigger.Update, condition=pgtrigger.AnyChange(exclude=["sealed"])
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            NO_TRUNCATE,
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: review {self.review_id}"


class DisplayConsent(ConsentEntry):
    """Consent of the author to show a part of a review, or its revocation."""

    review = models.ForeignKey("testimonials.Testimonial", models.PROTECT, related_name="permissions")
