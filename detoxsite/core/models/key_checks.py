"""How this database recognizes its keys."""

from django.db import models


class KeyCheck(models.Model):
    """A digest of fixed words under the key called ``name``, stored when it was first used (core/key_checks.py)."""

    name = models.CharField(max_length=40, primary_key=True)
    digest = models.BinaryField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.name
