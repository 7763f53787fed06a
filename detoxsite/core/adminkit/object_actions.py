"""Object actions: buttons above the admin page of one object, each a POST to a service.

The page itself is read-only. An action refused by its service writes nothing, says why, and keeps the input.
"""

from collections.abc import Callable, Set
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html

from ..exceptions import Refused


@dataclass(frozen=True)
class ObjectAction:
    name: str  # in the address
    label: str  # on the button
    service: Callable  # called with the primary key, ``by`` and the form's cleaned data
    states: Set[str]  # in which it is offered; the service has the last word
    permission: str
    done: str | Callable[[HttpRequest, object], str]  # success message; a callable gets what the service returned
    form: type[forms.Form] = forms.Form
    initial: Callable[[object], dict] | None = None  # initial data of the form, from the object
    hint: str = ""
    quiet: bool | Callable[[object, object], bool] = False  # a secondary button; a callable gets object and user
    folded: bool = False  # rarely needed: collapsed behind its label
    offered: Callable[[object, object], bool] | None = None  # of object and user, where ``states`` is too coarse

    def is_for(self, obj, user, state: str) -> bool:
        """Whether the page of ``obj`` offers the action to ``user``."""
        if not user.has_perm(self.permission) or state not in self.states:
            return False
        return self.offered is None or self.offered(obj, user)

    def is_quiet(self, obj, user) -> bool:
        return self.quiet(obj, user) if callable(self.quiet) else self.quiet

    def blank(self, obj) -> forms.Form:
        return self.form(prefix=self.name, initial=self.initial(obj) if self.initial else None)


class ObjectActionsMixin:
    """For a ModelAdmin: offers its ``object_actions`` where permission and the field ``state_field`` allow them."""

    object_actions: tuple[ObjectAction, ...] = ()
    state_field = "status"
    change_form_template = "admin/object_actions_change_form.html"

    def get_urls(self):
        view = self.admin_site.admin_view(self.object_action_view)
        return [
            path("<path:object_id>/act/<slug:name>/", view, name=self._url_name("object_action")),
            *super().get_urls(),
        ]

    def _url_name(self, view: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{view}"

    def _change_url(self, object_id) -> str:
        return reverse(f"admin:{self._url_name('change')}", args=[object_id])

    def object_action_view(self, request, object_id, name):
        if request.method != "POST":  # someone reloads the page of a refused action
            return redirect(self._change_url(object_id))
        action = next((action for action in self.object_actions if action.name == name), None)
        obj = self.get_object(request, unquote(object_id))
        if action is None or obj is None:
            raise Http404
        if not request.user.has_perm(action.permission):
            raise PermissionDenied
        form = action.form(request.POST, prefix=action.name)
        if form.is_valid():
            try:
                result = self.perform(request, action, obj, **form.cleaned_data)
            except Refused as exc:
                self._say_refused(request, action, form, str(exc), messages.WARNING)
                form = self.after_refusal(request, form, exc)
                form.add_error(exc.field if exc.field in form.fields else None, str(exc))
            else:
                return self.after_object_action(request, result)
        else:
            self._say_refused(request, action, form, f"Not done: {_first_error(form)}", messages.ERROR)
        focus_first_error(form)
        request.method = "GET"  # the page, with the form as it was filled in
        return self.change_view(request, object_id, extra_context={"bound_action_form": form})

    def perform(self, request, action: ObjectAction, obj, **data):
        """Do it, log it and say so; returns what the service did. Raises Refused, and then nothing is written."""
        with transaction.atomic():
            result = action.service(obj.pk, by=request.user, **data)
            self.log_change(request, obj, action.label)
        done = action.done if isinstance(action.done, str) else action.done(request, result)
        self.message_user(request, done, messages.SUCCESS)
        return result

    def _say_refused(self, request, action: ObjectAction, form: forms.Form, reason: str, level) -> None:
        """A message at the top of the page, with a link to the form that can be corrected.

        A button without fields has nothing to correct, and may be gone: a colleague has just pressed it.
        """
        if form.fields:
            reason = format_html('{} <a href="#act-{}">{}</a>', reason, action.name, action.label)
        self.message_user(request, reason, level)

    def after_refusal(self, request, form, refusal: Refused) -> forms.Form:
        """The form to show after a refusal."""
        return form

    def after_object_action(self, request, obj):
        return redirect(self._change_url(obj.pk))

    def render_change_form(self, request, context, **kwargs):
        obj = kwargs.get("obj")
        if obj is not None:
            bound = context.get("bound_action_form")
            context["object_actions"] = list(self._offered(request, obj, bound))
            context["is_refused"] = bound is not None
        return super().render_change_form(request, context, **kwargs)

    def _offered(self, request, obj, bound: forms.Form | None):
        """Yield each offered action with its form and address; the one just tried is always among them."""
        for action in self.object_actions:
            is_tried = bound is not None and bound.prefix == action.name
            may_retry = is_tried and request.user.has_perm(action.permission)
            if may_retry or action.is_for(obj, request.user, getattr(obj, self.state_field)):
                url = reverse(f"admin:{self._url_name('object_action')}", args=[obj.pk, action.name])
                form = bound if is_tried else action.blank(obj)
                yield {"action": action, "form": form, "url": url, "is_quiet": action.is_quiet(obj, request.user)}


def focus_first_error(form: forms.Form) -> None:
    invalid = next((field for field in form.fields if field in form.errors), None)
    if invalid:
        form.fields[invalid].widget.attrs["autofocus"] = True


def _first_error(form: forms.Form) -> str:
    return next(iter(next(iter(form.errors.values()))))
