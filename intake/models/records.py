"""What a person agreed to, word for word, and every time something of theirs left this system."""

from detoxsite.core import models
from django.db import models
from django.utils import timezone

from detoxsite.core.encryption.encrypted_models import APPEND_ONLY, BySomebody

from ..records import consent_texts
from .calls import CallForHelp


class Purpose(models.TextChoices):
    CALL_BACK = "call_back", "Being called back about this request"
    SHARE = "share", "Telling another named place"
    REVIEW_WORDS = "review_words", "Showing the words and stars of a review"
    REVIEW_NAME = "review_name", "Showing the name beside a review"
    REVIEW_PHOTO = "review_photo", "Showing the photo sent with a review"


class ConsentText(models.Model):
    """One wording that people agreed to. Its key is the hash of what it says; it never changes, another follows it."""

    sha256 = models.CharField(max_length=64, primary_key=True, editable=False)
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.CALL_BACK)
    language = models.CharField(max_length=8, default="en")
    body = models.TextField(max_length=4000)
    effective_from = models.DateTimeField(default=timezone.now)
    approved_by = models.CharField(max_length=300, help_text="Who checked and approved the wording.")

    class Meta:
        ordering = ["-effective_from"]
        triggers = APPEND_ONLY

    def __str__(self):
        return f"{self.get_purpose_display()}, {self.language}, {self.effective_from:%Y-%m-%d}"

    hash_of = staticmethod(models.hash_of)

    def save(self, *args, **kwargs):
        self.sha256 = self.hash_of(self.purpose, self.language, self.body)
        super().save(*args, **kwargs)


class Consent(models.Model):
    """A person agreed to a text, or took that back: a row each time, none is ever changed."""

    class Act(models.TextChoices):
        GIVEN = "given", "Given"
        REVOKED = "revoked", "Taken back"

    call = models.ForeignKey(CallForHelp, models.CASCADE, related_name="consents")
    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="+")
    act = models.CharField(max_length=8, choices=Act, default=Act.GIVEN)
    at = models.DateTimeField(default=timezone.now)
    how = models.CharField(max_length=60, default="sent the form")

    class Meta:
        ordering = ["at"]
        triggers = APPEND_ONLY

    def __str__(self):
        return f"{self.get_act_display()}: {self.text}"


class Disclosure(BySomebody):
    """Something of a request left this system: printed, exported, fetched. The ledger of 42 CFR 2.25."""

    class What(models.TextChoices):
        PRINT = "print", "Printed"
        EXPORT = "export", "Exported"
        FETCH = "fetch", "Fetched by another system"

    call = models.ForeignKey(CallForHelp, models.PROTECT, related_name="disclosures")
    what = models.CharField(max_length=8, choices=What)
    to = models.CharField("to whom", max_length=200)
    why = models.CharField("what for", max_length=200)
    consent = models.ForeignKey(Consent, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
        triggers = APPEND_ONLY

    def __str__(self):
        return f"{self.get_what_display()}, {self.at:%Y-%m-%d %H:%M}"
