"""The rich-text field, which is clean whoever saves it."""

from django.core.exceptions import ValidationError
from django_prose_editor.fields import ProseEditorField

from . import sanitizer

EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HardBreak": True,
    "Heading": {"levels": [2, 3]},
    "Link": {"enableTarget": False, "protocols": ["https", "http", "mailto", "tel"]},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
}
PLAIN_EXTENSIONS = {
    name: EXTENSIONS[name] for name in ("Bold", "Italic", "BulletList", "OrderedList", "ListItem", "HardBreak", "Link")
}


MAX_LENGTH = 300_000  # characters of HTML in one block


class RichTextField(ProseEditorField):
    """Typed HTML. The editor's own field cleans only what comes through a form; this one cleans on every save."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("extensions", EXTENSIONS)
        kwargs.setdefault("sanitize", sanitizer.clean)
        super().__init__(*args, **kwargs)

    def validate(self, value, model_instance):
        super().validate(value, model_instance)
        if value and len(value) > MAX_LENGTH:
            raise ValidationError("This is longer than a block of text can be. Split it into several blocks.")

    def pre_save(self, model_instance, add):
        value = sanitizer.clean(super().pre_save(model_instance, add) or "")
        setattr(model_instance, self.attname, value)
        return value
