"""Blocks of pages that lay text out: columns beside each other, and tables that compare."""

from django.core.exceptions import ValidationError
from django.db import models

from detoxsite.core.text_fields import TidyCharField

from ..rich_text import sanitizer
from ..rich_text.elements import PLAIN
from ..rich_text.fields import RichTextField
from . import triggers
from .blocks import Block
from .center_facts import CHECK_INTERVAL
from .grids import TidyGridField, cells_of
from .topics import Icon


class Column(Block):
    """One of two or three short texts beside each other. Those that follow each other share a row."""

    kind, rendered_fields = "column", {"icon": "icon", "title": "title", "body": "body"}

    icon = models.CharField("drawing", max_length=10, choices=Icon, blank=True)
    title = TidyCharField("heading", max_length=40)
    body = RichTextField(elements=PLAIN)

    class Meta:
        triggers = triggers.part_of_edition("parent_id")

    def __str__(self):
        return self.title

    def plain_text(self):
        return f"{self.title}. {sanitizer.text(self.body)}"


class Comparison(Block):
    """A table that compares, such as prices, or what plans cover. On phones each row becomes a small list."""

    kind = "comparison"
    rendered_fields = {
        "title": "title",
        "cells": "cells",
        "own_row": "own_row",
        "is_coverage": "is_coverage",
        "checked_on": "checked_on",
    }

    title = TidyCharField(max_length=60)
    cells = TidyGridField(
        help_text="The first row holds the names of the columns. Cells copied in a spreadsheet can be pasted here."
    )
    own_row = models.PositiveSmallIntegerField(
        "our row", null=True, blank=True, help_text="The number of the row that is about this center, to mark it."
    )
    is_coverage = models.BooleanField(
        "what plans cover", default=False, help_text="Adds a line: the papers of the reader’s own plan count."
    )
    checked_on = models.DateField(
        null=True, blank=True, help_text="When somebody last checked it; for prices and plans. Readers see the date."
    )

    class Meta:
        verbose_name = "table"
        triggers = triggers.part_of_edition("parent_id")

    def __str__(self):
        return self.title

    def clean(self):
        if self.own_row is not None and not 1 <= self.own_row < max(2, len(cells_of(self.cells))):
            raise ValidationError({"own_row": "There is no row with this number below the names of the columns."})
        if self.is_coverage and not self.checked_on:
            raise ValidationError({"checked_on": "Plans change: say when somebody last checked this."})

    def plain_text(self):
        return "\n".join([f"{self.title}.", *(" ".join(row) for row in cells_of(self.cells))])

    @property
    def check_again_on(self):
        return self.checked_on and self.checked_on + CHECK_INTERVAL
