"""Blocks that only pages have. Those of one kind that follow each other are shown as one list."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from detoxsite.core.text_fields import TidyCharField

from ..rich_text import sanitizer
from ..rich_text.elements import PLAIN
from ..rich_text.fields import RichTextField
from . import triggers
from .blocks import Block
from .center_facts import CenterFact
from .people import Person


class Step(Block):
    """One step of something that happens in an order."""

    kind, rendered_fields = "step", {"label": "label", "title": "title", "body": "body"}

    label = TidyCharField("when", max_length=20, blank=True, help_text="For example “Day 1” or “You call”.")
    title = TidyCharField("what happens", max_length=60)
    body = RichTextField(elements=PLAIN, blank=True)

    class Meta:
        triggers = triggers.part_of_edition("parent_id")

    def __str__(self):
        return self.title

    def plain_text(self):
        return f"{self.label} {self.title}. {sanitizer.text(self.body)}".strip()


class Question(Block):
    """A question and its answer, both always in sight: what is folded is not found on the page, nor printed."""

    kind, rendered_fields = "question", {"title": "title", "body": "body"}

    title = TidyCharField("question", max_length=120)
    body = RichTextField("answer", elements=PLAIN)

    class Meta:
        verbose_name = "question and answer"
        verbose_name_plural = "questions and answers"
        triggers = triggers.part_of_edition("parent_id")

    def __str__(self):
        return self.title

    def plain_text(self):
        return f"{self.title} {sanitizer.text(self.body)}"


class CallToAction(Block):
    """What a reader can do now. The phone number is that of the center."""

    kind = "action"
    rendered_fields = {"title": "title", "body": "body", "call": "call", "ask": "ask", "visit": "visit"}

    title = TidyCharField(max_length=60)
    body = RichTextField(elements=PLAIN, blank=True)
    call = models.BooleanField("button: call", default=True)
    ask = models.BooleanField("button: ask for help", default=True)
    visit = models.BooleanField("button: visit", default=False, help_text="Leads to the address and the hours.")

    class Meta:
        verbose_name = "call to action"
        verbose_name_plural = "calls to action"
        triggers = triggers.part_of_edition("parent_id")
        constraints = [
            models.CheckConstraint(
                name="action_has_a_button",
                condition=Q(call=True) | Q(ask=True) | Q(visit=True),
                violation_error_message="Choose at least one button.",
            )
        ]

    def __str__(self):
        return self.title

    def plain_text(self):
        return f"{self.title}. {sanitizer.text(self.body)}"


class PersonCard(Block):
    """A person of the center. What the card says is kept with the person, and changes with them."""

    kind = "person"
    rendered_fields = {
        "person": "person",
        "name": "person__name",
        "credentials": "person__credentials",
        "role": "person__role",
        "bio": "person__bio",
        "slug": "person__slug",
        "has_page": "person__has_page",
    }

    person = models.ForeignKey(Person, models.PROTECT, related_name="cards")

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        triggers = triggers.part_of_edition("parent_id")

    def __str__(self):
        return str(self.person)

    def plain_text(self):
        return f"{self.person.name}, {self.person.credentials}. {self.person.role}."


def _facts_of_group():
    """The facts, in the query that reads the block."""
    names = ("name", "value", "evidence", "checked_on", "ends_on")
    fields = JSONObject(**{name: name for name in names})
    return ArraySubquery(CenterFact.objects.filter(group=OuterRef("group")).values(entry=fields))


class CenterFacts(Block):
    """A table of facts about the center. What it says is kept with the facts, and changes with them."""

    kind = "centerfacts"
    rendered_fields = {"title": "title", "group": "group", "facts": _facts_of_group}

    title = TidyCharField(max_length=60)
    group = models.CharField("which facts", max_length=8, choices=CenterFact.Group)

    class Meta:
        verbose_name = "facts about the center"
        verbose_name_plural = "facts about the center"
        triggers = triggers.part_of_edition("parent_id")

    def __str__(self):
        return self.title

    def plain_text(self):
        return self.title
