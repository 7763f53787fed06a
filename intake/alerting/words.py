"""The words of an alert, the same by email and by phone: a reference, and whether it is urgent. Nothing of the person.

Others may read them on a lock screen, and the services that carry them do.
"""

from django.conf import settings

from ..models import Delivery, Urgency


def subject(delivery: Delivery) -> str:
    alert, call = delivery.alert, delivery.alert.call
    is_first = alert.round == 1 and alert.after == 0
    text = f"A new request is waiting: {call.reference}" if is_first else f"Still waiting: {call.reference}"
    return f"Urgent: {text}" if call.urgency == Urgency.DANGER else text


def page_of_request(delivery: Delivery) -> str:
    """The address of the request's page, which asks to sign in."""
    return f"{settings.STAFF_ORIGIN}/admin/intake/callforhelp/{delivery.alert.call_id}/change/"
