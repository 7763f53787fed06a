"""How often something was sent from one network."""

from django.db import models


class RateCount(models.Model):
    """Hits of one network in one window of one rate limit (core/public_forms/rate_limit.py), without the address."""

    fingerprint = models.BinaryField(primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.count} until {self.ends_at:%Y-%m-%d %H:%M}"
