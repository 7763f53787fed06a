"""The portal of a review: its author's private page, behind the link in our emails.

Opening the link changes nothing: mail scanners follow links. Anyone with the link has the page: the token is in no log,
and the browser keeps nothing of the page.
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

from detoxsite.core.page_metadata import Page
from detoxsite.core.public_forms.forms import PublicForm
from detoxsite.core.public_forms.portal import CannotOpen, CredentialCheck, OpenPortalFormView
from detoxsite.core.public_forms.rate_limit import RateLimit, client_address
from detoxsite.core.public_forms.tokens import new_token, read_token
from detoxsite.core.public_forms.views import NotStored, PublicFormView, Redisplay

from .. import privacy_check
from ..forms import AppealForm, ChangeForm, LinkForm
from ..models import Reason, Source, Status
from ..services import author
from ..views.submission import PrivacyCheckedFormView, join_text_hashes, split_text_hashes
from . import services as portal_services
from . import status_text
from .services import CHANNEL, Conflict, ReviewPortal

link_check = CredentialCheck("private links", window=60.0, max_wrong=20)
link_request_limit = RateLimit("links", window=600.0, max_hits=10)
LINK_REQUEST_SECONDS = 0.3  # the answer to "lost your link" takes as long for an unknown address as for a known one


def portal_page(*, error=False) -> Page:
    return Page("Your page", "For those who have a link.", "reviews", neutral=True, index=False, error=error)


def open_review(request, token: str) -> ReviewPortal:
    """What the link opens. Raises CannotOpen."""
    if "public" not in settings.SITES:
        raise Http404
    opened = link_check.open(request, portal_services.open_portal, token)
    if opened.is_gone:
        raise CannotOpen(410)
    return opened


def closed(request, status: int):
    context = {"page": portal_page(), "status": status}
    return render(request, "testimonials/portal_closed.html", context, status=status)


@never_cache
@require_safe
def portal(request, token):
    try:
        opened = open_review(request, token)
    except CannotOpen as exc:
        return closed(request, exc.status)
    review = opened.review
    context = {"page": portal_page(), "link": token, "review": review, "token": new_token()}
    if review.status == Status.UNCONFIRMED:
        return render(request, "testimonials/portal_confirm.html", {**context, "form": PublicForm()})
    context |= {
        "portal": opened,
        "status_text": status_text.status_text(review),
        "redacted_kinds": status_text.redacted_kinds(review),
        "timeline": status_text.timeline(review),
        "reason": Reason(review.reason).label if review.reason else "",
        **opened.crisis_context(),
    }
    return render(request, "testimonials/portal.html", context)


# --- its forms -------------------------------------------------------------------------------------------------------


class ReviewPortalFormView(OpenPortalFormView):
    form_class = PublicForm
    is_for_unconfirmed = False

    def get_page(self, *, error):
        return portal_page(error=error)

    def get_success_url(self):
        return reverse("testimonials:portal", args=[self.kwargs["token"]])

    def closed_response(self):
        try:
            self.portal = open_review(self.request, self.kwargs["token"])
        except CannotOpen as exc:
            return closed(self.request, exc.status)
        if self.portal.review.status == Status.UNCONFIRMED and not self.is_for_unconfirmed:
            return redirect(self.get_success_url())
        return None

    @method_decorator(never_cache)
    def post(self, request, *args, **kwargs):
        try:
            return self.closed_response() or super().post(request, *args, **kwargs)
        except (DatabaseError, InterfaceError):
            self.portal, self.token = None, read_token(request)
            return self.render_form(self.get_form(), status=503, not_stored=True)

    def get_context_data(self, **kwargs):
        return super().get_context_data(link=self.kwargs["token"], **kwargs)


class ConfirmAddress(ReviewPortalFormView):
    template_name = "testimonials/portal_confirm.html"
    is_for_unconfirmed = True

    def act(self, form):
        author.confirm(self.portal.review.pk)


class ChangeReview(ReviewPortalFormView, PrivacyCheckedFormView):
    form_class = ChangeForm
    template_name = "testimonials/portal_change.html"

    def get_form_kwargs(self):
        has_photo = self.portal is None or self.portal.has_photo
        return {**super().get_form_kwargs(), "has_photo": has_photo}

    def get_initial(self):
        if self.request.method != "GET":
            return {}
        return {"words": self.portal.words, "shown_name": self.portal.name, "allow": self.portal.allowed}

    def token_context(self):
        """The fingerprint of the review as the form shows it, and the consent texts beside the boxes."""
        if self.portal is None or self.template_name == self.privacy_check_template:
            return self.token.context if self.token else ""
        return f"{self.portal.fingerprint()}~{join_text_hashes(self.consent_texts())}"

    def details_seen_before(self, key):
        """The details of what was sent here for everyone to read: new words do not bring them up again."""
        review = self.portal.review
        if review.source != Source.HERE or not review.allow_words:
            return []
        name = self.portal.name if review.allow_name else ""
        return privacy_check.find_details(self.portal.words, name, key=key)

    def act(self, form):
        self.check_privacy(form)
        cleaned = form.cleaned_data
        seen, _, text_hashes = self.token.context.partition("~")
        try:
            portal_services.change(
                self.portal,
                seen=seen,
                words=cleaned["words"],
                name=cleaned["shown_name"],
                allow=cleaned["allow"],
                texts=split_text_hashes(text_hashes),
            )
        except Conflict as exc:
            self.portal = portal_services.open_portal(self.kwargs["token"])
            raise Redisplay(409, has_conflict=True, now=self.portal) from exc


class RemovePart(ReviewPortalFormView):
    """Revokes the consent to show one part, at once."""

    template_name = "testimonials/portal_remove_part.html"
    part = ""

    def act(self, form):
        author.withdraw_parts(self.portal.review.pk, parts=[self.part], how=CHANNEL)

    def get_context_data(self, **kwargs):
        return super().get_context_data(part=self.part, **kwargs)


class RenewReview(ReviewPortalFormView):
    template_name = "testimonials/portal_renew.html"

    def act(self, form):
        author.renew(self.portal.review.pk)


class AppealDecision(ReviewPortalFormView):
    form_class = AppealForm
    template_name = "testimonials/portal_appeal.html"

    def act(self, form):
        review = self.portal.review
        if review.status == Status.PENDING and review.appealed_at:
            return  # the second tap
        author.appeal(review.pk, note=form.cleaned_data["text"])


class WithdrawReview(ReviewPortalFormView):
    template_name = "testimonials/portal_withdraw.html"

    def act(self, form):
        author.withdraw(self.portal.review.pk, how=CHANNEL)

    def get_context_data(self, **kwargs):
        return super().get_context_data(was_shown=self.portal is None or self.portal.was_shown, **kwargs)


# --- the link was lost -----------------------------------------------------------------------------------------------


class LostLink(PublicFormView):
    """Sends the links of an address to that address. The answer is the same for every address, and takes as long."""

    form_class = LinkForm
    template_name = "testimonials/lost_link.html"
    success_url = reverse_lazy("testimonials:lost_link_sent")

    def get_page(self, *, error):
        return Page(
            "Lost your link?",
            "We send the link to your private page again, to the address you gave.",
            section="reviews",
            neutral=True,
            index=False,
            error=error,
        )

    def store(self, form):
        if link_request_limit.hit(client_address(self.request)):
            raise Redisplay(429, slow=True)
        until = time.monotonic() + LINK_REQUEST_SECONDS
        try:
            portal_services.send_links(form.cleaned_data["email"])
        except (DatabaseError, InterfaceError) as exc:
            raise NotStored from exc
        time.sleep(max(0.0, until - time.monotonic()))


@never_cache
@require_safe
def lost_link_sent(request):
    page = Page("Check your email", "What happens next.", section="reviews", neutral=True, index=False)
    return render(request, "testimonials/lost_link_sent.html", {"page": page})
