"""The person's own page: their reference and their code open it, for half an hour, and no longer.

The way in, and what is typed on these pages, survive a database that is away; nothing readable stays on the device.
"""

import time

from django.db import DatabaseError, InterfaceError
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from detoxsite.core import site_profile
from detoxsite.core.exceptions import Refused
from detoxsite.core.page_metadata import Page
from detoxsite.core.public_forms import forms
from detoxsite.core.public_forms.forms import (
    NotDone,
    NotStored,
    VisitorFormView,
    new_token,
)
from detoxsite.core.public_forms.rate_limit import RateLimit

from ..forms import (
    ConfirmForm,
    OwnAnswersForm,
    SignInForm,
    WriteForm,
)
from ..models import Status
from ..reception.views import COOKIE as SENT_COOKIE
from . import services
from .services import Own
from .status_text import standing, told

COOKIE = "own"
COOKIE_LIFE = 30 * 60  # seconds since the page was last used
PATH = reverse_lazy("intake:own")

wrong_codes = RateLimit(window=60.0, most=10)


def page_of(*, error=False) -> Page:
    return Page("Your page", "For those who have a number and a code.", "help", neutral=True, index=False, error=error)


# --- the cookie ------------------------------------------------------------------------------------------------------


def ticket(request) -> dict:
    """What the cookie holds, if it is ours and not too old: id and code, and what was just done."""
    found = forms.remembered(request, COOKIE)
    return found if found and found["until"] > time.time() else {}


def remember(response, request, what: dict) -> None:
    what = {**what, "until": time.time() + COOKIE_LIFE}
    forms.remember(response, request, COOKIE, what, path=str(PATH), life=COOKIE_LIFE)


def forget(response) -> None:
    response.delete_cookie(COOKIE, path=str(PATH), samesite="Strict")


def current(request) -> Own | None:
    """The request whose page is open in this browser."""
    open_here = ticket(request)
    return services.find_again(open_here["id"], open_here["code"]) if "code" in open_here else None


# --- the page --------------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def own_page(request):
    own = current(request)
    if own is None:
        response = redirect(PATH)
        if "code" in ticket(request):  # it opens nothing any more
            forget(response)
        return response
    services.note_seen(own)
    here, lines = ticket(request), own.lines()
    context = {
        "page": page_of(),
        "call": own.call,
        "done": here.pop("done", ""),
        "lines": lines,
        "steps": own.steps(lines),
        "spanish": own.is_spanish(lines),
        "standing": standing(own.call),
        "told": told(own.answers()),
        "is_open": own.call.status != Status.CLOSED,
        "needs_consent": own.needs_consent(),
        "form": WriteForm(),
        "token": new_token(site_profile.current().consent_texts["call_back"]["sha256"]),
    }
    response = render(request, "intake/own_page.html", context)
    remember(response, request, here)
    return response


@never_cache
@require_safe
def close(request):
    response = redirect("intake:own_end")
    if "code" in ticket(request):
        remember(response, request, {"done": "closed"})
    return response


@never_cache
@require_safe
def end(request):
    """The last page says once what was done. With it the cookie goes."""
    done = ticket(request).get("done")
    if done not in {"closed", "erased"}:
        return redirect(PATH)
    response = render(request, "intake/own_end.html", {"page": page_of(), "done": done})
    forget(response)
    return response


# --- its forms -------------------------------------------------------------------------------------------------------


def opened(request, form) -> Own:
    """What the reference and code in a form open. Raises NotDone, in the same words whatever is wrong with them."""
    address = request.META.get("REMOTE_ADDR", "")
    if wrong_codes.is_over(address):
        raise NotDone(429, slow=True)
    own = services.find(form.cleaned_data["reference"], form.cleaned_data["code"])
    if own is None:
        wrong_codes.count(address)
        raise NotDone(422, no_match=True)
    return own


class OwnFormView(VisitorFormView):
    """A form of these pages. ``store`` opens the request and has it acted upon; what fails keeps what was typed."""

    sent_url = reverse_lazy("intake:own_page")

    def page(self, *, error):
        return page_of(error=error)

    def store(self, form):
        try:
            own = self.open(form)
            return {"id": str(own.call.pk), "code": self.code(form), "done": self.act(own, form)}
        except Refused as exc:
            raise NotDone(409, refused=str(exc)) from exc
        except (DatabaseError, InterfaceError) as exc:
            raise NotStored from exc

    def open(self, form) -> Own:
        """What is open in this browser; where half an hour is over, the form itself asks for the code again."""
        own = current(self.request)
        if own is None and not form.cleaned_data["code"]:
            raise NotDone(403, signed_out=True)
        return own or self.open_again(form)

    def open_again(self, form) -> Own:
        try:
            return opened(self.request, form)
        except NotDone as exc:
            raise NotDone(exc.status, signed_out=True, **exc.flags) from None

    def code(self, form) -> str:
        return ticket(self.request).get("code") or form.cleaned_data["code"]

    def act(self, own: Own, form) -> str:
        """Do it, and return what to call it on the page that follows."""
        raise NotImplementedError

    def thank(self, response, stored):
        remember(response, self.request, stored)


class SignIn(OwnFormView):
    form_class = SignInForm
    template_name = "intake/own_sign_in.html"

    def get(self, request, *args, **kwargs):
        return redirect(self.sent_url) if "code" in ticket(request) else super().get(request, *args, **kwargs)

    def open(self, form):
        return opened(self.request, form)

    def code(self, form):
        return form.cleaned_data["code"]

    def act(self, own, form):
        return ""


class InsideView(OwnFormView):
    """A form that is shown to somebody whose page is open."""

    @method_decorator(never_cache)
    def get(self, request, *args, **kwargs):
        self.own = current(request)
        return redirect(PATH) if self.own is None else super().get(request, *args, **kwargs)


class Write(InsideView):
    form_class = WriteForm
    template_name = "intake/own_write.html"

    def said(self):
        return site_profile.current().consent_texts["call_back"]["sha256"]

    def act(self, own, form):
        text, key = form.cleaned_data["text"], form.cleaned_data["key"]
        services.write(own, text=text, key=key, consent=self.token.said)
        return "written"


class Change(InsideView):
    form_class = OwnAnswersForm
    template_name = "intake/own_change.html"

    def get_initial(self):
        return self.own.answers() if self.request.method == "GET" else {}

    def act(self, own, form):
        is_changed = services.change(own, answers=form.answers(), key=form.cleaned_data["key"])
        return "changed" if is_changed else "unchanged"


class Cancel(InsideView):
    form_class = ConfirmForm
    template_name = "intake/own_cancel.html"

    def act(self, own, form):
        services.cancel(own)
        return "cancelled"


class Erase(InsideView):
    form_class = ConfirmForm
    template_name = "intake/own_erase.html"
    sent_url = reverse_lazy("intake:own_end")

    def act(self, own, form):
        services.erase(own)
        return "erased"

    def thank(self, response, stored):
        """The code opens nothing any more, and leaves the device."""
        remember(response, self.request, {"done": stored["done"]})
        response.delete_cookie(SENT_COOKIE, path=reverse("intake:call"), samesite="Strict")
