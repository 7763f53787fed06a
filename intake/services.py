"""What happens to a request: received, claimed, contacts noted, closed.

Who claimed or closed it stands on the request, who tried to reach the person on each contact; the desk records all.
"""

import logging
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from detoxsite.core import db_timeout
from detoxsite.core.encryption import sealing
from detoxsite.core.exceptions import Refused
from detoxsite.core.safety import risk_signs

from .casework import contact_plan
from .models import (
    Alert,
    AnswersRevision,
    AttemptOutcome,
    CallForHelp,
    Channel,
    Consent,
    ContactAttempt,
    ContactPlan,
    Message,
    Outcome,
    Status,
)
from .models.answers import whole
from .reception import spam_score, spool
from .reception.identifiers import (
    Identity,
    found_by_email,
    found_by_phone,
    said,
)
from .reception.insert import insert
from .records.consents import live_consent, note_consent, revoke_consent

OPEN = {status for status in Status if status != Status.CLOSED}
STEPS = {
    **dict.fromkeys(("claim", "note_contact", "close", "write", "accept"), OPEN),
    "release": {Status.CALLING},
    "reopen": {Status.CLOSED},
}
"""From which statuses each step may be taken."""

DATABASE_TIMEOUT = 1.2  # seconds; then the request goes to the disk, so that it is safe within two
ATTEMPTS = 5  # before somebody counts as not reached,
DAYS_TRIED = 3  # on so many days at least
QUARANTINE_DELAY = timezone.timedelta(minutes=30)  # how much later staff are told of what looks like spam

logger = logging.getLogger(__name__)


# --- receiving -------------------------------------------------------------------------------------------------------


def receive(
    answers: Mapping,
    identity: Identity,
    *,
    consent: str,
    doubtful: Sequence[str] = (),
    channel: str = Channel.WEB,
    is_synthetic: bool = False,
    received_at=None,
) -> CallForHelp:
    """Seal a request and store it for good: in the database, or on the disk while that cannot take it.

    ``consent`` is the hash of the ConsentText that was shown; "": none was agreed to. ``received_at``: when the person
    asked, if not just now. The same request again (a double click, a retry after a time-out, Back) stays one; other
    answers under the same identity are kept beside the first. Returns the request as it was sealed. Raises
    spool.NotReceived where neither could be written; then nothing may be acknowledged.
    """
    try:
        call = sealed(answers, identity, doubtful=doubtful, channel=channel, is_synthetic=is_synthetic)
    except Exception as exc:
        logger.error("A request could not be sealed: %s", type(exc).__name__)
        raise spool.NotReceived from exc
    call.created_at = received_at or call.created_at
    try:
        with db_timeout.time_limit(DATABASE_TIMEOUT):
            store(call, consent=consent)
        where = "database"
    except Exception as exc:  # whatever it is, the person must not pay for it
        logger.warning("A request goes to the disk: the database said %s", type(exc).__name__)
        spool.put(call, consent)
        where = "disk"
    spool.acknowledge(call, where)
    return call


def sealed(answers: Mapping, identity: Identity, *, doubtful=(), channel=Channel.WEB, is_synthetic=False):
    """A request, not stored yet, whose words only the center, and whoever has the return code, can read."""
    words = whole(answers)
    found = risk_signs.find_signs(words)
    call = CallForHelp(
        id=identity.id,
        reference=identity.reference,
        said=said(words),
        phone_index=found_by_phone(words["phone"]),
        email_index=found_by_email(words["email"]),
        urgency=risk_signs.urgency(words, found),
        channel=channel,
        spam_signals=",".join(doubtful),
        is_quarantined=spam_score.are_enough(doubtful) and not found,
        is_synthetic=is_synthetic,
    )
    call.seal({**words, "signs": list(found)})
    if identity.code:
        own = sealing.PrivateKey.from_return_code(identity.code).public
        call.return_key = own.raw
        call.sealed_for_author = own.seal(words, call.sealing_context("sealed_for_author"))
    return call


