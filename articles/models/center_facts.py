"""Facts about the center that readers can check, kept in one place for all pages that print them."""

from django.db import models
from django.utils import timezone

from detoxsite.core.text_fields import TidyCharField, TidyURLField

from . import triggers

CHECK_INTERVAL = timezone.timedelta(days=182)  # half a year
END_NOTICE = timezone.timedelta(days=60)  # how long before a license ends staff are told


class CenterFactQuerySet(models.QuerySet):
    def unchecked(self, today):
        """Last looked up more than CHECK_INTERVAL ago."""
        return self.filter(checked_on__lt=today - CHECK_INTERVAL)

    def ending(self, today):
        """Ended, which readers see no more, or ending within END_NOTICE."""
        return self.filter(ends_on__lte=today + END_NOTICE)


class CenterFact(models.Model):
    """One fact, with where it can be looked up and when staff last did so."""

    class Group(models.TextChoices):
        LICENSE = "license", "License and accreditation"
        INSURER = "insurer", "Insurance plans"
        HOUSE = "house", "The house"

    group = models.CharField(max_length=8, choices=Group)
    name = TidyCharField(max_length=60, help_text="For example “State license”, or the name of a plan.")
    value = TidyCharField(
        "what is true", max_length=160, help_text="For example “No. 00-0000, valid through June 2027”."
    )
    evidence = TidyURLField("where to look it up", blank=True, max_length=300, help_text="Readers get a link to it.")
    checked_on = models.DateField(default=timezone.localdate, help_text="When somebody last looked it up.")
    ends_on = models.DateField(
        "last day",
        null=True,
        blank=True,
        help_text="Of a license or contract. You are reminded 60 days before; after it readers do not see the fact.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Smaller numbers come first.")

    objects = CenterFactQuerySet.as_manager()

    class Meta:
        ordering = ["group", "position", "name"]
        verbose_name = "fact about the center"
        verbose_name_plural = "facts about the center"
        triggers = triggers.CENTER_FACT
        constraints = [
            models.UniqueConstraint(
                fields=["group", "name"], name="fact_stated_once", violation_error_message="This fact is there already."
            )
        ]

    def __str__(self):
        return f"{self.name}: {self.value}"

    @property
    def check_again_on(self):
        return self.checked_on + CHECK_INTERVAL
