"""Staff forms for the calls for help."""

import re
import secrets

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from detoxsite.core.form_fields import TypedText
from detoxsite.core.text_fields import NoteField, TidyFormField, WholeSearchField

from ..casework import contact_plan
from ..forms import AnswersForm
from ..models import (
    REVIEW_CHANNELS,
    AttemptOutcome,
    CallTimes,
    Channel,
    Language,
    MessageConsent,
    NeedsHelp,
    Outcome,
    Substance,
)

CHOOSE = [("", "Choose")]
NOT_OFFERED = {Outcome.SPAM, Outcome.CANCELED}  # an action of its own; only on the person's private page
MAX_AGE = timezone.timedelta(days=7)
STAFF_LABELS = {  # by answer: labels for staff, where the public form words a choice for the person
    "whom": {NeedsHelp.ME: "They do", NeedsHelp.OTHER: "Someone else", NeedsHelp.UNSAID: "They did not say"},
    "leave": {MessageConsent.TEXT: "Send a text message"},
    "times": {CallTimes.NOW: "As soon as we can"},
    "language": {language: language.for_staff for language in Language},
    "substances": {Substance.UNSURE: "They are not sure", Substance.PHONE: "They would rather say on the phone"},
}
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


def staff_choices(name: str, choices) -> list[tuple[str, str]]:
    labels = STAFF_LABELS.get(name, {})
    return [(value, labels.get(value, label)) for value, label in choices]


class SearchForm(forms.Form):
    typed = WholeSearchField(
        label="Phone, email or reference",
        help_text="The full number, address or reference, in any format. A part of one finds nothing.",
        placeholder="Whole phone, email or reference",
        missing="Type a phone number, an email address or a reference.",
    )


class SentOnceForm(forms.Form):
    """``seen``: how many entries the page showed. With it, a form sent twice in a row is stored once."""

    seen = forms.IntegerField(required=False, min_value=0, max_value=100_000, widget=forms.HiddenInput)


class ContactForm(SentOnceForm):
    way = forms.ChoiceField(
        label="How", choices=contact_plan.ContactMethod.choices, initial=contact_plan.ContactMethod.CALL, required=False
    )
    outcome = forms.ChoiceField(
        label="Result",
        choices=[*CHOOSE, *AttemptOutcome.choices],
        error_messages={"required": "Choose the result."},
    )
    note = NoteField("Note for colleagues", rows=3)
    unsafe = NoteField(
        "Reason to go against the contact plan",
        help_text="Only if the plan says no, or a colleague had it. Kept with this attempt.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unsafe"].is_folded = True

    def clean_way(self):
        return self.cleaned_data["way"] or contact_plan.ContactMethod.CALL


class AgainstPlanForm(forms.Form):
    unsafe = NoteField(
        "Why does it have to be now?",
        help_text="Kept with the attempt you note afterward.",
        missing="Say why it has to be now.",
    )


class CloseForm(forms.Form):
    outcome = forms.ChoiceField(
        label="How did it end?",
        choices=[*CHOOSE, *(choice for choice in Outcome.choices if choice[0] not in NOT_OFFERED)],
        error_messages={"required": "Choose how it ended."},
    )
    reason = NoteField(
        "Why do you stop trying?", help_text="Only for “not reached” before five attempts over three days."
    )


class PlanForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    voicemail = forms.BooleanField(label="A voicemail may be left", required=False)
    text = forms.BooleanField(label="A text message may be sent", required=False)
    hours = forms.MultipleChoiceField(
        label="Good times",
        choices=staff_choices("times", CallTimes.choices),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    say = NoteField("Who may answer, and what may be said to them")
    never = NoteField("What must never be mentioned")
    notes = NoteField("Anything else to know before calling")


class MessageForm(SentOnceForm):
    text = NoteField(
        "Message",
        rows=4,
        help_text="They read it on their private page. Nothing is sent to their phone or email.",
        missing="Type the message.",
    )


class PrintForm(forms.Form):
    to = TidyFormField(label="To whom", max_length=200, error_messages={"required": "Say who the printout is for."})
    why = TidyFormField(label="Purpose", max_length=200, error_messages={"required": "Say what they need it for."})


class EntryForm(AnswersForm):
    """A request made on the phone or in person, with the questions of the public form."""

    key = TypedText(required=False, widget=forms.HiddenInput)  # the same form sent twice is one request
    channel = forms.ChoiceField(
        label="How did they ask?",
        choices=[*CHOOSE, *(choice for choice in Channel.choices if choice[0] not in {Channel.WEB, *REVIEW_CHANNELS})],
        error_messages={"required": "Choose how they asked."},
    )
    received_at = forms.DateTimeField(
        label="When did they ask?",
        help_text="The actual time. The waiting time counts from it.",
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": "Enter a date and time.", "invalid": "Enter a date and time."},
    )
    agreed = forms.BooleanField(label="I told them this, and they agree to be called back.", required=False)

    field_order = ["key", "channel", "received_at"]
    TEXTS = {
        "email": ("Email address", ""),
        "name": ("What should we call them?", "A first name or any name they like."),
        "leave": ("If they do not pick up, what may we do?", "We do only what they allow."),
        "times": ("When is a good time to call?", "Center time. If none is checked: as soon as we can."),
        "language": ("Which language is best for them?", ""),
        "story": ("What is going on?", "Checked for danger like the public form."),
        "substances": ("What is being used?", "Check all that fit."),
        "recent": ("Was any of it used in the last 3 days (72 hours)?", ""),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, (label, help_text) in self.TEXTS.items():
            self.fields[name].label, self.fields[name].help_text = label, help_text
        for name in STAFF_LABELS:
            self.fields[name].choices = staff_choices(name, self.fields[name].choices)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"
        self.initial.setdefault("key", secrets.token_urlsafe(18))
        self.initial.setdefault("received_at", timezone.localtime())

    def before_consent(self):
        return [self[name] for name in self.fields if name != "agreed"]

    def consent(self):
        """Separate, because staff read the text out first."""
        return [self["agreed"]]

    def clean_key(self):
        """Replace an invalid key: it is hidden, so staff could not correct it."""
        key = self.cleaned_data["key"]
        return key if _KEY.fullmatch(key) else secrets.token_urlsafe(18)

    def clean_received_at(self):
        at, now = self.cleaned_data["received_at"], timezone.now()
        if at > now + timezone.timedelta(minutes=1):
            raise ValidationError("This is in the future.")
        if at < now - MAX_AGE:
            raise ValidationError("This is more than seven days ago. Enter when you heard of it.")
        return min(at, now)