def store(call: CallForHelp, *, consent: str, waited: bool = False) -> None:
    """Put a sealed request into the database together with its consent and the first alert: all of it, or nothing.

    ``waited``: it was sent some time ago, and lay on the disk. What happened since (erased, taken back) then counts.
    """
    if not insert(call, consent=consent, alert_at=_alert_at(call)):
        _again(call, consent, waited=waited)


def _alert_at(call: CallForHelp):
    return timezone.now() + (QUARANTINE_DELAY if call.is_quarantined else timezone.timedelta())


def tell_staff(call: CallForHelp, *, round: int) -> None:
    """Put the first step of the alert ladder into the outbox."""
    Alert.objects.create(call=call, round=round, due_at=_alert_at(call))


def end_alerts(call: CallForHelp) -> None:
    """Nobody has to be told of this request any more."""
    call.alerts.filter(done_at=None).update(done_at=timezone.now())


def tell_staff_again(call: CallForHelp) -> None:
    """Let the ladder begin anew, unless its first step is still to be taken."""
    first = call.alerts.filter(done_at=None, after=0)
    if not call.is_quarantined:
        first.filter(due_at__gt=timezone.now()).update(due_at=timezone.now())
    if not first.exists():
        tell_staff(call, round=call.alerts.aggregate(last=Max("round", default=0))["last"] + 1)


@transaction.atomic
def _again(sent: CallForHelp, consent: str, *, waited: bool) -> None:
    """The same request once more: the person sends it again, or our own drain of the disk brings what may be there."""
    call = CallForHelp.objects.locked(sent.pk)
    if call.erased_at:
        return None if waited and sent.created_at <= call.erased_at else _revive(call, sent, consent)
    sent.opens = bytes(call.return_key) == bytes(sent.return_key)
    versions = [(call.created_at, bytes(call.said)), *((later.at, bytes(later.said)) for later in call.later.all())]
    if (sent.created_at, bytes(sent.said)) in versions:
        return None  # this very sending
    latest, newest = max(versions)
    if not waited:  # given now, whatever the clock said before
        sent.created_at = max(sent.created_at, latest + timezone.timedelta(microseconds=1))
    changed = bytes(sent.said) != newest
    if changed:
        _keep_later_answers(call, sent)
    if waited and call.consents.filter(act=Consent.Act.REVOKED, at__gt=sent.created_at).exists():
        return call.save()  # sent before they took it back: nobody calls because of it
    if not changed and (call.is_held() or (call.status == Status.NEW and call.alerts.filter(done_at=None).exists())):
        return None
    if live_consent(call) is None:  # taken back since; sending the form gives it anew
        note_consent(call, consent, at=sent.created_at)
    return take_up_again(call)


def take_up_again(call: CallForHelp) -> None:
    """The person is heard from again: back into the queue, unless somebody is calling, and staff are told once more.

    Of a locked row, which is saved.
    """
    if not call.is_held():
        _make_new(call)
    call.notified_at = None
    call.save()
    tell_staff_again(call)


def _keep_later_answers(call: CallForHelp, sent: CallForHelp) -> None:
    later = AnswersRevision(call=call, at=sent.created_at, said=sent.said, sealed=sent.sealed)
    later.sealed_for_author = sent.sealed_for_author if sent.opens else b""
    later.save(force_insert=True)
    call.phone_index, call.email_index = sent.phone_index, sent.email_index
    call.urgency = max(call.urgency, sent.urgency)
    call.is_quarantined = call.is_quarantined and sent.is_quarantined


def _revive(call: CallForHelp, sent: CallForHelp, consent: str) -> None:
    """Somebody whose request was erased asks again from the same form: it is a request like any other."""
    for name in (
        "said",
        "sealed",
        "sealed_for_author",
        "return_key",
        "phone_index",
        "email_index",
        "urgency",
        "created_at",
    ):
        setattr(call, name, getattr(sent, name))
    call.erased_at = call.notified_at = None
    _make_new(call)
    call.save()
    note_consent(call, consent, at=call.created_at)
    tell_staff_again(call)


