"""Records that are only ever added: consents, disclosures, the access log."""

import pgtrigger
from django.db import models
from django.utils import timezone

from detoxsite.core.append_only import APPEND_ONLY, NO_TRUNCATE
from detoxsite.core.encryption.sealed_models import ActorMixin
from detoxsite.core.models import ConsentEntry
from detoxsite.core.text_fields import TidyCharField

from .calls import CallForHelp


class Consent(ConsentEntry):
    """Consent to a text about a request, or its revocation."""

    call = models.ForeignKey(CallForHelp, models.CASCADE, related_name="consents")


class Disclosure(ActorMixin):
    """A disclosure of a request outside this system: printed, exported, fetched (42 CFR 2.25)."""

    class What(models.TextChoices):
        PRINT = "print", "Printed"
        EXPORT = "export", "Exported"
        FETCH = "fetch", "Fetched by another system"

    call = models.ForeignKey(CallForHelp, models.PROTECT, related_name="disclosures")
    what = models.CharField(max_length=8, choices=What)
    to = TidyCharField("to whom", max_length=200)
    why = TidyCharField("purpose", max_length=200)
    consent = models.ForeignKey(Consent, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
        triggers = APPEND_ONLY

    def __str__(self):
        return f"{self.get_what_display()}, {self.at:%Y-%m-%d %H:%M}"


class AccessLogEntry(ActorMixin):
    """A staff member has, or had, the page of a request open: presence. What was read is in core's SealedAccess."""

    call = models.ForeignKey(CallForHelp, models.CASCADE, related_name="access_log")
    opened_at = models.DateTimeField("opened", default=timezone.now, db_index=True)
    seen_at = models.DateTimeField("last seen", default=timezone.now)

    class Meta:
        ordering = ["-opened_at"]
        verbose_name = "access log entry"
        verbose_name_plural = "access log"
        triggers = [
            pgtrigger.Protect(
                name="never_changed", operation=pgtrigger.Update, condition=pgtrigger.AnyChange(exclude=["seen_at"])
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            NO_TRUNCATE,
        ]

    def __str__(self):
        return f"{self.by_name}, {self.opened_at:%Y-%m-%d %H:%M}"
