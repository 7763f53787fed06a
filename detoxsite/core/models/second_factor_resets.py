"""Resets of a second factor: one manager asks, another approves."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from ..encryption.sealed_models import ActorMixin
from ..text_fields import TidyCharField
from .users import User

VALID_FOR = timezone.timedelta(hours=24)


class SecondFactorResetQuerySet(models.QuerySet):
    def pending(self, now=None):
        return self.filter(approved_at=None, asked_at__gt=(now or timezone.now()) - VALID_FOR)


class SecondFactorReset(ActorMixin):
    """``by`` asked for it. Kept for good: who let whom sign in anew."""

    user = models.ForeignKey(User, models.PROTECT, related_name="second_factor_resets")
    reason = TidyCharField("reason", max_length=200)
    asked_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)

    objects = SecondFactorResetQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                name="second_factor_reset_by_two_managers",
                condition=~Q(by=F("user"))
                & (
                    Q(approved_by=None, approved_at=None)
                    | (
                        Q(approved_by__isnull=False, approved_at__isnull=False)
                        & ~Q(approved_by=F("by"))
                        & ~Q(approved_by=F("user"))
                    )
                ),
            ),
        ]

    def __str__(self):
        return f"{self.user}, {self.asked_at:%Y-%m-%d %H:%M}"
