"""The rows of the formsets on the page of an edition: what is the same on every visit is made once in each process.

The page has some two hundred fields. Django builds the classes of its formsets for every request, and its template
engine draws label, help text and markup of every field anew. All of that depends on the inline and the permissions of
who looks at it, so the formset class is kept by these, and what is drawn is kept on the class.
"""

from django import forms
from django.forms.models import InlineForeignKeyField
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe

MAX_CLASSES = 100  # six inlines for each set of permissions
ROW_TEMPLATE = "admin/articles/_row.html"
_SLOT, _PREFIX = "\0", "\1"  # around the name of a field whose widget goes there; before names, for the row's prefix
_BLANK = "__prefix__"  # in names of the blank row, in place of a number

_classes: dict[tuple, type[forms.BaseInlineFormSet]] = {}


class KeptFormsetMixin:
    """For an inline whose permissions do not depend on the object: keeps its formset class for equal permissions.

    The class is built from a request that has nothing but its user, so that nothing else can get into it.
    """

    def get_formset(self, request, obj=None, **kwargs):
        if kwargs:
            return super().get_formset(request, obj, **kwargs)
        user = request.user
        key = (type(self), self.admin_site, user.is_active, user.is_superuser, frozenset(user.get_all_permissions()))
        if key not in _classes:
            bare = HttpRequest()
            bare.user = user
            if len(_classes) >= MAX_CLASSES:
                _classes.clear()
            _classes[key] = super().get_formset(bare)
        return _classes[key]


class RowForm(forms.ModelForm):
    """A row of a formset. What all rows have in common is kept on their class, which ``KeptFormsetMixin`` keeps."""

    _made: dict

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        cls._made = {}

    @property
    def media(self):
        """The scripts and styles of the widgets, added up only once."""
        return self._kept("media", lambda: super(RowForm, self).media)

    def fields_html(self) -> SafeString:
        """The fields with labels and help texts, as ROW_TEMPLATE draws them."""
        if self.errors:
            return render_to_string(ROW_TEMPLATE, {"fields": list(self)})
        frame, prefix = self._kept("frame", self._frame), f"{self.prefix}-"
        drawn = (text.replace(_PREFIX, prefix) + self._widget(name) for text, name in frame)
        return mark_safe("".join(drawn))  # noqa: S308 widgets, and what the template engine has escaped

    def _frame(self) -> list[tuple[str, str]]:
        """The markup before each field, with _PREFIX in names, and the name of the field; "" after the last field."""
        drawn = render_to_string(ROW_TEMPLATE, {"fields": [_Slot(field) for field in self]})
        parts = [*drawn.replace(f"{self.prefix}-", _PREFIX).split(_SLOT), ""]
        return list(zip(parts[::2], parts[1::2], strict=True))

    def _widget(self, name: str) -> str:
        """The widget of a field. In the blank row only the key of the edition differs from visit to visit."""
        if not name:
            return ""
        if self.prefix.endswith(_BLANK) and not isinstance(self.fields[name], InlineForeignKeyField):
            return self._kept(f"blank {name}", lambda: str(self[name]))
        return str(self[name])

    def _kept(self, name: str, make):
        kept = type(self)._made
        if name not in kept:
            kept[name] = make()
        return kept[name]


class _Slot:
    """A field of a form, with a slot in place of its widget."""

    def __init__(self, field: forms.BoundField) -> None:
        self._field = field

    def __getattr__(self, name):
        return getattr(self._field, name)

    def __html__(self):
        return f"{_SLOT}{self._field.name}{_SLOT}"

    __str__ = __html__


class RowFormSet(forms.BaseInlineFormSet):
    """Builds its blank row once per page; the admin asks for it four times."""

    @cached_property
    def empty_form(self):
        return super().empty_form
