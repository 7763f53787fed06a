"""The call for help, from the form to "we have your request". No page of it needs the database."""

from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from detoxsite.core import site_profile
from detoxsite.core.page_metadata import Page
from detoxsite.core.public_forms.cookies import LockedCookie
from detoxsite.core.public_forms.rate_limit import client_address
from detoxsite.core.public_forms.tickets import TICKET_LIFE, add_ticket, read_ticket
from detoxsite.core.public_forms.views import PublicFormView
from detoxsite.core.safety import crisis_steps

from ..assurance import synthetic_check
from ..forms import CallForHelpForm
from . import spam_score
from .identifiers import Identity, fingerprint, format_code
from .receive import receive

sent_cookie = LockedCookie("sent", path=reverse_lazy("intake:call"), max_age=60 * 60)
"""What this browser sent last, for the page after the form: id, reference, fingerprint, crisis steps, code, whether it
was shown. The code stays in it, so that what the same browser sends again can be read in the portal.
"""

SHOWN = ("reference", "crisis_steps", "in_spanish")
NOTHING = {"reference": "", "code": "", "has_seen_code": False, "crisis_steps": [], "in_spanish": False}


class CallForHelpView(PublicFormView):
    form_class = CallForHelpForm
    template_name = "intake/call_form.html"
    success_url = reverse_lazy("intake:sent")
    areas = ("center", "on_call")

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
        last, identity = sent_cookie.read(self.request), Identity.of(key, answers)
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

    def prepare_redirect(self, response, call):
        value = {
            "id": str(call.pk),
            "reference": call.reference,
            "fingerprint": bytes(call.fingerprint).hex(),
            "crisis_steps": crisis_steps.crisis_steps(call.payload["signs"]),
            "in_spanish": crisis_steps.is_spanish(call.payload),
            "code": self.identity.code if call.has_working_code else "",
            "has_seen_code": self.has_seen_code,
        }
        sent_cookie.set(response, self.request, value)
        shown = {name: value[name] for name in SHOWN}
        shown["code"] = "" if value["has_seen_code"] else value["code"]
        response["Location"] = add_ticket(response["Location"], shown)


@never_cache
@require_safe
def sent(request):
    """Show the reference for an hour and the return code once: the response that shows the code notes it in the cookie.

    A browser without the cookie is shown both as long as the ticket in the address is valid; one with it loses the
    ticket at once. HEAD shows nothing, so it notes nothing.
    """
    last, ticket = sent_cookie.read(request), read_ticket(request)
    if last and ticket is not None and ticket.get("reference") in (None, last["reference"]):
        return redirect("intake:sent")
    shown = NOTHING | (ticket or last or {})
    code = "" if shown["has_seen_code"] else shown["code"]
    context = {
        "page": Page("Thank you", "What happens next.", section="help", neutral=True, index=False),
        **{name: shown[name] for name in SHOWN},
        "code": format_code(code),
        "ticket_minutes": TICKET_LIFE // 60,
        "has_ticket": ticket is not None,
    }
    response = render(request, "intake/sent.html", context)
    if code and ticket is None and request.method == "GET":
        sent_cookie.set(response, request, last | {"has_seen_code": True})
    return response
