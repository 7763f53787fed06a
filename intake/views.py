"""The call for help, from the form to "we have your request"."""

from django.shortcuts import render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache

from detoxsite.pages import Page
from detoxsite.visitors import VisitorFormView

from .forms import CallForHelpForm
from .services import receive

COOKIE = "sent"  # holds the reference alone, signed, for the page after the form
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

    def store(self, form):
        return receive(form.save(commit=False), last=last_reference(self.request))

    def thank(self, response, stored):
        response.set_signed_cookie(
            COOKIE,
            stored.reference,
            salt=COOKIE,
            max_age=COOKIE_LIFE,
            path=str(reverse_lazy("intake:call")),
            secure=self.request.is_secure(),
            httponly=True,
            samesite="Strict",
        )


def last_reference(request) -> str:
    """The reference that this browser was given within the last hour, or ""."""
    return request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=COOKIE_LIFE)


@never_cache
def sent(request):
    reference = last_reference(request)
    page = Page("Thank you", "What happens next.", section="help", neutral=True, index=False)
    return render(request, "intake/sent.html", {"page": page, "reference": reference})
