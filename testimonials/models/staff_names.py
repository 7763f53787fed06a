"""The staff roster: names of people who work here, so that a review that names one is noticed."""

from django.db import models

from detoxsite.core.text_fields import TidyCharField, validate_looks_unique


class StaffName(models.Model):
    """A person who works or worked here, under the names that patients may write."""

    name = TidyCharField(max_length=120, unique=True)
    nicknames = TidyCharField(
        max_length=300, blank=True, help_text="What patients call them, separated by commas: Mike, Big Mike, Mr. B"
    )
    role = TidyCharField(max_length=80, blank=True, help_text="For example “nurse”. Moderators see it beside the name.")
    may_be_named = models.BooleanField(
        "agreed to be named",
        default=False,
        help_text="Their first name may then stay in a review that does not criticize them.",
    )

    class Meta:
        ordering = ["name"]
        verbose_name = "name on the staff roster"
        verbose_name_plural = "staff roster"

    def __str__(self):
        return self.name

    def clean(self):
        validate_looks_unique(self, "name")
