"""Forms of the article admin."""

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.text import slugify

from detoxsite.core.form_fields import RowChoice, TypedText
from detoxsite.core.plain_text import as_seen
from detoxsite.core.text_fields import TidyFormField, TidySlugFormField

from .. import relocation, schedule, services
from ..models import PAGE_KINDS, Article, Edition, Kind, Topic
from .planning_actions import PUBLISH_HELP, moment_field


def pages_that_can_be_above():
    """Pages on the first two of three levels."""
    return Article.objects.filter(kind__in=PAGE_KINDS).exclude(path__regex="/.*/")


def _slug_of(title: str) -> str:
    return slugify(as_seen(title))[:80]


class EditionForm(forms.ModelForm):
    """An edition; before the first sign-off also the article's address and topic (``address_fields``).

    ``opened`` is the revision the form was opened on. If someone else has saved the draft since, ``has_conflict`` is
    set and nothing is saved. With ``_kept`` in the data, the form shows a restored autosave, which is not saved before
    its author has looked at it.
    """

    slug = TidySlugFormField(
        label="Address",
        required=False,
        max_length=80,
        help_text="Its last part. Empty: made from the title.",
    )
    topic = RowChoice(Topic.objects.all(), label="Topic")
    opened = forms.IntegerField(required=False, widget=forms.HiddenInput)
    address_fields = ("slug", "topic")
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
        self.initial |= {name: getattr(article, name) for name in self.address_fields}
        self.initial["opened"] = self.instance.revision
        if article.has_signed_edition:
            for name in self.address_fields:
                del self.fields[name]

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

    @property
    def address_follows(self) -> bool:
        """Whether the title makes the address: until the first sign-off, unless someone typed another."""
        if "slug" not in self.fields or "slug_typed" in self.data:
            return False
        typed = (self["slug"].value() or "").strip()
        is_made = self.instance.pk and typed == self.initial["slug"] == _slug_of(self.initial["title"])
        return bool(is_made) or not typed

    def _slug(self, data) -> str:
        typed = data.get("slug", "")
        return typed if typed and not self.address_follows else _slug_of(data.get("title", "")) or typed

    def _clean_article(self, data):
        slug = self._slug(data)
        relocation.lock_address(data.get("kind", Kind.ARTICLE), slug)
        if "title" not in data or any(name not in data for name in self.address_fields):
            return
        if not self.instance.pk:
            self.instance.article = Article()
        for name, value in {**{name: data[name] for name in self.address_fields}, "slug": slug}.items():
            setattr(self.instance.article, name, value)
        try:
            self.instance.article.full_clean()
        except forms.ValidationError as exc:
            for name, errors in exc.error_dict.items():
                name = "slug" if name == "path" else name
                self.add_error(name if name in self.fields else None, errors)


class PageForm(EditionForm):
    """An edition of a page; before the first sign-off also its kind and its place among the pages."""

    kind = forms.ChoiceField(label="Kind of page", choices=[(kind.value, kind.label) for kind in PAGE_KINDS])
    parent = RowChoice(
        pages_that_can_be_above(),
        label="Below",
        required=False,
        empty_label="No other page: at the root of the site",
        help_text="The address begins with that of this page.",
    )
    topic = None
    address_fields = ("kind", "parent", "slug")


class FirstPageForm(EditionForm):
    """An edition of the first page, whose address is fixed. Its heading is in its blocks."""

    topic = slug = None
    address_fields = ()

    class Meta(EditionForm.Meta):
        help_texts = {
            "title": "In the browser’s tab and in search results.",
            "summary": "Search engines show it below the title.",
        }


FORMS = {Kind.ARTICLE: EditionForm, Kind.HOUSE: PageForm, Kind.HOME: FirstPageForm}  # PageForm for all other pages


class SendBackForm(forms.Form):
    note = TidyFormField(
        label="Requested changes",
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 3}),
        help_text="What is about some words is better said as a comment on them: it leads the author there.",
    )


_KEY_OF_LAST = {"required": False, "min_value": 0, "max_value": 2**63 - 1, "widget": forms.HiddenInput}


