"""The page behind the link in a message to a phone: “I am calling”, without signing in.

It says who of the staff is on it, and nothing about the request, not even its number. Opening the link changes nothing:
phones fetch links to show previews. The POST needs no token of a form: whoever has the link may press it, and no cookie
is read that a foreign page could borrow. The button of an ntfy message and the key of a phone call come here too.
"""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from detoxsite.core.exceptions import Refused
from detoxsite.core.public_forms.portal import CannotOpen, CredentialCheck

from . import services
from .alerting import acknowledgement_links, phone_messages, words
from .models import CallForHelp, Delivery, Phone

link_check = CredentialCheck("acknowledgement links", window=60.0, max_wrong=20)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request, token):
    try:
        delivery = link_check.open(request, acknowledgement_links.find, token)
    except CannotOpen as exc:
        return _page(request, exc.status)
    if delivery.phone.kind == Phone.Kind.VOICE:
        return _answer_call(request, delivery)
    if request.method != "POST":
        return _page(request, 200, delivery, _call_of(delivery))
    try:
        return _page(request, 200, delivery, services.acknowledge(delivery))
    except Refused as exc:
        return _page(request, 409, delivery, _call_of(delivery), refused=str(exc))


def _call_of(delivery: Delivery) -> CallForHelp:
    calls = CallForHelp.objects.without_sealed().select_related("claimed_by")
    return calls.get(pk=delivery.alert.call_id)


def _page(request, status: int, delivery: Delivery | None = None, call: CallForHelp | None = None, refused: str = ""):
    """``call``: as it is now; without one the link opened nothing."""
    is_claimed = call is not None and call.is_claimed()
    context = {
        "status": status,
        "refused": refused,
        "claimed_by": call.claimed_by if is_claimed else None,
        "is_own": is_claimed and call.claimed_by_id == delivery.to_id,
        "may_acknowledge": call is not None and not refused and services.may_acknowledge(delivery, call),
        "request_page": words.page_of_request(delivery) if delivery else f"{settings.STAFF_ORIGIN}/admin/",
    }
    return render(request, "intake/acknowledge.html", context, status=status)


def _answer_call(request, delivery: Delivery) -> HttpResponse:
    """What the phone says after a key was pressed."""
    if request.POST.get("Digits") != phone_messages.KEY:
        text = "The alerts go on."
    else:
        try:
            services.acknowledge(delivery)
            text = "Thank you. You have ten minutes, then the alerts begin again."
        except Refused as exc:
            text = str(exc)
    return HttpResponse(phone_messages.answer_to_key(text), content_type="text/xml; charset=utf-8")
