"""The portal of a request: reference and return code open it, for half an hour.

Signing in, and what is typed on these pages, survive a database that is away; nothing readable stays on the device.
"""

import time

from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from detoxsite.core import site_profile
from detoxsite.core.page_metadata import Page
from detoxsite.core.public_forms.cookies import LockedCookie
from detoxsite.core.public_forms.forms import PublicForm
from detoxsite.core.public_forms.portal import CannotOpen, CredentialCheck, OpenPortalFormView, PortalFormView
from detoxsite.core.public_forms.tokens import new_token
from detoxsite.core.public_forms.views import PublicFormView, Redisplay
from detoxsite.core.safety import risk_signs
from detoxsite.core.safety.risk_signs import Sign

from ..forms import (
    ConfirmForm,
    ContactAnswersForm,
    MessageForm,
    SignInForm,
)
from ..models import Status
from ..reception.views import sent_cookie
from . import services
from .services import RequestPortal
from .status_text import answer_rows, status_text

SIGN_IN = reverse_lazy("intake:portal_sign_in")

portal_cookie = LockedCookie("portal", path=SIGN_IN, max_age=30 * 60)
"""Keeps the portal open: id and code of the request, what was just done, and ``until`` when."""

sign_in_check = CredentialCheck("sign-ins", window=60.0, max_wrong=10)


def portal_page(*, error=False) -> Page:
    return Page("Your page", "For those who have a number and a code.", "help", neutral=True, index=False, error=error)


# --- the cookie ------------------------------------------------------------------------------------------------------


def read_session(request) -> dict:
    """What the cookie holds; {} without one of ours, or after its time, however long the browser kept it."""
    session = portal_cookie.read(request)
    return session if session and session["until"] > time.time() else {}


def save_session(response, request, session: dict) -> None:
    portal_cookie.set(response, request, {**session, "until": time.time() + portal_cookie.max_age})


def signed_in(request) -> RequestPortal | None:
    """The portal that is open in this browser."""
    session = read_session(request)
    return services.reopen_portal(session["id"], session["code"]) if "code" in session else None


# --- the page --------------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def portal(request):
    opened = signed_in(request)
    if opened is None:
        response = redirect(SIGN_IN)
        if "code" in read_session(request):  # it opens nothing any more
            portal_cookie.delete(response)
        return response
    services.mark_messages_seen(opened)
    session, timeline = read_session(request), opened.timeline()
    context = {
        "page": portal_page(),
        "call": opened.call,
        "done": session.pop("done", ""),
        "timeline": timeline,
        "crisis_steps": opened.crisis_steps(timeline),
        "in_spanish": opened.is_spanish(timeline),
        "status_text": status_text(opened.call),
        "answer_rows": answer_rows(opened.answers()),
        "is_open": opened.call.status != Status.CLOSED,
        "needs_consent": opened.needs_consent(),
        "form": MessageForm(),
        "token": new_token(site_profile.current().consent_texts["call_back"]["sha256"]),
    }
    response = render(request, "intake/portal.html", context)
    save_session(response, request, session)
    return response


@never_cache
@require_safe
def portal_readers(request):
    opened = signed_in(request)
    if opened is None:
        return redirect(SIGN_IN)
    context = {"page": portal_page(), "call": opened.call, "readers": opened.readers()}
    return render(request, "intake/portal_readers.html", context)


@never_cache
@require_safe
def close_portal(request):
    """Close it, and forget number and code, which this device would show again."""
    response = redirect("intake:portal_end")
    if "code" in read_session(request):
        save_session(response, request, {"done": "closed"})
    sent_cookie.delete(response)
    return response


@never_cache
@require_safe
def portal_end(request):
    """Say once that the portal is closed, the request erased or hidden on this device, and delete the cookie."""
    done = read_session(request).get("done")
    if done not in {"closed", "erased", "hidden"}:
        return redirect(SIGN_IN)
    response = render(request, "intake/portal_end.html", {"page": portal_page(), "done": done})
    portal_cookie.delete(response)
    return response


# --- its forms -------------------------------------------------------------------------------------------------------


class HideSent(PublicFormView):
    """Show nothing of a request on this device any more."""

    form_class = PublicForm
    template_name = "intake/hide.html"
    success_url = reverse_lazy("intake:portal_end")

    def get_page(self, *, error):
        return portal_page(error=error)

    def store(self, form):
        """Nothing changes on the server."""

    def prepare_redirect(self, response, stored):
        save_session(response, self.request, {"done": "hidden"})
        sent_cookie.delete(response)
        response.headers["Clear-Site-Data"] = '"cache"'


