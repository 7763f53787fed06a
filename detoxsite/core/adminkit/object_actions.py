"""Steps that staff take on one thing in the admin: buttons above its page, each a post to a service.

The page itself only shows. A step refused by its service writes nothing, says why, and keeps what was typed.
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
class Act:
    name: str  # in the address
    label: str  # on the button
    service: Callable  # called with the primary key, ``by`` and the form's cleaned data
    states: Set[str]  # from which it may be taken; the service has the last word
    permission: str
    done: str | Callable[[HttpRequest, object], str]  # what is said afterwards, of what the service returned
    form: type[forms.Form] = forms.Form
    initial: Callable[[object], dict] | None = None  # what the form starts with, from the thing itself
    hint: str = ""
    quiet: bool | Callable[[object, object], bool] = False  # not what is to be done first; of the thing and the user
    folded: bool = False  # seldom needed: behind its label
    offered: Callable[[object, object], bool] | None = None  # of the thing and the user, where ``states`` is too coarse

    def is_for(self, obj, user, state: str) -> bool:
        """Whether the page of ``obj`` offers it to ``user``."""
        if not user.has_perm(self.permission) or state not in self.states:
            return False
        return self.offered is None or self.offered(obj, user)

    def is_quiet(self, obj, user) -> bool:
        return self.quiet(obj, user) if callable(self.quiet) else self.quiet

    def blank(self, obj) -> forms.Form:
        return self.form(prefix=self.name, initial=self.initial(obj) if self.initial else None)


class ActsMixin:
    """For a ModelAdmin: its ``acts``, offered where permission and the field ``state_field`` allow them."""

    acts: tuple[Act, ...] = ()
    state_field = "status"
    change_form_template = "admin/acts_change_form.html"

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        act = path("<path:object_id>/act/<slug:name>/", self.admin_site.admin_view(self.act_view), name=name)
        return [act, *super().get_urls()]

    def act_view(self, request, object_id, name):
        if request.method != "POST":  # somebody reloads the page of a step that was not taken
            return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[object_id]))
        act = next((act for act in self.acts if act.name == name), None)
        obj = self.get_object(request, unquote(object_id))
        if act is None or obj is None:
            raise Http404
        if not request.user.has_perm(act.permission):
            raise PermissionDenied
        form = act.form(request.POST, prefix=act.name)
        if form.is_valid():
            try:
                with transaction.atomic():
                    result = act.service(obj.pk, by=request.user, **form.cleaned_data)
                    self.log_change(request, obj, act.label)
            except Refused as exc:
                self._say_at(request, act, str(exc), messages.WARNING)
                form = self.after_refusal(request, form, exc)
                form.add_error(exc.field if exc.field in form.fields else None, str(exc))
            else:
                done = act.done if isinstance(act.done, str) else act.done(request, result)
                self.message_user(request, done, messages.SUCCESS)
                return self.after_act(request, result)
        else:
            self._say_at(request, act, f"Not done: {_first_error(form)}", messages.ERROR)
        _focus_first_error(form)
        request.bound_act = form
        request.method = "GET"  # the page, with the form as it was filled in
        return self.change_view(request, object_id)

    def _say_at(self, request, act: Act, why: str, level) -> None:
        """On top of the page, with a way to the form that it is about."""
        self.message_user(request, format_html('{} <a href="#act-{}">{}</a>', why, act.name, act.label), level)

    def after_refusal(self, request, form, refusal: Refused) -> forms.Form:
        """The form as it is shown again."""
        return form

    def after_act(self, request, obj):
        return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk]))

    def render_change_form(self, request, context, **kwargs):
        obj = kwargs.get("obj")
        if obj is not None:
            context["acts"] = list(self._offered(request, obj))
            context["is_refused"] = hasattr(request, "bound_act")
        return super().render_change_form(request, context, **kwargs)

    def _offered(self, request, obj):
        """What the page shows of each act: it, its form, its address. The one just tried is among them in any case."""
        bound = getattr(request, "bound_act", None)
        for act in self.acts:
            tried = bound is not None and bound.prefix == act.name
            may_again = tried and request.user.has_perm(act.permission)
            if may_again or act.is_for(obj, request.user, getattr(obj, self.state_field)):
                url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_act", args=[obj.pk, act.name])
                form = bound if tried else act.blank(obj)
                yield {"act": act, "form": form, "url": url, "is_quiet": act.is_quiet(obj, request.user)}


def _focus_first_error(form: forms.Form) -> None:
    faulty = next((field for field in form.fields if field in form.errors), None)
    if faulty:
        form.fields[faulty].widget.attrs["autofocus"] = True


def _first_error(form: forms.Form) -> str:
    return next(iter(next(iter(form.errors.values()))))
