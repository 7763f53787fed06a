"""The picture library."""

import secrets
from pathlib import PurePosixPath

from django.db import models, transaction
from django.db.models import Q
from imagefield.fields import ImageField

from detoxsite.core.text_fields import TidyCharField

from .. import renditions
from . import library_triggers


class Picture(models.Model):
    """A picture of the library, with its text alternative."""

    title = TidyCharField(max_length=80, help_text="Used to find the picture in the library. Readers do not see it.")
    image = ImageField(
        upload_to="pictures/", auto_add_fields=True, formats=renditions.RENDITIONS, help_text="JPEG, PNG or WebP."
    )
    alt = TidyCharField(
        "text alternative",
        max_length=200,
        help_text="What the picture shows, for people who cannot see it. One plain sentence.",
    )
    credit = TidyCharField(max_length=120, help_text="Who made it, and under which license we show it.")

    class Meta:
        ordering = ["title"]
        triggers = library_triggers.PICTURE
        constraints = [
            models.CheckConstraint(
                name="picture_has_alt", condition=~Q(alt=""), violation_error_message="Describe what the picture shows."
            )
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        """Give a new file a name that none had before: files are cached by browsers and proxies for good."""
        if self.image and not self.image._committed:
            name = PurePosixPath(self.image.name)
            self.image.name = str(name.with_stem(f"{name.stem}-{secrets.token_hex(4)}"))
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        """Delete the row and, on commit, its file and renditions."""
        image = self.image
        deleted = super().delete(*args, **kwargs)
        transaction.on_commit(lambda: image.delete(save=False))
        return deleted
