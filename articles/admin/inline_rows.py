"""The rows of the formsets on the page of an edition: what is the same on every visit is made once in each process.

The page has some two hundred fields. Django builds the classes of its formsets for every request, and its template
engine draws label, help text and markup of every field anew. All of that depends on the inline and the permissions of
who looks at it, so the formset class is kept by these, and what is drawn is kept on the class.
"""

from collections.abc import Collection
from functools import cache

from django import forms
from django.forms.formsets import INITIAL_FORM_COUNT, MAX_NUM_FORM_COUNT, MIN_NUM_FORM_COUNT, TOTAL_FORM_COUNT
from django.forms.models import InlineForeignKeyField
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from detoxsite.core.plain_text import escaped

from ..content.block_names import name_of
from ..models import Tone
from ..published import listings

MAX_CLASSES = 100  # six inlines for each set of permissions
ROW_TEMPLATE, BLOCK_TEMPLATE = "admin/articles/_row.html", "admin/articles/_block.html"
PLACE_FIELDS = frozenset({"region", "ordering"})  # of a block, filled in by the editor
_SLOT, _PREFIX = "\0", "\1"  # around the name of what goes there; in place of the row's prefix
_LABEL, _NAME = " label", " name"  # names of what is no field
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
        kept = _classes.get(key)
        if kept is None:
            bare = HttpRequest()
            bare.user = user
            if len(_classes) >= MAX_CLASSES:
                _classes.clear()
            kept = _classes[key] = super().get_formset(bare)
        return kept


class ListedChoice(forms.TypedChoiceField):
    """A choice of one thing that another app shows to readers (``published/listings.py``): its number, or None."""

    def __init__(self, word: str, *, none: str, gone: str, **kwargs):
        """``none``: the label of no choice; ``gone``: what to say where readers do not see the chosen one."""
        messages = {"invalid_choice": gone}
        super().__init__(coerce=int, empty_value=None, required=False, error_messages=messages, **kwargs)
        self._word, self._none, self._chosen = word, none, None

    def offer(self, chosen: int | None) -> None:
        """Offer the choices as they are when the field is drawn, and ``chosen``."""
        self._chosen = chosen
        self.choices = cache(self._offered)  # a widget goes through them twice

    def _offered(self) -> list[tuple]:
        offered = listings.choices_of(self._word, self._chosen)
        is_gone = self._chosen and self._chosen not in dict(offered)
        gone = [(self._chosen, f"No. {self._chosen}: readers do not see it now")] if is_gone else []
        return [("", self._none), *offered, *gone]

    def valid_value(self, value) -> bool:
        is_number = value.isdecimal() and value.isascii() and len(value) < 19
        return is_number and int(value) in dict(listings.choices_of(self._word, int(value)))


_OF_EACH_VISIT = InlineForeignKeyField | forms.ModelChoiceField | ListedChoice  # of a blank row, not kept


