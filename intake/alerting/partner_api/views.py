"""Handing a request over to another system that was told of it, with the person's consent, and noting that it was."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from ...models import (
    CallForHelp,
    Delivery,
    Disclosure,
    Webhook,
)
from ...models.answers import whole
from ...records.consent_texts import REDISCLOSURE_NOTICE
from ...records.consents import live_consent
from .. import webhooks


class NotThere(Exception):
    """No such request, or this system was never told of it, or it was erased: it cannot tell which."""


class NotAllowed(Exception):
    """The person has not agreed, or has taken that back."""


@transaction.atomic
def hand_over(webhook: Webhook, reference: str) -> dict:
    """What a request says now, with its consent and the notice of 42 CFR 2.32; written into the ledger, or not given.

    Raises NotThere or NotAllowed.
    """
    told = Delivery.objects.filter(webhook=webhook, alert__call=OuterRef("pk"))  # noted as sent only in a moment
    calls = CallForHelp.objects.real().select_for_update().filter(Exists(told), reference=reference, erased_at=None)
    call = calls.order_by("-created_at").first()
    if call is None:
        raise NotThere
    consent = live_consent(call)
    if consent is None:
        raise NotAllowed
    answers = call.current()
    Disclosure.objects.create(
        call=call,
        what=Disclosure.What.FETCH,
        to=f"{webhook.name} ({webhook.agreement})"[:200],
        why="handing over by agreement",
        by_name=webhook.name,
        consent=consent,
    )
    return {
        "ref": call.reference,
        "received": call.created_at.isoformat(),
        "answers": whole(answers),
        "consent": {
            "state": "live",
            "given": consent.at.isoformat(),
            "how": consent.how,
            "purpose": consent.text.get_purpose_display(),
            "text": consent.text.body,
            "text_sha256": consent.text_id,
        },
        "notice": REDISCLOSURE_NOTICE,
    }


@never_cache
@require_GET
def fetch(request, reference):
    """``Authorization: Bearer`` with the token of a webhook. What went wrong is said by the status alone."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    webhook = webhooks.holder(token.strip()) if scheme.lower() == "bearer" and token.strip() else None
    if webhook is None:
        return _answer({"problem": "No valid token."}, 401, {"WWW-Authenticate": "Bearer"})
    try:
        return _answer(hand_over(webhook, reference), 200)
    except NotThere:
        return _answer({"problem": "You were told of no such request, or it is erased."}, 404)
    except NotAllowed:
        return _answer({"problem": "There is no live consent.", "notice": REDISCLOSURE_NOTICE}, 403)


def _answer(content: dict, status: int, more: dict | None = None) -> JsonResponse:
    response = JsonResponse(content, status=status, headers=more)
    response._has_been_logged = True  # an answer to a machine, no error of ours; its address holds a reference
    return response
