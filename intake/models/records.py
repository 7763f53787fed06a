"""What a person agreed to, word for word, and every time something of theirs left this system."""

from django.db import models
from django.utils import timezone

from detoxsite.core.encryption.sealed_models import APPEND_ONLY, ActorMixin
from detoxsite.core.models import ConsentText

from .calls import CallForHelp


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


class Disclosure(ActorMixin):
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
