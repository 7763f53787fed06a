"""People: the bylines of articles, with or without an account."""

from django.conf import settings
from django.db import models

from detoxsite.core.text_fields import TidyCharField, TidySlugField, TidyTextField

from . import triggers


class Person(models.Model):
    """A byline: an author or a reviewer."""

    name = TidyCharField(max_length=80)
    slug = TidySlugField(unique=True)
    credentials = TidyCharField(max_length=40, help_text="For example RN or MD.")
    role = TidyCharField(max_length=80, help_text="For example “Detox nurse”.")
    bio = TidyTextField(max_length=600, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="account",
        help_text="Clinicians need one to sign off: the article shows the name of the person who signed.",
    )

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "people"
        triggers = triggers.PERSON

    def __str__(self):
        return f"{self.name}, {self.credentials}"
