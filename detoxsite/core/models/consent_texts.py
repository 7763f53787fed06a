"""Consent texts: the exact wording that people agree to."""

import hashlib

from django.db import models
from django.utils import timezone

from ..append_only import APPEND_ONLY
from ..public_changes import changes_of
from ..text_fields import TidyCharField, TidyTextField


def hash_of(purpose: str, language: str, body: str) -> str:
    """The primary key of a consent text: SHA-256 of its content, in hex."""
    return hashlib.sha256("\0".join((purpose, language, body)).encode()).hexdigest()


class Purpose(models.TextChoices):
    CALL_BACK = "call_back", "Being called back about this request"
    SHARE = "share", "Sharing with another named organization"
    REVIEW_WORDS = "review_words", "Showing the words and stars of a review"
    REVIEW_NAME = "review_name", "Showing the name beside a review"
    REVIEW_PHOTO = "review_photo", "Showing the photo sent with a review"


class ConsentText(models.Model):
    """One wording that people agreed to. Its key is a hash of its content: it never changes, a new one replaces it."""

    sha256 = models.CharField(max_length=64, primary_key=True, editable=False)
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.CALL_BACK)
    language = models.CharField(max_length=8, default="en")
    body = TidyTextField(max_length=4000)
    effective_from = models.DateTimeField(default=timezone.now)
    approved_by = TidyCharField(max_length=300, help_text="Who reviewed and approved the wording.")

    class Meta:
        ordering = ["-effective_from"]
        triggers = [*APPEND_ONLY, *changes_of("center", "*")]

    def __str__(self):
        return f"{self.get_purpose_display()}, {self.language}, {self.effective_from:%Y-%m-%d}"

    def save(self, *args, **kwargs):
        self.body = self._meta.get_field("body").to_python(self.body)  # what is hashed is what is stored
        self.sha256 = hash_of(self.purpose, self.language, self.body)
        super().save(*args, **kwargs)


class ConsentEntryQuerySet(models.QuerySet):
    def last_for(self, purpose: Purpose) -> "ConsentEntry | None":
        """The latest entry about ``purpose``, given or revoked."""
        return self.filter(text__purpose=purpose).order_by("-at", "-pk").first()

    def current(self, purpose: Purpose) -> "ConsentEntry | None":
        """The consent that holds now: the latest entry about ``purpose``, unless that one revokes it."""
        last = self.last_for(purpose)
        return last if last is not None and last.act == ConsentEntry.Act.GIVEN else None


class ConsentEntry(models.Model):
    """Consent ledger: a row for each consent to a text and for each revocation; none is ever changed."""

    class Act(models.TextChoices):
        GIVEN = "given", "Given"
        REVOKED = "revoked", "Revoked"

    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="+")
    act = models.CharField(max_length=8, choices=Act, default=Act.GIVEN)
    at = models.DateTimeField(default=timezone.now)
    how = models.CharField(max_length=60, default="sent the form")

    objects = ConsentEntryQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["at"]
        triggers = APPEND_ONLY

    def __str__(self):
        return f"{self.get_act_display()}: {self.text}"
