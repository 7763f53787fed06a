"""Casework: claim, release, contact attempt, message, close, reopen and erase a request."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from detoxsite.core.encryption import sealing
from detoxsite.core.exceptions import Refused

from .alerting import deliveries
from .alerting.alerts import end_alerts, restart_alerts
from .casework import contact_plan
from .models import (
    AccessLogEntry,
    AttemptOutcome,
    CallForHelp,
    ContactAttempt,
    ContactPlan,
    Delivery,
    Message,
    Outcome,
    Status,
    Urgency,
)
from .reception import spool
from .records.consents import revoke_consent

OPEN = {status for status in Status if status != Status.CLOSED}
ALLOWED_FROM = {
    **dict.fromkeys(("claim", "record_attempt", "close", "send_message", "mark_not_spam"), OPEN),
    "release": {Status.CALLING},
    "reopen": {Status.CLOSED},
}
"""The statuses in which each action is allowed."""

MIN_ATTEMPTS = 5  # before a person counts as not reached,
MIN_DAYS = 3  # on at least so many days
PRESSED_TWICE = timezone.timedelta(minutes=2)  # between two presses that count as one


def _locked(call_id, action: str) -> CallForHelp:
    """Return the request, locked until the transaction ends. Raises Refused if ``action`` is no longer allowed."""
    call = CallForHelp.objects.locked(call_id)
    if call.erased_at:
        raise Refused("The content of this request was erased.")
    if call.status not in ALLOWED_FROM[action]:
        raise Refused("This request is closed." if call.status == Status.CLOSED else "This request is open.")
    return call


@transaction.atomic
def claim(call_id, *, by) -> CallForHelp:
    """Claim a request ("I am calling", "I am writing") until CLAIM_TIMEOUT. Refused while a colleague has it."""
    call = _locked(call_id, "claim")
    _require_free(call, by)
    return _start_calling(call, by)


@transaction.atomic
def claim_anyway(call_id, *, by, unsafe: str) -> CallForHelp:
    """Claim a request to dial against the contact plan or, in danger, from a colleague who is calling.

    ``unsafe``: the reason, which is kept with the attempt.
    """
    if not unsafe.strip():
        raise Refused("Say why it has to be now.", field="unsafe")
    call = _locked(call_id, "claim")
    if call.urgency != Urgency.DANGER:  # a life does not wait until a claim ends
        _require_free(call, by)
    return _start_calling(call, by)


def _require_free(call: CallForHelp, by) -> None:
    if call.is_claimed() and call.claimed_by != by:
        raise Refused(f"{call.claimed_by} already has it.")


def _start_calling(call: CallForHelp, by) -> CallForHelp:
    call.is_quarantined = False  # a person has looked, and calls
    _save_claim(call, by)
    return call


def _save_claim(call: CallForHelp, by) -> None:
    call.status, call.claimed_by, call.claimed_at = Status.CALLING, by, timezone.now()
    call.save(update_fields=["status", "claimed_by", "claimed_at", "is_quarantined"])


@transaction.atomic
def acknowledge(delivery: Delivery) -> CallForHelp:
    """Claim a request for the person whose phone rang, who pressed the link, the button or the key of that message.

    Works once for each message; again while that claim lasts, it changes nothing. Whether the request is spam stays
    open: nobody has looked at it. Raises Refused where nobody needs to call, or a colleague is on it.
    """
    call, by = _locked(delivery.alert.call_id, "claim"), delivery.to
    if call.is_claimed():
        if call.claimed_by == by:
            return call
        raise Refused(f"{call.claimed_by} already has it.")
    delivery.refresh_from_db(fields=["acknowledged_at"])
    if not may_acknowledge(delivery, call):
        raise Refused("This message is no longer needed.")
    _save_claim(call, by)
    delivery.acknowledged_at = timezone.now()
    delivery.save(update_fields=["acknowledged_at"])
    return call


def may_acknowledge(delivery: Delivery, call: CallForHelp) -> bool:
    is_needed = delivery.acknowledged_at is None and deliveries.is_unclaimed(call, timezone.now())
    return is_needed and delivery.to.has_perm("intake.answer_callforhelp")


@transaction.atomic
def release(call_id, *, by) -> CallForHelp:
    """End one's own claim and alert the team again, unless an attempt has followed the latest alert."""
    call = _locked(call_id, "release")
    if not call.is_claimed() or call.claimed_by != by:
        raise Refused("You have not claimed this request.")
    last = call.contact_attempts.last()
    if last is not None and call.alerts.filter(after=0, due_at__gt=last.at).exists():
        last = None  # the person wrote since that attempt: the request is new again
    call.reset_to_new()
    if last is not None:
        call.status = Status.REACHED if last.outcome == AttemptOutcome.REACHED else Status.UNREACHED
    call.save(update_fields=["status", "claimed_by", "claimed_at"])
    if last is None:
        restart_alerts(call)
    return call


