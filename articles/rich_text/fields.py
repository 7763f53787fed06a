"""A rich-text field that is sanitized on every save."""

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
    """HTML. The editor's own field sanitizes only form input; this one also sanitizes what code saves."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("extensions", EXTENSIONS)
        kwargs.setdefault("sanitize", sanitizer.clean)
        super().__init__(*args, **kwargs)

    def validate(self, value, model_instance):
        super().validate(value, model_instance)
        if value and len(value) > MAX_LENGTH:
            raise ValidationError("This text is too long for one block. Split it into several blocks.")

    def pre_save(self, model_instance, add):
        value = sanitizer.clean(super().pre_save(model_instance, add) or "")
        setattr(model_instance, self.attname, value)
        return value
