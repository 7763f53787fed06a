"""The desk where calls for help are answered. People write them, staff move them; nothing of theirs is in the list."""

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
from ..casework.contact_plan import Way
from ..models import CallForHelp
from ..records import access_log
from . import (
    detail_context,
    disclosure_print,
    manual_entry,
    queue,
)
from .forms import AgainstPlanForm, CloseForm, ContactForm, MessageForm, PlanForm, PrintForm, SearchForm
from .records import KEEPING_ACTS

ANSWER = "intake.answer_callforhelp"
STEPS = services.STEPS


def _is_free(call, user) -> bool:
    """No colleague has it: of two people calling at once one is too many."""
    return not call.is_held() or call.claimed_by == user


def _is_own(call, user) -> bool:
    return call.is_held() and call.claimed_by == user


def _is_against_plan(call, user) -> bool:
    has_number = bool(call.current()["phone"]) and not call.dial_anyway
    return has_number and _is_free(call, user) and bool(contact_plan.objections(call, Way.CALL))


def _first_plan(call) -> dict:
    plan = contact_plan.effective(call)
    return {"version": plan.version, **plan.items()}


def _first_attempt(call) -> dict:
    return {"way": Way.CALL if call.current()["phone"] else Way.EMAIL, "unsafe": call.dial_anyway}


ACTS = (
    ObjectAction(
        "claim",
        "I am calling",
        services.claim,
        STEPS["claim"],
        ANSWER,
        done="It is yours for ten minutes.",
        hint="Tells the others that you have it. It lapses after ten minutes without a note.",
        quiet=_is_against_plan,
        offered=_is_free,
    ),
    ObjectAction(
        "release",
        "Give it back",
        services.release,
        STEPS["release"],
        ANSWER,
        done="Given back. Others are told that it waits.",
        quiet=True,
        offered=_is_own,
    ),
    ObjectAction(
        "dial",
        "Call all the same",
        services.claim_against_plan,
        STEPS["claim"],
        ANSWER,
        done="It is yours for ten minutes. Note the attempt when you are done; your reason is filled in.",
        form=AgainstPlanForm,
        offered=_is_against_plan,
    ),
    ObjectAction(
        "contact",
        "Save this attempt",
        services.note_contact,
        STEPS["note_contact"],
        ANSWER,
        done="The attempt is noted.",
        form=ContactForm,
        initial=_first_attempt,
    ),
    ObjectAction(
        "plan",
        "Change the contact plan",
        contact_plan.save,
        services.OPEN,
        ANSWER,
        done="The contact plan is saved.",
        form=PlanForm,
        initial=_first_plan,
        quiet=True,
        folded=True,
    ),
    ObjectAction(
        "message",
        "Write to the person",
        services.write,
        STEPS["write"],
        ANSWER,
        done="They find it on their own page.",
        form=MessageForm,
        quiet=True,
        folded=True,
        offered=lambda call, user: bool(call.return_key),
    ),
    ObjectAction(
        "close",
        "Close this request",
        services.close,
        STEPS["close"],
        ANSWER,
        done="Closed.",
        form=CloseForm,
        quiet=True,
    ),
    ObjectAction(
        "accept",
        "This is not spam",
        services.accept,
        STEPS["accept"],
        ANSWER,
        done="It is in the queue, and staff are told.",
        offered=lambda call, user: call.is_quarantined,
    ),
    ObjectAction(
        "spam",
        "This is spam: close it",
        services.close_as_spam,
        STEPS["close"],
        ANSWER,
        done="Closed as spam.",
        quiet=True,
        offered=lambda call, user: call.is_quarantined,
    ),
    ObjectAction(
        "reopen",
        "Open again",
        services.reopen,
        STEPS["reopen"],
        ANSWER,
        done="Open again.",
        quiet=True,
        offered=lambda call, user: not call.erased_at,
    ),
)


@admin.register(CallForHelp)
class CallForHelpAdmin(ObjectActionsMixin, ReadOnlyModelAdmin):
    object_actions = (*ACTS, *KEEPING_ACTS)
    change_list_template = "admin/intake/callforhelp/queue.html"
    change_form_template = "admin/intake/callforhelp/request.html"
    list_display = ["reference"]
    list_filter = [queue.Pile]
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
            ("news/", self.news, "news"),
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
        return queue.Queue

    def get_ordering(self, request):
        return queue.ORDER

    def get_queryset(self, request):
        queryset = super().get_queryset(request).real()
        return queryset.defer("sealed_for_author", "return_key") if self.is_list(request) else queryset

    def changelist_view(self, request, extra_context=None):
        """A search is a post: what is looked for stands in no address and no log."""
        search = SearchForm(request.POST if request.method == "POST" else None)
        if search.is_valid():
            request.found = queue.matching(search.cleaned_data["typed"])
        return super().changelist_view(request, {"search": search, "title": "Requests", **(extra_context or {})})

    def news(self, request):
        """Numbers alone, for a queue that stays open."""
        self._may(request)
        try:
            return JsonResponse(queue.news(float(request.GET.get("since", ""))))
        except (ValueError, OverflowError, OSError):
            return HttpResponseBadRequest()

    # one request

    def change_view(self, request, object_id, form_url="", extra_context=None):
        try:
            return super().change_view(request, object_id, form_url, extra_context)
        except sealing.Unreadable:
            self.message_user(request, f"{queue.UNREADABLE}. Tell whoever runs this site.", messages.ERROR)
            return redirect("admin:intake_callforhelp_changelist")

    def get_object(self, request, object_id, from_field=None):
        call = super().get_object(request, object_id, from_field)
        if call is not None:
            prefetch_related_objects([call], "later", "contacts", "messages", "consents")
            call.dial_anyway = getattr(request, "dial_anyway", "")
        return call

    def after_refusal(self, request, form, refusal):
        """Of a plan that was overtaken, the next save is deliberate: both are on the page."""
        if not isinstance(refusal, contact_plan.Overtaken):
            return form
        request.overtaken = form.cleaned_data
        data = request.POST.copy()
        data[form.add_prefix("version")] = refusal.stored.version
        again = PlanForm(data, prefix=form.prefix)
        again.is_valid()
        return again

    def after_object_action(self, request, obj):
        """The reason to dial against the plan goes nowhere but into this page and the attempt noted from it."""
        if request.resolver_match.kwargs["name"] != "dial":
            return super().after_object_action(request, obj)
        request.dial_anyway = request.POST["dial-unsafe"]
        request.method = "GET"
        return self.change_view(request, str(obj.pk))

    def render_change_form(self, request, context, **kwargs):
        call = kwargs.get("obj")
        if call is not None:
            context |= detail_context.context(
                call, request.user, overtaken=getattr(request, "overtaken", None), dial_anyway=call.dial_anyway
            )
            context |= {"print_form": PrintForm(), "title": str(call), "subtitle": None}
            if not call.erased_at:
                detail_context.opened(call, request.user)
        return super().render_change_form(request, context, **kwargs)

    def here(self, request, call_id):
        """A sign of life from an open page: names who else has it open, and whether anything has changed."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        call = self._one(request, call_id)
        if not call.erased_at:
            access_log.note(call, by=request.user)
        return JsonResponse({"others": access_log.others(call, request.user), "state": detail_context.state(call)})

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
