"""Partner API: a system that was alerted by webhook fetches the request, if the person consents. Logged."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from detoxsite.core.access_log.recording import Action, recording

from ...models import (
    CallForHelp,
    Delivery,
    Disclosure,
    Webhook,
)
from ...models.answers import with_defaults
from ...records.consent_texts import REDISCLOSURE_NOTICE
from ...records.consents import current_consent
from .. import webhook_admin


class NotFound(Exception):
    """No such request, none this system was alerted to, or erased: the answer does not tell which."""


class NoConsent(Exception):
    """The person has not consented, or has revoked."""


@transaction.atomic
def disclose(webhook: Webhook, reference: str) -> dict:
    """Return the current answers with the consent and the notice of 42 CFR 2.32, and record the disclosure.

    Raises NotFound or NoConsent.
    """
    alerted = Delivery.objects.filter(
        webhook=webhook, alert__call=OuterRef("pk")
    )  # sent or not: that is recorded later
    calls = CallForHelp.objects.real().select_for_update().filter(Exists(alerted), reference=reference, erased_at=None)
    call = calls.order_by("-created_at").first()
    if call is None:
        raise NotFound
    consent = current_consent(call)
    if consent is None:
        raise NoConsent
    with recording(by_name=webhook.name, action=Action.FETCH) as recorder:
        answers = call.current_answers()
    recorder.write()
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
        "answers": with_defaults(answers),
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
    """Authorize by ``Authorization: Bearer`` with a webhook's token. The status code names the problem."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    webhook = webhook_admin.find_by_token(token.strip()) if scheme.lower() == "bearer" and token.strip() else None
    if webhook is None:
        return _answer({"problem": "No valid token."}, 401, {"WWW-Authenticate": "Bearer"})
    try:
        return _answer(disclose(webhook, reference), 200)
    except NotFound:
        return _answer({"problem": "No such request was announced to you, or it was erased."}, 404)
    except NoConsent:
        return _answer({"problem": "There is no current consent.", "notice": REDISCLOSURE_NOTICE}, 403)


def _answer(content: dict, status: int, more: dict | None = None) -> JsonResponse:
    response = JsonResponse(content, status=status, headers=more)
    response._has_been_logged = True  # an expected answer, not an error of ours; its address holds a reference
    return response
