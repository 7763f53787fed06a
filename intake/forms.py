"""Forms of a person who asks for help. One way to reach them is enough; a phone number is never refused."""

from django import forms
from django.core.exceptions import ValidationError

from detoxsite.core.form_fields import TypedEmail, TypedText
from detoxsite.core.public_forms.forms import PublicForm

from .models import (
    ANSWERS,
    CallTimes,
    Language,
    MessageConsent,
    NeedsHelp,
    Recent,
    Substance,
)
from .reception.identifiers import normalize_code

TOO_LONG = {"max_length": "This is too long for us to store. Please shorten it to %(limit_value)d characters."}


class AnswersForm(forms.Form):
    """The answers themselves: on the public page, in the portal, and when staff enter a request."""

    phone = TypedText(
        label="Phone number",
        help_text="With the area code, if you know it.",
        max_length=100,
        required=False,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "class": "short"}),
        error_messages=TOO_LONG,
    )
    email = TypedEmail(
        label="Email address",
        help_text="We write with a plain subject line that does not say what we do.",
        max_length=254,
        required=False,
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "invalid": "An email address needs an @ sign and a domain, such as sam@example.com.",
            **TOO_LONG,
        },
    )
    name = TypedText(
        label="What should we call you?",
        help_text="A first name or any name you like. It does not have to be your real one.",
        max_length=80,
        required=False,
        widget=forms.TextInput({"autocomplete": "nickname", "class": "short"}),
        error_messages=TOO_LONG,
    )
    whom = forms.ChoiceField(
        label="Who needs help?", choices=NeedsHelp.choices, required=False, widget=forms.RadioSelect
    )
    leave = forms.MultipleChoiceField(
        label="If you do not pick up, what may we do?",
        help_text="Check what is safe. If other people use your phone, leave both empty: then we do neither.",
        choices=MessageConsent.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    times = forms.MultipleChoiceField(
        label="When is a good time to call?",
        help_text="Times are local to us. Check as many as you like. If you check none, we call as soon as we can.",
        choices=CallTimes.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(
        label="Which language is best for you?",
        help_text="An interpreter is free.",
        choices=Language.choices,
        required=False,
        widget=forms.Select({"class": "short"}),
    )
    story = TypedText(
        label="What is going on?",
        help_text="A few words are fine. Do not worry about spelling or how it sounds.",
        max_length=10_000,
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 6, "autocomplete": "off"}),
        error_messages=TOO_LONG,
    )
    substances = forms.MultipleChoiceField(
        label="What is being used?",
        help_text="Nobody here will judge you. Check all that fit.",
        choices=Substance.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    recent = forms.ChoiceField(
        label="Was any of it used in the last 3 days (72 hours)?",
        help_text=(
            "This tells us how soon withdrawal may start. If it is alcohol or benzos, "
            "<b>do not stop all at once on your own</b>. Stopping can cause seizures. Call us first."
        ),
        choices=Recent.choices,
        required=False,
        widget=forms.RadioSelect,
    )

    def clean_language(self):
        return self.cleaned_data["language"] or Language.EN

    def clean(self):
        """Require one way to reach the person."""
        if not self.errors.keys() & {"phone", "email"} and not (
            self.cleaned_data.get("phone") or self.cleaned_data.get("email")
        ):
            raise ValidationError("Give a phone number or an email address.")
        return self.cleaned_data

    def answers(self) -> dict:
        return {name: self.cleaned_data[name] for name in ANSWERS}


class CallForHelpForm(PublicForm, AnswersForm):
    trap = TypedText(required=False, label="Leave this empty", widget=forms.TextInput({"autocomplete": "off"}))

    form_error_id = "id_phone"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["times"].two_columns = True
        self.fields["substances"].or_before = Substance.PHONE
        for name in ("phone", "email", "language"):
            self.fields[name].hide_optional = True

    def full_clean(self):
        """Also ties the error of "one way to reach them" to both of its fields."""
        super().full_clean()
        if self.is_bound and self.non_field_errors():
            for name in ("phone", "email"):
                self.fields[name].widget.attrs |= {
                    "aria-invalid": "true",
                    "aria-describedby": f"id_{name}_helptext id_{name}_reach_error",
                }


class CredentialFields(forms.Form):
    """The number (reference) and the code that open the portal."""

    reference = TypedText(
        label="Your number",
        help_text="8 letters and digits, from the page after you sent the form.",
        max_length=40,
        widget=forms.TextInput({"class": "short code", "autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": "Enter your number.", **TOO_LONG},
    )
    code = TypedText(
        label="Your code",
        help_text="16 letters and digits. Spaces, dashes and capital letters do not matter.",
        max_length=60,
        widget=forms.TextInput({"class": "short code", "autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": "Enter your code.", **TOO_LONG},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("reference", "code"):
            self.fields[name].widget.attrs["spellcheck"] = "false"

    def clean_reference(self):
        return normalize_code(self.cleaned_data["reference"])

    def clean_code(self):
        return normalize_code(self.cleaned_data["code"])


class SignInForm(PublicForm, CredentialFields):
    form_error_id = "id_reference"


class PortalForm(PublicForm, CredentialFields):
    """For a person who is signed in: reference and code are asked for again only after half an hour."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("reference", "code"):
            self.fields[name].required = False
            self.fields[name].hide_optional = True


class MessageForm(PortalForm):
    text = TypedText(
        label="Write to us",
        help_text="You do not have to give a name. Our answer will be on this page, and we send it nowhere else.",
        max_length=4000,
        widget=forms.Textarea({"rows": 5, "autocomplete": "off"}),
        error_messages={"required": "Write a few words first.", **TOO_LONG},
    )


class ConfirmForm(PortalForm):
    """A button, with nothing to fill in."""


class ContactAnswersForm(PortalForm, AnswersForm):
    """How and when to reach the person, who adds the rest in a message."""

    name = whom = story = substances = recent = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["times"].two_columns = True
        for name in ("phone", "email", "language"):
            self.fields[name].hide_optional = True

    def answers(self) -> dict:
        return {name: self.cleaned_data[name] for name in ANSWERS if name in self.fields}
