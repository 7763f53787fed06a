"""The private page of a review's writer, behind the link in our letters.

Opening the link changes nothing: mail scanners follow links. Who has it, has the page: the token stands in no log, and
nothing of the page is kept by the browser.
"""

import time

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from detoxsite.core.exceptions import Refused
from detoxsite.core.page_metadata import Page
from detoxsite.core.public_forms.forms import (
    NotDone,
    NotStored,
    VisitorForm,
    VisitorFormView,
    new_token,
    token_of,
)
from detoxsite.core.public_forms.rate_limit import RateLimit
from detoxsite.core.safety import crisis_steps

from .. import privacy_check, services
from ..forms import AppealForm, ChangeForm, LinkForm
from ..models import Reason, Source, Status
from ..views.submission import WordsFormView, texts_of, texts_said
from . import services as portal_services
from . import status_text
from .services import HOW, Overtaken, Own

wrong_links = RateLimit(window=60.0, most=20)
links_asked = RateLimit(window=600.0, most=10)
LINK_TAKES = 0.3  # seconds that the answer to "lost your link" takes, so that it does not tell a known address


def page_of(*, error=False) -> Page:
    return Page("Your page", "For those who have a link.", "reviews", neutral=True, index=False, error=error)


class Closed(Exception):
    """The link opens nothing (any more)."""

    def __init__(self, status: int):
        self.status = status

    def answer(self, request):
        context = {"page": page_of(), "status": self.status}
        return render(request, "testimonials/own_gone.html", context, status=self.status)


def opened(request, token: str) -> Own:
    """What the link opens. Raises Closed: 404 for nothing, 410 where it is gone, 429 after many wrong ones."""
    address = request.META.get("REMOTE_ADDR", "")
    if "public" not in settings.SITES:
        raise Http404
    if wrong_links.is_over(address):
        raise Closed(429)
    own = portal_services.find(token)
    if own is None:
        wrong_links.count(address)
        raise Closed(404)
    if own.is_gone:
        raise Closed(410)
    return own


@never_cache
@require_safe
def own_page(request, token):
    try:
        own = opened(request, token)
    except Closed as exc:
        return exc.answer(request)
    context = {"page": page_of(), "link": token, "review": own.review, "token": new_token()}
    if own.review.status == Status.UNCONFIRMED:
        return render(request, "testimonials/own_confirm.html", {**context, "form": VisitorForm()})
    steps = own.steps()
    context |= {
        "own": own,
        "standing": status_text.standing(own.review),
        "taken_out": status_text.taken_out(own.review),
        "so_far": status_text.so_far(own.review),
        "source": status_text.source(own.review),
        "reason": Reason(own.review.reason).label if own.review.reason else "",
        "steps": steps,
        "spanish": bool(steps) and crisis_steps.is_spanish({"story": own.sent.get("words", "")}),
    }
    return render(request, "testimonials/own.html", context)


# --- its forms -------------------------------------------------------------------------------------------------------


class Inside:
    """A form of the private page. ``act`` does it; what is refused changes nothing and keeps what was typed."""

    form_class = VisitorForm
    for_unconfirmed = False

    def page(self, *, error):
        return page_of(error=error)

    def get_success_url(self):
        return reverse("testimonials:own", args=[self.kwargs["token"]])

    @method_decorator(never_cache)
    def get(self, request, *args, **kwargs):
        return self.turned_away() or super().get(request, *args, **kwargs)

    @method_decorator(never_cache)
    def post(self, request, *args, **kwargs):
        try:
            return self.turned_away() or super().post(request, *args, **kwargs)
        except (DatabaseError, InterfaceError):
            self.own, self.token = None, token_of(request)
            return self.show(self.get_form(), status=503, not_stored=True)

    def turned_away(self):
        """The answer where the link does not open this form."""
        try:
            self.own = opened(self.request, self.kwargs["token"])
        except Closed as exc:
            return exc.answer(self.request)
        if self.own.review.status == Status.UNCONFIRMED and not self.for_unconfirmed:
            return redirect(self.get_success_url())
        return None

    def store(self, form):
        try:
            self.act(form)
        except Refused as exc:
            raise NotDone(409, refused=str(exc)) from exc
        except (DatabaseError, InterfaceError) as exc:
            raise NotStored from exc

    def act(self, form) -> None:
        raise NotImplementedError

    def get_context_data(self, **kwargs):
        return super().get_context_data(link=self.kwargs["token"], **kwargs)


