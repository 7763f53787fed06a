"""How the scheduled jobs went, who runs them now, and which workers live."""

from django.db import models
from django.utils import timezone


class JobRun(models.Model):
    """The latest runs of one job (core/jobs.py). Of an error only the type is kept, no content."""

    name = models.CharField(max_length=80, unique=True)
    watched_since = models.DateTimeField(default=timezone.now)  # when a worker started that should run it
    last_started_at = models.DateTimeField(null=True)
    last_succeeded_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=120, blank=True)
    last_error_at = models.DateTimeField(null=True)
    consecutive_failures = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=120, blank=True)  # shown by /readyz, turns nothing red
    leased_by = models.UUIDField(null=True)  # the worker that runs it now (core/leases.py)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class WorkerHeartbeat(models.Model):
    """When a worker process last said that it lives (core/leases.py)."""

    worker = models.UUIDField(primary_key=True, editable=False)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.worker} at {self.at:%Y-%m-%d %H:%M:%S}"