def _make_new(call: CallForHelp) -> None:
    call.status, call.outcome = Status.NEW, ""
    call.closed_at = call.claimed_at = call.claimed_by = None
    call.warning_count, call.warning_sent_at, call.disposal = 0, None, None  # it is not kept for nothing any more


# --- answering -------------------------------------------------------------------------------------------------------


def _locked(call_id, step: str) -> CallForHelp:
    """The request, locked until the transaction ends. Raises Refused where ``step`` cannot be taken any more."""
    call = CallForHelp.objects.locked(call_id)
    if call.erased_at:
        raise Refused("What this request said was erased.")
    if call.status not in STEPS[step]:
        raise Refused("This request is closed." if call.status == Status.CLOSED else "This request is open.")
    return call


@transaction.atomic
def claim(call_id, *, by) -> CallForHelp:
    """Say "I am calling". Of two people at once the second is told who was first; a claim lapses when idle."""
    call = _locked(call_id, "claim")
    if call.is_held() and call.claimed_by != by:
        raise Refused(f"{call.claimed_by} is calling already.")
    call.status, call.claimed_by, call.claimed_at = Status.CALLING, by, timezone.now()
    call.is_quarantined = False  # somebody has looked, and calls
    call.save(update_fields=["status", "claimed_by", "claimed_at", "is_quarantined"])
    return call


@transaction.atomic
def release(call_id, *, by) -> CallForHelp:
    """Give back what one had claimed, so that somebody else takes it."""
    call = _locked(call_id, "release")
    if not call.is_held() or call.claimed_by != by:
        raise Refused("It is not yours to give back.")
    last = call.contacts.last()
    if last is not None and call.alerts.filter(after=0, due_at__gt=last.at).exists():
        last = None  # heard from again since: it waits for whoever is next
    _make_new(call)
    if last is not None:
        call.status = Status.REACHED if last.outcome == AttemptOutcome.REACHED else Status.UNREACHED
    call.save(update_fields=["status", "claimed_by", "claimed_at"])
    if last is None:
        tell_staff_again(call)
    return call


@transaction.atomic
def claim_against_plan(call_id, *, by, unsafe: str) -> CallForHelp:
    """Claim a request in order to dial against the contact plan. The reason is kept with the attempt."""
    if not unsafe.strip():
        raise Refused("Say why it has to be now.", field="unsafe")
    return claim(call_id, by=by)


@transaction.atomic
def note_contact(
    call_id, *, by, outcome: str, note: str = "", way: str = contact_plan.Way.CALL, unsafe: str = ""
) -> CallForHelp:
    """Record an attempt to reach the person, and where that leaves the request.

    ``unsafe``: why it was made although the contact plan speaks against it; without, such an attempt is Refused.
    While somebody else is calling, the request stays theirs.
    """
    call = _locked(call_id, "note_contact")
    _nothing_unread(call)
    against = contact_plan.objections(call, _really(way, outcome))
    if against and not unsafe.strip():
        raise Refused(f"Not saved. {' '.join(against)} Say why it was done all the same.", field="unsafe")
    contact = ContactAttempt(call=call, by=by, outcome=outcome)
    contact.seal({"note": note, "unsafe": unsafe if against else "", "way": str(way)})
    contact.save(force_insert=True)
    if not call.is_held() or call.claimed_by == by:
        call.status = Status.REACHED if outcome == AttemptOutcome.REACHED else Status.UNREACHED
        call.claimed_by, call.claimed_at = by, timezone.now()
        call.is_quarantined = False
        call.save(update_fields=["status", "claimed_by", "claimed_at", "is_quarantined"])
    return call


def _nothing_unread(call: CallForHelp) -> None:
    if call.messages.filter(is_from_person=True, seen_at=None).exists():
        raise Refused("Not saved: the person has written meanwhile. Read it, then save.")


