"""What a person may read and do on their own page, which their return code opens.

The key of the code reads ``sealed_for_author`` of their own rows and nothing else, so that it works in a process
that cannot read what other people wrote. Neither the code nor its key is kept anywhere here.
"""

import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from detoxsite.core.encryption import digests, sealing
from detoxsite.core.exceptions import Refused
from detoxsite.core.safety import crisis_steps, risk_signs

from .. import services
from ..models import (
    AnswersRevision,
    AttemptOutcome,
    CallForHelp,
    Message,
    Outcome,
    Status,
)
from ..reception.identifiers import found_by_email, found_by_phone
from ..records.consents import live_consent, note_consent, revoke_consent

JUST_NOW = timedelta(minutes=1)  # the same words again within it are the same message
LATELY = timedelta(days=1)  # how long what was written goes on to bring the first steps up


@dataclass(frozen=True)
class Line:
    """One thing that happened, as the person sees it. ``kind``: sent, changed, tried, you, us."""

    at: datetime
    kind: str
    words: str


@dataclass(frozen=True)
class Own:
    """A person's request, with the key of their code at hand."""

    call: CallForHelp
    key: sealing.PrivateKey

    def read(self, row) -> dict:
        """What of a row is sealed to the person; {} of none, and of what was sealed to another key of theirs."""
        try:
            return self.key.open(row.sealed_for_author, row.sealing_context("sealed_for_author"))
        except sealing.Unreadable:
            return {}

    def seal(self, row, words: dict) -> None:
        row.sealed_for_author = self.key.public.seal(words, row.sealing_context("sealed_for_author"))

    def answers(self) -> dict:
        """What the person told us, each answer as it was last given."""
        words = {}
        for version in sorted([self.call, *self.call.later.all()], key=lambda version: version.given_at):
            words |= self.read(version)
        return words

    def lines(self) -> list[Line]:
        """What happened so far, oldest first. Who of the staff it was, and what they noted, is not for here."""
        call = self.call
        lines = [Line(call.created_at, "sent", "You sent your request.")]
        lines += [Line(later.at, "changed", "You changed what you told us.") for later in call.later.all()]
        lines += [Line(contact.at, "tried", TRIED[contact.outcome]) for contact in call.contacts.all()]
        for message in call.messages.all():
            if text := self.read(message).get("text"):
                lines.append(Line(message.at, "you" if message.is_from_person else "us", text))
        return sorted(lines, key=lambda line: line.at)

    def steps(self, lines: list[Line]) -> list[str]:
        """The first steps that what was written lately calls for."""
        since = timezone.now() - LATELY
        texts = [line.words for line in lines if line.kind == "you" and line.at > since]
        if self.call.created_at > since:
            texts.append(self.answers().get("story", ""))
        return crisis_steps.crisis_steps({sign for text in texts for sign in risk_signs.find_signs({"story": text})})

    def is_spanish(self, lines: list[Line]) -> bool:
        """Whether the first steps are said in Spanish too."""
        written = " ".join(line.words for line in lines if line.kind == "you")
        answers = self.answers()
        return crisis_steps.is_spanish({**answers, "story": f"{answers.get('story', '')} {written}"})

    def needs_consent(self) -> bool:
        """Whether it was taken back, so that nobody may call unless it is given anew."""
        return live_consent(self.call) is None


TRIED = {
    AttemptOutcome.REACHED: "We reached you.",
    AttemptOutcome.SAFE_MESSAGE: "We tried, and left a short message.",
    AttemptOutcome.NO_ANSWER: "We tried, and nobody picked up.",
    AttemptOutcome.WRONG_NUMBER: "We tried, but the number or address did not work. Please check it below.",
}


def find(reference: str, code: str) -> Own | None:
    """The request with this reference that this code opens. An unknown one and a wrong code look and cost the same."""
    return _opened(CallForHelp.objects.filter(reference=reference), code)


def find_again(call_id: str, code: str) -> Own | None:
    return _opened(CallForHelp.objects.filter(pk=call_id), code)


