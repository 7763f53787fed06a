"""What staff type at the desk of the calls."""

import re
import secrets

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from ..casework import contact_plan
from ..forms import AnswersForm
from ..models import (
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
NOT_CHOSEN = {Outcome.SPAM, Outcome.CANCELLED}  # a step of its own; the person's own page alone
LONG_AGO = timezone.timedelta(days=7)
THEIR_WORDS = {  # choices that the public form has in the words of the person, for staff, by the name of the answer
    "whom": {NeedsHelp.ME: "They do", NeedsHelp.OTHER: "Somebody else", NeedsHelp.UNSAID: "They did not say"},
    "leave": {MessageConsent.TEXT: "Send a text message"},
    "times": {CallTimes.NOW: "As soon as we can"},
    "language": {language: language.for_staff for language in Language},
    "substances": {Substance.UNSURE: "They are not sure", Substance.PHONE: "They would rather say on the phone"},
}
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


def for_staff(name: str, choices) -> list[tuple[str, str]]:
    words = THEIR_WORDS.get(name, {})
    return [(value, words.get(value, label)) for value, label in choices]


def _text(label, *, rows=2, required=False, help_text="", missing="") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=4000,
        widget=forms.Textarea({"rows": rows, "autocomplete": "off"}),
        error_messages={"required": missing} if missing else None,
    )


class SearchForm(forms.Form):
    typed = forms.CharField(
        label="Phone, email or reference",
        help_text="Whole, in any writing. Parts of a number or address find nothing.",
        max_length=254,
        widget=forms.TextInput({"autocomplete": "off", "type": "search"}),
        error_messages={"required": "Type a phone number, an email address or a reference."},
    )


class ContactForm(forms.Form):
    way = forms.ChoiceField(
        label="How", choices=contact_plan.Way.choices, initial=contact_plan.Way.CALL, required=False
    )
    outcome = forms.ChoiceField(
        label="What came of it",
        choices=[*CHOOSE, *AttemptOutcome.choices],
        error_messages={"required": "Choose what came of it."},
    )
    note = _text("Note for colleagues", rows=3)
    unsafe = _text(
        "Why, although the contact plan speaks against it", help_text="Only needed then. It is kept with this attempt."
    )

    def clean_way(self):
        return self.cleaned_data["way"] or contact_plan.Way.CALL


class AgainstPlanForm(forms.Form):
    unsafe = _text(
        "Why does it have to be now?",
        required=True,
        help_text="It is kept with the attempt you note afterwards.",
        missing="Say why it has to be now.",
    )


class CloseForm(forms.Form):
    outcome = forms.ChoiceField(
        label="How did it end?",
        choices=[*CHOOSE, *(choice for choice in Outcome.choices if choice[0] not in NOT_CHOSEN)],
        error_messages={"required": "Choose how it ended."},
    )
    reason = _text(
        "Why nobody tries any longer", help_text="Only for “not reached” before five attempts over three days."
    )


class PlanForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    voicemail = forms.BooleanField(label="A voicemail may be left", required=False)
    text = forms.BooleanField(label="A text message may be sent", required=False)
    hours = forms.MultipleChoiceField(
        label="Good times",
        choices=for_staff("times", CallTimes.choices),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    say = _text("Who may answer, and what may be said to them")
    never = _text("What must never be mentioned")
    notes = _text("Anything else to know before calling")


class MessageForm(forms.Form):
    text = _text(
        "Message",
        rows=4,
        required=True,
        help_text="They read it on their own page. Nothing is sent to their phone or email.",
        missing="Type the message.",
    )


class PrintForm(forms.Form):
    to = forms.CharField(label="To whom", max_length=200, error_messages={"required": "Say whom the paper is for."})
    why = forms.CharField(label="What for", max_length=200, error_messages={"required": "Say what they need it for."})


class EntryForm(AnswersForm):
    """A request that somebody made on the phone or in person, in the same words as the public form."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)  # the same form sent twice is one request
    channel = forms.ChoiceField(
        label="How did they ask?",
        choices=[*CHOOSE, *(choice for choice in Channel.choices if choice[0] not in {Channel.WEB, Channel.REVIEW})],
        error_messages={"required": "Choose how they asked."},
    )
    received_at = forms.DateTimeField(
        label="When did they ask?",
        help_text="The true time: waiting is counted from it.",
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": "Give day and time.", "invalid": "Give day and time."},
    )
    agreed = forms.BooleanField(label="I told them this, and they agree to be called back.", required=False)

    field_order = ["key", "channel", "received_at"]
    WORDED = {
        "email": ("Email address", ""),
        "name": ("What should we call them?", "A first name or any name they like."),
        "leave": ("If they do not pick up, what may we do?", "What they did not allow, we do not do."),
        "times": ("When is a good time to call?", "Center time. None: as soon as we can."),
        "language": ("Which language is best for them?", ""),
        "story": ("What is going on?", "Dangers in these words are found as in the public form."),
        "recent": ("Was any of it used in the last 3 days (72 hours)?", ""),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, (label, help_text) in self.WORDED.items():
            self.fields[name].label, self.fields[name].help_text = label, help_text
        for name in THEIR_WORDS:
            self.fields[name].choices = for_staff(name, self.fields[name].choices)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"
        self.initial.setdefault("key", secrets.token_urlsafe(18))
        self.initial.setdefault("received_at", timezone.localtime())

    def before_consent(self):
        return [self[name] for name in self.fields if name != "agreed"]

    def consent(self):
        """Apart: what is agreed to is read out first."""
        return [self["agreed"]]

    def clean_key(self):
        """What nobody typed is nobody's mistake."""
        key = self.cleaned_data["key"]
        return key if _KEY.fullmatch(key) else secrets.token_urlsafe(18)

    def clean_received_at(self):
        at, now = self.cleaned_data["received_at"], timezone.now()
        if at > now + timezone.timedelta(minutes=1):
            raise ValidationError("This lies in the future.")
        if at < now - LONG_AGO:
            raise ValidationError("This is more than seven days ago. Write down when you heard of it.")
        return min(at, now)
