"""A rich-text field that is sanitized on every save."""

from functools import partial

from django.core.exceptions import ValidationError
from django_prose_editor.fields import ProseEditorField, ProseEditorFormField
from django_prose_editor.widgets import ProseEditorWidget, importmap, prose_editor_js, prose_editor_media
from js_asset import Media

from . import sanitizer
from .elements import ALL, editor_extensions

MAX_LENGTH = 300_000  # characters of HTML in one block


BASE = Media(  # without the icons of the editor's own menu, which is not shown (static/js/editor-text.js)
    js=[prose_editor_js],
    css={"all": ["django_prose_editor/editor.css", "django_prose_editor/overrides.css"]},
    importmap=importmap,
)


class RichTextWidget(ProseEditorWidget):
    @property
    def media(self):
        return prose_editor_media(base=BASE, preset=self.preset)


class RichTextFormField(ProseEditorFormField):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{**kwargs, "widget": RichTextWidget})


class RichTextField(ProseEditorField):
    """HTML. The editor's own field sanitizes only form input; this one also sanitizes what code saves.

    ``elements``: names of rows of ``rich_text.elements.TABLE``, all by default. The editor offers what they write, and
    the sanitizer keeps it.
    """

    def __init__(self, *args, elements=ALL, **kwargs):
        self.clean_html = partial(sanitizer.clean, names=elements)
        kwargs.setdefault("extensions", editor_extensions(elements))
        kwargs.setdefault("sanitize", self.clean_html)
        kwargs.setdefault("preset", "article")  # static/js/editor-text.js
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs):
        return super().formfield(**{**kwargs, "form_class": RichTextFormField})

    def validate(self, value, model_instance):
        super().validate(value, model_instance)
        if value and len(value) > MAX_LENGTH:
            raise ValidationError("This text is too long for one block. Split it into several blocks.")

    def pre_save(self, model_instance, add):
        value = self.clean_html(super().pre_save(model_instance, add) or "")
        setattr(model_instance, self.attname, value)
        return value
