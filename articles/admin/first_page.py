"""The page of the admin that starts the first page of the site, or leads to its newest edition."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from detoxsite.core.exceptions import Refused
from detoxsite.core.form_fields import RowChoice

from .. import first_page
from ..models import Person


class StartForm(forms.Form):
    author = RowChoice(
        Person.objects.all(),
        label="Written by",
        error_messages={"required": "Choose who writes it."},
        help_text="Not shown on the page. Whoever signs it off must be somebody else.",
    )


def first_page_view(model_admin, request):
    """Leads to the newest edition of the first page; while there is none, asks who writes it, and starts a draft."""
    if not model_admin.has_write_permission(request):
        raise PermissionDenied
    if edition := first_page.newest_edition():
        return redirect(reverse("admin:articles_edition_change", args=[edition.pk]))
    data = request.POST if request.method == "POST" else None
    form = StartForm(data, initial={"author": getattr(request.user, "person", None)})
    if form.is_valid():
        try:
            edition = first_page.start(by=request.user, author=form.cleaned_data["author"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            model_admin.log_addition(request, edition, "Started from the default")
            return redirect(reverse("admin:articles_edition_change", args=[edition.pk]))
    context = model_admin.admin_site.each_context(request) | {
        "title": "First page",
        "form": form,
        "has_people": Person.objects.exists(),
        "opts": model_admin.opts,
    }
    return TemplateResponse(request, "admin/articles/first_page.html", context)