@transaction.atomic
def record_attempt(
    call_id,
    *,
    by,
    outcome: str,
    note: str = "",
    way: str = contact_plan.ContactMethod.CALL,
    unsafe: str = "",
    seen: int | None = None,
) -> CallForHelp:
    """Record an attempt to reach the person, and update the status by its outcome.

    ``unsafe``: the reason for an attempt against the contact plan, which is Refused without one; in danger, also
    why two people called. ``seen``: how many attempts the colleague had seen; the same one again since then, within
    PRESSED_TWICE, is not recorded. A colleague's claim is kept.
    """
    call = _locked(call_id, "record_attempt")
    _require_messages_read(call)
    against = contact_plan.objections(call, _actual_method(way, outcome))
    if against and not unsafe.strip():
        raise Refused(f"Not saved. {' '.join(against)} Say why you did it anyway.", field="unsafe")
    attempt = ContactAttempt(call=call, by=by, outcome=outcome)
    needs_reason = against or call.urgency == Urgency.DANGER
    attempt.seal({"note": note, "unsafe": unsafe if needs_reason else "", "way": str(way)})
    if _is_repeated(attempt, call.contact_attempts, seen):
        return call
    attempt.save(force_insert=True)
    if not call.is_claimed() or call.claimed_by == by:
        call.status = Status.REACHED if outcome == AttemptOutcome.REACHED else Status.UNREACHED
        call.claimed_by, call.claimed_at = by, timezone.now()
        call.is_quarantined = False
        call.save(update_fields=["status", "claimed_by", "claimed_at", "is_quarantined"])
    return call


def _is_repeated(entry: ContactAttempt | Message, entries, seen: int | None) -> bool:
    """Whether ``entries`` hold the same after the first ``seen``, from just now: a button was pressed twice."""
    if seen is None:
        return False
    since = timezone.now() - PRESSED_TWICE
    recent = [other for other in entries.order_by("at")[seen:] if other.at > since]
    newer = [(other.by_id, getattr(other, "outcome", ""), other.payload) for other in recent]
    return (entry.by_id, getattr(entry, "outcome", ""), entry.payload) in newer


def _require_messages_read(call: CallForHelp) -> None:
    if call.messages.filter(is_from_person=True, seen_at=None).exists():
        raise Refused("Not saved: the person has sent a new message. Read it, then save.")


def _actual_method(way: str, outcome: str) -> str:
    """A call that ended with a message left it on a voicemail, or with another person."""
    left_message = way == contact_plan.ContactMethod.CALL and outcome == AttemptOutcome.SAFE_MESSAGE
    return contact_plan.ContactMethod.VOICEMAIL if left_message else way


def has_enough_attempts(call: CallForHelp) -> bool:
    """Whether staff made MIN_ATTEMPTS on MIN_DAYS days."""
    days = [timezone.localdate(attempt.at) for attempt in call.contact_attempts.all()]
    return len(days) >= MIN_ATTEMPTS and len(set(days)) >= MIN_DAYS


