"""Phones of staff that alerts ring, the tests that prove them, and the links by which an alert is acknowledged."""

import uuid

from django.conf import settings
from django.db import models

from detoxsite.core.outbox import OutgoingMessage
from detoxsite.core.text_fields import TidyCharField


class PhoneQuerySet(models.QuerySet):
    def in_use(self):
        return self.filter(removed_at=None)

    def ringing(self):
        """Those that alerts go to: proved by the code of a test message, of a person who can sign in."""
        return self.in_use().filter(person__is_active=True, person__is_staff=True).exclude(confirmed_at=None)

    def failing(self):
        return self.ringing().exclude(failing_since=None)


class Phone(models.Model):
    """A way to reach a member of staff at once: the URL of a service for SMS, calls or push messages.

    The URL holds passwords and numbers, so it is encrypted, and no page shows it again. A phone that was removed stays
    as a row without a URL: alerts went to it.
    """

    class Kind(models.TextChoices):
        PUSH = "push", "Push message"
        SMS = "sms", "Text message (SMS)"
        VOICE = "voice", "Phone call"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="phones")
    name = TidyCharField(max_length=40, help_text="So that you recognize it, such as “Work phone”.")
    kind = models.CharField("how it rings", max_length=5, choices=Kind)
    locked_url = models.TextField(default="", editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    problem = models.CharField(max_length=120, blank=True, editable=False)

    objects = PhoneQuerySet.as_manager()

    class Meta:
        ordering = ["person", "name"]

    def __str__(self):
        return f"{self.name} ({self.get_kind_display().lower()})"


class PhoneTest(OutgoingMessage):
    """A message with a code, sent to a phone. Whoever types the code proves that the message came through."""

    phone = models.ForeignKey(Phone, models.CASCADE, related_name="tests", editable=False)
    asked_at = models.DateTimeField(auto_now_add=True)
    code_hash = models.BinaryField(default=b"", editable=False)  # keyed; of the code that was sent last
    guesses = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta(OutgoingMessage.Meta):
        default_permissions = ()
        verbose_name = "test of a phone"
        verbose_name_plural = "tests of phones"

    def __str__(self):
        return f"{self.get_state_display()}: {self.phone}"


class AcknowledgementLink(models.Model):
    """The link in a message to a phone. Only a keyed digest of its token is kept, and each try has its own."""

    token_hash = models.BinaryField(primary_key=True)
    delivery = models.ForeignKey("intake.Delivery", models.CASCADE, related_name="acknowledgement_links")
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"Until {self.expires_at:%Y-%m-%d %H:%M}"
