"""What a person who asks for help may send. One way to reach them is enough; a phone number is never refused."""

from django import forms

from detoxsite.visitors import VisitorForm

from .models import CallForHelp, Language, Leave, Recent, Substance, Times, Whom

TOO_LONG = "This is too long for us to store. Please shorten it to %(limit_value)d characters."


class CallForHelpForm(VisitorForm):
    whom = forms.ChoiceField(label="Who needs help?", choices=Whom.choices, required=False, widget=forms.RadioSelect)
    leave = forms.MultipleChoiceField(
        label="If you do not pick up, what may we do?",
        help_text="Check what is safe. If other people use your phone, leave both empty, and we will do neither.",
        choices=Leave.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    times = forms.MultipleChoiceField(
        label="When is a good time to call?",
        help_text="Times are local to us. Check as many as you like. Leave all empty, and we call as soon as we can.",
        choices=Times.choices,
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
            "<b>do not stop all at once on your own</b>. It can cause seizures. Call us first."
        ),
        choices=Recent.choices,
        required=False,
        widget=forms.RadioSelect,
    )

    class Meta:
        model = CallForHelp
        fields = [*CallForHelp.ANSWERS, "key"]
        labels = {
            "phone": "Phone number",
            "email": "Email address",
            "name": "What should we call you?",
            "story": "What is going on?",
        }
        help_texts = {
            "phone": "With the area code, if you know it.",
            "email": "We write with a plain subject line that does not say what we do.",
            "name": "A first name or any name you like. It does not have to be your real one.",
            "story": "A few words are fine. Do not worry about spelling or how it sounds.",
        }
        widgets = {
            "phone": forms.TextInput({"type": "tel", "autocomplete": "tel", "class": "short"}),
            "email": forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
            "name": forms.TextInput({"autocomplete": "nickname", "class": "short"}),
            "story": forms.Textarea({"rows": 6, "autocomplete": "off"}),
        }
        error_messages = {
            "phone": {"max_length": TOO_LONG},
            "email": {
                "invalid": "An email address needs an @ sign and a domain, such as sam@example.com.",
                "max_length": TOO_LONG,
            },
            "name": {"max_length": TOO_LONG},
            "story": {"max_length": TOO_LONG},
        }

    group_id = "id_phone"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["story"].strip = False
        self.fields["times"].two_columns = True
        self.fields["substances"].or_before = Substance.PHONE
        for name in ("phone", "email", "language"):
            self.fields[name].hide_optional = True

    def clean_language(self):
        return self.cleaned_data["language"] or Language.EN

    def _post_clean(self):
        """The rule "one way to reach them" stands on the model. Here its error is tied to both fields."""
        super()._post_clean()
        if self.non_field_errors():
            for name in ("phone", "email"):
                self.fields[name].widget.attrs |= {
                    "aria-invalid": "true",
                    "aria-describedby": f"id_{name}_helptext id_reach_error",
                }
