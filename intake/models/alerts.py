"""Alerting: the escalation steps, the on-call schedule, webhooks, and the alerts with their deliveries."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from detoxsite.core.outbox import OutgoingMessage
from detoxsite.core.public_changes import changes_of
from detoxsite.core.text_fields import TidyCharField, TidyURLField, validate_looks_unique

from . import week
from .calls import CallForHelp


class AlertTarget(models.TextChoices):
    ON_CALL = "on_call", "The person on call"
    SECOND = "second", "The second person on call"
    EVERYONE = "everyone", "Everyone who answers requests"
    DIRECTOR = "director", "The director"


class EscalationStep(models.Model):
    """One step of the escalation: whom to alert when no one has claimed a request after so many minutes."""

    after = models.PositiveSmallIntegerField("minutes without a claim", unique=True)
    who = models.CharField("whom to alert", max_length=10, choices=AlertTarget)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="For the director only. Leave empty to alert every manager.",
    )

    class Meta:
        ordering = ["after"]
        verbose_name = "escalation step"
        verbose_name_plural = "escalation steps"

    def __str__(self):
        return f"After {self.after} minutes: {self.get_who_display()}"


class Weekday(models.IntegerChoices):
    MONDAY = 0, "Monday"
    TUESDAY = 1, "Tuesday"
    WEDNESDAY = 2, "Wednesday"
    THURSDAY = 3, "Thursday"
    FRIDAY = 4, "Friday"
    SATURDAY = 5, "Saturday"
    SUNDAY = 6, "Sunday"


class ShiftQuerySet(models.QuerySet):
    def of_staff(self):
        """Without the shifts of those who have left."""
        return self.filter(person__is_active=True, person__is_staff=True)


class Shift(models.Model):
    """A weekly shift on the on-call schedule, in the center's time. One that ends before it starts passes midnight."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="shifts")
    weekday = models.SmallIntegerField("starts on", choices=Weekday)
    starts = models.TimeField()
    ends = models.TimeField(help_text="Enter the start time again for a whole day.")
    is_second = models.BooleanField("as the second person", default=False)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        ordering = ["weekday", "starts"]
        verbose_name = "shift"
        verbose_name_plural = "on-call shifts"
        triggers = changes_of("on_call", "*")

    def __str__(self):
        return f"{self.get_weekday_display()} {self.starts:%H:%M} to {self.ends:%H:%M}: {self.person}"

    @property
    def span(self) -> week.Span:
        return week.span(self.weekday, self.starts, self.ends)

    def is_now(self, now) -> bool:
        return week.covers(self.span, now)


class Webhook(models.Model):
    """Another system to alert about requests. It gets a reference and fetches the rest with its token."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = TidyCharField(max_length=80, unique=True)
    url = TidyURLField("address", max_length=500, help_text="https:// and reachable from the internet.")
    agreement = TidyCharField(
        max_length=200, help_text="The agreement that lets it receive records (BAA or QSOA): its number and end."
    )
    is_active = models.BooleanField("in use", default=True)
    locked_secrets = models.TextField(default="", editable=False)  # for signing, newest first
    token_hash = models.BinaryField(default=b"", editable=False)  # keyed fingerprint of the access token
    disabled_why = models.CharField("disabled because", max_length=200, blank=True, editable=False)

    def __str__(self):
        return self.name

    def clean(self):
        validate_looks_unique(self, "name")


class Alert(models.Model):
    """An escalation step to take for a request: alert its people at ``due_at`` unless the request is claimed by then.

    Written in the transaction that stores the request. ``round`` grows each time the ladder starts again because the
    person wrote again or a claim lapsed.
    """

    call = models.ForeignKey(CallForHelp, models.CASCADE, related_name="alerts")
    round = models.PositiveSmallIntegerField(default=1)
    after = models.PositiveSmallIntegerField("minutes without a claim", default=0)
    due_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField("deliveries made, or not needed", null=True)

    class Meta:
        ordering = ["due_at"]
        constraints = [models.UniqueConstraint(fields=["call", "round", "after"], name="alert_once")]
        indexes = [models.Index(fields=["due_at"], name="alert_due", condition=Q(done_at=None))]

    def __str__(self):
        return f"Alert for {self.call.reference}, round {self.round}, minute {self.after}"


class Delivery(OutgoingMessage):
    """One message, telling that a request is waiting: to a person by email or by phone, or to a webhook."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="deliveries")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, null=True, related_name="deliveries", editable=False)
    phone = models.ForeignKey("intake.Phone", models.CASCADE, null=True, related_name="deliveries", editable=False)
    breaks_quiet_hours = models.BooleanField(default=False, db_default=False, editable=False)  # rings also off duty
    acknowledged_at = models.DateTimeField(null=True, editable=False)  # by ``to``, through the message itself

    class Meta(OutgoingMessage.Meta):
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["alert", "to"], name="delivery_once_a_person", condition=Q(phone=None)),
            models.UniqueConstraint(fields=["alert", "phone"], name="delivery_once_a_phone"),
            models.UniqueConstraint(fields=["alert", "webhook"], name="delivery_once_a_webhook"),
        ]
        indexes = [
            *OutgoingMessage.Meta.indexes,
            models.Index(fields=["next_try_at"], name="delivery_newest"),
        ]

    def __str__(self):
        return f"{self.get_state_display()}: {self.webhook or self.phone or self.to}"