class Confirm(Inside, VisitorFormView):
    template_name = "testimonials/own_confirm.html"
    for_unconfirmed = True

    def act(self, form):
        services.confirm(self.own.review.pk)


class Change(Inside, WordsFormView):
    form_class = ChangeForm
    template_name = "testimonials/own_change.html"

    def get_form_kwargs(self):
        has_photo = self.own is None or self.own.has_photo
        return {**super().get_form_kwargs(), "has_photo": has_photo}

    def get_initial(self):
        if self.request.method != "GET":
            return {}
        sent = self.own.sent
        return {"words": sent.get("words", ""), "shown_name": sent.get("name", ""), "allow": self.own.allowed}

    def said(self):
        """The state that the form is shown with, and the texts beside the boxes."""
        if self.own is None or self.template_name == self.before_template:
            return self.token.said if self.token else ""
        return f"{self.own.state()}~{texts_said(self.permissions())}"

    def seen_before(self, key):
        """What was sent here for everybody to read was looked at then, and need not be again for each new sentence."""
        review, sent = self.own.review, self.own.sent
        if review.source != Source.HERE or not review.allow_words:
            return []
        return privacy_check.found(sent.get("words", ""), sent.get("name", "") if review.allow_name else "", key=key)

    def act(self, form):
        self.look(form)
        answers = form.cleaned_data
        seen, _, texts = self.token.said.partition("~")
        try:
            portal_services.change(
                self.own,
                seen=seen,
                words=answers["words"],
                name=answers["shown_name"],
                allow=answers["allow"],
                texts=texts_of(texts),
            )
        except Overtaken as exc:
            self.own = portal_services.find(self.kwargs["token"])
            raise NotDone(409, overtaken=True, now=self.own.sent) from exc


class TakeBack(Inside, VisitorFormView):
    """One part, at once."""

    template_name = "testimonials/own_take_back.html"
    part = ""

    def act(self, form):
        services.take_back(self.own.review.pk, parts=[self.part], how=HOW)

    def get_context_data(self, **kwargs):
        return super().get_context_data(part=self.part, **kwargs)


class Renew(Inside, VisitorFormView):
    template_name = "testimonials/own_renew.html"

    def act(self, form):
        services.renew(self.own.review.pk)


class Appeal(Inside, VisitorFormView):
    form_class = AppealForm
    template_name = "testimonials/own_appeal.html"

    def act(self, form):
        review = self.own.review
        if review.status == Status.PENDING and review.appealed_at:
            return  # the second tap
        services.appeal(review.pk, words=form.cleaned_data["words"])


class Withdraw(Inside, VisitorFormView):
    template_name = "testimonials/own_withdraw.html"

    def act(self, form):
        services.withdraw(self.own.review.pk, how=HOW)

    def get_context_data(self, **kwargs):
        return super().get_context_data(was_shown=self.own is None or self.own.was_shown, **kwargs)


# --- the link was lost -----------------------------------------------------------------------------------------------


class LostLink(VisitorFormView):
    """Sends the links of an address to that address. The answer is the same for every address, and takes as long."""

    form_class = LinkForm
    template_name = "testimonials/link_form.html"
    sent_url = reverse_lazy("testimonials:link_sent")

    def page(self, *, error):
        return Page(
            "Lost your link?",
            "We send the link to your own page again, to the address you gave.",
            section="reviews",
            neutral=True,
            index=False,
            error=error,
        )

    def store(self, form):
        if links_asked.count(self.request.META.get("REMOTE_ADDR", "")):
            raise NotDone(429, slow=True)
        until = time.monotonic() + LINK_TAKES
        try:
            portal_services.send_links(form.cleaned_data["email"])
        except (DatabaseError, InterfaceError) as exc:
            raise NotStored from exc
        time.sleep(max(0.0, until - time.monotonic()))


@never_cache
@require_safe
def link_sent(request):
    page = Page("Look in your mail", "What happens next.", section="reviews", neutral=True, index=False)
    return render(request, "testimonials/link_sent.html", {"page": page})
