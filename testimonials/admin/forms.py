"""Forms of the moderators. All actions of a page share one HTML form, so that nothing typed in one is lost."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from detoxsite.core.encryption import digests
from detoxsite.core.form_fields import TypedText
from detoxsite.core.plain_text import as_seen
from detoxsite.core.text_fields import NoteField, TidyFormField, WholeSearchField

from ..models import Author, Reason, Testimonial
from ..pii import Kind
from . import redaction_spans

CHOOSE = [("", "Choose")]
_NUMBER = re.compile(r"(?:review)?\s*#?\s*(\d{1,18})", re.ASCII | re.IGNORECASE)  # as the list and its links name it
REQUEST_CHANNELS = [
    ("phone", "On the phone"),
    ("letter", "By letter or email"),
    ("person", "In person"),
]


class SearchForm(forms.Form):
    """A review by its number, or all of one address. Words are sealed, so nothing looks for them."""

    typed = WholeSearchField(
        label="Number of a review or email",
        help_text="The number of a review, or the whole address of its author. A part of one finds nothing.",
        placeholder="Review number or whole email",
        missing="Type the number of a review or an email address.",
    )

    def matches(self) -> QuerySet:
        typed = self.cleaned_data["typed"]
        if number := _NUMBER.fullmatch(as_seen(typed).strip()):
            return Testimonial.objects.filter(pk=int(number[1]))
        same = Author.objects.filter(email_index=digests.blind_index("email", as_seen(typed)))
        return Testimonial.objects.filter(pk__in=same.values("review"))


SHARED = ("version", "decided")


class VersionForm(forms.Form):
    """About the version of the words that the page showed, in a field that all actions of the page share."""

    version = forms.IntegerField(min_value=1, max_value=32767, widget=forms.HiddenInput)

    def add_prefix(self, field_name):
        return field_name if field_name in SHARED else super().add_prefix(field_name)


class SpansField(forms.Field):
    """Any number of spans under one name; the page itself draws them as checkboxes."""

    widget = forms.MultipleHiddenInput

    def clean(self, value):
        if len(value or []) > redaction_spans.MAX_SPANS:
            raise ValidationError("This is too much to take out. Withhold the review, or take out less.")
        try:
            return [redaction_spans.parse_span(one) for one in value or []]
        except ValueError:
            raise ValidationError("The marked parts could not be read. Mark them again.") from None


class PublishForm(VersionForm):
    """Also about the decision that the page showed: a colleague may have published it since, with parts taken out."""

    decided = TypedText(required=False, max_length=64, widget=forms.HiddenInput)
    span = SpansField(required=False)
    exact = TypedText(
        label="Also take out (these exact words)",
        help_text="Type or paste them as they appear in the review. You see the result before it is published.",
        required=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 1, "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label="What it is", choices=redaction_spans.MANUAL_KINDS, initial=Kind.NAME, required=False
    )
    with_name = forms.BooleanField(label="Show the name", required=False)
    first_name_only = forms.BooleanField(label="Only the first name", required=False)
    with_photo = forms.BooleanField(label="Show the photo", required=False)
    nobody_else = forms.BooleanField(label="I checked: only the author can be recognized in the photo", required=False)

    def clean_kind(self):
        return self.cleaned_data["kind"] or Kind.NAME

    def clean(self):
        answers = super().clean()
        if answers.get("with_photo") and not answers.get("nobody_else"):
            self.add_error("nobody_else", "Look at the photo and check this box, or do not show the photo.")
        return answers


class ProposeForm(VersionForm):
    reason = forms.ChoiceField(
        label="Why withhold it?",
        choices=[*CHOOSE, *Reason.choices],
        error_messages={"required": "Choose a reason to withhold it."},
    )
    note = NoteField("Note for the second person", help_text="Only colleagues can read it.")


class DeclineForm(VersionForm):
    """Also about the reason that the page showed, because the proposal may have changed since."""

    reason = forms.ChoiceField(choices=Reason.choices, required=False, widget=forms.HiddenInput)

    def add_prefix(self, field_name):
        return "proposed" if field_name == "reason" else super().add_prefix(field_name)


class NoteForm(forms.Form):
    note = NoteField("Note for colleagues")


class ReplyForm(forms.Form):
    """Also about the reply that the page showed: ``seen`` is its hash."""

    seen = TypedText(required=False, max_length=64, widget=forms.HiddenInput)
    reply = TidyFormField(
        label="Reply from the center",
        help_text="Everyone can read it below the review. Clear it to remove the reply.",
        required=False,
        max_length=1500,
        widget=forms.Textarea({"rows": 5, "autocomplete": "off"}),
    )


class _AuthorRequestForm(forms.Form):
    """What the author asked for outside the private page."""

    how = forms.ChoiceField(
        label="How did the author tell us?",
        help_text="Make sure it is the author: ask for the address they gave, or for something they wrote.",
        choices=[*CHOOSE, *REQUEST_CHANNELS],
        error_messages={"required": "Choose how the author told us."},
    )

    def clean_how(self):
        return dict(REQUEST_CHANNELS)[self.cleaned_data["how"]].lower()


class WithdrawPartsForm(_AuthorRequestForm):
    parts = forms.MultipleChoiceField(
        label="What to remove",
        choices=[("name", "The name"), ("photo", "The photo (it is erased)")],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose what to remove."},
    )
    field_order = ["parts", "how"]


class WithdrawForm(_AuthorRequestForm):
    sure = forms.BooleanField(
        label="Take it down and erase it for good",
        error_messages={"required": "Check this box if you are sure. It cannot be undone."},
    )


class RecordConsentForm(forms.Form):
    parts = forms.MultipleChoiceField(
        label="What the author allows us to show here",
        choices=[("words", "The words and the stars"), ("name", "The name"), ("photo", "The photo")],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose what the author allows."},
    )
    how = NoteField(
        "How do we know?",
        help_text=(
            "Who asked, when, and where the answer is filed. That a review is public on another site is not consent."
        ),
        missing="Say how we know that the author allows it.",
    )
