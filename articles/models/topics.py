"""Topics: how articles are grouped for readers."""

from django.db import models
from django.urls import reverse

from detoxsite.core.public_changes import changes_of
from detoxsite.core.text_fields import TidyCharField, TidySlugField, validate_looks_unique

from .pictures import Picture


class Icon(models.TextChoices):
    """Drawings of ``static/img/icons.svg``."""

    GLASS = "glass"
    POPPY = "poppy"
    MOON = "moon"
    BOLT = "bolt"
    PILL = "pill"
    WAVES = "waves"
    PEOPLE = "people"
    CARD = "card"


ENTRY = {  # what pages need of a topic, by name, for a JSONObject
    **{name: name for name in ("pk", "name", "slug", "icon", "intro")},
    **{f"picture_{name}": f"picture__image_{name}" for name in ("ppoi", "width", "height")},
    "picture": "picture__image",
    "picture_alt": "picture__alt",
}


class Topic(models.Model):
    name = TidyCharField(max_length=40, unique=True)
    slug = TidySlugField(unique=True)
    icon = models.CharField(max_length=10, choices=Icon, default=Icon.WAVES)
    picture = models.ForeignKey(
        Picture,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="topics",
        help_text="Beside the heading of the topic.",
    )
    intro = TidyCharField(max_length=200, help_text="One or two sentences: what a reader finds here.")
    position = models.PositiveSmallIntegerField(default=0, help_text="Smaller numbers come first.")

    class Meta:
        ordering = ["position", "name"]
        triggers = [
            *changes_of("articles", "*"),
            *changes_of("center", "id", "name", "slug", "position"),  # in the menu of every page
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("articles:topic", args=[self.slug])

    def clean(self):
        validate_looks_unique(self, "name")