@transaction.atomic
def close(call_id, *, by, outcome: str, reason: str = "") -> CallForHelp:
    """Close a request with its outcome. ``reason``: why staff stop before MIN_ATTEMPTS, required then.

    If the person asked us to stop, this also revokes their consent to be called.
    """
    call = _locked(call_id, "close")
    _require_messages_read(call)
    if outcome == Outcome.SPAM and not call.is_quarantined:
        raise Refused("Only a request marked as spam can be closed as spam.")
    if outcome == Outcome.NOT_REACHED and not has_enough_attempts(call):
        if not reason.strip():
            raise Refused(
                f"Fewer than {MIN_ATTEMPTS} attempts over three days. Try again, or say why not.", field="reason"
            )
        contact_plan.record_early_close(call, by=by, reason=reason)
    if outcome == Outcome.DECLINED:
        revoke_consent(call, "told staff", at=timezone.now())
    call.status, call.outcome, call.closed_at = Status.CLOSED, outcome, timezone.now()
    call.claimed_by = by
    call.save(update_fields=["status", "outcome", "closed_at", "claimed_by"])
    _close_together(call)
    return call


def _close_together(call: CallForHelp) -> None:
    """Close what is in the same row of the queue and was shown to staff. What nobody read stays open, as a row."""
    was_read = Exists(AccessLogEntry.objects.filter(call=OuterRef("pk")))
    for other in CallForHelp.objects.arrived_together(call).filter(was_read).select_for_update():
        other.status, other.outcome, other.closed_at = call.status, call.outcome, call.closed_at
        other.claimed_by = call.claimed_by
        other.save(update_fields=["status", "outcome", "closed_at", "claimed_by"])


def close_as_spam(call_id, *, by) -> CallForHelp:
    return close(call_id, by=by, outcome=Outcome.SPAM)


@transaction.atomic
def mark_not_spam(call_id, *, by) -> CallForHelp:
    """Take a request out of quarantine and alert staff at once."""
    call = _locked(call_id, "mark_not_spam")
    if not call.is_quarantined:
        raise Refused("This request is no longer marked as spam.")
    call.is_quarantined = False
    call.save(update_fields=["is_quarantined"])
    restart_alerts(call)
    return call


@transaction.atomic
def send_message(call_id, *, by, text: str, seen: int | None = None) -> CallForHelp:
    """Leave a message on the person's private page, which only their return code opens.

    ``seen``: how many messages the sender had seen; the same one again since then, within PRESSED_TWICE, is not sent.
    """
    call = _locked(call_id, "send_message")
    if not call.return_key:
        raise Refused("This person has no private page.")
    message = Message(call=call, by=by)
    message.seal({"text": text})
    if _is_repeated(message, call.messages, seen):
        return call
    message.sealed_for_author = sealing.PublicKey(bytes(call.return_key)).seal(
        message.payload, message.sealing_context("sealed_for_author")
    )
    message.save(force_insert=True)
    return call


@transaction.atomic
def reopen(call_id, *, by) -> CallForHelp:
    """Reopen a closed request; its contact attempts stay."""
    call = _locked(call_id, "reopen")
    call.reset_to_new()
    call.save()
    restart_alerts(call)
    return call


@transaction.atomic
def erase(call_id, *, erasure_batch=None) -> CallForHelp:
    """Erase the content of a request for good: answers, notes, messages, plan. The row and its outcome stay.

    Closes an open request as canceled. Raises Refused for one under legal hold.
    """
    call = CallForHelp.objects.locked_for_author(call_id)
    if call.hold_reason:
        raise Refused("This request is under legal hold.")
    now = timezone.now()
    if call.status != Status.CLOSED:
        call.status, call.outcome, call.closed_at = Status.CLOSED, Outcome.CANCELED, now
    call.sealed = call.sealed_for_author = call.return_key = call.fingerprint = b""
    call.contact_digests, call.arrived_with = [], None
    call.spam_signals, call.erased_at, call.erasure_batch = "", now, erasure_batch
    call.save()
    call.revisions.all().delete()
    call.messages.all().delete()
    ContactPlan.objects.filter(call=call).delete()
    call.contact_attempts.update(sealed=b"")
    end_alerts(call)
    transaction.on_commit(lambda: spool.delete_request(call.pk))
    return call
