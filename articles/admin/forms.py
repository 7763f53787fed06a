"""The forms of the article desk."""

import re

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone
from django.utils.text import slugify

from .. import services
from ..models import Article, Edition, Source, Topic

MAX_SCHEDULE_AHEAD = timezone.timedelta(
    days=180
)  # ahead, for a date of publication; its review is due a year after signing
_DOI_PREFIX = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_PMID_PREFIX = re.compile(r"^(?:https?://pubmed\.ncbi\.nlm\.nih\.gov/|pmid:?\s*)", re.IGNORECASE)


class EditionForm(forms.ModelForm):
    """An edition; until the article was first signed off with its address and topic.

    ``opened`` is the revision of the draft that was opened. When it has been saved by somebody else since,
    ``is_overtaken`` is set and nothing is saved. With ``_kept`` among the data the form shows what was typed earlier
    and not saved; that is not saved either before somebody has looked at it.
    """

    slug = forms.SlugField(
        label="Address",
        required=False,
        max_length=80,
        help_text="The last part of the address. Left empty, it is made from the title.",
    )
    topic = forms.ModelChoiceField(Topic.objects.all(), label="Topic")
    opened = forms.IntegerField(required=False, widget=forms.HiddenInput)
    is_overtaken = False

    class Meta:
        model = Edition
        fields = ["title", "summary", "author", "changes"]
        widgets = {"summary": forms.Textarea({"rows": 2}), "changes": forms.Textarea({"rows": 2})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_taken_up = self.is_bound and "_kept" in self.data
        if not self.instance.pk:
            return
        article = self.instance.article
        self.initial |= {"slug": article.slug, "topic": article.topic, "opened": self.instance.revision}
        if article.was_signed:
            del self.fields["slug"], self.fields["topic"]

    def clean(self):
        """Check the article's own rules here, so that their words appear beside the fields."""
        data = super().clean()
        if "slug" in self.fields:
            self._clean_article(data)
        if self.instance.pk and data.get("opened") != self.instance.revision:
            self.is_overtaken = True
            self._go_on_from(self.instance.revision)
            self.add_error(None, "Somebody else has saved this draft since you opened it. Nothing of yours is lost.")
        elif self.is_taken_up:
            self.add_error(None, "This is what you had typed. It is not saved yet.")
        return data

    def _go_on_from(self, revision: int):
        """The next save of this form may go ahead: by then its writer has seen both."""
        self.data = self.data.copy()
        self.data["opened"] = str(revision)

    def _clean_article(self, data):
        slug = data.get("slug") or slugify(data.get("title", ""))[:80]
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
    """A source. A DOI or PMID may be pasted with the address it came with."""

    doi = forms.CharField(label="DOI", required=False, max_length=160, help_text="Such as 10.1056/NEJMra1204512.")
    pmid = forms.CharField(label="PMID", required=False, max_length=60, help_text="The number in PubMed.")

    class Meta:
        model = Source
        fields = ["doi", "pmid"]

    def clean_doi(self):
        return _DOI_PREFIX.sub("", self.cleaned_data["doi"].strip())

    def clean_pmid(self):
        return _PMID_PREFIX.sub("", self.cleaned_data["pmid"].strip()).rstrip("/")


class SourceFormSet(forms.BaseInlineFormSet):
    """Tells of two sources with one number, also when somebody else has added the other one."""

    def validate_unique(self):
        typed = [form.cleaned_data for form in self.forms if form.is_valid() and not self._should_delete_form(form)]
        numbers = [data["position"] for data in typed if "position" in data]
        shown = [form.instance.pk for form in self.forms if form.instance.pk]
        if self.instance.pk:
            numbers += self.instance.sources.exclude(pk__in=shown).values_list("position", flat=True)
        twice = sorted({number for number in numbers if numbers.count(number) > 1})
        if twice:
            raise forms.ValidationError(f"Two sources have the number {twice[0]}. Give each its own.")


class SourceInline(admin.StackedInline):
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
    note = forms.CharField(label="What has to change", max_length=4000, widget=forms.Textarea({"rows": 3}))


class SignOffForm(forms.Form):
    """``read`` ties the signature to the words that were on the page; the box is there when remarks are amber."""

    read = forms.CharField(
        widget=forms.HiddenInput,
        max_length=64,
        error_messages={"required": "Open the page of the edition, read it, and sign there."},
    )
    amber_read = forms.BooleanField(label="I have read the amber remarks and sign off with them", required=False)
    publish_at = forms.DateTimeField(
        label="Publish at",
        help_text="Empty: at once. Otherwise in the time of the center.",
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
            raise forms.ValidationError("Choose a moment from now to half a year ahead, or leave it empty.")
        return moment


class WithdrawForm(forms.Form):
    note = forms.CharField(label="Why", max_length=1000, widget=forms.Textarea({"rows": 2}))
    whole = forms.BooleanField(
        label="Older editions too, so that the page is gone",
        required=False,
        help_text="Without this the newest older edition that was signed off shows again.",
    )


class WaiverForm(forms.Form):
    key = forms.CharField(max_length=32, widget=forms.HiddenInput)
    reason = forms.CharField(label="Why this is a false alarm", max_length=500)


class RelocateForm(forms.Form):
    slug = forms.SlugField(label="Address", max_length=80, help_text="Who follows the old one is led to the new one.")
    topic = forms.ModelChoiceField(Topic.objects.all())
    owner = forms.ModelChoiceField(
        get_user_model().objects.filter(is_active=True, groups__name__in=["editor", "clinician", "manager"]).distinct(),
        required=False,
        help_text="Who is reminded when its review is due.",
    )
