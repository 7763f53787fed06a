"""The formsets on the page of an edition: its blocks by kind, and its sources."""

import re

from django import forms
from django.contrib import admin
from django.db import models
from django.utils.functional import cached_property
from js_asset import Script

from detoxsite.core.form_fields import RowChoice, TypedTextMixin
from detoxsite.core.text_fields import TidyFormField

from ..content.block_names import name_of
from ..models import (
    NEWEST_REVIEWS,
    REGION,
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
from .inline_rows import PLACE_FIELDS, KeptFormsetMixin, ListedChoice, RowForm, RowFormSet
from .picture_chooser import ChoosesPictures, share_offered

_DOI_PREFIX = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_PMID_PREFIX = re.compile(r"^(?:https?://pubmed\.ncbi\.nlm\.nih\.gov/|pmid:?\s*)", re.IGNORECASE)
DATE = {"widget": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}


class SourceForm(RowForm):
    """A source. A DOI or PMID may be pasted as a full address."""

    row_classes = "source"
    folded_fields = ("detail", "pmid", "url", "accessed_on")
    fold_label = "Volume and pages, PMID, web address"
    preset_fields = ("position",)

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
    fields = ["position", "authors", "title", "container", "year", "doi", "detail", "pmid", "url", "accessed_on"]
    extra = 0
    formfield_overrides = {
        models.URLField: {"assume_scheme": "https", "widget": forms.URLInput},
        models.DateField: DATE,
    }

    class Media:
        js = [Script("js/editor-sources.js", type="module")]


class CalloutForm(RowForm):
    preset_fields = PLACE_FIELDS | {"tone"}


class KeyFactsForm(RowForm):
    """Key facts, typed cell by cell (static/js/editor-grid.js)."""

    class Meta:
        model = KeyFacts
        fields = ["title", "rows", "is_dosing"]
        widgets = {
            "rows": forms.Textarea({"data-grid": "2 60", "data-facts": "", "cols": 60, "rows": 5})
        }  # editor-grid.js


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


class BlockFormSet(RowFormSet):
    @cached_property
    def forms(self):
        rows = super().forms
        share_offered(rows)
        return rows


class BlockInline(ChoosesPictures, KeptFormsetMixin, admin.StackedInline):
    """Blocks of one kind. The template of the page draws those of all kinds in one order (block_flow.py)."""

    extra = 0
    fk_name = "parent"
    formfield_overrides = {models.DateField: DATE}
    icon = ""  # a sign of desk-icons.svg

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return super().formfield_for_foreignkey(db_field, request, form_class=RowChoice, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "region":  # there is one
            return db_field.formfield(widget=forms.HiddenInput, initial=REGION)
        if db_field.name == "ordering":  # scripts move the blocks instead
            return db_field.formfield(widget=forms.NumberInput, label="Place", help_text="Lower numbers come first.")
        return super().formfield_for_dbfield(db_field, request, **kwargs)


def _named(model) -> dict:
    return {"model": model, "verbose_name": name_of(model.kind)}


def _blocks(*rows: tuple) -> list:
    """Inlines of rows of model, icon, fields and options."""
    common = {"formset": BlockFormSet, "form": RowForm}
    return [
        type(
            f"{model.__name__}Inline",
            (BlockInline,),
            # fields are named, or Django builds a second form to find out
            {**common, **_named(model), "icon": icon, "fields": ["region", "ordering", *fields], **options},
        )
        for model, icon, fields, options in rows
    ]


ARTICLE_INLINES = [
    *_blocks(
        (Text, "text", ["body", "is_dosing"], {}),
        (Figure, "picture", ["picture", "caption"], {}),
        (Callout, "note", ["tone", "title", "body"], {"form": CalloutForm}),
        (KeyFacts, "table", ["title", "rows", "is_dosing"], {"form": KeyFactsForm}),
        (PullQuote, "quote", ["quote", "attribution"], {}),
    ),
    SourceInline,
]
_TEXT, _, *_OTHERS = ARTICLE_INLINES[:-1]
PAGE_INLINES = [
    _TEXT,
    *_blocks((Figure, "picture", ["picture", "caption", "is_opening"], {})),
    *_OTHERS,
    *_blocks(
        (Step, "numbers", ["label", "title", "body"], {}),
        (Question, "help", ["title", "body"], {}),
        (CallToAction, "mobile", ["title", "body", "call", "ask", "visit"], {}),
        (PersonCard, "pen", ["person"], {}),
        (CenterFacts, "ok", ["title", "group"], {}),
        (SitePart, "tree", ["title", "part"], {}),
        (ArticleList, "page", ["title", "lead", "topic", "count"], {}),
        (Reviews, "s-live", ["title", "lead", "review"], {"form": ReviewsForm}),
        (Costs, "bars", ["title", "body"], {}),
        (Column, "columns", ["icon", "title", "body"], {}),
        (Comparison, "table", ["title", "cells", "own_row", "is_coverage", "checked_on"], {}),
        (GalleryPicture, "picture", ["picture", "caption"], {}),
        (MapPicture, "globe", ["title", "picture", "body", "address"], {}),
        (Download, "upload", ["file"], {"autocomplete_fields": ["file"]}),
        (VideoPlayer, "eye", ["video", "caption"], {"autocomplete_fields": ["video"]}),
    ),
    SourceInline,
]
FIRST_PAGE_INLINES = [
    *_blocks((Opening, "home", ["title", "lead", "note", "drawing", "call", "ask"], {})),
    *PAGE_INLINES,
]
INLINES = {Kind.ARTICLE: ARTICLE_INLINES, Kind.HOUSE: PAGE_INLINES, Kind.HOME: FIRST_PAGE_INLINES}  # as forms.FORMS
