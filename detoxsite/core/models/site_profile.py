"""The site profile: what every page says about the center."""

from functools import cached_property

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q

from .. import phone_numbers
from ..public_changes import changes_of
from ..text_fields import TidyCharField, TidyTextField, TidyURLField


def validate_phone(value):
    if value and not phone_numbers.e164(value):
        raise ValidationError("Enter a phone number with its area code.")


def validate_hours(value):
    for line in value.splitlines():
        if line.strip() and ":" not in line:
            raise ValidationError(
                "Each line needs a colon, for example “Visits: Sunday, 1 to 4 p.m.” Please fix: %(line)s",
                params={"line": line},
            )


def validate_steps(value):
    for line in value.splitlines():
        if line.strip() and line.count("|") != 2:
            raise ValidationError(
                "Each line needs two vertical bars: when | title | text. Please fix: %(line)s", params={"line": line}
            )


class SiteProfile(models.Model):
    """The center as every page shows it, in a single row."""

    name = TidyCharField(max_length=60, default="Detox center")
    short_name = TidyCharField(
        max_length=30, blank=True, help_text="Used in the titles of forms, which reveal as little as possible."
    )
    legal_name = TidyCharField(max_length=120, blank=True, help_text="Who owns and runs the center.")
    tagline = TidyCharField(max_length=70, default="Medically staffed detox", help_text="The title of the home page.")
    description = TidyCharField(
        max_length=160,
        default="Medically staffed detox: what to do right now, what detox is like, and how to reach us.",
        help_text="Shown by search engines below the title of the home page.",
    )
    welcome_title = TidyCharField(max_length=80, default="Tonight can be the hard part. You are not alone in it.")
    welcome = TidyTextField(
        max_length=400,
        default="You can talk to us before you decide anything.",
        help_text="Below the title. Say only what is true: who answers, and when.",
    )
    welcome_note = TidyCharField(max_length=120, blank=True, default="No name needed.")
    steps = TidyTextField(
        "what detox is like",
        max_length=3000,
        blank=True,
        help_text="One step per line: when | title | a sentence or two. Hidden while empty.",
    )
    phone = TidyCharField(
        max_length=40,
        blank=True,
        help_text="On every page. While it is empty, pages show the SAMHSA helpline instead.",
    )
    phone_hours = TidyCharField(
        max_length=40, blank=True, help_text="Before the number in the top bar, for example “Call, day or night”."
    )
    address = TidyTextField(max_length=300, blank=True, help_text="As on an envelope, without the name.")
    hours = TidyTextField(
        "opening hours",
        max_length=1000,
        blank=True,
        help_text="One entry per line, with a colon, for example “Family visits: Sunday, 1 p.m. to 4 p.m.”",
    )
    cost = TidyTextField(
        "what it costs", max_length=1500, blank=True, help_text="Separate paragraphs with an empty line."
    )
    license_line = TidyCharField(
        "license line",
        max_length=200,
        blank=True,
        help_text="In the footer of every page: licensing authority and number.",
    )
    small_print = TidyTextField(max_length=600, blank=True, help_text="In the footer, after the license line.")
    notice = TidyCharField(max_length=240, blank=True, help_text="Shown at the top of every page unless empty.")
    leave_url = TidyURLField(
        "where “Leave this page quickly” goes",
        default="https://www.weather.gov/",
        validators=[URLValidator(schemes=["https"])],
    )
    state_list_url = TidyURLField("state list of licensed providers", blank=True)

    class Meta:
        verbose_name = "center"
        verbose_name_plural = "center details"
        triggers = changes_of("center", "*")
        constraints = [models.CheckConstraint(name="one_site_profile", condition=Q(pk=1))]

    def __str__(self):
        return self.name

    def clean(self):
        """Report each error beside its field."""
        errors = {}
        for name, check in {"phone": validate_phone, "hours": validate_hours, "steps": validate_steps}.items():
            try:
                check(getattr(self, name))
            except ValidationError as exc:
                errors[name] = exc
        if errors:
            raise ValidationError(errors)

    topics = ()  # with article counts; filled in by core.site_profile

    @cached_property
    def rendered_parts(self) -> dict[tuple, str]:
        """Parts of pages rendered with this very profile (core/templatetags/parts.py)."""
        return {}

    @cached_property
    def tel(self):
        """The number for ``tel:`` links, in E.164: the center, or the SAMHSA helpline while there is none."""
        return phone_numbers.e164(self.phone) or phone_numbers.SAMHSA_E164

    @property
    def phone_shown(self):
        return self.phone or phone_numbers.SAMHSA

    @property
    def short(self):
        return self.short_name or self.name

    @property
    def step_list(self):
        return [[part.strip() for part in line.split("|")] for line in self.steps.splitlines() if line.count("|") == 2]

    @property
    def owner(self):
        """The legal name as the end of a sentence, with exactly one period."""
        return f"{self.legal_name.rstrip('.')}."

    @property
    def hours_table(self):
        return [[part.strip() for part in line.split(":", 1)] for line in self.hours.splitlines() if ":" in line]
