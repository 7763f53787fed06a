"""The base of the public forms: an idempotency key, and errors that a screen reader finds."""

import re
import secrets

from django import forms

_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


def new_key() -> str:
    return secrets.token_urlsafe(18)


COMMON_ERRORS = {
    "invalid_choice": "Choose one of the answers in the list.",
    "null_characters_not_allowed": "This holds a character that we cannot store. Please type it again.",
}


class _FieldsOfClass(dict):
    """The fields of a form class. A form gets its own copies of them; it shares with the class what no form changes.

    Django copies each choice and each message too, which took a third of the time of a form.
    """

    def __deepcopy__(self, memo):
        return {name: _copy_field(field) for name, field in self.items()}


def _copy_field(field: forms.Field) -> forms.Field:
    own = _shallow_copy(field)
    own.widget = _shallow_copy(field.widget)
    own.widget.attrs = field.widget.attrs.copy()
    own.error_messages = field.error_messages | COMMON_ERRORS
    return own


def _shallow_copy(original):
    """What ``copy.copy`` makes of an object with nothing but a ``__dict__``, in a fifth of the time."""
    own = object.__new__(type(original))
    own.__dict__.update(original.__dict__)
    return own


class PublicForm(forms.Form):
    """A form with an idempotency ``key``, made when the form was shown; the same key is stored once."""

    key = forms.Field(required=False, widget=forms.HiddenInput)
    form_error_id = "main"  # the element that an error of no single field links to

    def __init__(self, *args, **kwargs):
        self.base_fields = _FieldsOfClass(self.base_fields)
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", new_key())

    def full_clean(self):
        """Also ties the error of a group of choices to each of its controls, as a screen reader needs it."""
        super().full_clean()
        for name in self._errors:
            if name in self.fields and self[name].use_fieldset:
                self.fields[name].widget.attrs["aria-describedby"] = f"{self[name].auto_id}_error"

    def clean_key(self):
        """Replace a key that is not one of ours: the visitor did not type it, so it is no error of theirs."""
        key = self.cleaned_data["key"] or ""
        return key if _KEY.fullmatch(key) else new_key()

    def error_summary(self) -> list[dict]:
        """Errors for the list at the top of the page: dicts of ``id`` (the link's target), ``label`` and ``error``."""
        summary = []
        for name, errors in self.errors.items():
            if name == "__all__":
                summary += [{"id": self.form_error_id, "label": "", "error": error} for error in errors]
                continue
            field = self[name]
            target = f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label
            summary += [{"id": target, "label": str(field.label), "error": error} for error in errors]
        return summary
