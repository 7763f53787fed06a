"""The call for help, from the form to "we have your request". No page of it needs the database."""

import functools

from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from detoxsite.core import site_profile
from detoxsite.core.page_metadata import Page
from detoxsite.core.public_forms import forms
from detoxsite.core.public_forms.forms import VisitorFormView
from detoxsite.core.safety import crisis_steps

from ..assurance import synthetic_check
from ..forms import CallForHelpForm
from ..services import receive
from . import spam_score
from .identifiers import Identity, grouped, said

COOKIE = "sent"  # what this browser sent last, for the page after the form; only this site can read it
COOKIE_LIFE = 60 * 60  # seconds


class CallForHelpView(VisitorFormView):
    form_class = CallForHelpForm
    template_name = "intake/call_form.html"
    sent_url = reverse_lazy("intake:sent")

    def page(self, *, error):
        return Page(
            "Contact us",
            "Call any hour, or leave a number or an email address and we call you back. You need not give your name.",
            section="help",
            here=True,
            neutral=True,
            error=error,
        )

    def said(self):
        return site_profile.current().consent_texts["call_back"]["sha256"]

    def store(self, form):
        """After Back the browser may hold a form with a new key: the same answers are still the same request."""
        answers, key = form.answers(), form.cleaned_data["key"]
        last, identity = last_sent(self.request), Identity.of(key, answers)
        again = last and (last["said"] == said(answers).hex() or last["id"] == str(identity.id))
        self.identity = Identity.known(last) if again else identity
        self.has_seen_code = bool(again and last["seen"])
        return receive(
            answers,
            self.identity,
            consent=self.token.said,
            doubtful=spam_score.found(
                answers,
                trap=form.cleaned_data["trap"],
                age=self.token.age,
                address=self.request.META.get("REMOTE_ADDR", ""),
            ),
            is_synthetic=synthetic_check.is_ours(key),
        )

    def thank(self, response, call):
        what = {
            "id": str(call.pk),
            "reference": call.reference,
            "said": bytes(call.said).hex(),
            "steps": crisis_steps.crisis_steps(call.payload["signs"]),
            "spanish": crisis_steps.is_spanish(call.payload),
            "code": self.identity.code if call.opens else "",
            "seen": self.has_seen_code,
        }
        remember(response, self.request, what)


def remember(response, request, what: dict) -> None:
    forms.remember(response, request, COOKIE, what, path=_path(), life=COOKIE_LIFE)


@functools.cache
def _path() -> str:
    return reverse("intake:call")


def last_sent(request) -> dict | None:
    """What this browser sent within the last hour: id, reference, fingerprint, first steps, code, whether it was seen.

    The code stays in it, so that what the same browser sends again can be read on the person's own page.
    """
    return forms.remembered(request, COOKIE)


@never_cache
@require_safe
def sent(request):
    """Shows the reference for an hour, and the return code once: the answer that shows it says so to the browser."""
    page = Page("Thank you", "What happens next.", section="help", neutral=True, index=False)
    last = last_sent(request) or {"reference": "", "code": "", "seen": False, "steps": [], "spanish": False}
    code = "" if last["seen"] else last["code"]
    shown = {name: last[name] for name in ("reference", "steps", "spanish")}
    response = render(request, "intake/sent.html", {"page": page, **shown, "code": grouped(code)})
    if code and request.method == "GET":
        remember(response, request, last | {"seen": True})
    return response
