"""The picture library, and pictures that are on their way into it."""

import secrets
from pathlib import PurePosixPath

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from imagefield.fields import ImageField

from detoxsite.core.text_fields import TidyCharField

from .. import renditions
from . import library_triggers

MAX_TITLE = 80


class Picture(models.Model):
    """A picture of the library, with its text alternative.

    ``image_ppoi``, the focal point, is "0.500x0.500": the parts from left and top. ``tags``: a list of words in small
    letters, as JSON, which the search index can hold as text; an array of PostgreSQL it cannot.
    """

    title = TidyCharField(
        max_length=MAX_TITLE, help_text="Used to find the picture in the library. Readers do not see it."
    )
    image = ImageField(
        upload_to="pictures/", auto_add_fields=True, formats=renditions.RENDITIONS, help_text="JPEG, PNG or WebP."
    )
    alt = TidyCharField(
        "text alternative",
        max_length=200,
        help_text="What the picture shows, for people who cannot see it. One plain sentence.",
    )
    credit = TidyCharField(max_length=120, help_text="Who made it, and under which license we show it.")
    tags = models.JSONField(default=list, db_default=[], blank=True)

    class Meta:
        ordering = ["title"]
        triggers = library_triggers.PICTURE
        indexes = [GinIndex(SearchVector("title", "alt", "credit", "tags", config="simple"), name="picture_search")]
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


class HeldPicture(models.Model):
    """An uploaded picture that waits for its words. It becomes a Picture when they are complete.

    ``file`` comes from ``images.reencode``, ``kind`` is its format; ``preview`` is a small WebP.
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    title = models.CharField(max_length=MAX_TITLE)  # from the name of the file
    file = models.BinaryField()
    kind = models.CharField(max_length=4)
    preview = models.BinaryField()
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.title
