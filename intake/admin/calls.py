"""Admin of the calls for help: the queue, the page of one request, and the actions on it."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponseBadRequest, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect
from django.urls import path

from detoxsite.core.access_log import recording
from detoxsite.core.adminkit.model_admin import LookAheadPaginator, ReadOnlyModelAdmin
from detoxsite.core.adminkit.object_actions import ObjectActionsMixin
from detoxsite.core.encryption import sealing

from ..casework import contact_plan
from ..models import QUEUE_ORDER, CallForHelp
from ..records import open_pages
from . import (
    detail_context,
    disclosure_print,
    manual_entry,
    queue,
    queue_sections,
)
from .call_actions import ANSWER, CALL_ACTIONS
from .forms import PlanForm, PrintForm, SearchForm


@admin.register(CallForHelp)
class CallForHelpAdmin(ObjectActionsMixin, ReadOnlyModelAdmin):
    object_actions = CALL_ACTIONS
    change_list_template = "admin/intake/callforhelp/queue.html"
    change_form_template = "admin/intake/callforhelp/request.html"
    list_display = ["reference"]
    list_filter = [queue.QueueFilter]
    list_select_related = ["claimed_by"]
    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    actions = None
    fieldsets = [(None, {"fields": ["reference"]})]

    def get_urls(self):
        parts = [
            ("enter/", self.enter, "enter"),
            ("news/", self.count_new, "news"),
            ("next/", self.open_next, "next"),
            ("<uuid:call_id>/print/", self.print_one, "print"),
            ("<uuid:call_id>/here/", self.here, "here"),
        ]
        own = [
            path(route, self.admin_site.admin_view(view), name=f"intake_callforhelp_{name}")
            for route, view, name in parts
        ]
        return [*own, *super().get_urls()]

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and request.user.has_perm(ANSWER)

    # the queue

    def get_changelist(self, request, **kwargs):
        return queue_sections.QueueChangeList

    def get_ordering(self, request):
        return QUEUE_ORDER

    def get_paginator(self, request, queryset, per_page, *args, **kwargs):
        return LookAheadPaginator(queryset, per_page, page=request.GET.get("p"))

    def get_queryset(self, request):
        queryset = super().get_queryset(request).real()
        return queryset.defer("sealed_for_author", "return_key") if self.is_list(request) else queryset

    def changelist_view(self, request, extra_context=None):
        """A search is a POST, so that the term is in no address and no log."""
        recording.describe(recording.Action.LIST)
        search = SearchForm(request.POST if request.method == "POST" else None)
        return super().changelist_view(request, {"search": search, "title": "Calls for help", **(extra_context or {})})

    def count_new(self, request):
        """Counts only, for a queue that stays open in the browser."""
        self._may(request)
        try:
            return JsonResponse(queue.count_new(float(request.GET.get("since", ""))))
        except (ValueError, OverflowError, OSError):
            return HttpResponseBadRequest()

    def open_next(self, request):
        """Lead to the next request that can be called now; ``after``: the one that is open."""
        self._may(request)
        recording.describe(recording.Action.LIST)
        requests = self.get_queryset(request).select_related("claimed_by")
        waiting = [str(call.pk) for call in queue_sections.to_call(request.user, requests)]
        current = request.GET.get("after")
        if current in waiting:  # it goes around, so that a skipped one comes again
            place = waiting.index(current)
            waiting = waiting[place + 1 :] + waiting[:place]
        if waiting:
            return redirect("admin:intake_callforhelp_change", waiting[0])
        self.message_user(request, "Nobody else waits for a call that can be made now.", messages.INFO)
        return redirect("admin:intake_callforhelp_changelist")

    # one request

    def change_view(self, request, object_id, form_url="", extra_context=None):
        try:
            return super().change_view(request, object_id, form_url, extra_context)
        except sealing.Unreadable:
            self.message_user(request, f"{queue.UNREADABLE}. Tell your system administrator.", messages.ERROR)
            return redirect("admin:intake_callforhelp_changelist")

    def get_object(self, request, object_id, from_field=None):
        call = super().get_object(request, object_id, from_field)
        if call is not None:
            prefetch_related_objects([call], "revisions", "contact_attempts", "messages", "consents")
            call.override_reason = ""
        return call

    def after_refusal(self, request, form, refusal):
        """After a plan conflict both plans are on the page, so the next save may replace the stored one."""
        if not isinstance(refusal, contact_plan.PlanConflict):
            return form
        data = request.POST.copy()
        data[form.add_prefix("version")] = refusal.stored.version
        again = PlanForm(data, prefix=form.prefix)
        again.is_valid()
        again.rejected_plan = form.cleaned_data
        return again

    def after_object_action(self, request, obj):
        """Keep the reason to call against the plan in this page and in the attempt noted from it, nowhere else."""
        if request.resolver_match.kwargs["name"] != "dial":
            return super().after_object_action(request, obj)
        request.method = "GET"
        return self.change_view(request, str(obj.pk), extra_context={"override_reason": request.POST["dial-unsafe"]})

    def render_change_form(self, request, context, **kwargs):
        call = kwargs.get("obj")
        if call is not None:
            call.override_reason = context.get("override_reason", "")
            refused = context.get("bound_action_form")
            context |= detail_context.context(
                call,
                request.user,
                rejected_plan=getattr(refused, "rejected_plan", None),
                override_reason=call.override_reason,
            )
            context |= {"print_form": PrintForm(), "title": str(call), "subtitle": None}
            if not call.erased_at:
                detail_context.record_view(call, request.user, context["together"])
        return super().render_change_form(request, context, **kwargs)

    def here(self, request, call_id):
        """Heartbeat of an open page: returns who else has it open, and a token that tells whether it changed."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        call = self._one(request, call_id)
        if not call.erased_at:
            open_pages.record_view(call, by=request.user)
        return JsonResponse(
            {"others": open_pages.others(call, request.user), "change_token": detail_context.change_token(call)}
        )

    # the rest

    def enter(self, request):
        self._may(request)
        return manual_entry.view(self, request)

    def print_one(self, request, call_id):
        return disclosure_print.view(self, request, self._one(request, call_id))

    def _may(self, request) -> None:
        if not request.user.has_perm(ANSWER):
            raise PermissionDenied

    def _one(self, request, call_id) -> CallForHelp:
        self._may(request)
        call = self.get_object(request, str(call_id))
        if call is None:
            raise Http404
        return call
