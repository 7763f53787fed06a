"""Moderation of reviews: the queues, the page of one review, and the way from one to the next.

No address, message or log entry contains anything of a review, and its stars stay hidden until it is decided.
"""

import base64

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse

from detoxsite.core.access_log import recording
from detoxsite.core.adminkit.model_admin import ReadOnlyModelAdmin
from detoxsite.core.adminkit.object_actions import ObjectActionsMixin
from detoxsite.core.encryption import sealing

from ..models import Status, Testimonial
from ..moderation.queues import DEFAULT, QUEUES, Queue
from ..moderation.redaction import from_json
from ..pii import Kind
from ..services import moderation, versions
from ..services.transitions import text_hash
from . import detail_context, queue_page
from .forms import PublishForm, SearchForm
from .review_actions import ACTIONS, DECIDE, DECISIONS, publish_initial

PICTURES = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
URL = "admin:testimonials_testimonial_{}".format


@admin.register(Testimonial)
class TestimonialAdmin(ObjectActionsMixin, ReadOnlyModelAdmin):
    object_actions = ACTIONS
    change_form_template = "admin/testimonials/review.html"
    fieldsets = [(None, {"fields": ["status"]})]
    actions = None

    def get_urls(self):
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"testimonials_testimonial_{name}")
            for name, view in (("preview", self.preview), ("photo", self.photo))
        ]
        return [*own, *super().get_urls()]

    def get_queryset(self, request):
        return queue_page.with_details(super().get_queryset(request))

    def changelist_view(self, request, extra_context=None):
        """Replaces Django's list, which would count the whole table and filter by hidden columns.

        A search is a POST, so that the term is in no address and no log.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        recording.describe(recording.Action.LIST)
        search = SearchForm(request.POST if request.method == "POST" else None)
        try:
            found = search.matches() if search.is_valid() else None
            page = queue_page.page(request.GET, request.user, found)
        except queue_page.BadAddress:
            raise BadRequest from None
        context = {**self.admin_site.each_context(request), "title": "Reviews", "opts": self.opts, "page": page}
        context["search"] = search
        return render(request, "admin/testimonials/queue.html", {**context, **(extra_context or {})})

    # the page of one review

    def change_view(self, request, object_id, form_url="", extra_context=None):
        try:
            return super().change_view(request, object_id, form_url, extra_context)
        except sealing.Unreadable:
            self.message_user(request, f"{queue_page.UNREADABLE}. Ask your administrator.", messages.ERROR)
            return redirect(URL("changelist"))

    def preview(self, request, pk):
        """The page again, with the parts marked now taken out. Nothing is stored."""
        if not request.user.has_perm(DECIDE):
            raise PermissionDenied
        is_preview = request.method == "POST" and request.POST is not None  # parses the body while it is a POST
        request.method = "GET"
        return self.change_view(request, str(pk), extra_context={"is_preview": is_preview})

    def photo(self, request, pk):
        """The photo as it was sent, for moderators. It is served so that the browser keeps no copy."""
        if not request.user.has_perm(DECIDE):
            raise PermissionDenied
        review = self.get_object(request, str(pk))
        try:
            picture = detail_context.photo_of(review) if review else None
        except sealing.Unreadable:
            picture = None
        if picture is None or picture.get("kind") not in PICTURES:
            raise Http404
        return HttpResponse(base64.b64decode(picture["file"]), content_type=PICTURES[picture["kind"]])

    def render_change_form(self, request, context, **kwargs):
        review = kwargs.get("obj")
        if review is None:
            return super().render_change_form(request, context, **kwargs)
        tried = context.get("bound_action_form")
        is_again = tried is not None or context.get("is_preview", False)
        draft = _draft(request.POST, review) if is_again else None
        context |= detail_context.context(review, request.user, draft=draft)
        context |= self._neighbors(request, review) | {"title": str(review), "subtitle": None}
        context["can_publish"] = ACTIONS[0].is_for(review, request.user, review.status)
        response = super().render_change_form(request, context, **kwargs)
        if is_again:
            data = request.POST.copy()
            if not context["is_exact_missing"]:
                data["approve-exact"] = ""  # these words are marked now
            if _is_decided_since(request.POST, review):
                _hide_what_is_hidden(data, review)
            data["reply-seen"] = text_hash(review.reply)  # the message tells it, so the next press replaces it
            _refill(response.context_data["object_actions"], data, tried)
        return response

    # from one review to the next

    def _neighbors(self, request, review) -> dict:
        queue = self._queue(request)
        return {
            "queue": queue,
            "place": queue.place(request.user, review.pk),
            "next": queue.after(request.user, review.pk).only("pk").first(),
            "previous": queue.before(request.user, review.pk).only("pk").first(),
        }

    @staticmethod
    def _queue(request) -> Queue:
        name = request.POST.get("queue") or request.GET.get("queue", "")
        return QUEUES.get(name, QUEUES[DEFAULT])

    def after_object_action(self, request, obj):
        """After a decision, open the next review that this user can decide on, or the queue if there is none."""
        queue = self._queue(request)
        query = {} if queue.name == DEFAULT else {"queue": queue.name}
        if request.resolver_match.kwargs["name"] not in DECISIONS:
            return redirect(reverse(URL("change"), args=[obj.pk], query=query))
        rest = (queue.after(request.user, obj.pk), queue.ordered(request.user))
        following = next((found for rows in rest if (found := _decidable(rows, request.user, obj).first())), None)
        if following is None:
            return redirect(reverse(URL("changelist"), query=query))
        return redirect(reverse(URL("change"), args=[following.pk], query=query))


def _decidable(rows, user, decided):
    """Without the review just decided, and without the user's own proposals, which need someone else."""
    return rows.exclude(pk=decided.pk).exclude(proposed_by=user, proposed_at__isnull=False).only("pk")


def _draft(data, review) -> detail_context.Draft:
    """What was marked and typed on the page. Marks in words that have changed since are left out.

    What a colleague took out meanwhile is marked too.
    """
    form = PublishForm(data, prefix="approve")
    form.is_valid()
    answers = form.cleaned_data
    is_current = answers.get("version") == versions.latest_number(review)
    spans = answers.get("span", []) if is_current else []
    if is_current and _is_decided_since(data, review):
        spans += from_json(review.versions.last().removals)
    return detail_context.Draft(
        spans=spans,
        exact=answers.get("exact", ""),
        kind=answers.get("kind") or Kind.NAME,
        reply=data.get("reply-reply", "") if "reply-reply" in data else None,
    )


def _is_decided_since(data, review) -> bool:
    """Whether someone has decided on the review since the page was opened that sent ``data``."""
    return data.get("decided", "") not in ("", moderation.decision(review))


def _hide_what_is_hidden(data, review) -> None:
    """Uncheck what a colleague hid when they published the review, so that the next press does not show it again."""
    if review.status != Status.PUBLISHED:
        return
    stored = publish_initial(review)
    for part in ("with_name", "with_photo"):
        if not stored[part]:
            data.pop(f"approve-{part}", None)
    if stored["first_name_only"]:
        data["approve-first_name_only"] = "on"


def _refill(entries, data, tried) -> None:
    """Keep what was typed in every form of the page; only the one that was ``tried`` shows its errors."""
    if tried is not None:
        tried.data = data
    for entry in entries:
        if not entry["form"].is_bound:
            action = entry["action"]
            typed = action.form(data, prefix=action.name)
            entry["form"] = action.form(prefix=action.name, initial={name: typed[name].data for name in typed.fields})
