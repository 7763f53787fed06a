"""The call for help, from the form to "we have your request". No page of it needs the database."""

import time

from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from detoxsite.core import site_profile
from detoxsite.core.http_cache import cache_nowhere
from detoxsite.core.page_metadata import Page
from detoxsite.core.public_forms.cookies import LockedCookie
from detoxsite.core.public_forms.rate_limit import client_address
from detoxsite.core.public_forms.tickets import TICKET_LIFE, add_ticket, read_ticket
from detoxsite.core.public_forms.tokens import new_token
from detoxsite.core.public_forms.views import PublicFormView
from detoxsite.core.safety import crisis_steps
from detoxsite.core.safety.risk_signs import Sign

from ..assurance import synthetic_check
from ..forms import CallForHelpForm
from . import spam_score
from .identifiers import Identity, fingerprint, format_code
from .receive import receive

sent_cookie = LockedCookie("sent", path=reverse_lazy("intake:call"), max_age=60 * 60)
"""What this browser sent last, for the page after the form: id, reference, fingerprint, crisis steps, code, ``until``
when it is shown, whether that is only once, and whether it was. The code stays in it, so that what the same browser
sends again can be read in the portal (docs/decisions/0043-shown-again.md).
"""

SHOWN = ("reference", "crisis_steps", "in_spanish", "is_once")
NOTHING = {
    **{"reference": "", "crisis_steps": [], "in_spanish": False},
    **{"code": "", "is_once": False, "has_seen_code": False},
}


def last_sent(request) -> dict | None:
    """What this browser sent within the last hour, by our clock: a browser may keep a cookie for longer."""
    last = sent_cookie.read(request)
    return last if last and last.get("until", 0) > time.time() else None


class CallForHelpView(PublicFormView):
    form_class = CallForHelpForm
    template_name = "intake/call_form.html"
    success_url = reverse_lazy("intake:sent")
    areas = ("center", "on_call")
    except_cookie = sent_cookie.name

    def get_page(self, *, error):
        return Page(
            "Contact us",
            "Call any hour, or leave a number or an email address and we call you back. No name needed.",
            section="help",
            here=True,
            neutral=True,
            error=error,
        )

    def token_context(self):
        """The consent text that the visitor reads."""
        return site_profile.current().consent_texts["call_back"]["sha256"]

    def store(self, form):
        """After Back the browser may hold a form with a new key: the same answers are still the same request."""
        answers, key = form.answers(), form.cleaned_data["key"]
        last, identity = last_sent(self.request), Identity.of(key, answers)
        is_again = last and (last["fingerprint"] == fingerprint(answers).hex() or last["id"] == str(identity.id))
        self.identity = Identity.from_cookie(last) if is_again else identity
        self.has_seen_code = bool(is_again and last["has_seen_code"])
        return receive(
            answers,
            self.identity,
            consent=self.token.context,
            doubtful=spam_score.spam_signals(
                answers, trap=form.cleaned_data["trap"], age=self.token.age, address=client_address(self.request)
            ),
            is_synthetic=synthetic_check.is_synthetic_key(key),
        )

    def get(self, request, *args, **kwargs):
        """Tell a browser that sent a request where its number and code are, on a page that is kept nowhere."""
        last = last_sent(request)
        self.extra_context = {"sent_before": bool(last and not last["is_once"])}
        response = super().get(request, *args, **kwargs)
        if last:
            cache_nowhere(response)
        return response

    def prepare_redirect(self, response, call):
        value = {
            "id": str(call.pk),
            "reference": call.reference,
            "fingerprint": bytes(call.fingerprint).hex(),
            "crisis_steps": crisis_steps.crisis_steps(call.payload["signs"]),
            "in_spanish": crisis_steps.is_spanish(call.payload),
            "code": self.identity.code if call.has_working_code else "",
            "until": time.time() + sent_cookie.max_age,
            "is_once": Sign.VIOLENCE in call.payload["signs"],
            "has_seen_code": self.has_seen_code,
        }
        sent_cookie.set(response, self.request, value)
        shown = {name: value[name] for name in SHOWN}
        shown["code"] = code_to_show(value)
        response["Location"] = add_ticket(response["Location"], shown)


def code_to_show(last: dict) -> str:
    """The return code; of a person whom someone hurts only once, for that someone may hold the same phone."""
    return "" if last["is_once"] and last["has_seen_code"] else last["code"]


@never_cache
@require_safe
def sent(request):
    """Show reference and return code for an hour. What is shown only once is noted in the cookie by its response.

    A browser without the cookie is shown both as long as the ticket in the address is valid; one with it loses the
    ticket at once. HEAD shows nothing, so it notes nothing.
    """
    last, ticket = last_sent(request), read_ticket(request)
    if last and ticket is not None and ticket.get("reference") in (None, last["reference"]):
        return redirect("intake:sent")
    shown = NOTHING | (ticket or last or {})
    code = code_to_show(shown)
    context = {
        "page": Page("Thank you", "What happens next.", section="help", neutral=True, index=False),
        **{name: shown[name] for name in SHOWN},
        "code": format_code(code),
        "ticket_minutes": TICKET_LIFE // 60,
        "has_ticket": ticket is not None,
        "token": new_token(),
    }
    response = render(request, "intake/sent.html", context)
    if code and shown["is_once"] and ticket is None and request.method == "GET":
        sent_cookie.set(response, request, last | {"has_seen_code": True})
    return response
