"""The page on which staff save, rename, move and remove their own filters of the lists."""

from itertools import groupby

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.exceptions import NotRegistered
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from detoxsite.core.adminkit import list_filters
from detoxsite.core.adminkit.model_admin import StaffModelAdmin
from detoxsite.core.exceptions import Refused
from detoxsite.core.form_fields import key_of
from detoxsite.core.models import SavedFilter
from detoxsite.core.models.saved_filters import MAX_NAME
from detoxsite.core.plain_text import tidy


@require_http_methods(["GET", "HEAD", "POST"])
def page(request):
    """All filters of whoever asks, by list. A refused change is shown beside what was typed."""
    refused = {}
    if request.method == "POST":
        name, key = tidy(request.POST.get("name", "")), request.POST.get("filter", "")
        try:
            return _change(request, request.POST.get("act", ""), key, name)
        except Refused as exc:
            refused = {"message": str(exc), "name": name, "filter": key, "new": _new(request)}
    context = {"title": "My filters", "lists": _lists(request), "refused": refused, "max_name": MAX_NAME}
    return render(request, "admin/own_filters.html", {**admin.site.each_context(request), **context})


def _change(request, act: str, key: str, name: str):
    if act == "save":
        return _save(request, name)
    own = SavedFilter.objects.filter(user=request.user)
    row = own.filter(pk=key_of(key)).first()
    if row is None:
        raise Refused("This filter no longer exists.")
    if act == "rename":
        list_filters.rename(row, name=name)
    elif act == "up":
        list_filters.move_up(row)
    elif act == "remove":
        row.delete()
        messages.success(request, f"“{row.name}” was removed.")
    else:
        raise Refused("Nothing was done.")
    return redirect("admin:own_filters")


def _save(request, name: str):
    model_admin = _admin_of(request, request.POST.get("list", ""))
    if model_admin is None:
        raise PermissionDenied
    row = list_filters.save(request.user, model_admin, name=name, query=request.POST.get("query", ""))
    return redirect(f"{_url(model_admin)}?{row.query}")


def _new(request) -> dict | None:
    """The filter that could not be saved, to be asked for again."""
    model_admin = _admin_of(request, request.POST.get("list", "")) if request.POST.get("act") == "save" else None
    query = list_filters.kept_query(model_admin, request.POST.get("query", "")) if model_admin else ""
    return {"list": model_admin.opts.label_lower, "query": query} if query else None


def _lists(request) -> list[dict]:
    """Name, address and filters of each list, of those that the person may still open."""
    rows = SavedFilter.objects.filter(user=request.user).order_by("model", *SavedFilter._meta.ordering)
    found = [(_admin_of(request, model), list(group)) for model, group in groupby(rows, key=lambda row: row.model)]
    return [
        {
            "name": model_admin.list_name if model_admin else "A list that is not yours now",
            "url": _url(model_admin) if model_admin else "",
            "rows": [
                {
                    "row": row,
                    "works": bool(model_admin) and row.query == list_filters.kept_query(model_admin, row.query),
                }
                for row in group
            ],
        }
        for model_admin, group in found
    ]


def _admin_of(request, model: str) -> StaffModelAdmin | None:
    """The admin of a list that the person may open; ``model``: its label."""
    try:
        model_admin = admin.site.get_model_admin(apps.get_model(model))
    except (LookupError, ValueError, NotRegistered):
        return None
    is_open = isinstance(model_admin, StaffModelAdmin) and model_admin.has_view_or_change_permission(request)
    return model_admin if is_open else None


def _url(model_admin) -> str:
    return reverse(f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_changelist")
