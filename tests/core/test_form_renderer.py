"""The shortcuts of the form renderer write what Django's templates write, byte for byte."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.forms.utils import ErrorList
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from detoxsite.core import form_renderer

ATTRS = [
    {},
    {"id": "id_a", "required": True, "disabled": False, "maxlength": 80},
    {"aria-label": 'Select "this" & <that>', "data-x": mark_safe("&amp;"), "title": gettext_lazy("Select all")},
    {"data-none": None, "data-zero": 0, "rows": "2"},
]
VALUES = [
    None,
    "",
    "0",
    0,
    3,
    "Ünïcode & <b>'quoted' \"text\"</b>",
    mark_safe("<i>&lt;</i>"),
    "line\nline\r\nline",
    " ",
]
WIDGETS = [
    *(forms.TextInput, forms.HiddenInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.TelInput),
    *(forms.Textarea, forms.CheckboxInput),
]


class Unhurried(DjangoTemplates):
    pass


@pytest.mark.parametrize("widget", [*WIDGETS, forms.PasswordInput(render_value=True)])
def test_widgets_look_as_django_renders_them(widget, monkeypatch):
    widget = widget() if isinstance(widget, type) else widget
    ours = [
        widget.render('a "name"', value, attrs, form_renderer.FormRenderer()) for value in VALUES for attrs in ATTRS
    ]
    theirs = [widget.render('a "name"', value, attrs, Unhurried()) for value in VALUES for attrs in ATTRS]
    assert ours == theirs
    monkeypatch.setattr(form_renderer, "_SHORTCUTS", {})
    with pytest.raises(AssertionError, match="template"):
        widget.render("name", "value", {}, _NoTemplates())
    monkeypatch.undo()
    widget.render("name", "value", {}, _NoTemplates())


class _NoTemplates(form_renderer.FormRenderer):
    def get_template(self, template_name):
        raise AssertionError(f"template {template_name}")


@pytest.mark.parametrize("errors", [[], ["Enter a <number>."]])
def test_lists_of_errors_look_as_django_renders_them(errors):
    ours, theirs = ErrorList(errors, renderer=form_renderer.FormRenderer()), ErrorList(errors, renderer=Unhurried())
    assert str(ours) == str(theirs)


def test_what_has_no_shortcut_goes_to_its_template():
    class Form(forms.Form):
        choice = forms.ChoiceField(choices=[("a", "A <b>")])
        day = forms.DateField()

    assert str(Form(renderer=form_renderer.FormRenderer())) == str(Form(renderer=Unhurried()))


def test_every_shortcut_is_a_template_of_django():
    for name in form_renderer._SHORTCUTS:
        assert DjangoTemplates().get_template(name)
