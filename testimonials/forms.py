"""The public forms about reviews: writing, changing and reporting one."""

from django import forms
from django.core.exceptions import ValidationError

from detoxsite.core import images
from detoxsite.core.form_fields import TypedEmail, TypedText
from detoxsite.core.plain_text import tidy, typed_length
from detoxsite.core.public_forms.forms import PublicForm

from .models import Relationship, Report

MIN_WORDS_LENGTH, MAX_WORDS_LENGTH = 20, 5000  # characters
MAX_REPORT_LENGTH = 2000
MAX_TIDIED = 20_000  # characters; longer text is refused as typed: a heap of accents would take minutes to sort

STARS = [
    ("5", "5 stars, very good"),
    ("4", "4 stars"),
    ("3", "3 stars"),
    ("2", "2 stars"),
    ("1", "1 star, very poor"),
    ("", "No stars"),
]
DISPLAY_PARTS = [
    ("words", "You may show my words and my stars"),
    ("name", "You may show the name I gave"),
    ("photo", "You may show my photo"),
]


class TidyText(TypedText):
    """Text, tidied as it is stored; its length counts after that. A null character is refused, not dropped."""

    def to_python(self, value):
        typed = super().to_python(value)
        if "\0" in typed or len(typed) > MAX_TIDIED:
            return typed
        return tidy(typed, multiline=True).strip()


class DisplayConsentBoxes(forms.CheckboxSelectMultiple):
    """Checkboxes, each described by its own consent text: the element ``<id of the box>_text``."""

    def create_option(self, *args, **kwargs):
        option = super().create_option(*args, **kwargs)
        attrs = option["attrs"]
        described = [attrs.get("aria-describedby", ""), f"{attrs['id']}_text"]
        attrs["aria-describedby"] = " ".join(filter(None, described))
        return option


class ReviewWordsForm(PublicForm):
    """The words of a review and what may be shown: all that the author can change later, too."""

    words = TidyText(
        label="Your words",
        help_text="From 20 to 5,000 characters. Write about your own time here, and leave out the names of others.",
        max_length=MAX_WORDS_LENGTH,
        widget=forms.Textarea({"rows": 9, "minlength": MIN_WORDS_LENGTH}),
        error_messages={
            "required": "Write a few words.",
            "max_length": "This is %(show_value)d characters long. Please shorten it to %(limit_value)d.",
        },
    )
    shown_name = TidyText(
        label="First name, or a name you make up",
        help_text="If you leave it empty, we show “Someone who wrote to us”. Please do not give a last name.",
        max_length=40,
        required=False,
        widget=forms.TextInput({"autocomplete": "nickname", "class": "short"}),
        error_messages={"max_length": "Please use a shorter name, up to %(limit_value)d characters."},
    )
    allow = forms.MultipleChoiceField(
        label="What may we show on this site?",
        help_text=(
            "Each one is your choice. If you check none, only our staff can read your review. Your name and photo show "
            "only beside your words. Saying no changes nothing about the care you get."
        ),
        choices=DISPLAY_PARTS,
        required=False,
        widget=DisplayConsentBoxes,
    )
    seen_details = forms.Field(required=False, widget=forms.HiddenInput)  # fingerprints (privacy_check.py)

    def clean_words(self):
        words = self.cleaned_data["words"]
        if typed_length(words) < MIN_WORDS_LENGTH:
            raise ValidationError(
                f"Please write at least {MIN_WORDS_LENGTH} characters, so that others can learn something from it."
            )
        return words

    def clean_shown_name(self):
        return " ".join(self.cleaned_data["shown_name"].split())


class TestimonialForm(ReviewWordsForm):
    field_order = ["words", "stars", "tie", "shown_name", "photo", "allow", "email", "key"]

    stars = forms.TypedChoiceField(
        label="Stars",
        help_text="The person who decides if we show your review does not see the stars.",
        choices=STARS,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    tie = forms.ChoiceField(
        label="Which fits you?",
        help_text="Staff, and people who were offered something, may write too. We show that beside the review.",
        choices=Relationship.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the one that fits you. “I would rather not say” is fine."},
    )
    photo = images.PictureField(
        label="Photo",
        help_text=(
            f"Of you, or of anything that says how it felt. {images.FORMAT_NAMES}, up to {images.MAX_SIZE >> 20} MB. "
            "We remove hidden data such as the place and the time. Please do not show other people."
        ),
        longest=1200,
        required=False,
    )
    held_photo = forms.Field(required=False, widget=forms.HiddenInput)  # its signed id (pending_photos.py)
    without_photo = forms.BooleanField(label="Do not send this photo", required=False)
    email = TypedEmail(
        label="Email address",
        help_text=(
            "We send short emails there. They do not say who we are or what you wrote. We never show or share your "
            "address, and we send no news to it."
        ),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": "Give an email address, so that only you can change or take down your review.",
            "invalid": "An email address needs an @ sign and a domain, such as sam@example.com.",
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["stars"].two_columns = True


class ReportForm(PublicForm):
    """A reader's report of a review."""

    kind = forms.ChoiceField(
        label="What is wrong?",
        choices=Report.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what fits best. “Something else” is fine."},
    )
    text = TidyText(
        label="What should we know?",
        help_text="Up to 2,000 characters. Only our staff reads it. You do not have to say who you are.",
        max_length=MAX_REPORT_LENGTH,
        required=False,
        widget=forms.Textarea({"rows": 6}),
        error_messages={
            "max_length": "This is %(show_value)d characters long. Please shorten it to %(limit_value)d.",
        },
    )


class ChangeForm(ReviewWordsForm):
    """For the portal. Only a part that exists can be allowed."""

    def __init__(self, *args, has_photo: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not has_photo:
            self.fields["allow"].choices = [choice for choice in DISPLAY_PARTS if choice[0] != "photo"]


class AppealForm(PublicForm):
    text = TidyText(
        label="Is there something we should know?",
        help_text="Only our staff reads this. You can leave it empty.",
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"max_length": "This is %(show_value)d characters long. Please shorten it to %(limit_value)d."},
    )


class LinkForm(PublicForm):
    email = TypedEmail(
        label="Email address",
        help_text="The one you gave with your review.",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": "Enter the address you gave with your review.",
            "invalid": "An email address needs an @ sign and a domain, such as sam@example.com.",
        },
    )