class SignOffForm(forms.Form):
    """``read`` ties the signature to the text that was on the page; the last comment and entry, to what was said of it.

    The checkboxes are shown for amber findings and for comments that are open.
    """

    read = TypedText(
        widget=forms.HiddenInput,
        max_length=64,
        error_messages={"required": "Open the page of the edition, read it, and sign off there."},
    )
    amber_read = forms.BooleanField(label="I have read the amber findings and sign off anyway", required=False)
    comments_read = forms.BooleanField(label="Comments are open: I have read them and sign off anyway", required=False)
    last_comment = forms.IntegerField(**_KEY_OF_LAST)
    last_entry = forms.IntegerField(**_KEY_OF_LAST)
    publish_at = moment_field(help_text=PUBLISH_HELP)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.initial.get("amber") == 0:
            self.fields["amber_read"].widget = forms.HiddenInput()
        if "comments" in self.initial:
            self._ask_about(self.initial["comments"])

    def show_again(self, seen: dict) -> None:
        """Tie the form to what its page shows now (``seen``, as ``initial``): what was confirmed before has to be again
        where that is something else.
        """
        self.data = self.data.copy()
        if self._update(seen, "read"):
            self._uncheck("amber_read", "comments_read")
            if services.TEXT_CHANGED not in self.non_field_errors():
                self.add_error(None, services.TEXT_CHANGED)
        if self._update(seen, "last_comment", "last_entry"):
            self._uncheck("comments_read")
        self._ask_about(seen["comments"])

    def _update(self, seen: dict, *names: str) -> bool:
        """Whether one of these fields was something else."""
        new = {self.add_prefix(name): str(seen[name]) for name in names}
        is_changed = any(self.data.get(name) != value for name, value in new.items())
        for name, value in new.items():
            self.data[name] = value
        return is_changed

    def _uncheck(self, *names: str) -> None:
        for name in names:
            self.data.pop(self.add_prefix(name), None)

    def _ask_about(self, comments: int) -> None:
        noun = "1 comment is" if comments == 1 else f"{comments} comments are"
        self["comments_read"].label = f"{noun} open: I have read them and sign off anyway"
        if not comments:
            self.fields["comments_read"].widget = forms.HiddenInput()

    def clean_last_comment(self):
        return self.cleaned_data["last_comment"] or 0

    def clean_last_entry(self):
        return self.cleaned_data["last_entry"] or 0

    def clean_publish_at(self):
        moment, now = self.cleaned_data["publish_at"], timezone.now()
        if moment and not now <= moment <= now + schedule.MAX_AHEAD:
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


class WithdrawPageForm(WithdrawForm):
    leave_links = forms.BooleanField(
        label="Also if other pages link to this one, or are below it",
        required=False,
        help_text="Otherwise the page stays, and you are told which these are. Readers who follow a link see that the "
        "page was taken down.",
    )


class WithdrawFirstPageForm(WithdrawForm):
    whole = forms.BooleanField(
        label="Also withdraw earlier editions, so that readers see the default first page",
        required=False,
        help_text="If not checked, the latest earlier signed-off edition goes live again, if there is one.",
    )


OWNERS = get_user_model().objects.filter(is_active=True, groups__name__in=["editor", "clinician", "manager"])
OWNERS = OWNERS.distinct().only("first_name", "last_name", "email")
ADDRESS_HELP = "Visitors to the old address are redirected."


class RelocateForm(forms.Form):
    slug = TidySlugFormField(label="Address", max_length=80, help_text=ADDRESS_HELP)
    topic = RowChoice(Topic.objects.all())
    owner = RowChoice(OWNERS, required=False, help_text="Receives a reminder when the review is due.")


class OwnerForm(forms.Form):
    owner = RowChoice(OWNERS, required=False, help_text="Receives a reminder when the page has to be checked again.")


class MoveForm(forms.Form):
    """Where a page is among the pages, with all that are below it."""

    slug = TidySlugFormField(label="Address", max_length=80, help_text=f"Only its last part. {ADDRESS_HELP}")
    parent = RowChoice(
        pages_that_can_be_above(), label="Below", required=False, empty_label="No other page: at the root of the site"
    )
    owner = RowChoice(OWNERS, required=False, help_text="Receives a reminder when the page has to be checked again.")
