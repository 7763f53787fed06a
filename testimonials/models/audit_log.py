"""Audit log of a review: its events, and what its author allowed. Rows are only ever added."""

import pgtrigger
from django.db import models
from django.utils import timezone

from detoxsite.core.append_only import NO_TRUNCATE
from detoxsite.core.encryption.sealed_models import ActorMixin, SealedModel
from detoxsite.core.models import ConsentEntry

from .counters import COUNT_TAKEN_DOWN


class ReviewEvent(ActorMixin, SealedModel):
    """One event of a review: who, when, why, and a hash of the words it was about.

    ``payload`` has ``note``, a message to colleagues or from the author; erased with the review's content.
    """

    owner_field = "review"

    class Kind(models.TextChoices):
        RECEIVED = "received", "Sent"
        IMPORTED = "imported", "Imported from another site"
        CONFIRMED = "confirmed", "Address confirmed"
        EDITED = "edited", "Changed by the author"
        CONSENT_RECORDED = "consent_recorded", "Display consent recorded"
        PUBLISHED = "published", "Published"
        PROPOSED = "proposed", "Proposed to withhold"
        PROPOSAL_REJECTED = "proposal_rejected", "Not withheld: proposal rejected"
        DECLINED = "declined", "Withheld"
        APPEALED = "appealed", "The author asked us to look again"
        REPORTED = "reported", "Reported by a reader"
        HIDDEN = "hidden", "Hidden while we check it"
        KEPT = "kept", "Checked and kept"
        SHOWN_AGAIN = "shown_again", "Shown again after 7 days without a decision"
        REPLIED = "replied", "Reply"
        PART_WITHDRAWN = "part_withdrawn", "Part withdrawn by the author"
        WITHDRAWN = "withdrawn", "Withdrawn by the author"
        RENEWAL_ASKED = "renewal_asked", "Author asked to renew"
        RENEWED = "renewed", "Renewed by the author"
        EXPIRED = "expired", "Expired"
        ERASED = "erased", "Content erased"

    review = models.ForeignKey("testimonials.Testimonial", models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=40, blank=True, help_text="A code, no content.")
    text_hash = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the text that readers saw.")

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["review", "at"], name="event_of_review")]
        triggers = [
            pgtrigger.Protect(
                name="never_changed", operation=pgtrigger.Update, condition=pgtrigger.AnyChange(exclude=["sealed"])
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            NO_TRUNCATE,
            COUNT_TAKEN_DOWN,
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: review {self.review_id}"


class DisplayConsent(ConsentEntry):
    """Consent of the author to show a part of a review, or its revocation."""

    review = models.ForeignKey("testimonials.Testimonial", models.PROTECT, related_name="consents")
