"""What happens to a request: received, claimed, contacts noted, closed."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from .models import Attempt, CallForHelp, Contact, Status
from .tasks import alert


class Refused(Exception):
    """The step cannot be taken; the message says why, for the person who asked. Nothing was written."""


def receive(call: CallForHelp, *, last: str = "") -> CallForHelp:
    """Store a request and queue the alert to staff: both happen, or neither.

    The same ``key`` again (a double click, a retry after a time-out) gives the row that is there. So do the same
    answers again from a browser whose ``last`` reference they went out under: after Back it has a form with a new key.
    """
    if last and (before := CallForHelp.objects.open().filter(reference=last).first()) and call.says_the_same_as(before):
        return before
    try:
        with transaction.atomic():
            call.save(force_insert=True)
            alert.enqueue(call.reference)
    except IntegrityError:
        return CallForHelp.objects.get(key=call.key)
    return call


def _locked(call_id) -> CallForHelp:
    call = CallForHelp.objects.select_for_update(of=["self"]).select_related("claimed_by").get(pk=call_id)
    if call.status == Status.CLOSED:
        raise Refused("This request is closed.")
    return call


@transaction.atomic
def claim(call_id, *, by) -> CallForHelp:
    """Say "I am calling". Of two people at once the second is told who was first; a claim lapses when idle."""
    call = _locked(call_id)
    if call.is_held() and call.claimed_by != by:
        raise Refused(f"{call.claimed_by or 'Somebody'} is calling already.")
    call.status, call.claimed_by, call.claimed_at = Status.CALLING, by, timezone.now()
    call.save(update_fields=["status", "claimed_by", "claimed_at"])
    return call


@transaction.atomic
def note_contact(call_id, *, by, outcome: str, note: str = "") -> CallForHelp:
    """Record an attempt to reach the person, and where that leaves the request."""
    call = _locked(call_id)
    Contact.objects.create(call=call, by=by, outcome=outcome, note=note)
    call.status = Status.REACHED if outcome == Attempt.REACHED else Status.UNREACHED
    call.claimed_by, call.claimed_at = by, timezone.now()
    call.save(update_fields=["status", "claimed_by", "claimed_at"])
    return call


@transaction.atomic
def close(call_id, *, by, outcome: str) -> CallForHelp:
    """Close a request with how it ended."""
    call = _locked(call_id)
    call.status, call.outcome, call.closed_at = Status.CLOSED, outcome, timezone.now()
    call.claimed_by = by
    call.save(update_fields=["status", "outcome", "closed_at", "claimed_by"])
    return call


@transaction.atomic
def reopen(call_id, *, by) -> CallForHelp:
    """Take a closed request up again; its contacts stay."""
    call = CallForHelp.objects.select_for_update().get(pk=call_id)
    if call.status != Status.CLOSED:
        raise Refused("This request is open.")
    call.status, call.outcome, call.closed_at, call.claimed_at = Status.NEW, "", None, None
    call.claimed_by = None
    call.save(update_fields=["status", "outcome", "closed_at", "claimed_at", "claimed_by"])
    return call