def _really(way: str, outcome: str) -> str:
    """Who called and left a message left it on a voicemail, or with whoever answered."""
    left = way == contact_plan.Way.CALL and outcome == AttemptOutcome.SAFE_MESSAGE
    return contact_plan.Way.VOICEMAIL if left else way


def has_been_tried(call: CallForHelp) -> bool:
    """Whether there were ATTEMPTS at least, on DAYS_TRIED days."""
    days = [timezone.localdate(contact.at) for contact in call.contacts.all()]
    return len(days) >= ATTEMPTS and len(set(days)) >= DAYS_TRIED


@transaction.atomic
def close(call_id, *, by, outcome: str, reason: str = "") -> CallForHelp:
    """Close a request with how it ended. ``reason``: why nobody tries any longer, needed before ATTEMPTS were made.

    Of somebody who asked us to stop, the consent to be called ends with it.
    """
    call = _locked(call_id, "close")
    _nothing_unread(call)
    if outcome == Outcome.SPAM and not call.is_quarantined:
        raise Refused("Only what waits as “looks like spam” can be closed as spam.")
    if outcome == Outcome.NOT_REACHED and not has_been_tried(call):
        if not reason.strip():
            raise Refused(f"Fewer than {ATTEMPTS} attempts over three days. Try again, or say why not.", field="reason")
        contact_plan.note_early_close(call, by=by, reason=reason)
    if outcome == Outcome.DECLINED:
        revoke_consent(call, "told staff", at=timezone.now())
    call.status, call.outcome, call.closed_at = Status.CLOSED, outcome, timezone.now()
    call.claimed_by = by
    call.save(update_fields=["status", "outcome", "closed_at", "claimed_by"])
    return call


def close_as_spam(call_id, *, by) -> CallForHelp:
    return close(call_id, by=by, outcome=Outcome.SPAM)


@transaction.atomic
def accept(call_id, *, by) -> CallForHelp:
    """Take a request out of quarantine: it is no spam, and staff are told of it at once."""
    call = _locked(call_id, "accept")
    if not call.is_quarantined:
        raise Refused("It does not wait as “looks like spam” any more.")
    call.is_quarantined = False
    call.save(update_fields=["is_quarantined"])
    tell_staff_again(call)
    return call


@transaction.atomic
def write(call_id, *, by, text: str) -> CallForHelp:
    """Leave a message on the person's own page, which they alone can open with their return code."""
    call = _locked(call_id, "write")
    if not call.return_key:
        raise Refused("This person has no page of their own.")
    message = Message(call=call, by=by)
    message.seal({"text": text})
    message.sealed_for_author = sealing.PublicKey(bytes(call.return_key)).seal(
        message.payload, message.sealing_context("sealed_for_author")
    )
    message.save(force_insert=True)
    return call


@transaction.atomic
def reopen(call_id, *, by) -> CallForHelp:
    """Take a closed request up again; its contacts stay."""
    call = _locked(call_id, "reopen")
    _make_new(call)
    call.save()
    tell_staff_again(call)
    return call


@transaction.atomic
def erase(call_id, *, disposal=None) -> CallForHelp:
    """Empty a request for good: what was said, noted and planned is gone; that somebody asked, and how it ended, stays.

    Raises Refused for one under legal hold. One that is open is closed as cancelled.
    """
    call = CallForHelp.objects.locked(call_id)
    if call.hold_reason:
        raise Refused("This request is under legal hold.")
    now = timezone.now()
    if call.status != Status.CLOSED:
        call.status, call.outcome, call.closed_at = Status.CLOSED, Outcome.CANCELLED, now
    call.sealed = call.sealed_for_author = call.return_key = call.said = b""
    call.phone_index = call.email_index = None
    call.spam_signals, call.erased_at, call.disposal = "", now, disposal
    call.save()
    call.later.all().delete()
    call.messages.all().delete()
    ContactPlan.objects.filter(call=call).delete()
    call.contacts.update(sealed=b"")
    end_alerts(call)
    transaction.on_commit(lambda: spool.forget(call.pk))
    return call
