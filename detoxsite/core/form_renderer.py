"""Renders Django's widgets: the plain ones without a template, since an edit page has more than a hundred of them.

The output is Django's own, byte for byte (tests/core/test_form_renderer.py), but for the links beside a choice among
rows, which have the icons of the staff site. Everything else goes to its template.
"""

from collections.abc import Callable

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape

from .plain_text import escaped
from .templatetags.page_tags import icon

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
    kind, name = _text(widget["type"]), _text(widget["name"])
    return f'<input type="{kind}" name="{name}"{value}{_attributes(widget["attrs"])}>'


def _textarea(context: dict) -> str:
    widget = context["widget"]
    value = escaped(widget["value"]) if widget["value"] else ""
    name = _text(widget["name"])
    return f'<textarea name="{name}"{_attributes(widget["attrs"])}>\n{value}</textarea>'


def _select(context: dict) -> str | None:
    """A list of choices without groups. A widget with groups, or a template of its own for options, has no shortcut."""
    widget, options = context["widget"], []
    for group, choices, _ in widget["optgroups"]:
        if group or any(choice["template_name"] != _OPTION for choice in choices):
            return None
        options += map(_option, choices)
    name = _text(widget["name"])
    return f'<select name="{name}"{_attributes(widget["attrs"])}>{"".join(options)}\n</select>'


def _option(choice: dict) -> str:
    value, label = escaped(choice["value"]), _text(choice["label"])
    return f'\n  <option value="{value}"{_attributes(choice["attrs"])}>{label}</option>\n'


_LINKS = (  # beside a choice among rows: name, what its title says, icon; in Django's order
    ("change", "Change selected", "pen"),
    ("add", "Add another", "plus"),
    ("delete", "Delete selected", "trash"),
    ("view", "View selected", "eye"),
)


def _related(context: dict) -> str:
    """A choice among rows with its links. A script of Django fills in the addresses for the chosen row."""
    model = "" if context["model_has_limit_choices_to"] else f' data-model-ref="{escaped(context["model_name"])}"'
    offered = [] if context["is_hidden"] else [link for link in _LINKS if context[f"can_{link[0]}_related"]]
    links = "".join(_related_link(context, *link) for link in offered)
    return f'<div class="related-widget-wrapper"{model}>{context["rendered_widget"]}{links}</div>'


def _related_link(context: dict, kind: str, says: str, sign: str) -> str:
    attribute, address = "data-href-template", f"{'delete' if kind == 'delete' else 'change'}_related_template_url"
    if kind == "add":
        attribute, address = "href", "add_related_url"
    query = context["view_related_url_params" if kind == "view" else "url_params"]
    attributes = {
        "class": f"related-widget-wrapper-link {kind}-related",
        "id": f"{kind}_id_{context['name']}",
        "data-popup": False if kind == "view" else "yes",
        attribute: f"{context[address]}?{query}",
        "title": f"{says} {context['model']}",
    }
    return f"<a{_attributes(attributes)}>{icon(sign, 20, 'desk-icons')}</a>"


def _label(context: dict) -> str:
    if not context["use_tag"]:
        return conditional_escape(context["label"])
    tag = conditional_escape(context["tag"])
    return f"<{tag}{_attributes(context['attrs'] or {})}>{conditional_escape(context['label'])}</{tag}>"


def _no_errors(context: dict) -> str | None:
    return None if context["errors"] else ""


def _text(value) -> str:
    return escaped(value) if isinstance(value, str) else conditional_escape(value)  # which may be lazy


def _attributes(attrs: dict) -> str:
    """As ``django/forms/widgets/attrs.html``: a true value is the name alone, a false one nothing."""
    return "".join(
        f" {_text(name)}" if value is True else f' {_text(name)}="{escaped(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


_SHORTCUTS: dict[str, Callable[[dict], str | None]] = {
    **{f"django/forms/widgets/{name}.html": _input for name in INPUTS},
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
    "admin/widgets/related_widget_wrapper.html": _related,
    "django/forms/label.html": _label,
    "django/forms/errors/list/default.html": _no_errors,
}
