"""The page of the content calendar. A publication that lies ahead is moved here with the action of its own page."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from detoxsite.core import site_profile
from detoxsite.core.adminkit.object_actions import ObjectAction, focus_first_error
from detoxsite.core.adminkit.row_urls import row_url
from detoxsite.core.exceptions import Refused
from detoxsite.core.form_fields import key_of

from ..models import Edition
from ..reports.calendar import MAX_ENTRIES, Entry, Month, entries_of
from .planning_actions import PLANNING_ACTIONS

MOVES = [action for action in PLANNING_ACTIONS if action.name.startswith("reschedule")]


def calendar_view(model_admin, request):
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    month = Month.named(request.GET.get("month"))
    tried = {}
    if request.method == "POST":
        edition, form = _move(model_admin, request)
        if form is None:
            return redirect(f"{request.path}?month={Month.of(edition.publish_at).name}")
        tried = {edition.pk: form}
    with_facts = request.user.has_perm("articles.view_centerfact")
    entries, more = entries_of(month, with_facts=with_facts)
    by_day = {day: [] for day in month.days}
    for entry in entries:
        by_day[entry.on].append(_shown(entry, request.user, tried))
    context = model_admin.admin_site.each_context(request) | {
        "title": "Content calendar",
        "month": month,
        "this_month": Month.named(None),
        "days": [(day, (day.isoweekday() % 7) + 1, shown) for day, shown in by_day.items()],
        "is_empty": not entries,
        "more": more,
        "most": MAX_ENTRIES,
        "opts": model_admin.opts,
    }
    return TemplateResponse(request, "admin/articles/calendar.html", context)


def _move_of(edition: Edition, user) -> ObjectAction | None:
    """The action with which the person may move the publication."""
    return next((action for action in MOVES if action.is_for(edition, user, edition.state)), None)


def _move(model_admin, request):
    """The edition, and its form where it was not moved. Who may not move it is refused."""
    key = key_of(request.POST.get("edition", ""))
    edition = get_object_or_404(Edition.objects.select_related("article"), pk=key)
    action = _move_of(edition, request.user)
    if action is None:
        if not any(request.user.has_perm(move.permission) for move in MOVES):
            raise PermissionDenied
        model_admin.message_user(request, "This publication can no longer be moved, or not by you.", "WARNING")
        return edition, None
    form = _form_for(action, edition, request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                edition = action.service(edition.pk, by=request.user, **form.cleaned_data)
                model_admin.log_change(request, edition, action.label)
        except Refused as exc:
            form.add_error(exc.field if exc.field in form.fields else None, str(exc))
        else:
            site_profile.expire()
            model_admin.message_user(request, f"“{edition}”: {action.done(request, edition)}", "SUCCESS")
            return edition, None
    focus_first_error(form)
    return edition, form


def _form_for(action: ObjectAction, edition: Edition, data=None):
    """Each of a page has ids of its own."""
    options = {"prefix": action.name, "auto_id": f"id_{edition.pk}_%s"}
    return action.form(data, **options) if data else action.form(initial=action.initial(edition), **options)


def _shown(entry: Entry, user, tried: dict) -> dict:
    shown = {"entry": entry, "kind": entry.kind, "label": entry.label, "title": entry.title, "form": None}
    shown["url"] = row_url(entry.fact or entry.edition)
    action = _move_of(entry.edition, user) if entry.kind == "scheduled" else None
    if action:
        form = tried.get(entry.edition.pk)
        shown |= {"form": form or _form_for(action, entry.edition), "is_open": form is not None}
    return shown
