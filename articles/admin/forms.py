"""Forms of the article admin."""

import re

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone
from django.utils.text import slugify

from detoxsite.core.form_fields import TypedText, TypedTextMixin
from detoxsite.core.plain_text import as_seen
from detoxsite.core.text_fields import TidyFormField, TidySlugFormField

from .. import services
from ..models import Article, Edition, Source, Topic

MAX_SCHEDULE_AHEAD = timezone.timedelta(days=180)  # well before the review, which is due a year after signing
_DOI_PREFIX = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_PMID_PREFIX = re.compile(r"^(?:https?://pubmed\.ncbi\.nlm\.nih\.gov/|pmid:?\s*)", re.IGNORECASE)


class EditionForm(forms.ModelForm):
    """An edition; before the first sign-off also the article's address and topic.

    ``opened`` is the revision the form was opened on. If someone else has saved the draft since, ``has_conflict`` is
    set and nothing is saved. With ``_kept`` in the data, the form shows a restored autosave, which is not saved before
    its author has looked at it.
    """

    slug = TidySlugFormField(
        label="Address",
        required=False,
        max_length=80,
        help_text="The last part of the address. If left empty, it is made from the title.",
    )
    topic = forms.ModelChoiceField(Topic.objects.all(), label="Topic")
    opened = forms.IntegerField(required=False, widget=forms.HiddenInput)
    has_conflict = False

    class Meta:
        model = Edition
        fields = ["title", "summary", "author", "changes"]
        widgets = {"summary": forms.Textarea({"rows": 2}), "changes": forms.Textarea({"rows": 2})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_restored = self.is_bound and "_kept" in self.data
        if not self.instance.pk:
            return
        article = self.instance.article
        self.initial |= {"slug": article.slug, "topic": article.topic, "opened": self.instance.revision}
        if article.has_signed_edition:
            del self.fields["slug"], self.fields["topic"]

    def clean(self):
        """Validates the article too, so that its messages appear beside the fields."""
        data = super().clean()
        if "slug" in self.fields:
            self._clean_article(data)
        if self.instance.pk and data.get("opened") != self.instance.revision:
            self.has_conflict = True
            self._accept_revision(self.instance.revision)
            self.add_error(None, "Someone else saved this draft after you opened it. None of your work is lost.")
        elif self.is_restored:
            self.add_error(None, "This is your restored draft. It is not saved yet.")
        return data

    def _accept_revision(self, revision: int):
        """Let the next save of this form succeed: by then its author has seen both versions."""
        self.data = self.data.copy()
        self.data["opened"] = str(revision)

    def _clean_article(self, data):
        slug = data.get("slug") or slugify(as_seen(data.get("title", "")))[:80]
        services.lock_address(slug)
        if "topic" in data and "title" in data:
            if not self.instance.pk:
                self.instance.article = Article()
            article = self.instance.article
            article.slug, article.topic = slug, data["topic"]
            try:
                article.full_clean()
            except forms.ValidationError as exc:
                for name, errors in exc.error_dict.items():
                    self.add_error(name if name in self.fields else None, errors)


class SourceForm(forms.ModelForm):
    """A source. A DOI or PMID may be pasted as a full address."""

    doi = TidyFormField(label="DOI", required=False, max_length=160, help_text="For example 10.1056/NEJMra1204512.")
    pmid = TidyFormField(label="PMID", required=False, max_length=60, help_text="The number in PubMed.")

    class Meta:
        model = Source
        fields = ["doi", "pmid"]

    def clean_doi(self):
        return _DOI_PREFIX.sub("", self.cleaned_data["doi"].strip())

    def clean_pmid(self):
        return _PMID_PREFIX.sub("", self.cleaned_data["pmid"].strip()).rstrip("/")


class SourceFormSet(forms.BaseInlineFormSet):
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


class SourceInline(TypedTextMixin, admin.StackedInline):
    model = Source
    form = SourceForm
    formset = SourceFormSet
    template = "admin/articles/inline.html"
    row_classes = "source"
    fields = ["position", "year", "accessed_on", "authors", "title", "container", "detail", "doi", "pmid", "url"]
    extra = 0
    formfield_overrides = {
        models.URLField: {"assume_scheme": "https", "widget": forms.URLInput},
        models.DateField: {"widget": forms.DateInput({"type": "date"}, format="%Y-%m-%d")},
    }


class SendBackForm(forms.Form):
    note = TidyFormField(label="Requested changes", max_length=4000, widget=forms.Textarea({"rows": 3}))


class SignOffForm(forms.Form):
    """``read`` ties the signature to the text that was on the page. The checkbox is shown for amber findings."""

    read = TypedText(
        widget=forms.HiddenInput,
        max_length=64,
        error_messages={"required": "Open the page of the edition, read it, and sign off there."},
    )
    amber_read = forms.BooleanField(label="I have read the amber findings and sign off anyway", required=False)
    publish_at = forms.DateTimeField(
        label="Publish at",
        help_text="Leave empty to publish now. Otherwise a time in the center’s time zone.",
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.initial.get("amber") == 0:
            self.fields["amber_read"].widget = forms.HiddenInput()

    def clean_publish_at(self):
        moment, now = self.cleaned_data["publish_at"], timezone.now()
        if moment and not now <= moment <= now + MAX_SCHEDULE_AHEAD:
            raise forms.ValidationError("Choose a time within the next six months, or leave this empty.")
        return moment


class WithdrawForm(forms.Form):
    note = TidyFormField(label="Reason", max_length=1000, widget=forms.Textarea({"rows": 2}))
    whole = forms.BooleanField(
        label="Also withdraw earlier editions, so that the page is gone",
        required=False,
        help_text="If not checked, the latest earlier signed-off edition goes live again.",
    )


class WaiverForm(forms.Form):
    key = TypedText(max_length=32, widget=forms.HiddenInput)
    reason = TidyFormField(label="Why this is a false alarm", max_length=500)


class RelocateForm(forms.Form):
    slug = TidySlugFormField(label="Address", max_length=80, help_text="Visitors to the old address are redirected.")
    topic = forms.ModelChoiceField(Topic.objects.all())
    owner = forms.ModelChoiceField(
        get_user_model().objects.filter(is_active=True, groups__name__in=["editor", "clinician", "manager"]).distinct(),
        required=False,
        help_text="Receives a reminder when the review is due.",
    )
