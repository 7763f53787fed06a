"""Admin of redirects: the list with visits, import and export, and the addresses asked for in vain."""

import csv
import io
from datetime import timedelta

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Subquery, Sum
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from ..adminkit.model_admin import StaffModelAdmin
from ..models import Redirect, RedirectHits, VainAddress
from ..models.redirects import Code
from . import importing, probe, store
from .forms import ImportForm, RedirectForm

PERIOD = timedelta(days=30)
MAX_SHOWN = 200  # rows of a page that is no list of Django's
COLUMNS = ["old address", "new address", "answer", "source", "added", "visits in 30 days"]


@admin.register(Redirect)
class RedirectAdmin(StaffModelAdmin):
    empty_text = "An old address leads visitors to the right page. A page that moves adds its redirect by itself."
    form = RedirectForm
    fields = ["path", "target", "may_be_outside", "code"]
    list_display = ["path", "target", "code", "source", "created_at", "visits"]
    list_filter = ["code", "source"]
    search_fields = ["path", "target"]
    search_help_text = "A part of the old or the new address"
    change_list_template = "admin/redirects/change_list.html"

    def get_queryset(self, request):
        """With visits of 30 days."""
        recent = RedirectHits.objects.filter(redirect=OuterRef("pk"), day__gt=timezone.localdate() - PERIOD)
        total = recent.order_by().values("redirect").annotate(total=Sum("n")).values("total")
        return super().get_queryset(request).annotate(recent_visits=Subquery(total))

    @admin.display(description="visits in 30 days", ordering="recent_visits")
    def visits(self, rule):
        return rule.recent_visits or 0

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("import/", view(self.import_view), name="detoxsite_redirect_import"),
            path("export/", view(self.export_view), name="detoxsite_redirect_export"),
            path("in-vain/", view(self.vain_view), name="detoxsite_redirect_vain"),
            *super().get_urls(),
        ]

    def save_model(self, request, obj, form, change):
        store.write(form.table, Redirect.Source.HAND)
        stored = Redirect.objects.get(path=obj.path)
        obj.pk, obj.code = stored.pk, stored.code
        if form.cleaned_data["target"] != form.data.get("target", "").strip() and not obj.is_outside:
            self.message_user(request, f"Readers are sent to {obj.target} at once.")
        self._warn(request, obj)

    def _warn(self, request, rule) -> None:
        """Of what a redirect may be meant for: a page is about to be taken down, or to be published."""
        if probe.is_page(request, rule.path):
            text = f"A page answers at {rule.path} now. The redirect is used once it no longer does."
            self.message_user(request, text, messages.WARNING)
        if rule.code != Code.GONE and not rule.is_outside and not probe.is_page(request, rule.target):
            self.message_user(request, f"No page answers at {rule.target} now.", messages.WARNING)

    def import_view(self, request):
        """Checks a table, shows what would become of each row, and stores it when that is confirmed."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        is_sent = request.method == "POST"
        form = ImportForm(request.POST if is_sent else None, request.FILES if is_sent else None)
        context = {"form": form, "title": "Import redirects"}
        if form.is_valid():
            with transaction.atomic():
                table = importing.check(form.lines, may_be_outside=form.cleaned_data["may_be_outside"])
                wrong = [line for line in form.lines if line.errors]
                if not wrong and "store" in request.POST and not form.cleaned_data["file"]:
                    count = importing.store_table(table)
                    self.message_user(request, f"Stored. Redirects added or changed: {count}.", messages.SUCCESS)
                    return redirect("admin:detoxsite_redirect_changelist")
            shown = (wrong or form.lines)[:MAX_SHOWN]
            context |= {"lines": shown, "wrong": len(wrong), "more": len(wrong or form.lines) - len(shown)}
            context["count"] = len(form.lines)
            context["form"] = ImportForm(initial={**form.cleaned_data, "file": None, "rows": form.text})
        status = 422 if is_sent and (form.errors or context.get("wrong")) else 200
        return self._page(request, "admin/redirects/import.html", context, status=status)

    def export_view(self, request):
        """All redirects as CSV, in the columns that the import reads."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for rule in self.get_queryset(request).order_by("path"):
            added = timezone.localdate(rule.created_at).isoformat()
            writer.writerow([rule.path, rule.target, rule.code, rule.source, added, rule.recent_visits or 0])
        response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="redirects.csv"'
        return response

    def vain_view(self, request):
        """Addresses that no page has, most visits first, without those that redirect meanwhile."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = VainAddress.objects.filter(day__gt=timezone.localdate() - PERIOD)
        rows = rows.filter(~Exists(Redirect.objects.filter(path=OuterRef("path")))).values("path")
        rows = rows.annotate(visits=Sum("n"), last=Max("day")).order_by("-visits", "path")
        context = {"title": "Addresses asked for in vain", "rows": list(rows[:MAX_SHOWN])}
        return self._page(request, "admin/redirects/in_vain.html", context)

    def _page(self, request, template, context, *, status=200):
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        context["may_add"] = self.has_add_permission(request)
        return TemplateResponse(request, template, context, status=status)
