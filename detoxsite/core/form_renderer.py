"""Renders Django's widgets: the plain ones without a template, since an edit page has more than a hundred of them.

The output is Django's own, byte for byte (tests/core/test_form_renderer.py). Everything else goes to its template.
"""

from collections.abc import Callable

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape

from .plain_text import escaped

_OPTION = "django/forms/widgets/select_option.html"
INPUTS = ("checkbox", "email", "hidden", "input", "number", "password", "tel", "text", "url")


class FormRenderer(DjangoTemplates):
    """Django's renderer, with shortcuts for the plain widgets, labels, and lists of no errors."""

    def render(self, template_name, context, request=None):
        shortcut = _SHORTCUTS.get(template_name)
        if shortcut is not None and (rendered := shortcut(context)) is not None:
            return rendered
        return super().render(template_name, context, request)


def _input(context: dict) -> str:
    widget = context["widget"]
    value = "" if widget["value"] is None else f' value="{escaped(widget["value"])}"'
    kind, name = conditional_escape(widget["type"]), conditional_escape(widget["name"])
    return f'<input type="{kind}" name="{name}"{value}{_attributes(widget["attrs"])}>'


def _textarea(context: dict) -> str:
    widget = context["widget"]
    value = escaped(widget["value"]) if widget["value"] else ""
    name = conditional_escape(widget["name"])
    return f'<textarea name="{name}"{_attributes(widget["attrs"])}>\n{value}</textarea>'


def _select(context: dict) -> str | None:
    """A list of choices without groups. A widget with groups, or a template of its own for options, has no shortcut."""
    widget, options = context["widget"], []
    for group, choices, _ in widget["optgroups"]:
        if group or any(choice["template_name"] != _OPTION for choice in choices):
            return None
        options += map(_option, choices)
    name = conditional_escape(widget["name"])
    return f'<select name="{name}"{_attributes(widget["attrs"])}>{"".join(options)}\n</select>'


def _option(choice: dict) -> str:
    value, label = escaped(choice["value"]), conditional_escape(choice["label"])
    return f'\n  <option value="{value}"{_attributes(choice["attrs"])}>{label}</option>\n'


def _label(context: dict) -> str:
    if not context["use_tag"]:
        return conditional_escape(context["label"])
    tag = conditional_escape(context["tag"])
    return f"<{tag}{_attributes(context['attrs'] or {})}>{conditional_escape(context['label'])}</{tag}>"


def _no_errors(context: dict) -> str | None:
    return None if context["errors"] else ""


def _attributes(attrs: dict) -> str:
    """As ``django/forms/widgets/attrs.html``: a true value is the name alone, a false one nothing."""
    return "".join(
        f" {conditional_escape(name)}" if value is True else f' {conditional_escape(name)}="{escaped(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


_SHORTCUTS: dict[str, Callable[[dict], str | None]] = {
    **{f"django/forms/widgets/{name}.html": _input for name in INPUTS},
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
    "django/forms/label.html": _label,
    "django/forms/errors/list/default.html": _no_errors,
}
