"""The history of an edition: events, waivers of findings, draft autosaves, reminders."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from detoxsite.core.outbox import OutgoingMessage
from detoxsite.core.text_fields import TidyCharField, TidyTextField

from . import triggers
from .editions import Edition


class EditionEvent(models.Model):
    """One entry of an edition's history: what happened, by whom, when, with a note. Append-only."""

    class Kind(models.TextChoices):
        STARTED = "started", "started"
        RESTORED = "restored", "restored as a new draft"
        SAVED = "saved", "saved"
        WAIVED = "waived", "marked a finding as a false alarm"
        SUBMITTED = "submitted", "sent for review"
        TAKEN_BACK = "taken_back", "taken back to draft"
        SENT_BACK = "sent_back", "sent back"
        SIGNED_OFF = "signed_off", "signed off"
        WITHDRAWN = "withdrawn", "withdrawn"
        MOVED = "moved", "changed address, topic or owner"
        SHARED = "shared", "shared by link"
        ASSIGNED = "assigned", "assigned for sign-off"
        RESCHEDULED = "rescheduled", "moved to another publication time"
        WENT_LIVE = "went_live", "went live as scheduled"
        ARCHIVED = "archived", "archived"
        BROUGHT_BACK = "brought_back", "brought back from the archive"
        DELETED = "deleted", "stays; a draft was deleted"

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(default=timezone.now)
    note = TidyTextField(blank=True)
    lines = models.JSONField(null=True, editable=False)  # sent back: the text at that moment, a string per paragraph

    class Meta:
        ordering = ["-at", "-pk"]
        triggers = triggers.HISTORY
        constraints = [
            models.CheckConstraint(
                name="event_keeps_lines_when_sent_back", condition=Q(lines__isnull=True) | Q(kind="sent_back")
            ),
            models.UniqueConstraint(fields=["edition"], name="went_live_once", condition=Q(kind="went_live")),
        ]

    def __str__(self):
        return self.get_kind_display()


class Waiver(models.Model):
    """A finding of the checks marked as a false alarm, and why. Valid while the text it is about stays the same."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="waivers")
    key = models.CharField(max_length=32)  # checks.Finding.key
    code = models.CharField(max_length=40)
    excerpt = models.CharField(max_length=300)
    reason = TidyCharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]
        triggers = triggers.HISTORY
        constraints = [models.UniqueConstraint(fields=["edition", "key"], name="waived_once")]

    def __str__(self):
        return self.excerpt


class DraftAutosave(models.Model):
    """A draft that a user has open in one browser tab, with the form data they have not saved yet.

    ``edition`` is empty for a new article. ``page`` identifies the tab, so that two tabs do not overwrite each other.
    ``form_data``: the fields of the form as pairs of name and value.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    edition = models.ForeignKey(Edition, models.CASCADE, null=True, related_name="autosaves")
    page = models.CharField(max_length=32, default="")
    seen_at = models.DateTimeField()
    form_data = models.JSONField(null=True)
    autosaved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "edition", "page"], name="autosave_per_tab", nulls_distinct=False)
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
