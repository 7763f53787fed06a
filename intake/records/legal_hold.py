"""Legal hold: neither retention nor the person's own erasure removes a request under hold."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction

from detoxsite.core.exceptions import Refused

from ..models import CallForHelp


@transaction.atomic
def set_hold(call_id, *, by, reason: str) -> CallForHelp:
    """Keep a request until the hold is lifted, and take it out of an approved erasure."""
    call = CallForHelp.objects.locked(call_id)
    if call.erased_at:
        raise Refused("The content of this request was erased. There is nothing left to hold.")
    if call.hold_reason:
        raise Refused("This request is already under legal hold.")
    call.hold_reason, call.erasure_batch = reason, None
    call.warning_count, call.warning_sent_at = 0, None
    call.save(update_fields=["hold_reason", "erasure_batch", "warning_count", "warning_sent_at"])
    _log(call, by, f"Legal hold: {reason}")
    return call


@transaction.atomic
def lift_hold(call_id, *, by, reason: str) -> CallForHelp:
    """End the hold. Retention applies again, with both warnings still to come."""
    call = CallForHelp.objects.locked(call_id)
    if not call.hold_reason:
        raise Refused("This request is not under legal hold.")
    call.hold_reason = ""
    call.save(update_fields=["hold_reason"])
    _log(call, by, f"Hold lifted: {reason}")
    return call


def _log(call: CallForHelp, by, message: str) -> None:
    """Keep the reason in the admin history; the one on the request is removed with the hold."""
    LogEntry.objects.log_actions(by.pk, [call], CHANGE, message, single_object=True)
