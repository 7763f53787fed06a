"""Blocks made for the first page: its opening, and what the site keeps elsewhere. All but the opening fit any page.

What changes without a new edition, such as the newest articles, is no part of the signed words. It is filled in when a
page is composed (``published/listings.py``), and a block that has nothing to show is left out with its heading.
"""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from detoxsite.core.text_fields import TidyCharField, TidyTextField

from ..rich_text import sanitizer
from ..rich_text.elements import PLAIN
from ..rich_text.fields import RichTextField
from . import triggers
from .blocks import Block
from .topics import Topic

MAX_LISTED = 6  # articles in one list
NEWEST_REVIEWS = 3


class Drawing(models.TextChoices):
    LIGHTHOUSE = "lighthouse", "A lighthouse at night"
    NONE = "", "None"


class Opening(Block):
    """The top of the first page: its heading, and what a visitor in need can do at once."""

    kind = "opening"
    rendered_fields = {name: name for name in ("title", "lead", "note", "drawing", "call", "ask")}

    title = TidyCharField("heading", max_length=80)
    lead = TidyTextField(
        max_length=400,
        blank=True,
        help_text="Below the heading. Say only what is true: who answers, and when.",
    )
    note = TidyCharField("below the buttons", max_length=120, blank=True)
    drawing = models.CharField(max_length=12, choices=Drawing, default=Drawing.LIGHTHOUSE, blank=True)
    call = models.BooleanField("button: call", default=True)
    ask = models.BooleanField("button: ask for help", default=True)

    class Meta:
        triggers = triggers.part_of_edition("parent_id")

    def __str__(self):
        return self.title

    def plain_text(self):
        return " ".join(filter(None, (f"{self.title}.", self.lead, self.note)))


class SitePart(Block):
    """A part that is the same wherever it stands; editors choose its place and its heading."""

    class Part(models.TextChoices):
        CRISIS = "crisis", "Crisis lines: 911, 988, SAMHSA. Their words are fixed"
        TOPICS = "topics", "The topics of the articles"
        PLACE = "place", "Location and hours, from the center details"

    kind, rendered_fields = "sitepart", {"title": "title", "part": "part"}

    title = TidyCharField("heading", max_length=60)
    part = models.CharField("what it shows", max_length=8, choices=Part)

    class Meta:
        verbose_name = "part of the site"
        verbose_name_plural = "parts of the site"
        triggers = triggers.part_of_edition("parent_id")

    def __str__(self):
        return self.title

    def plain_text(self):
        return self.title


class ArticleList(Block):
    """The newest articles, or those on a topic."""

    kind = "articlelist"
    rendered_fields = {name: name for name in ("title", "lead", "topic_id", "count")}

    title = TidyCharField("heading", max_length=60)
    lead = TidyCharField("below the heading", max_length=160, blank=True)
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="+", help_text="Leave empty for articles on any."
    )
    count = models.PositiveSmallIntegerField(
        "how many",
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_LISTED)],
        help_text=f"The newest, 1 to {MAX_LISTED}.",
    )

    class Meta:
        verbose_name = "list of articles"
        verbose_name_plural = "lists of articles"
        triggers = triggers.part_of_edition("parent_id")
        constraints = [
            models.CheckConstraint(
                name="article_list_is_short",
                condition=Q(count__range=(1, MAX_LISTED)),
                violation_error_message=f"Choose a number from 1 to {MAX_LISTED}.",
            )
        ]

    def __str__(self):
        return self.title

    def plain_text(self):
        return " ".join(filter(None, (f"{self.title}.", self.lead)))


class Reviews(Block):
    """The newest reviews, or one. A review that is not shown any more is gone from here too."""

    kind, rendered_fields = "reviews", {name: name for name in ("title", "lead", "review")}

    title = TidyCharField("heading", max_length=60)
    lead = TidyCharField("below the heading", max_length=160, blank=True)
    review = models.BigIntegerField(  # its key; no foreign key, since reviews are on a higher floor
        null=True,
        blank=True,
        help_text="If you choose one, the page says so. It leaves the page once the review is not shown any more.",
    )

    class Meta:
        verbose_name_plural = "reviews"
        triggers = triggers.part_of_edition("parent_id")

    def __str__(self):
        return self.title

    def plain_text(self):
        return " ".join(filter(None, (f"{self.title}.", self.lead)))


class Costs(Block):
    """What care costs, in a few words, with a link to ask. Beside location and hours if they follow each other."""

    kind, rendered_fields = "costs", {"title": "title", "body": "body"}

    title = TidyCharField("heading", max_length=60)
    body = RichTextField(elements=PLAIN)

    class Meta:
        verbose_name_plural = "costs"
        triggers = triggers.part_of_edition("parent_id")

    def __str__(self):
        return self.title

    def plain_text(self):
        return f"{self.title}. {sanitizer.text(self.body)}"


LISTING_BLOCKS = [Opening, SitePart, ArticleList, Reviews, Costs]