def _opened(calls, code: str) -> Own | None:
    key = sealing.PrivateKey.from_return_code(code)
    for call in calls.select_related("claimed_by"):
        if hmac.compare_digest(bytes(call.return_key), key.public.raw):
            return Own(call, key)
    return None


def _locked(own: Own) -> CallForHelp:
    """The row until the transaction ends. Raises Refused where it was erased meanwhile."""
    call = CallForHelp.objects.locked(own.call.pk)
    if call.erased_at:
        raise Refused("What you told us is erased already.")
    return call


@transaction.atomic
def write(own: Own, *, text: str, key: str, consent: str = "") -> None:
    """A message to the staff, who are told; it takes a closed request up again.

    ``key``: of the form, so that sending it twice is one message; so are the same words within JUST_NOW. ``consent``:
    the hash of the text shown beside the button, which counts where the one before was taken back.
    """
    call = _locked(own)
    message = Message(id=_row(call, f"{key}:{text}"), call=call, is_from_person=True)
    is_there = _is_there(own, message, text)
    if is_there and call.status != Status.CLOSED and live_consent(call):
        return
    found = risk_signs.find_signs({"story": text})
    if not is_there:
        message.seal({"text": text, "signs": list(found)})
        own.seal(message, {"text": text})
        message.save(force_insert=True)
    if live_consent(call) is None:
        note_consent(call, consent, at=message.at, told="wrote on their own page")
    call.urgency = max(call.urgency, risk_signs.urgency({"story": text}, found))
    call.is_quarantined = False  # robots do not come back
    services.take_up_again(call)


def _row(call: CallForHelp, key: str) -> uuid.UUID:
    return uuid.UUID(bytes=digests.keyed("row", f"{call.pk}:{key}"), version=4)


def _is_there(own: Own, message: Message, text: str) -> bool:
    mine = message.call.messages.filter(is_from_person=True)
    if mine.filter(pk=message.pk).exists():
        return True
    return any(own.read(other).get("text") == text for other in mine.filter(at__gt=timezone.now() - JUST_NOW))


@transaction.atomic
def change(own: Own, *, answers: dict, key: str) -> bool:
    """Keep answers that differ from what was told before; what was told before stays beside them, for staff to see.

    Returns whether any did. Raises Refused for a closed request.
    """
    call = _locked(own)
    if call.status == Status.CLOSED:
        raise Refused("This request is closed. Write to us, and it is open again.")
    before = own.answers()
    changed = {name: value for name, value in answers.items() if value != before.get(name)}
    if not changed:
        return False
    now = timezone.now()
    later = AnswersRevision(call=call, at=now, said=digests.keyed("said", f"{call.pk}:{key}:{now.isoformat()}"))
    later.seal(changed)
    own.seal(later, changed)
    later.save(force_insert=True)
    now_told = before | changed
    call.phone_index, call.email_index = found_by_phone(now_told["phone"]), found_by_email(now_told["email"])
    call.is_quarantined = False
    services.take_up_again(call)
    return True


@transaction.atomic
def cancel(own: Own) -> None:
    """Nobody calls any more. Closes what is open, and takes the consent back in any case."""
    call = _locked(own)
    if call.status != Status.CLOSED:
        call.status, call.outcome, call.closed_at = Status.CLOSED, Outcome.CANCELLED, timezone.now()
        call.claimed_by = call.claimed_at = None
        call.save()
    services.end_alerts(call)
    revoke_consent(call, "cancelled on their own page", at=timezone.now())


@transaction.atomic
def erase(own: Own) -> None:
    """Empty the request for good. Raises Refused where the law has us keep it."""
    call = _locked(own)
    if call.hold_reason:
        raise Refused(
            "We may not erase this right now: a legal duty makes us keep it for the time being. You can still cancel, "
            "so that nobody calls. Call us to ask why."
        )
    revoke_consent(call, "erased on their own page", at=timezone.now())
    services.erase(call.pk)


def note_seen(own: Own) -> None:
    """The person has read what staff wrote."""
    own.call.messages.filter(is_from_person=False, seen_at=None).update(seen_at=timezone.now())
