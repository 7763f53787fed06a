"""The alerts of one request: when they begin, end and begin again. Sending them is the ladder's (escalation.py)."""

from django.db.models import Max
from django.utils import timezone

from ..models import Alert, CallForHelp

QUARANTINE_DELAY = timezone.timedelta(minutes=30)  # how much later staff are alerted to a request that looks like spam


def first_alert_at(call: CallForHelp):
    """Later for what looks like spam, and for what joins the row of an earlier request."""
    joins_another = bool(call.arrived_with) and CallForHelp.objects.arrived_together(call).exists()
    is_later = call.is_quarantined or joins_another
    return timezone.now() + (QUARANTINE_DELAY if is_later else timezone.timedelta())


def start_alerts(call: CallForHelp, *, round: int) -> None:
    """Put the first step of the alert ladder into the outbox."""
    Alert.objects.create(call=call, round=round, due_at=first_alert_at(call))


def end_alerts(call: CallForHelp) -> None:
    """Cancel the alerts that are still to come: nobody needs to be alerted to this request any longer."""
    call.alerts.filter(done_at=None).update(done_at=timezone.now())


def restart_alerts(call: CallForHelp) -> None:
    """Start the ladder again, unless its first step is still to come."""
    first = call.alerts.filter(done_at=None, after=0)
    if not call.is_quarantined:
        first.filter(due_at__gt=timezone.now()).update(due_at=timezone.now())
    if not first.exists():
        start_alerts(call, round=call.alerts.aggregate(last=Max("round", default=0))["last"] + 1)
