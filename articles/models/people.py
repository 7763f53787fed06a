"""People: the bylines of articles, with or without an account, and with or without a page of their own."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from detoxsite.core.text_fields import TidyCharField, TidySlugField, TidyTextField, TidyURLField

from . import triggers
from .pictures import Picture

EMPTY = {"blank": True, "default": "", "db_default": ""}  # also where the former version adds a person


def validate_facts(value: str) -> None:
    for line in value.splitlines():
        if line.strip() and not all(part.strip() for part in line.partition(":")):
            raise ValidationError(
                "Each line needs a colon, for example “Languages: English, Spanish”. Please fix: %(line)s",
                params={"line": line},
            )


class Person(models.Model):
    """A byline: an author or a reviewer. Readers find more about them on their page only where ``has_page`` is on."""

    name = TidyCharField(max_length=80)
    slug = TidySlugField("address", unique=True, help_text="The last part of the address of their page: /people/…/")
    credentials = TidyCharField(max_length=40, help_text="For example RN or MD.")
    role = TidyCharField(max_length=80, help_text="For example “Detox nurse”.")
    bio = TidyTextField("what they do here", max_length=600, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="account",
        help_text="Clinicians need one to sign off: the article shows the name of the person who signed.",
    )
    has_page = models.BooleanField(
        "has a public page",
        default=False,
        db_default=False,
        help_text="Only with their consent. Without it, articles show the name, credentials and role, and nothing else "
        "of this is public. Switch it off, and the page is gone at once.",
    )
    had_page = models.BooleanField(
        default=False, db_default=False, editable=False
    )  # whether readers may know the address
    has_left = models.BooleanField(
        "no longer works here", default=False, db_default=False, help_text="Their page says so."
    )
    own_words = TidyCharField(
        "in their own words",
        max_length=160,
        **EMPTY,
        help_text="At the top of the page, in quotation marks.",
    )
    picture = models.ForeignKey(
        Picture,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        help_text="From the library, with the person’s consent. Without one the page shows their initials.",
    )
    license_kind = TidyCharField("license", max_length=60, **EMPTY, help_text="For example “Registered nurse”.")
    license_state = TidyCharField("state of the license", max_length=40, **EMPTY, help_text="For example Maine.")
    license_number = TidyCharField("license number", max_length=30, **EMPTY)
    license_url = TidyURLField(
        "where readers can check it",
        **EMPTY,
        validators=[URLValidator(schemes=["https"])],
        help_text="The page of the licensing board. It has to begin with https://.",
    )
    facts = TidyTextField(
        "other credentials",
        max_length=800,
        **EMPTY,
        validators=[validate_facts],
        help_text="One per line, with a colon, for example “Training: BSN, State College, 2009” or “Ties: takes no "
        "money or gifts from drug makers”.",
    )
    checked_on = models.DateField("credentials checked on", null=True, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "people"
        triggers = triggers.PERSON
        constraints = [
            models.CheckConstraint(
                name="license_is_whole",
                condition=Q(license_kind="", license_state="", license_number="")
                | (~Q(license_kind="") & ~Q(license_state="") & ~Q(license_number="")),
                violation_error_message="A license has a kind, a state and a number. Fill in all three, or none.",
            )
        ]

    def __str__(self):
        return with_credentials(self.name, self.credentials)

    def save(self, *args, **kwargs):
        self.had_page = self.had_page or self.has_page
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("articles:person", args=[self.slug])

    @property
    def initials(self) -> str:
        """Of the first and the last name, for the drawing in place of a picture."""
        names = self.name.split()
        return "".join(name[0] for name in (names[:1] + names[1:][-1:])).upper()

    @property
    def fact_list(self) -> list[list[str]]:
        return [[part.strip() for part in line.split(":", 1)] for line in self.facts.splitlines() if ":" in line]


def with_credentials(name: str, credentials: str) -> str:
    return f"{name}, {credentials}"
