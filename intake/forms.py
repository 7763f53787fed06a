"""What a person who asks for help may send. One way to reach them is enough; a phone number is never refused."""

from django import forms
from django.core.exceptions import ValidationError

from detoxsite.visitors import VisitorForm

from .models import ANSWERS, Language, Leave, Recent, Substance, Times, Whom

TOO_LONG = {"max_length": "This is too long for us to store. Please shorten it to %(limit_value)d characters."}


class AnswersForm(forms.Form):
    """The answers themselves: on the public page, on the person's own page, and at the desk."""

    phone = forms.CharField(
        label="Phone number",
        help_text="With the area code, if you know it.",
        max_length=100,
        required=False,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "class": "short"}),
        error_messages=TOO_LONG,
    )
    email = forms.EmailField(
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
    name = forms.CharField(
        label="What should we call you?",
        help_text="A first name or any name you like. It does not have to be your real one.",
        max_length=80,
        required=False,
        widget=forms.TextInput({"autocomplete": "nickname", "class": "short"}),
        error_messages=TOO_LONG,
    )
    whom = forms.ChoiceField(
        label="Who needs help?", choices=lambda: Whom.choices, required=False, widget=forms.RadioSelect
    )
    leave = forms.MultipleChoiceField(
        label="If you do not pick up, what may we do?",
        help_text="Check what is safe. If other people use your phone, leave both empty, and we will do neither.",
        choices=lambda: Leave.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    times = forms.MultipleChoiceField(
        label="When is a good time to call?",
        help_text="Times are local to us. Check as many as you like. Leave all empty, and we call as soon as we can.",
        choices=lambda: Times.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(
        label="Which language is best for you?",
        help_text="An interpreter is free.",
        choices=lambda: Language.choices,
        required=False,
        widget=forms.Select({"class": "short"}),
    )
    story = forms.CharField(
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
        choices=lambda: Substance.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    recent = forms.ChoiceField(
        label="Was any of it used in the last 3 days (72 hours)?",
        help_text=(
            "This tells us how soon withdrawal may start. If it is alcohol or benzos, "
            "<b>do not stop all at once on your own</b>. It can cause seizures. Call us first."
        ),
        choices=lambda: Recent.choices,
        required=False,
        widget=forms.RadioSelect,
    )

    def clean_language(self):
        return self.cleaned_data["language"] or Language.EN

    def clean(self):
        """One way to reach the person is enough, and there has to be one."""
        if not self.errors.keys() & {"phone", "email"} and not (
            self.cleaned_data.get("phone") or self.cleaned_data.get("email")
        ):
            raise ValidationError("Give a phone number or an email address.")
        return self.cleaned_data

    def answers(self) -> dict:
        return {name: self.cleaned_data[name] for name in ANSWERS}


class CallForHelpForm(VisitorForm, AnswersForm):
    trap = forms.CharField(required=False, label="Leave this empty", widget=forms.TextInput({"autocomplete": "off"}))

    group_id = "id_phone"

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
                    "aria-describedby": f"id_{name}_helptext id_reach_error",
                }
