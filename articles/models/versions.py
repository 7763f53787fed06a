"""Versions of a draft: what each save stored, so that two can be compared and an earlier one restored."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from .editions import Edition


class DraftVersion(models.Model):
    """The content of a draft after one save.

    ``content``: the fields of the edition, its blocks and its sources by the names of their columns, for restoring
    (``articles.versions``). ``lines``: the same as paragraphs, for comparing (``content.edition_snapshot.as_lines``).
    """

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="versions")
    revision = models.PositiveIntegerField()  # of the edition after that save
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    content = models.JSONField(encoder=DjangoJSONEncoder)
    lines = models.JSONField()

    class Meta:
        ordering = ["-revision"]
        constraints = [models.UniqueConstraint(fields=["edition", "revision"], name="version_of_each_save")]

    def __str__(self):
        return f"Version {self.revision}"
