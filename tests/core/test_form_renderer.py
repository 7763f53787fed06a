"""The shortcuts of the form renderer write what Django's templates write, byte for byte."""

import copy
import re
from html.parser import HTMLParser

import pytest
from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.forms.renderers import DjangoTemplates
from django.forms.utils import ErrorList
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from articles.models import Edition
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


CHOICES = [
    ("", "---------"),
    ("a", "A <b> & 'c'"),
    (3, mark_safe("<i>three</i>")),
    (None, gettext_lazy("Select all")),
    (True, 4_000),
]


@pytest.mark.parametrize("widget", [forms.Select, forms.SelectMultiple, forms.NullBooleanSelect])
@pytest.mark.parametrize("value", [None, "", "a", 3, "3", ["a", "3"], True])
@pytest.mark.parametrize("attrs", ATTRS)
def test_selects_look_as_django_renders_them(widget, value, attrs):
    value = value[0] if isinstance(value, list) and not widget.allow_multiple_selected else value
    for choices in (CHOICES, [], [("A <group>", CHOICES), ("b", "B")]):
        select = widget() if widget is forms.NullBooleanSelect else widget(choices=choices)
        ours = select.render('a "name"', value, attrs, form_renderer.FormRenderer())
        assert ours == select.render('a "name"', value, attrs, Unhurried())


def test_a_select_without_groups_and_a_label_need_no_template():
    class Form(forms.Form):
        choice = forms.ChoiceField(choices=CHOICES)

    form = Form(renderer=_NoTemplates())
    assert str(form["choice"])
    assert form["choice"].label_tag()


@pytest.mark.parametrize("auto_id", ["id_%s", False])
@pytest.mark.parametrize("label", ["Name & <b>", mark_safe("<b>Name</b>"), gettext_lazy("Select all"), ""])
@pytest.mark.parametrize("attrs", [None, *ATTRS])
def test_labels_look_as_django_renders_them(auto_id, label, attrs):
    class Form(forms.Form):
        name = forms.CharField(label=label)

    ours, theirs = (Form(auto_id=auto_id, renderer=made())["name"] for made in (form_renderer.FormRenderer, Unhurried))
    for tag in (None, "legend"):
        assert ours.label_tag(attrs=attrs, tag=tag) == theirs.label_tag(attrs=attrs, tag=tag)


class _NoTemplates(form_renderer.FormRenderer):
    def get_template(self, template_name):
        raise AssertionError(f"template {template_name}")


@pytest.mark.parametrize("errors", [[], ["Enter a <number>."]])
def test_lists_of_errors_look_as_django_renders_them(errors):
    ours, theirs = ErrorList(errors, renderer=form_renderer.FormRenderer()), ErrorList(errors, renderer=Unhurried())
    assert str(ours) == str(theirs)


@pytest.mark.parametrize("name", ["author", "related-__prefix__-person"])
@pytest.mark.parametrize("condition", [{}, {"has_left": False}])
@pytest.mark.parametrize("shown", [{"add"}, {"add", "change", "delete", "view"}, set()])
def test_links_beside_a_choice_among_rows_are_those_of_django_with_our_icons(name, condition, shown):
    rel = copy.copy(Edition._meta.get_field("author").remote_field)
    rel.limit_choices_to = condition
    may = {f"can_{kind}_related": kind in shown for kind in ("add", "change", "delete", "view")}
    for inner in (forms.Select(choices=[("a", "A <b>")]), forms.HiddenInput()):
        widget = RelatedFieldWidgetWrapper(inner, rel, admin.site, **may)
        ours, theirs = (
            widget.render(name, "a", {"id": f"id_{name}"}, made()) for made in (form_renderer.FormRenderer, Unhurried)
        )

        assert ours.count('<svg class="i"') == theirs.count("<img") == (0 if inner.is_hidden else len(shown))
        assert _elements(ours) == _elements(theirs)


def _elements(text: str) -> list[tuple]:
    """The elements in order but for pictures, each with its attributes in any order."""
    found, parser = [], HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.append((tag, sorted(attrs)))
    parser.feed(re.sub(r"<svg.*?</svg>|<img[^>]*>", "", text))
    return found


def test_what_has_no_shortcut_goes_to_its_template():
    class Form(forms.Form):
        choice = forms.ChoiceField(choices=[("a", "A <b>")])
        day = forms.DateField()

    assert str(Form(renderer=form_renderer.FormRenderer())) == str(Form(renderer=Unhurried()))


def test_every_shortcut_is_a_template_of_django():
    for name in form_renderer._SHORTCUTS:
        assert DjangoTemplates().get_template(name)
