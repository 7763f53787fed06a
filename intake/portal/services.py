"""The portal of a request: what a person may read and do after signing in with reference and return code.

The key of the code reads ``sealed_for_author`` of the person's own rows and nothing else, so the portal works in a
process that cannot read what other people wrote. Neither the code nor its key is kept anywhere here.
"""

import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from detoxsite.core.access_log import readers
from detoxsite.core.encryption import digests, sealing
from detoxsite.core.exceptions import Refused
from detoxsite.core.public_forms.portal import CRISIS_STEPS_PERIOD, Portal
from detoxsite.core.safety import crisis_steps, risk_signs

from .. import services
from ..alerting import alerts
from ..models import (
    AnswersRevision,
    AttemptOutcome,
    CallForHelp,
    Message,
    Outcome,
    Status,
)
from ..reception import resubmission
from ..reception.identifiers import contact_digests
from ..records.consents import current_consent, record_consent, revoke_consent

DUPLICATE_PERIOD = timedelta(minutes=1)  # the same text again within it is the same message

ATTEMPT_TEXTS = {
    AttemptOutcome.REACHED: "We reached you.",
    AttemptOutcome.SAFE_MESSAGE: "We tried, and left a short message.",
    AttemptOutcome.NO_ANSWER: "We tried, and nobody picked up.",
    AttemptOutcome.WRONG_NUMBER: "We tried, but the number or address did not work. Please check it below.",
}


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened, as the person sees it. ``kind``: sent, changed, tried, you, us."""

    at: datetime
    kind: str
    text: str


@dataclass(frozen=True)
class Reader:
    """One entry of the access log about a request, as the person sees it."""

    at: datetime
    action: str
    who: str


def _who(entry) -> str:
    if entry.by_id is None:
        return entry.by_name
    return f"our staff ({entry.by_roles.replace('_', ' ')})" if entry.by_roles else "our staff"


@dataclass(frozen=True)
class RequestPortal(Portal):
    """A person's request, with the key of their code at hand."""

    call: CallForHelp

    def seal(self, row, payload: dict) -> None:
        row.sealed_for_author = self.key.seal(payload, row.sealing_context("sealed_for_author"))

    def answers(self) -> dict:
        """The person's answers, each as it was last given."""
        answers = {}
        for version in sorted([self.call, *self.call.revisions.all()], key=lambda version: version.given_at):
            answers |= self.read(version)
        return answers

    def timeline(self) -> list[TimelineEntry]:
        """What happened so far, oldest first. Which member of staff it was, and what they noted, is not shown."""
        call = self.call
        entries = [TimelineEntry(call.created_at, "sent", "You sent your request.")]
        entries += [TimelineEntry(later.at, "changed", "You changed your answers.") for later in call.revisions.all()]
        entries += [
            TimelineEntry(contact.at, "tried", ATTEMPT_TEXTS[contact.outcome])
            for contact in call.contact_attempts.only("call", "at", "outcome")
        ]
        for message in call.messages.all():
            if text := self.read(message).get("text"):
                entries.append(TimelineEntry(message.at, "you" if message.is_from_person else "us", text))
        return sorted(entries, key=lambda entry: entry.at)

    def readers(self) -> list[Reader]:
        """Who looked at the request, newest first: by role, since a name would be someone's to look up."""
        return [Reader(entry.at, entry.get_action_display(), _who(entry)) for entry in readers.about(self.call)]

    def crisis_steps(self, timeline: list[TimelineEntry]) -> list[str]:
        """The crisis steps for what the person wrote lately."""
        since = timezone.now() - CRISIS_STEPS_PERIOD
        texts = [entry.text for entry in timeline if entry.kind == "you" and entry.at > since]
        if self.call.created_at > since:
            texts.append(self.answers().get("story", ""))
        return crisis_steps.crisis_steps({sign for text in texts for sign in risk_signs.find_signs({"story": text})})

    def is_spanish(self, timeline: list[TimelineEntry]) -> bool:
        """Whether to show the crisis steps in Spanish, too."""
        written = " ".join(entry.text for entry in timeline if entry.kind == "you")
        answers = self.answers()
        return crisis_steps.is_spanish({**answers, "story": f"{answers.get('story', '')} {written}"})

    def needs_consent(self) -> bool:
        """Whether the consent was revoked, so that nobody may call unless it is given again."""
        return current_consent(self.call) is None


# --- opening it ------------------------------------------------------------------------------------------------------


def open_portal(reference: str, code: str) -> RequestPortal | None:
    """The request with this reference that this code opens. An unknown one and a wrong code look and cost the same."""
    return _opened(CallForHelp.objects.filter(reference=reference), code)


