"""The formsets on the page of an edition: its blocks by kind, and its sources."""

import re

from content_editor.admin import ContentEditorInline
from django import forms
from django.contrib import admin
from django.db import models
from js_asset import Script

from detoxsite.core.form_fields import TypedTextMixin
from detoxsite.core.text_fields import TidyFormField

from ..models import (
    NEWEST_REVIEWS,
    ArticleList,
    Callout,
    CallToAction,
    CenterFacts,
    Column,
    Comparison,
    Costs,
    Download,
    Figure,
    GalleryPicture,
    KeyFacts,
    Kind,
    MapPicture,
    Opening,
    PersonCard,
    PullQuote,
    Question,
    Reviews,
    SitePart,
    Source,
    Step,
    Text,
    VideoPlayer,
)
from .inline_rows import KeptFormsetMixin, ListedChoice, RowForm, RowFormSet

_DOI_PREFIX = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_PMID_PREFIX = re.compile(r"^(?:https?://pubmed\.ncbi\.nlm\.nih\.gov/|pmid:?\s*)", re.IGNORECASE)


class SourceForm(RowForm):
    """A source. A DOI or PMID may be pasted as a full address."""

    row_classes = "source"

    doi = TidyFormField(label="DOI", required=False, max_length=160, help_text="For example 10.1056/NEJMra1204512.")
    pmid = TidyFormField(label="PMID", required=False, max_length=60, help_text="The number in PubMed.")

    class Meta:
        model = Source
        fields = ["doi", "pmid"]

    def clean_doi(self):
        return _DOI_PREFIX.sub("", self.cleaned_data["doi"].strip())

    def clean_pmid(self):
        return _PMID_PREFIX.sub("", self.cleaned_data["pmid"].strip()).rstrip("/")


class SourceFormSet(RowFormSet):
    """Refuses two sources with the same number, including one that someone else has just added."""

    def validate_unique(self):
        rows = [form.cleaned_data for form in self.forms if form.is_valid() and not self._should_delete_form(form)]
        numbers = [data["position"] for data in rows if "position" in data]
        own = [form.instance.pk for form in self.forms if form.instance.pk]
        if self.instance.pk:
            numbers += self.instance.sources.exclude(pk__in=own).values_list("position", flat=True)
        repeated = sorted({number for number in numbers if numbers.count(number) > 1})
        if repeated:
            raise forms.ValidationError(f"Two sources have the number {repeated[0]}. Give each its own.")


class SourceInline(KeptFormsetMixin, TypedTextMixin, admin.StackedInline):
    model = Source
    form = SourceForm
    formset = SourceFormSet
    template = "admin/articles/inline.html"
    fields = ["position", "year", "accessed_on", "authors", "title", "container", "detail", "doi", "pmid", "url"]
    extra = 0
    formfield_overrides = {
        models.URLField: {"assume_scheme": "https", "widget": forms.URLInput},
        models.DateField: {"widget": forms.DateInput({"type": "date"}, format="%Y-%m-%d")},
    }

    class Media:
        js = [Script("js/editor-sources.js", type="module")]


class ReviewsForm(RowForm):
    """The newest reviews, or one of those that readers see."""

    review = ListedChoice(
        "review",
        none=f"The newest {NEWEST_REVIEWS}",
        label="Which reviews",
        gone="Readers do not see this review any more. Choose another one.",
        help_text=Reviews._meta.get_field("review").help_text,
    )

    class Meta:
        model = Reviews
        fields = ["title", "lead", "review"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["review"].offer(self.instance.review)


class BlockInline(KeptFormsetMixin, ContentEditorInline):
    pass


def _blocks(*rows: tuple) -> list:
    """Inlines of rows of model, icon, fields and options."""
    return [
        BlockInline.create(
            model,
            icon=icon,
            fields=["region", "ordering", *fields],  # named, or Django builds a second form to find out
            formset=RowFormSet,
            template="admin/articles/inline.html",
            **{"form": RowForm, **options},
        )
        for model, icon, fields, options in rows
    ]


ARTICLE_INLINES = [
    *_blocks(
        (Text, "notes", ["body", "is_dosing"], {}),
        (Figure, "image", ["picture", "caption"], {"autocomplete_fields": ["picture"]}),
        (Callout, "warning", ["tone", "title", "body"], {}),
        (KeyFacts, "table_chart", ["title", "rows", "is_dosing"], {}),
        (PullQuote, "format_quote", ["quote", "attribution"], {}),
    ),
    SourceInline,
]
_TEXT, _, *_OTHERS = ARTICLE_INLINES[:-1]
PAGE_INLINES = [
    _TEXT,
    *_blocks((Figure, "image", ["picture", "caption", "is_opening"], {"autocomplete_fields": ["picture"]})),
    *_OTHERS,
    *_blocks(
        (Step, "format_list_numbered", ["label", "title", "body"], {}),
        (Question, "help", ["title", "body"], {}),
        (CallToAction, "call", ["title", "body", "call", "ask", "visit"], {}),
        (PersonCard, "person", ["person"], {}),
        (CenterFacts, "verified", ["title", "group"], {}),
        (SitePart, "dashboard", ["title", "part"], {}),
        (ArticleList, "article", ["title", "lead", "topic", "count"], {}),
        (Reviews, "reviews", ["title", "lead", "review"], {"form": ReviewsForm}),
        (Costs, "payments", ["title", "body"], {}),
        (Column, "view_column", ["icon", "title", "body"], {}),
        (Comparison, "grid_on", ["title", "cells", "own_row", "is_coverage", "checked_on"], {}),
        (GalleryPicture, "photo_library", ["picture", "caption"], {"autocomplete_fields": ["picture"]}),
        (MapPicture, "map", ["title", "picture", "body", "address"], {"autocomplete_fields": ["picture"]}),
        (Download, "download", ["file"], {"autocomplete_fields": ["file"]}),
        (VideoPlayer, "movie", ["video", "caption"], {"autocomplete_fields": ["video"]}),
    ),
    SourceInline,
]
FIRST_PAGE_INLINES = [
    *_blocks((Opening, "wb_twilight", ["title", "lead", "note", "drawing", "call", "ask"], {})),
    *PAGE_INLINES,
]
INLINES = {Kind.ARTICLE: ARTICLE_INLINES, Kind.HOUSE: PAGE_INLINES, Kind.HOME: FIRST_PAGE_INLINES}  # as forms.FORMS
