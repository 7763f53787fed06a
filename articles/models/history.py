"""Who did what to an edition, what was excused, what somebody has open, and who was reminded."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from detoxsite.core.outbox import OutgoingMessage

from . import triggers
from .editions import Edition


class EditionEvent(models.Model):
    """One step of an edition: who took it, when, and what they wrote to it. Kept for good."""

    class Kind(models.TextChoices):
        STARTED = "started", "started"
        RESTORED = "restored", "restored as a new draft"
        SAVED = "saved", "saved"
        EXCUSED = "excused", "justified a remark of the checks"
        SUBMITTED = "submitted", "sent to the clinicians"
        TAKEN_BACK = "taken_back", "taken back"
        SENT_BACK = "sent_back", "sent back"
        SIGNED_OFF = "signed_off", "signed off"
        WITHDRAWN = "withdrawn", "withdrawn"
        MOVED = "moved", "given another address, topic or owner"
        SHARED = "shared", "shown to somebody by a link"

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(default=timezone.now)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        triggers = triggers.APPEND_ONLY

    def __str__(self):
        return self.get_kind_display()


class Waiver(models.Model):
    """A remark of the checks that somebody took for a false alarm, and why. Valid as long as the words stay."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="excuses")
    key = models.CharField(max_length=32)  # checks.Finding.key
    code = models.CharField(max_length=40)
    excerpt = models.CharField(max_length=300)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]
        triggers = triggers.APPEND_ONLY
        constraints = [models.UniqueConstraint(fields=["edition", "key"], name="excused_once")]

    def __str__(self):
        return self.excerpt


class DraftAutosave(models.Model):
    """An edition that somebody has open in a window of the desk, and what they typed there that is not saved yet.

    ``edition`` is empty for a new article. ``page`` names the window, so that none writes over what another one
    keeps. ``typed``: the fields of the form as pairs of name and value.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    edition = models.ForeignKey(Edition, models.CASCADE, null=True, related_name="open_work")
    page = models.CharField(max_length=32, default="")
    seen_at = models.DateTimeField()
    typed = models.JSONField(null=True)
    kept_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "edition", "page"], name="open_once_each", nulls_distinct=False)
        ]

    def __str__(self):
        return f"Open at {self.seen_at}"


class Reminder(OutgoingMessage):
    """The email to the owner of a live edition that its review is due; one of each kind, by constraint."""

    class Kind(models.TextChoices):
        SOON = "soon", "review due in a month"
        DUE = "due", "review due"

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="reminders")
    kind = models.CharField(max_length=4, choices=Kind)
    at = models.DateTimeField(default=timezone.now)

    class Meta(OutgoingMessage.Meta):
        constraints = [models.UniqueConstraint(fields=["edition", "kind"], name="reminded_once")]

    def __str__(self):
        return self.get_kind_display()