def reopen_portal(call_id: str, code: str) -> RequestPortal | None:
    return _opened(CallForHelp.objects.filter(pk=call_id), code)


def _opened(calls, code: str) -> RequestPortal | None:
    key = sealing.PrivateKey.from_return_code(code)
    for call in calls.for_author():
        if hmac.compare_digest(bytes(call.return_key), key.public.raw):
            return RequestPortal(key, call)
    return None


# --- what the person does there --------------------------------------------------------------------------------------


def _locked(portal: RequestPortal) -> CallForHelp:
    """The row until the transaction ends. Raises Refused where it was erased meanwhile."""
    call = CallForHelp.objects.locked_for_author(portal.call.pk)
    if call.erased_at:
        raise Refused("Your request is already erased.")
    return call


@transaction.atomic
def write(portal: RequestPortal, *, text: str, key: str, consent: str = "") -> None:
    """Send a message to the staff and alert them; it reopens a closed request.

    ``key``: of the form, so that sending it twice is one message; so is the same text within DUPLICATE_PERIOD.
    ``consent``: the hash of the text shown beside the button, which counts where the earlier consent was revoked.
    """
    call = _locked(portal)
    message = Message(id=_row_id(call, f"{key}:{text}"), call=call, is_from_person=True)
    is_stored = _is_stored(portal, message, text)
    if is_stored and call.status != Status.CLOSED and current_consent(call):
        return
    signs = risk_signs.find_signs({"story": text})
    if not is_stored:
        message.seal({"text": text, "signs": list(signs)})
        portal.seal(message, {"text": text})
        message.save(force_insert=True)
    if current_consent(call) is None:
        record_consent(call, consent, at=message.at, how="wrote on their private page")
    call.urgency = max(call.urgency, risk_signs.urgency({"story": text}, signs))
    call.goes_first = call.goes_first or risk_signs.goes_first(signs, call.urgency)
    call.is_quarantined = False  # robots do not come back
    resubmission.return_to_queue(call)


def _row_id(call: CallForHelp, key: str) -> uuid.UUID:
    return uuid.UUID(bytes=digests.keyed("row", f"{call.pk}:{key}"), version=4)


def _is_stored(portal: RequestPortal, message: Message, text: str) -> bool:
    written = message.call.messages.filter(is_from_person=True)
    if written.filter(pk=message.pk).exists():
        return True
    lately = written.filter(at__gt=timezone.now() - DUPLICATE_PERIOD)
    return any(portal.read(other).get("text") == text for other in lately)


@transaction.atomic
def change(portal: RequestPortal, *, answers: dict, key: str) -> bool:
    """Keep the answers that differ, as a revision; the earlier ones stay, for staff to see.

    Returns whether any differed. Raises Refused for a closed request.
    """
    call = _locked(portal)
    if call.status == Status.CLOSED:
        raise Refused("This request is closed. Write to us, and we open it again.")
    before = portal.answers()
    changed = {name: value for name, value in answers.items() if value != before.get(name)}
    if not changed:
        return False
    now = timezone.now()
    fingerprint = digests.keyed("answers", f"{call.pk}:{key}:{now.isoformat()}")
    revision = AnswersRevision(call=call, at=now, fingerprint=fingerprint)
    revision.seal(changed)
    portal.seal(revision, changed)
    revision.save(force_insert=True)
    call.add_contact_digests(contact_digests(before | changed))
    call.is_quarantined = False
    resubmission.return_to_queue(call)
    return True


@transaction.atomic
def cancel(portal: RequestPortal) -> None:
    """Close an open request, and revoke the consent in any case: nobody calls any more."""
    call = _locked(portal)
    if call.status != Status.CLOSED:
        call.status, call.outcome, call.closed_at = Status.CLOSED, Outcome.CANCELED, timezone.now()
        call.claimed_by = call.claimed_at = None
        call.save()
    alerts.end_alerts(call)
    revoke_consent(call, "canceled on their private page", at=timezone.now())


@transaction.atomic
def erase(portal: RequestPortal) -> None:
    """Empty the request for good. Raises Refused under a legal hold."""
    call = _locked(portal)
    if call.hold_reason:
        raise Refused(
            "We may not erase this right now: a legal duty makes us keep it for now. You can still cancel, so that "
            "nobody calls. Call us to ask why."
        )
    revoke_consent(call, "erased on their private page", at=timezone.now())
    services.erase(call.pk)


def mark_messages_seen(portal: RequestPortal) -> None:
    """Note that the person has the staff's messages on their screen."""
    portal.call.messages.filter(is_from_person=False, seen_at=None).update(seen_at=timezone.now())