class RowForm(forms.ModelForm):
    """A row of a formset. What all rows have in common is kept on their class, which ``KeptFormsetMixin`` keeps."""

    row_classes = ""  # more of CSS, for the fields
    folded_fields: Collection[str] = ()  # rarely needed: behind a fold, which says ``fold_label``
    fold_label = "More"
    preset_fields: Collection[str] = PLACE_FIELDS  # which the editor fills in when it adds a row
    _made: dict

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        cls._made = {}

    @property
    def is_block(self) -> bool:
        return "ordering" in self.fields

    def has_changed(self):
        """A new row that has nothing but its place or kind was not written: it is left out, not refused."""
        return bool(set(self.changed_data).difference(self.preset_fields if self.instance.pk is None else ()))

    @property
    def media(self):
        """The scripts and styles of the widgets, added up only once."""
        return self._kept("media", lambda: super(RowForm, self).media)

    def row_html(self) -> SafeString:
        """The row as its template draws it, with its widgets."""
        if self.errors:
            return render_to_string(self._template, self._row_context(list(self), self._label(), self._name()))
        frame = self._kept(f"{self._kind} row", self._frame)
        drawn = (text.replace(_PREFIX, self.prefix) + self._filling(name) for text, name in frame)
        return mark_safe("".join(drawn))  # noqa: S308 widgets, and what the template engine has escaped

    @property
    def _template(self) -> str:
        return BLOCK_TEMPLATE if self.is_block else ROW_TEMPLATE

    @property
    def _kind(self) -> str:
        return "blank" if self.prefix.endswith(_BLANK) else "new" if self.instance.pk is None else "stored"

    def _frame(self) -> list[tuple[str, str]]:
        """The markup before each slot, with _PREFIX in names, and the name of the slot; "" after the last."""
        name = _Slot(_NAME) if "tone" in self.fields else self._name()
        context = self._row_context([_Slot(field.name, field) for field in self], _Slot(_LABEL), name)
        parts = [*render_to_string(self._template, context).replace(self.prefix, _PREFIX).split(_SLOT), ""]
        return list(zip(parts[::2], parts[1::2], strict=True))

    def _row_context(self, fields: list, label, name) -> dict:
        group = self.prefix.rpartition("-")[0]
        folded = [field for field in fields if field.name in self.folded_fields]
        has_errors = not self.errors.keys().isdisjoint(self.folded_fields)
        context = {"form": self, "label": label, "kind": self._kind, "group": group, "name": name}
        shown = [field for field in fields if field not in folded]
        return context | {"fields": shown, "folded": folded, "is_fold_open": has_errors}

    def _label(self) -> str:
        number = self.prefix.rpartition("-")[2]
        return str(self.instance) if self._kind == "stored" else "#1" if number == _BLANK else f"#{int(number) + 1}"

    def _name(self) -> str:
        """What people call the row. A box is called after its tone, as far as that is one."""
        if not self.is_block:
            return capfirst(self._meta.model._meta.verbose_name)
        tone = self["tone"].value() if "tone" in self.fields else ""
        return capfirst(name_of(self._meta.model.kind, tone if tone in Tone.values else ""))

    def _filling(self, slot: str) -> str:
        """A widget, or the label of the row. A blank row keeps all but the edition's key and choices among rows."""
        if not slot:
            return ""
        if slot in (_LABEL, _NAME):
            return escaped(self._label() if slot == _LABEL else self._name())
        if self._kind == "blank" and not isinstance(self.fields[slot], _OF_EACH_VISIT):
            return self._kept(f"blank {slot}", lambda: str(self[slot]))
        return str(self[slot])

    def _kept(self, name: str, make):
        kept = type(self)._made
        if name not in kept:
            kept[name] = make()
        return kept[name]


class _Slot:
    """Stands for a field of a form, or for the label of a row, and draws nothing but its name."""

    def __init__(self, name: str, field: forms.BoundField | None = None) -> None:
        self.name, self._field = name, field

    def __getattr__(self, name):
        return getattr(self._field, name)

    def __html__(self):
        return f"{_SLOT}{self.name}{_SLOT}"

    __str__ = __html__


class RowFormSet(forms.BaseInlineFormSet):
    """Builds its blank row once per page; the admin asks for it four times."""

    def total_form_count(self):
        """On a fresh page also a row for each set of initial values (block_flow.py)."""
        return super().total_form_count() + (0 if self.is_bound else len(self.initial_extra or ()))

    @cached_property
    def empty_form(self):
        return super().empty_form

    def management_html(self) -> SafeString:
        """The fields of ``management_form``, which Django would make a form of."""
        if self.is_bound:
            return mark_safe("".join(map(str, self.management_form)))  # noqa: S308 widgets
        counts = {
            TOTAL_FORM_COUNT: self.total_form_count(),
            INITIAL_FORM_COUNT: self.initial_form_count(),
            MIN_NUM_FORM_COUNT: self.min_num,
            MAX_NUM_FORM_COUNT: self.max_num,
        }
        field = '<input type="hidden" name="{0}-{1}" value="{2}" id="id_{0}-{1}">'
        return format_html_join("", field, ((self.prefix, name, count) for name, count in counts.items()))
