"""Changes of public content, as the page caches of the web processes read them."""

from django.db import models


class PublicChange(models.Model):
    """One transaction changed something public in one area. Written by triggers only (core/public_changes.py)."""

    transaction = models.BigIntegerField()  # its number in PostgreSQL
    area = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["transaction", "area"], name="change_noted_once")]

    def __str__(self):
        return f"{self.area} at {self.at}"
