"""The desk where reviews are decided on. Writers write them; staff show them, withhold them, and answer.

Nothing of a review is in an address, in a message or in the log of who did what. Its stars are nowhere at the desk
until it is decided.
"""

import base64

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.html import format_html

from detoxsite.core.adminkit.model_admin import ReadOnlyModelAdmin
from detoxsite.core.adminkit.object_actions import ObjectAction, ObjectActionsMixin
from detoxsite.core.encryption import sealing
from detoxsite.core.exceptions import Refused

from .. import services
from ..models import Source, Status, Testimonial
from ..moderation import queues
from ..pii import Kind
from . import detail_context, queue
from .forms import AgreeForm, NoteForm, PermitForm, ProposeForm, ReplyForm, ShowForm, TakeBackForm, WithdrawForm
from .redaction_spans import merge_removals

DECIDE = "testimonials.decide_testimonial"
STEPS = services.STEPS
DECIDING = {"approve", "propose", "decline"}  # after which the next review is shown
PICTURES = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
URL = "admin:testimonials_testimonial_{}".format


def show(review_id, *, by, version, span, exact, with_name, with_photo, **ticked) -> Testimonial:
    """Show what the page of the review showed as what would be seen; nothing that its right side did not have."""
    if exact:
        raise Refused("Look once more at what everybody would read, then show it.", field="exact")
    try:
        removals = merge_removals(services.version_of(review_id, version).payload.get("words", ""), span)
        return services.approve(
            review_id, by=by, version=version, removals=removals, with_name=with_name, with_photo=with_photo
        )
    except ValueError as exc:
        raise Refused("What is to be taken out does not fit the words. Load the page again.") from exc
    except sealing.Unreadable:
        raise Refused(queue.UNREADABLE) from None


def _withdraw(review_id, *, by, how, sure) -> Testimonial:
    return services.withdraw(review_id, by=by, how=how)


def _is_allowed(review, user) -> bool:
    return review.allow_words and not review.erased_at


def _is_first(review, user) -> bool:
    return _is_allowed(review, user) and not review.proposed_at


def _is_second(review, user) -> bool:
    return bool(review.proposed_at) and review.proposed_by_id != user.pk


def _first_answers(review) -> dict:
    is_shown = review.status == Status.PUBLISHED
    return {
        "with_name": bool(review.shown_name) if is_shown else review.allow_name,
        "with_photo": bool(is_shown and review.shown_photo),
    }


def _open_again(request, review) -> str:
    return format_html('<a href="{}">Open it again</a>', reverse(URL("change"), args=[review.pk]))


def _said(words: str):
    return lambda request, review: format_html("{} {}. {}", review, words, _open_again(request, review))


ACTS = (
    ObjectAction(
        "approve",
        "Show it",
        show,
        STEPS["approve"],
        DECIDE,
        done=_said("is shown"),
        form=ShowForm,
        initial=_first_answers,
        offered=_is_allowed,
    ),
    ObjectAction(
        "decline",
        "Agree: withhold it",
        services.decline,
        STEPS["decline"],
        DECIDE,
        done=_said("is withheld, and its writer is told"),
        form=AgreeForm,
        offered=_is_second,
    ),
    ObjectAction(
        "object",
        "Do not withhold it",
        services.object_to,
        STEPS["object"],
        DECIDE,
        done="It is not withheld. If it waits, somebody has to show it now.",
        form=NoteForm,
        quiet=True,
        offered=lambda review, user: bool(review.proposed_at),
    ),
    ObjectAction(
        "propose",
        "Propose to withhold it",
        services.propose,
        STEPS["propose"],
        DECIDE,
        done=_said("stays as it is until somebody else agrees to withhold it"),
        form=ProposeForm,
        quiet=True,
        offered=_is_first,
    ),
    ObjectAction(
        "hide",
        "Hide it at once",
        services.hide,
        STEPS["hide"],
        DECIDE,
        done="It is hidden. Say what becomes of it: keep it, take something out, or propose to withhold it.",
        hint="Only if somebody may be in danger: where they are can be read from it, or it threatens them.",
        quiet=True,
        offered=lambda review, user: not review.hidden_at,
    ),
    ObjectAction(
        "keep",
        "Checked: keep it shown",
        services.keep,
        STEPS["keep"],
        DECIDE,
        done="It is still shown, and the remarks are settled.",
        form=NoteForm,
        quiet=True,
        offered=lambda review, user: bool(review.hidden_at or review.remarks),
    ),
    ObjectAction(
        "reply",
        "Save the reply",
        services.reply,
        STEPS["reply"],
        DECIDE,
        done="The reply is saved.",
        form=ReplyForm,
        initial=lambda review: {"reply": review.reply},
        quiet=True,
    ),
    ObjectAction(
        "permit",
        "Put the permission on file",
        services.permit,
        STEPS["permit"],
        DECIDE,
        done="The permission is on file. The review waits to be decided on now.",
        form=PermitForm,
        offered=lambda review, user: review.source != Source.HERE and not review.allow_words,
    ),
    ObjectAction(
        "take-back",
        "Take back the name or the photo for the writer",
        services.take_back,
        STEPS["take_back"],
        DECIDE,
        done="It is taken back.",
        form=TakeBackForm,
        quiet=True,
        folded=True,
        offered=lambda review, user: not review.erased_at and (review.allow_name or review.allow_photo),
    ),
    ObjectAction(
        "withdraw",
        "Withdraw it for the writer",
        _withdraw,
        STEPS["withdraw"],
        DECIDE,
        done="It is withdrawn and erased.",
        form=WithdrawForm,
        quiet=True,
        folded=True,
        offered=lambda review, user: not review.erased_at,
    ),
)


