"""The words of a picture as form fields: tags typed as words with commas, and a focal point as two numbers."""

from django import forms
from django.contrib.admin.widgets import AdminFileWidget
from django.template.loader import render_to_string
from js_asset import Script

from detoxsite.core import images
from detoxsite.core.plain_text import as_seen
from detoxsite.core.text_fields import TidyFormField

from ..lookup import pictures
from ..models import Picture

MAX_TAGS = 12  # of a picture
MAX_TAG = 30  # characters
CENTER = "0.5x0.5"  # as the focal point of a new picture
STYLES = {"all": ["css/pictures.css"]}
FILE_HELP = f"{images.FORMAT_NAMES}, up to {images.MAX_SIZE >> 20} MB. Large pictures are made smaller."


class PictureInput(images.AcceptsPictures, AdminFileWidget):
    pass


class TagsInput(forms.TextInput):
    """Suggests the tags of the library, which the page offers as ``picture_tags`` (_picture_tags.html)."""

    def __init__(self, attrs=None):
        super().__init__({"list": "picture_tags", "autocomplete": "off", "class": "vTextField", **(attrs or {})})

    @property
    def media(self):
        return forms.Media(js=[Script("js/picture-tags.js", type="module")])


class TagsField(TidyFormField):
    """Tags with commas between them; its value is a list of different words in small letters."""

    widget = TagsInput

    def __init__(self, **kwargs):
        about = "Words to find the picture by, with commas between them. Readers do not see them."
        super().__init__(**{"required": False, "max_length": 300, "help_text": about, **kwargs})

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value):
        typed = [" ".join(word.split()).lower() for word in as_seen(super().clean(value)).split(",")]
        tags = list(dict.fromkeys(filter(None, typed)))
        if long := next((tag for tag in tags if len(tag) > MAX_TAG), None):
            raise forms.ValidationError(f"“{long}” is longer than {MAX_TAG} letters. Put commas between the tags.")
        if len(tags) > MAX_TAGS:
            raise forms.ValidationError(f"{MAX_TAGS} tags are the most. Leave {len(tags) - MAX_TAGS} out.")
        return tags

    def has_changed(self, initial, data):
        try:
            return self.clean(data) != (initial or [])
        except forms.ValidationError:
            return True


class FocalPointWidget(forms.MultiWidget):
    """Two numbers, which work without a script; with one, a point on the picture (static/js/focal-point.js).

    ``image``: the picture, with its renditions.
    """

    image = None

    def __init__(self):
        number = forms.NumberInput({"min": 0, "max": 100, "step": 1, "inputmode": "numeric"})
        super().__init__({"left": number, "top": number})

    @property
    def media(self):
        return forms.Media(css=STYLES, js=[Script("js/focal-point.js", type="module")])

    def decompress(self, value):
        try:
            return [round(100 * min(1, max(0, float(part)))) for part in (value or "").split("x")]
        except (ValueError, OverflowError):
            return [50, 50]

    def render(self, name, value, attrs=None, renderer=None):
        context = self.get_context(name, value, attrs) | {"image": self.image}
        return render_to_string("admin/articles/_focal_point.html", context)


class FocalPointField(forms.MultiValueField):
    """What must not be cut off, in percent from left and top; its value is what django-imagefield stores."""

    widget = FocalPointWidget

    def __init__(self, **kwargs):
        sides = (forms.IntegerField(min_value=0, max_value=100, label=side) for side in ("left", "top"))
        super().__init__(list(sides), required=False, label="Focal point", **kwargs)

    def compress(self, values):
        left, top = values or (50, 50)
        return f"{(50 if left is None else left) / 100:.3f}x{(50 if top is None else top) / 100:.3f}"


class PictureWords(forms.ModelForm):
    """What is typed about a picture, in any of its forms."""

    tags = TagsField()

    class Meta:
        model = Picture
        fields = ["title", "alt", "credit", "tags"]
        error_messages = {
            "alt": {"required": "Describe what the picture shows, for people who cannot see it."},
            "credit": {"required": "Say who made it, and under which license we show it."},
        }


class NewPicture(PictureWords):
    """A picture uploaded while it is chosen."""

    image = images.PictureField()

    class Meta(PictureWords.Meta):
        fields = ["image", *PictureWords.Meta.fields]


class HeldPictureWords(PictureWords):
    """The words of a held picture; its credit is that of all."""

    class Meta(PictureWords.Meta):
        fields = ["title", "alt", "tags"]
        widgets = {"alt": forms.TextInput({"class": "vTextField"}), "title": forms.TextInput({"class": "vTextField"})}


class SharedWords(forms.Form):
    """What holds for all pictures that are added together."""

    credit = TidyFormField(
        max_length=120,
        label="Credit of all",
        widget=forms.TextInput({"class": "vTextField"}),
        help_text="Who made them, and under which license we show them.",
        error_messages=PictureWords.Meta.error_messages["credit"],
    )
    tags = TagsField(label="Tags of all")


class PictureForm(PictureWords):
    """The page of a picture."""

    image_ppoi = FocalPointField(
        help_text="Click the picture, or move the point with the arrow keys; with Shift it moves further. Where the "
        "picture is cut, as in a round portrait, this part of it stays."
    )

    class Meta(PictureWords.Meta):
        fields = ["image", "title", "alt", "credit", "tags", "image_ppoi"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "image_ppoi" in self.fields:
            self.fields["image_ppoi"].widget.image = self.instance.image

    def clean_image_ppoi(self):
        """A point that nobody moved stays as it is stored: rounded, it would make new renditions.

        Another image begins with its middle.
        """
        if "image_ppoi" in self.changed_data or not self.instance.pk:
            return self.cleaned_data["image_ppoi"]
        return CENTER if "image" in self.changed_data else self.initial["image_ppoi"]

    def clean(self):
        """Refuses what can no longer change because the picture was sent for review or signed off meanwhile."""
        data = super().clean()
        frozen = [name for name in ("alt", "credit") if name not in self.fields and name in self.data]
        typed = [self.data[name] for name in frozen if self.data[name].strip() != getattr(self.instance, name)]
        if typed or ("image" not in self.fields and "image" in self.files):
            words = f" You typed: {'; '.join(f'“{text[:200]}”' for text in typed)}." if typed else ""
            self.add_error(
                None,
                "Meanwhile this picture became part of content that is in review or signed off: its image, text "
                f"alternative and credit stay as they are.{words} Save again to keep your other changes.",
            )
        return data


def tags_context() -> dict:
    """Context of _picture_tags.html."""
    return {"picture_tags": [tag for tag, _ in pictures.tags()]}
