"""Fields for what staff type: each value is tidied (``plain_text.tidy``) before it is checked, compared and stored.

The model fields are Django's own for the database and for migrations. The form fields tidy first, so that a length
is that of the text that is stored.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from .form_fields import TypedText
from .plain_text import as_seen, tidy


class _TidiedInput:
    multiline = False

    def to_python(self, value):
        return super().to_python(tidy(value, multiline=self.multiline) if isinstance(value, str) else value)


class TidyFormField(_TidiedInput, TypedText):
    """``multiline``: whether line ends stay; by default they do in a text area."""

    def __init__(self, *, multiline: bool | None = None, **kwargs):
        super().__init__(**kwargs)
        self.multiline = isinstance(self.widget, forms.Textarea) if multiline is None else multiline


class NoteField(TidyFormField):
    """A few lines that staff type, 4,000 characters at most. Required where ``missing`` says what is wrong without."""

    def __init__(self, label: str, *, rows: int = 2, missing: str = "", **kwargs):
        super().__init__(
            label=label,
            required=bool(missing),
            max_length=4000,
            widget=forms.Textarea({"rows": rows, "autocomplete": "off"}),
            error_messages={"required": missing} if missing else None,
            **kwargs,
        )


class WholeSearchField(TidyFormField):
    """Takes a whole number, address or reference: what it looks for is sealed, and a part of one finds nothing."""

    def __init__(self, *, placeholder: str, missing: str, **kwargs):
        attributes = {"autocomplete": "off", "type": "search", "placeholder": placeholder}
        super().__init__(
            max_length=254, widget=forms.TextInput(attributes), error_messages={"required": missing}, **kwargs
        )


class TidyURLFormField(_TidiedInput, forms.URLField):
    pass


class TidySlugFormField(_TidiedInput, forms.SlugField):
    pass


class _TidiedColumn:
    multiline = False

    def to_python(self, value):
        value = super().to_python(value)
        return tidy(value, multiline=self.multiline) if isinstance(value, str) else value

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        parent = next(base for base in type(self).__mro__ if base.__module__.startswith("django.db.models"))
        return name, f"django.db.models.{parent.__name__}", args, kwargs


class TidyCharField(_TidiedColumn, models.CharField):
    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": TidyFormField, "multiline": False, **kwargs})


class TidyTextField(_TidiedColumn, models.TextField):
    multiline = True

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": TidyFormField, "multiline": True, **kwargs})


class TidyURLField(_TidiedColumn, models.URLField):
    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": TidyURLFormField, **kwargs})


class TidySlugField(_TidiedColumn, models.SlugField):
    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": TidySlugFormField, **kwargs})


def validate_looks_unique(instance: models.Model, name: str) -> None:
    """Raise ValidationError where another row has a text in field ``name`` that reads the same.

    The unique constraint tells apart what readers cannot: capitals, look-alike letters, wide and narrow forms.
    """
    own = _compared(getattr(instance, name))
    others = type(instance)._default_manager.exclude(pk=instance.pk).values_list(name, flat=True)
    if any(_compared(other) == own for other in others):
        message = instance.unique_error_message(type(instance), (name,))
        raise ValidationError({name: message})


def _compared(text: str) -> str:
    return " ".join(as_seen(text).casefold().split())
