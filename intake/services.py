"""Casework: claim, release, contact attempt, message, close, reopen and erase a request."""

from django.db import transaction
from django.utils import timezone

from detoxsite.core.encryption import sealing
from detoxsite.core.exceptions import Refused

from .alerting.alerts import end_alerts, restart_alerts
from .casework import contact_plan
from .models import AttemptOutcome, CallForHelp, ContactAttempt, ContactPlan, Message, Outcome, Status
from .reception import spool
from .records.consents import revoke_consent

OPEN = {status for status in Status if status != Status.CLOSED}
STEPS = {
    **dict.fromkeys(("claim", "note_contact", "close", "write", "accept"), OPEN),
    "release": {Status.CALLING},
    "reopen": {Status.CLOSED},
}
"""From which statuses each step may be taken."""

ATTEMPTS = 5  # before somebody counts as not reached,
DAYS_TRIED = 3  # on so many days at least


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
    call.reset_to_new()
    if last is not None:
        call.status = Status.REACHED if last.outcome == AttemptOutcome.REACHED else Status.UNREACHED
    call.save(update_fields=["status", "claimed_by", "claimed_at"])
    if last is None:
        restart_alerts(call)
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
    restart_alerts(call)
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
        message.payload, message.about("sealed_for_author")
    )
    message.save(force_insert=True)
    return call


@transaction.atomic
def reopen(call_id, *, by) -> CallForHelp:
    """Take a closed request up again; its contacts stay."""
    call = _locked(call_id, "reopen")
    call.reset_to_new()
    call.save()
    restart_alerts(call)
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
    transaction.on_commit(lambda: spool.delete_request(call.pk))
    return call