@admin.register(Testimonial)
class TestimonialAdmin(ObjectActionsMixin, ReadOnlyModelAdmin):
    object_actions = ACTS
    change_form_template = "admin/testimonials/review.html"
    fieldsets = [(None, {"fields": ["status"]})]
    actions = None

    def get_urls(self):
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"testimonials_testimonial_{name}")
            for name, view in (("preview", self.preview), ("photo", self.photo))
        ]
        return [*own, *super().get_urls()]

    # the piles

    def changelist_view(self, request, extra_context=None):
        """Our own: Django's would count the table, and let anybody filter by what is to stay unseen."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            found = queue.page(request.GET, request.user)
        except queue.BadAddress:
            raise BadRequest from None
        context = {**self.admin_site.each_context(request), "title": "Reviews", "opts": self.opts, "page": found}
        return render(request, "admin/testimonials/queue.html", {**context, **(extra_context or {})})

    # one review

    def get_queryset(self, request):
        return queue.with_more(super().get_queryset(request))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        try:
            return super().change_view(request, object_id, form_url, extra_context)
        except sealing.Unreadable:
            self.message_user(request, f"{queue.UNREADABLE}. Tell whoever runs this site.", messages.ERROR)
            return redirect(URL("changelist"))

    def preview(self, request, pk):
        """The page again, with what is marked now. Nothing is stored."""
        if not request.user.has_perm(DECIDE):
            raise PermissionDenied
        request.looks = request.method == "POST" and request.POST is not None  # which is read while it is a post
        request.method = "GET"
        return self.change_view(request, str(pk))

    def photo(self, request, pk):
        """The photo as it was sent, for those who decide. No copy of it stays in the browser."""
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
        if review is not None:
            typed = self._typed(request, review)
            context |= detail_context.context(review, request.user, typed=typed)
            context |= self._neighbors(request, review) | {"title": str(review), "subtitle": None}
            context["can_show"] = ACTS[0].is_for(review, request.user, review.status)
            if typed and not context["missed"]:
                self._empty(request, "approve-exact")  # it is marked now
        return super().render_change_form(request, context, **kwargs)

    def _offered(self, request, obj):
        """Also what was typed in the acts that were not the one tried."""
        for entry in super()._offered(request, obj):
            if self._is_again(request) and not entry["form"].is_bound:
                entry["form"] = _as_typed(entry["action"], request.POST)
            yield entry

    @staticmethod
    def _is_again(request) -> bool:
        return hasattr(request, "bound_action_form") or getattr(request, "looks", False)

    def _typed(self, request, review) -> detail_context.Typed | None:
        """What the page had been told when a step was refused, or when somebody asked to see what it would look like.

        What was marked in words that have changed since is left out.
        """
        if not self._is_again(request):
            return None
        form = ShowForm(request.POST, prefix="approve")
        form.is_valid()
        answers = form.cleaned_data
        is_current = answers.get("version") == services.latest_number(review)
        return detail_context.Typed(
            spans=answers.get("span", []) if is_current else [],
            exact=answers.get("exact", ""),
            kind=answers.get("kind") or Kind.NAME,
            reply=request.POST.get("reply-reply", "") if "reply-reply" in request.POST else None,
        )

    @staticmethod
    def _empty(request, name: str) -> None:
        request.POST = request.POST.copy()
        request.POST[name] = ""
        bound = getattr(request, "bound_action_form", None)
        if bound is not None:
            bound.data = request.POST

    # from one to the next

    def _neighbors(self, request, review) -> dict:
        pile = self._pile(request)
        return {
            "pile": pile,
            "next": queues.behind(pile, request.user, review.pk).only("pk").first(),
            "previous": queues.before(pile, request.user, review.pk).only("pk").first(),
        }

    @staticmethod
    def _pile(request) -> queues.Pile:
        asked = request.POST.get("pile") or request.GET.get("pile", "")
        return queues.PILES.get(asked, queues.PILES[queues.FIRST])

    def after_object_action(self, request, obj):
        """After a decision to the next review that waits for this user, and to the pile where none does."""
        pile = self._pile(request)
        query = {} if pile.name == queues.FIRST else {"pile": pile.name}
        if request.resolver_match.kwargs["name"] not in DECIDING:
            return redirect(reverse(URL("change"), args=[obj.pk], query=query))
        rest = (queues.behind(pile, request.user, obj.pk), queues.ordered(pile, request.user))
        following = next((found for rows in rest if (found := _not_mine(rows, request.user, obj).first())), None)
        if following is None:
            return redirect(reverse(URL("changelist"), query=query))
        return redirect(reverse(URL("change"), args=[following.pk], query=query))


def _not_mine(rows, user, decided):
    """Without the one just decided, and those that wait for somebody other than ``user``."""
    return rows.exclude(pk=decided.pk).exclude(proposed_by=user, proposed_at__isnull=False).only("pk")


def _as_typed(act: ObjectAction, data):
    """The form of an act that was not tried, with what stood in it and without a word of blame."""
    typed = act.form(data, prefix=act.name)
    return act.form(prefix=act.name, initial={name: typed[name].data for name in typed.fields})
