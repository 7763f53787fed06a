"""Admin of the calls for help: the queue, the page of one request, and the actions on it."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponseBadRequest, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect
from django.urls import path

from detoxsite.core.adminkit.model_admin import ReadOnlyModelAdmin
from detoxsite.core.adminkit.object_actions import ObjectAction, ObjectActionsMixin
from detoxsite.core.encryption import sealing

from .. import services
from ..casework import contact_plan
from ..casework.contact_plan import ContactMethod
from ..models import CallForHelp
from ..records import access_log
from . import (
    detail_context,
    disclosure_print,
    manual_entry,
    queue,
)
from .forms import AgainstPlanForm, CloseForm, ContactForm, MessageForm, PlanForm, PrintForm, SearchForm
from .records import HOLD_ACTIONS

ANSWER = "intake.answer_callforhelp"
ALLOWED_FROM = services.ALLOWED_FROM


def _is_free(call, user) -> bool:
    """No colleague has claimed it."""
    return not call.is_claimed() or call.claimed_by == user


def _is_own(call, user) -> bool:
    return call.is_claimed() and call.claimed_by == user


def _is_against_plan(call, user) -> bool:
    has_number = bool(call.current_answers()["phone"]) and not call.override_reason
    return has_number and _is_free(call, user) and bool(contact_plan.objections(call, ContactMethod.CALL))


def _plan_initial(call) -> dict:
    plan = contact_plan.effective_plan(call)
    return {"version": plan.version, **plan.items()}


def _attempt_initial(call) -> dict:
    return {
        "way": ContactMethod.CALL if call.current_answers()["phone"] else ContactMethod.EMAIL,
        "unsafe": call.override_reason,
    }


ACTS = (
    ObjectAction(
        "claim",
        "I am calling",
        services.claim,
        ALLOWED_FROM["claim"],
        ANSWER,
        done="Claimed for ten minutes.",
        hint="Shows your colleagues that you have it. The claim ends after ten minutes without a noted attempt.",
        quiet=_is_against_plan,
        offered=_is_free,
    ),
    ObjectAction(
        "release",
        "Release",
        services.release,
        ALLOWED_FROM["release"],
        ANSWER,
        done="Released. The team has been alerted again.",
        quiet=True,
        offered=_is_own,
    ),
    ObjectAction(
        "dial",
        "Call anyway",
        services.claim_against_plan,
        ALLOWED_FROM["claim"],
        ANSWER,
        done="Claimed for ten minutes. Note the attempt when you are done; your reason is filled in.",
        form=AgainstPlanForm,
        offered=_is_against_plan,
    ),
    ObjectAction(
        "contact",
        "Save this attempt",
        services.record_attempt,
        ALLOWED_FROM["record_attempt"],
        ANSWER,
        done="Attempt saved.",
        form=ContactForm,
        initial=_attempt_initial,
    ),
    ObjectAction(
        "plan",
        "Change the contact plan",
        contact_plan.save_plan,
        services.OPEN,
        ANSWER,
        done="Contact plan saved.",
        form=PlanForm,
        initial=_plan_initial,
        quiet=True,
        folded=True,
    ),
    ObjectAction(
        "message",
        "Send a message",
        services.send_message,
        ALLOWED_FROM["send_message"],
        ANSWER,
        done="Sent. They can read it on their private page.",
        form=MessageForm,
        quiet=True,
        folded=True,
        offered=lambda call, user: bool(call.return_key),
    ),
    ObjectAction(
        "close",
        "Close this request",
        services.close,
        ALLOWED_FROM["close"],
        ANSWER,
        done="Closed.",
        form=CloseForm,
        quiet=True,
    ),
    ObjectAction(
        "accept",
        "This is not spam",
        services.mark_not_spam,
        ALLOWED_FROM["mark_not_spam"],
        ANSWER,
        done="In the queue. The team has been alerted.",
        offered=lambda call, user: call.is_quarantined,
    ),
    ObjectAction(
        "spam",
        "Close as spam",
        services.close_as_spam,
        ALLOWED_FROM["close"],
        ANSWER,
        done="Closed as spam.",
        quiet=True,
        offered=lambda call, user: call.is_quarantined,
    ),
    ObjectAction(
        "reopen",
        "Reopen",
        services.reopen,
        ALLOWED_FROM["reopen"],
        ANSWER,
        done="Reopened.",
        quiet=True,
        offered=lambda call, user: not call.erased_at,
    ),
)


@admin.register(CallForHelp)
class CallForHelpAdmin(ObjectActionsMixin, ReadOnlyModelAdmin):
    object_actions = (*ACTS, *HOLD_ACTIONS)
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
        return queue.QueueChangeList

    def get_ordering(self, request):
        return queue.ORDER

    def get_queryset(self, request):
        queryset = super().get_queryset(request).real()
        return queryset.defer("sealed_for_author", "return_key") if self.is_list(request) else queryset

    def changelist_view(self, request, extra_context=None):
        """A search is a POST, so that the term is in no address and no log."""
        search = SearchForm(request.POST if request.method == "POST" else None)
        if search.is_valid():
            request.found = queue.search_filter(search.cleaned_data["typed"])
        return super().changelist_view(request, {"search": search, "title": "Requests", **(extra_context or {})})

    def count_new(self, request):
        """Counts only, for a queue that stays open in the browser."""
        self._may(request)
        try:
            return JsonResponse(queue.count_new(float(request.GET.get("since", ""))))
        except (ValueError, OverflowError, OSError):
            return HttpResponseBadRequest()

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
            call.override_reason = getattr(request, "override_reason", "")
        return call

    def after_refusal(self, request, form, refusal):
        """After a plan conflict both plans are on the page, so the next save may replace the stored one."""
        if not isinstance(refusal, contact_plan.PlanConflict):
            return form
        request.rejected_plan = form.cleaned_data
        data = request.POST.copy()
        data[form.add_prefix("version")] = refusal.stored.version
        again = PlanForm(data, prefix=form.prefix)
        again.is_valid()
        return again

    def after_object_action(self, request, obj):
        """Keep the reason to call against the plan in this page and in the attempt noted from it, nowhere else."""
        if request.resolver_match.kwargs["name"] != "dial":
            return super().after_object_action(request, obj)
        request.override_reason = request.POST["dial-unsafe"]
        request.method = "GET"
        return self.change_view(request, str(obj.pk))

    def render_change_form(self, request, context, **kwargs):
        call = kwargs.get("obj")
        if call is not None:
            context |= detail_context.context(
                call,
                request.user,
                rejected_plan=getattr(request, "rejected_plan", None),
                override_reason=call.override_reason,
            )
            context |= {"print_form": PrintForm(), "title": str(call), "subtitle": None}
            if not call.erased_at:
                detail_context.record_view(call, request.user)
        return super().render_change_form(request, context, **kwargs)

    def here(self, request, call_id):
        """Heartbeat of an open page: returns who else has it open, and a token that tells whether it changed."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        call = self._one(request, call_id)
        if not call.erased_at:
            access_log.record_view(call, by=request.user)
        return JsonResponse(
            {"others": access_log.others(call, request.user), "change_token": detail_context.change_token(call)}
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
