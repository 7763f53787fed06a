"""What somebody who writes a review may send."""

from django import forms
from django.core.exceptions import ValidationError

from detoxsite.core import images
from detoxsite.core.public_forms.forms import VisitorForm

from .models import Relationship, Report
from .text_normalize import normalize_text

MEGABYTE = 1024 * 1024
MAX_PHOTO = 5 * MEGABYTE
MIN_LENGTH, MAX_LENGTH = 20, 5000  # characters
MAX_REMARK = 2000
MAX_TYPED = 20_000  # longer text is not normalized: thousands of accents would take minutes to sort

STARS = [
    ("5", "5 stars, very good"),
    ("4", "4 stars"),
    ("3", "3 stars"),
    ("2", "2 stars"),
    ("1", "1 star, very poor"),
    ("", "No stars"),
]
ALLOW = [
    ("words", "You may show my words and my stars"),
    ("name", "You may show the name I gave"),
    ("photo", "You may show my photo"),
]


class TypedField(forms.CharField):
    """Normalized text (text_normalize); its length is checked after that. A null character is refused, not dropped."""

    def to_python(self, value):
        typed = super().to_python(value)
        if "\0" in typed or len(typed) > MAX_TYPED:
            return typed
        return normalize_text(typed).strip()


class Permissions(forms.CheckboxSelectMultiple):
    """Boxes, each described by the text that is agreed to with it: the element ``<id of the box>_text``."""

    def create_option(self, *args, **kwargs):
        option = super().create_option(*args, **kwargs)
        attrs = option["attrs"]
        described = [attrs.get("aria-describedby", ""), f"{attrs['id']}_text"]
        attrs["aria-describedby"] = " ".join(filter(None, described))
        return option


class WordsForm(VisitorForm):
    """What a review says and what of it may be shown: all that its writer can change later, too."""

    words = TypedField(
        label="Your words",
        help_text="From 20 to 5,000 letters. Write about your own time here, and leave out the names of others.",
        max_length=MAX_LENGTH,
        widget=forms.Textarea({"rows": 9, "minlength": MIN_LENGTH}),
        error_messages={
            "required": "Write a few words.",
            "max_length": "This is %(show_value)d letters long. Please shorten it to %(limit_value)d.",
        },
    )
    shown_name = TypedField(
        label="First name, or a name you make up",
        help_text="Leave it empty, and we write “Someone who wrote to us”. Please give no last name.",
        max_length=40,
        required=False,
        widget=forms.TextInput({"autocomplete": "nickname", "class": "short"}),
        error_messages={"max_length": "Please use a shorter name, up to %(limit_value)d letters."},
    )
    allow = forms.MultipleChoiceField(
        label="What may we show on this site?",
        help_text=(
            "Each one is your choice. Leave all empty, and only our staff reads it. The name and the photo show "
            "only beside your words. Saying no changes nothing about the care you get."
        ),
        choices=ALLOW,
        required=False,
        widget=Permissions,
    )
    looked = forms.Field(required=False, widget=forms.HiddenInput)  # what was shown before sending (reveals.py)

    def clean_words(self):
        words = self.cleaned_data["words"]
        if len(words) < MIN_LENGTH:
            raise ValidationError(
                f"Please write at least {MIN_LENGTH} letters, so that others learn something from it."
            )
        return words

    def clean_shown_name(self):
        return " ".join(self.cleaned_data["shown_name"].split())


class TestimonialForm(WordsForm):
    field_order = ["words", "stars", "tie", "shown_name", "photo", "allow", "email", "key"]

    stars = forms.TypedChoiceField(
        label="Stars",
        help_text="The person who decides if we show your review does not see them.",
        choices=STARS,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    tie = forms.ChoiceField(
        label="Which fits you?",
        help_text="Staff and people who were offered something may write, but we show that beside the review.",
        choices=Relationship.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the one that fits you. “I would rather not say” is fine."},
    )
    photo = forms.FileField(
        label="Photo",
        help_text=(
            "Of you, or of anything that says how it felt. JPEG, PNG or WebP, up to 5 MB. We remove hidden data such "
            "as the place and the time. Please show nobody else."
        ),
        required=False,
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={"empty": "This file is empty. Choose another one."},
    )
    held = forms.Field(required=False, widget=forms.HiddenInput)  # which photo we have already (photos.py)
    without_photo = forms.BooleanField(label="Do not send this photo", required=False)
    email = forms.EmailField(
        label="Email address",
        help_text=(
            "We send short letters there, which say neither who we are nor what you wrote. We never show it, share it "
            "or send news to it."
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

    def clean_photo(self):
        photo = self.cleaned_data["photo"]
        if not photo:
            return photo
        if photo.size > MAX_PHOTO:
            raise ValidationError("This photo is larger than 5 MB. Choose a smaller one.")
        return images.reencode(photo, longest=1200)


class FlagForm(VisitorForm):
    """What a reader may tell us of a review."""

    kind = forms.ChoiceField(
        label="What is wrong?",
        choices=Report.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what fits best. “Something else” is fine."},
    )
    text = forms.CharField(
        label="What should we know?",
        help_text="Up to 2,000 letters. Only our staff reads it. You need not say who you are.",
        max_length=MAX_REMARK,
        required=False,
        widget=forms.Textarea({"rows": 6}),
        error_messages={
            "max_length": "This is %(show_value)d letters long. Please shorten it to %(limit_value)d.",
        },
    )

    def clean_text(self):
        return normalize_text(self.cleaned_data["text"])


class ChangeForm(WordsForm):
    """For the writer's own page. Only what is there can be allowed."""

    def __init__(self, *args, has_photo: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not has_photo:
            self.fields["allow"].choices = [choice for choice in ALLOW if choice[0] != "photo"]


class AppealForm(VisitorForm):
    words = TypedField(
        label="Is there something we should know?",
        help_text="Only our staff reads this. You can leave it empty.",
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"max_length": "This is %(show_value)d letters long. Please shorten it to %(limit_value)d."},
    )


class LinkForm(VisitorForm):
    email = forms.EmailField(
        label="Email address",
        help_text="The one you gave with your review.",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": "Type the address you gave with your review.",
            "invalid": "An email address needs an @ sign and a domain, such as sam@example.com.",
        },
    )
