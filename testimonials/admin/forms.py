"""What moderators fill in. All acts of a page stand in one form, so that nothing typed in one is lost by another."""

from django import forms
from django.core.exceptions import ValidationError

from ..models import Reason
from ..pii import Kind
from . import redaction_spans

CHOOSE = [("", "Choose")]
TOLD_US = [
    ("phone", "On the phone"),
    ("letter", "By letter or email"),
    ("person", "In person"),
]


def _note(label: str, help_text: str = "", *, required=False, missing="") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=2000,
        widget=forms.Textarea({"rows": 2, "autocomplete": "off"}),
        error_messages={"required": missing} if missing else None,
    )


class OfVersion(forms.Form):
    """About one version of the words: the one that the page showed, in a field that all acts of the page share."""

    version = forms.IntegerField(min_value=1, max_value=32767, widget=forms.HiddenInput)

    def add_prefix(self, field_name):
        return field_name if field_name == "version" else super().add_prefix(field_name)


class Several(forms.MultipleHiddenInput):
    """Any number of values of one name, drawn by the page itself."""


class SpansField(forms.Field):
    widget = Several

    def clean(self, value):
        if len(value or []) > redaction_spans.MAX_SPANS:
            raise ValidationError("This is too much to take out. Withhold the review, or take out less.")
        try:
            return [redaction_spans.parse_span(one) for one in value or []]
        except ValueError:
            raise ValidationError("What is to be taken out could not be read. Mark it again.") from None


class ShowForm(OfVersion):
    span = SpansField(required=False)
    exact = forms.CharField(
        label="Also take out (exactly these words)",
        help_text="Type or paste them as they stand in the review. You see what it would look like before it is shown.",
        required=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 1, "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label="What it is", choices=redaction_spans.MANUAL_KINDS, initial=Kind.NAME, required=False
    )
    with_name = forms.BooleanField(label="Show the name", required=False)
    with_photo = forms.BooleanField(label="Show the photo", required=False)
    nobody_else = forms.BooleanField(
        label="I looked: nobody but the writer can be recognized in the photo", required=False
    )

    def clean_kind(self):
        return self.cleaned_data["kind"] or Kind.NAME

    def clean(self):
        answers = super().clean()
        if answers.get("with_photo") and not answers.get("nobody_else"):
            self.add_error("nobody_else", "Look at the photo and tick this, or do not show it.")
        return answers


class ProposeForm(OfVersion):
    reason = forms.ChoiceField(
        label="Why withhold it?",
        choices=[*CHOOSE, *Reason.choices],
        error_messages={"required": "Choose why it has to be withheld."},
    )
    note = _note("Note for whoever looks at it second", "Only colleagues read it.")


class AgreeForm(OfVersion):
    """Also about the reason that the page showed: whoever proposed it may have done so anew."""

    reason = forms.ChoiceField(choices=Reason.choices, required=False, widget=forms.HiddenInput)

    def add_prefix(self, field_name):
        return "proposed" if field_name == "reason" else super().add_prefix(field_name)


class NoteForm(forms.Form):
    note = _note("Note for colleagues")


class ReplyForm(forms.Form):
    reply = forms.CharField(
        label="Reply from the center",
        help_text="Everybody reads it below the review. Empty it to take the reply away.",
        required=False,
        max_length=1500,
        widget=forms.Textarea({"rows": 5, "autocomplete": "off"}),
    )


class _TheyToldUs(forms.Form):
    how = forms.ChoiceField(
        label="How did they tell us?",
        help_text="Be sure that it is the writer: have them name the address they gave, or something they wrote.",
        choices=[*CHOOSE, *TOLD_US],
        error_messages={"required": "Choose how they told us."},
    )

    def clean_how(self):
        return dict(TOLD_US)[self.cleaned_data["how"]].lower()


class TakeBackForm(_TheyToldUs):
    parts = forms.MultipleChoiceField(
        label="What they take back",
        choices=[("name", "The name"), ("photo", "The photo, which is erased")],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose what they take back."},
    )
    field_order = ["parts", "how"]


class WithdrawForm(_TheyToldUs):
    sure = forms.BooleanField(
        label="Take it down and erase it for good",
        error_messages={"required": "Tick this if you are sure: it cannot be undone."},
    )


class PermitForm(forms.Form):
    parts = forms.MultipleChoiceField(
        label="What they allow us to show here",
        choices=[("words", "The words and the stars"), ("name", "The name"), ("photo", "The photo")],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose what they allow."},
    )
    how = _note(
        "How do we know?",
        "Who asked, when, and where the answer is kept. A review that is public elsewhere is no permission.",
        required=True,
        missing="Say how we know that they allow it.",
    )
