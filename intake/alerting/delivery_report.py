"""What happened to messages, in words for staff: to whom and how, whether it was sent, why not, who acknowledged it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format

from ..models import CallForHelp, Delivery

RECENT = timedelta(days=1)
MAX_RECENT = 20  # on the page of the schedule


@dataclass(frozen=True)
class Line:
    delivery: Delivery
    recipient: str
    outcome: str


def of_call(call: CallForHelp) -> list[Line]:
    """The messages about one request, in the order of its escalation."""
    return _lines(Delivery.objects.filter(alert__call=call).order_by("alert__due_at", "to", "phone"))


def recent_on_phones(now: datetime | None = None) -> list[Line]:
    """The newest messages to phones."""
    since = (now or timezone.now()) - RECENT
    recent = Delivery.objects.exclude(phone=None).filter(alert__due_at__gte=since)
    return _lines(recent.order_by("-alert__due_at", "to", "phone")[:MAX_RECENT])


def _lines(deliveries) -> list[Line]:
    deliveries = deliveries.select_related("to", "webhook", "phone", "alert__call").only(
        *("state", "tries", "next_try_at", "sent_at", "problem", "acknowledged_at", "webhook__name"),
        *("to__first_name", "to__last_name", "to__email", "phone__name", "phone__kind"),
        *("alert__round", "alert__after", "alert__due_at", "alert__call__reference"),
    )
    return [Line(delivery, recipient(delivery), outcome(delivery)) for delivery in deliveries]


def recipient(delivery: Delivery) -> str:
    person = delivery.to or "a deleted account"
    if delivery.webhook:
        return str(delivery.webhook)
    return f"{person}: {delivery.phone}" if delivery.phone else f"{person}: email"


def outcome(delivery: Delivery) -> str:
    if delivery.acknowledged_at:
        return f"Acknowledged by {delivery.to or 'a deleted account'}, {moment(delivery.acknowledged_at)}"
    why = f": {delivery.problem}" if delivery.problem else ""
    match delivery.state:
        case Delivery.State.SENT:
            return f"Sent {moment(delivery.sent_at)}"
        case Delivery.State.FAILED:
            return f"Failed{why}"
        case Delivery.State.DROPPED:
            return f"Not sent{why}" if why else "No longer needed"
    return f"Failed{why}. Next try {moment(delivery.next_try_at)}" if delivery.tries else "Waiting"


def moment(at: datetime) -> str:
    """In the center's time."""
    return date_format(timezone.localtime(at), "M j, g:i A")