def open_with_form(request, form) -> RequestPortal:
    """The portal that a form's reference and code open. Raises Redisplay, in the same words whatever is wrong."""
    credential = form.cleaned_data["reference"], form.cleaned_data["code"]
    try:
        return sign_in_check.open(request, services.open_portal, *credential)
    except CannotOpen as exc:
        raise (Redisplay(429, slow=True) if exc.status == 429 else Redisplay(422, no_match=True)) from None


class SessionMixin:
    """Acts on a request, and keeps its portal open in this browser."""

    success_url = reverse_lazy("intake:portal")

    def get_page(self, *, error):
        return portal_page(error=error)

    def act(self, form):
        opened = self.open(form)
        return {"id": str(opened.call.pk), "code": self.code(form), "done": self.act_on(opened, form)}

    def act_on(self, opened: RequestPortal, form) -> str:
        """Do it, and return the code of what was done for the next page."""
        raise NotImplementedError

    def prepare_redirect(self, response, stored):
        save_session(response, self.request, stored)


class SignIn(SessionMixin, PortalFormView):
    form_class = SignInForm
    template_name = "intake/portal_sign_in.html"

    def get(self, request, *args, **kwargs):
        return redirect(self.success_url) if "code" in read_session(request) else super().get(request, *args, **kwargs)

    def open(self, form):
        return open_with_form(self.request, form)

    def code(self, form):
        return form.cleaned_data["code"]

    def act_on(self, opened, form):
        return ""


class SignedInFormView(SessionMixin, OpenPortalFormView):
    """A form for a person who is signed in; after half an hour the form itself asks for reference and code again."""

    def closed_response(self):
        self.portal = signed_in(self.request)
        return redirect(SIGN_IN) if self.portal is None else None

    def open(self, form) -> RequestPortal:
        opened = signed_in(self.request)
        if opened is None and not form.cleaned_data["code"]:
            raise Redisplay(403, signed_out=True)
        return opened or self.sign_in_again(form)

    def sign_in_again(self, form) -> RequestPortal:
        try:
            return open_with_form(self.request, form)
        except Redisplay as exc:
            raise Redisplay(exc.status, signed_out=True, **exc.context) from None

    def code(self, form) -> str:
        return read_session(self.request).get("code") or form.cleaned_data["code"]


class WriteMessage(SignedInFormView):
    form_class = MessageForm
    template_name = "intake/portal_message.html"

    def token_context(self):
        """The consent text that the person reads."""
        return site_profile.current().consent_texts["call_back"]["sha256"]

    def act_on(self, opened, form):
        text, key = form.cleaned_data["text"], form.cleaned_data["key"]
        services.write(opened, text=text, key=key, consent=self.token.context)
        self.hides_sent = Sign.VIOLENCE in risk_signs.find_signs({"story": text})
        return "written"

    def prepare_redirect(self, response, stored):
        """Someone who hurts the person may hold this device: it no longer shows number and code."""
        super().prepare_redirect(response, stored)
        if self.hides_sent:
            sent_cookie.delete(response)


class ChangeAnswers(SignedInFormView):
    form_class = ContactAnswersForm
    template_name = "intake/portal_change.html"

    def get_initial(self):
        return self.portal.answers() if self.request.method == "GET" else {}

    def act_on(self, opened, form):
        is_changed = services.change(opened, answers=form.answers(), key=form.cleaned_data["key"])
        return "changed" if is_changed else "unchanged"


class CancelRequest(SignedInFormView):
    form_class = ConfirmForm
    template_name = "intake/portal_cancel.html"

    def act_on(self, opened, form):
        services.cancel(opened)
        return "canceled"


class EraseRequest(SignedInFormView):
    form_class = ConfirmForm
    template_name = "intake/portal_erase.html"
    success_url = reverse_lazy("intake:portal_end")

    def act_on(self, opened, form):
        services.erase(opened)
        return "erased"

    def prepare_redirect(self, response, stored):
        """Delete the code, which opens nothing any more, from the device."""
        save_session(response, self.request, {"done": stored["done"]})
        sent_cookie.delete(response)
