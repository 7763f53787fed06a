"""What articles are made with: topics, the people whose names stand on them, and pictures."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from imagefield.fields import ImageField

from detoxsite.core import images

from .. import renditions
from . import triggers


class Icon(models.TextChoices):
    """The drawings of ``static/img/icons.svg`` that may stand beside a topic."""

    GLASS = "glass"
    POPPY = "poppy"
    MOON = "moon"
    BOLT = "bolt"
    PILL = "pill"
    WAVES = "waves"
    PEOPLE = "people"
    CARD = "card"


class Topic(models.Model):
    name = models.CharField(max_length=40, unique=True)
    slug = models.SlugField(unique=True)
    icon = models.CharField(max_length=10, choices=Icon, default=Icon.WAVES)
    intro = models.CharField(max_length=200, help_text="One or two sentences: what a reader finds here.")
    position = models.PositiveSmallIntegerField(default=0, help_text="Smaller numbers come first.")

    class Meta:
        ordering = ["position", "name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("articles:topic", args=[self.slug])


class Person(models.Model):
    """Somebody whose name stands on articles: a writer or a reviewer, with or without an account."""

    name = models.CharField(max_length=80)
    slug = models.SlugField(unique=True)
    credentials = models.CharField(max_length=40, help_text="Such as RN or MD.")
    role = models.CharField(max_length=80, help_text="Such as “Detox nurse”.")
    bio = models.TextField(max_length=600, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="account",
        help_text="A clinician who signs off needs one: their name goes on what they signed.",
    )

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "people"

    def __str__(self):
        return f"{self.name}, {self.credentials}"


class Picture(models.Model):
    """A picture of the library, with the words that stand in for it."""

    title = models.CharField(max_length=80, help_text="To find it again; readers do not see it.")
    image = ImageField(
        upload_to="pictures/", auto_add_fields=True, formats=renditions.RENDITIONS, help_text="JPEG, PNG or WebP."
    )
    alt = models.CharField(
        "text alternative",
        max_length=200,
        help_text="What the picture shows, for people who cannot see it. One plain sentence.",
    )
    credit = models.CharField(max_length=120, help_text="Who made it, and by what right we show it.")

    class Meta:
        ordering = ["title"]
        triggers = triggers.PICTURE
        constraints = [
            models.CheckConstraint(
                name="picture_has_alt", condition=~Q(alt=""), violation_error_message="Say what the picture shows."
            )
        ]

    def __str__(self):
        return self.title

    def delete(self, *args, **kwargs):
        """The row, and with it, once that is certain, its file and all that was made of it."""
        image = self.image
        deleted = super().delete(*args, **kwargs)
        transaction.on_commit(lambda: image.delete(save=False))
        return deleted

    def clean_fields(self, exclude=None):
        super().clean_fields(exclude)
        if self.image and not self.image._committed:
            try:
                self.image = images.reencode(self.image.file)
            except ValidationError as exc:
                raise ValidationError({"image": exc}) from None
