"""Steps that staff take on one thing in the admin: buttons above its page, each a post to a service.

The page itself only shows. A step refused by its service writes nothing and says why.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import path, reverse


@dataclass(frozen=True)
class Act:
    name: str  # in the address
    label: str  # on the button
    service: Callable  # called with the primary key, ``by`` and the form's cleaned data
    permission: str
    when: Callable[[object], bool]
    done: str  # what is said afterwards
    form: type[forms.Form] = forms.Form
    hint: str = ""
    quiet: bool = field(default=False)


class ActsMixin:
    """For a ModelAdmin: its ``acts``, offered where permission and state allow them."""

    acts: tuple[Act, ...] = ()
    refusal: type[Exception]  # what the services raise when a step cannot be taken
    change_form_template = "admin/acts_change_form.html"

    def get_urls(self):
        info = self.opts.app_label, self.opts.model_name
        act = path(
            "<path:object_id>/act/<slug:name>/",
            self.admin_site.admin_view(self.act_view),
            name="{}_{}_act".format(*info),
        )
        return [act, *super().get_urls()]

    def act_view(self, request, object_id, name):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        act = next((act for act in self.acts if act.name == name), None)
        obj = self.get_object(request, unquote(object_id))
        if act is None or obj is None:
            raise Http404
        if not request.user.has_perm(act.permission):
            raise PermissionDenied
        form = act.form(request.POST, prefix=act.name)
        if not form.is_valid():
            request.bound_act = form
            request.method = "GET"  # the page with the form as it was filled in
            return self.change_view(request, object_id)
        try:
            result = act.service(obj.pk, by=request.user, **form.cleaned_data)
        except self.refusal as refusal:
            self.message_user(request, str(refusal), messages.WARNING)
            return self.after_act(act, obj)
        self.log_change(request, obj, act.done)
        self.message_user(request, act.done, messages.SUCCESS)
        return self.after_act(act, result)

    def after_act(self, act, obj):
        return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk]))

    def render_change_form(self, request, context, **kwargs):
        obj = kwargs.get("obj")
        if obj is not None:
            bound = getattr(request, "bound_act", None)
            context["acts"] = [
                {
                    "act": act,
                    "form": bound if bound and bound.prefix == act.name else act.form(prefix=act.name),
                    "url": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_act", args=[obj.pk, act.name]),
                }
                for act in self.acts
                if request.user.has_perm(act.permission) and act.when(obj)
            ]
        return super().render_change_form(request, context, **kwargs)
