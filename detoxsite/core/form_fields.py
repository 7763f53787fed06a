"""The form field of text that people type: what the browser lets them type is what the server accepts."""

from django import forms
from django.core.validators import MaxLengthValidator
from django.db import models
from django.forms.models import ModelChoiceIterator

from .plain_text import as_seen, typed_length


class TypedLengthValidator(MaxLengthValidator):
    """Counts as the browser does for ``maxlength``: an emoji as two or more, a line break as one."""

    def clean(self, value):
        return typed_length(value)


class TypedText(forms.CharField):
    """Text with plain line ends. A browser sends each line break as two characters, and counts it as one."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.validators = [
            TypedLengthValidator(validator.limit_value) if type(validator) is MaxLengthValidator else validator
            for validator in self.validators
        ]

    def to_python(self, value):
        text = super().to_python(value)
        return text and text.replace("\r\n", "\n")


class TypedEmail(forms.EmailField):
    """An email address, without invisible characters and in plain letters. A null character is refused, not dropped."""

    def to_python(self, value):
        typed = super().to_python(value)
        return typed if "\0" in typed else as_seen(typed).strip()


def key_of(typed: str) -> int | None:
    """The key of a row as a request names it; None for what can be none."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 19 else None


class _RowsAtOnce(ModelChoiceIterator):
    """The choices in one query. Django's own go through a cursor on the server: four round trips, to save no memory."""

    def __iter__(self):
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from map(self.choice, self.queryset.all())


class RowChoice(forms.ModelChoiceField):
    """A choice among the rows of a short table."""

    iterator = _RowsAtOnce


class TypedTextMixin:
    """For a ModelAdmin or an inline: its text fields are TypedText, unless they have a form field of their own."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if type(field) is forms.CharField and isinstance(db_field, models.CharField | models.TextField):
            return super().formfield_for_dbfield(db_field, request, form_class=TypedText, **kwargs)
        return field
