"""What happens to a request: received, claimed, contacts noted, closed.

Who claimed or closed it stands on the request, who tried to reach the person on each contact; the desk records all.
"""

from django.db import IntegrityError, transaction
from django.utils import timezone

from detoxsite.errors import Refused

from .models import Attempt, CallForHelp, Contact, EarlierAnswers, Status
from .tasks import alert

OPEN = {status for status in Status if status != Status.CLOSED}
STEPS = {"claim": OPEN, "note_contact": OPEN, "close": OPEN, "reopen": {Status.CLOSED}}
"""From which statuses each step may be taken."""


def receive(call: CallForHelp, *, last: str = "") -> CallForHelp:
    """Store a request and queue the alert to staff: both happen, or neither. Returns the row that holds it.

    The same ``key`` again (a double click, a retry after a time-out) gives the row that is there: other answers take
    the place of the first, which are kept beside them, and staff are told once more. After Back the browser may hold
    a form with a new key. Then the same answers as under its ``last`` reference give that row; other answers may be
    another person's on a shared phone, and become a request of their own.
    """
    before = CallForHelp.objects.open().filter(reference=last).first() if last else None
    if before and call.says_the_same_as(before):
        return _again(before.pk, call)
    try:
        with transaction.atomic():
            call.save(force_insert=True)
            alert.enqueue(call.reference)
    except IntegrityError:
        return _again(CallForHelp.objects.get(key=call.key).pk, call)
    return call


@transaction.atomic
def _again(call_id, sent: CallForHelp) -> CallForHelp:
    """The person has sent their request a second time."""
    call = CallForHelp.objects.select_for_update().get(pk=call_id)
    changed = not sent.says_the_same_as(call)
    if not changed and (call.status == Status.NEW or call.is_held()):
        return call
    if changed:
        EarlierAnswers.objects.create(call=call, answers={name: getattr(call, name) for name in call.ANSWERS})
        for name in call.ANSWERS:
            setattr(call, name, getattr(sent, name))
    if not call.is_held():
        _make_new(call)
    call.notified_at = None
    call.save()
    alert.enqueue(call.reference)
    return call


def _make_new(call: CallForHelp) -> None:
    call.status, call.outcome = Status.NEW, ""
    call.closed_at = call.claimed_at = call.claimed_by = None


def _locked(call_id, step: str) -> CallForHelp:
    """The request, locked until the transaction ends. Raises Refused where ``step`` cannot be taken any more."""
    call = CallForHelp.objects.select_for_update(of=["self"]).select_related("claimed_by").get(pk=call_id)
    if call.status not in STEPS[step]:
        raise Refused("This request is closed." if call.status == Status.CLOSED else "This request is open.")
    return call


@transaction.atomic
def claim(call_id, *, by) -> CallForHelp:
    """Say "I am calling". Of two people at once the second is told who was first; a claim lapses when idle."""
    call = _locked(call_id, "claim")
    if call.is_held() and call.claimed_by != by:
        raise Refused(f"{call.claimed_by or 'Somebody'} is calling already.")
    call.status, call.claimed_by, call.claimed_at = Status.CALLING, by, timezone.now()
    call.save(update_fields=["status", "claimed_by", "claimed_at"])
    return call


@transaction.atomic
def note_contact(call_id, *, by, outcome: str, note: str = "") -> CallForHelp:
    """Record an attempt to reach the person, and where that leaves the request.

    While somebody else is calling, the request stays theirs.
    """
    call = _locked(call_id, "note_contact")
    Contact.objects.create(call=call, by=by, outcome=outcome, note=note)
    if not call.is_held() or call.claimed_by == by:
        call.status = Status.REACHED if outcome == Attempt.REACHED else Status.UNREACHED
        call.claimed_by, call.claimed_at = by, timezone.now()
        call.save(update_fields=["status", "claimed_by", "claimed_at"])
    return call


@transaction.atomic
def close(call_id, *, by, outcome: str) -> CallForHelp:
    """Close a request with how it ended."""
    call = _locked(call_id, "close")
    call.status, call.outcome, call.closed_at = Status.CLOSED, outcome, timezone.now()
    call.claimed_by = by
    call.save(update_fields=["status", "outcome", "closed_at", "claimed_by"])
    return call


@transaction.atomic
def reopen(call_id, *, by) -> CallForHelp:
    """Take a closed request up again; its contacts stay."""
    call = _locked(call_id, "reopen")
    _make_new(call)
    call.save(update_fields=["status", "outcome", "closed_at", "claimed_at", "claimed_by"])
    return call
