"""Deliveries: sends alerts to people by email and phone, and to other systems by webhook.

A message is a reference and a link.
"""

from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from detoxsite.core.exceptions import Refused
from detoxsite.core.locking import locked
from detoxsite.core.outbox import Dispatcher, NoLongerNeeded, Undeliverable, email_headers

from ..models import Alert, CallForHelp, Delivery, Status
from . import phone_messages, webhook_admin, webhooks, words

LATE = timezone.timedelta(minutes=1)  # after this an alert or a delivery counts as a problem
SHOWN = timezone.timedelta(days=7)  # how long a failure counts as a problem
BACKOFF = [timezone.timedelta(seconds=seconds) for seconds in (5, 15, 60, 5 * 60, 15 * 60, 60 * 60)]


def is_unclaimed(call: CallForHelp, now: datetime) -> bool:
    """The question of CallForHelpQuerySet.unclaimed, for a request that is loaded already."""
    return call.status == Status.NEW or (call.status == Status.CALLING and not call.is_claimed(now))


class DeliveryDispatcher(Dispatcher):
    model = Delivery
    label = "An alert"
    threads = 8
    batch_size = 100
    timeout = 2.0  # the next look is a second later
    lease = timezone.timedelta(seconds=15)
    backoff = BACKOFF
    max_tries = len(BACKOFF) + 3 * 24  # hourly for three days after the last of them

    def __init__(self) -> None:
        super().__init__()
        self._webhook_executor = ThreadPoolExecutor(4, "webhook")  # of their own: a hanging one delays no email
        self._phone_executor = ThreadPoolExecutor(4, "phone")

    def with_related(self, messages):
        messages = messages.select_related("to", "webhook", "phone", "alert__call__claimed_by")
        return messages.defer("alert__call__sealed", "alert__call__sealed_for_author", "alert__call__return_key")

    def executor_for(self, message: Delivery) -> Executor:
        if message.phone_id:
            return self._phone_executor
        return self._webhook_executor if message.webhook_id else self._executor

    def compose(self, message: Delivery, now: datetime):
        call = message.alert.call
        if call.status == Status.CLOSED or not (is_unclaimed(call, now) or message.webhook_id):
            raise NoLongerNeeded
        if not message.webhook_id:
            if not (message.to and message.to.is_active):
                raise Undeliverable("The account is disabled")
            return phone_messages.compose(message, now) if message.phone_id else email_of(message).send
        if not message.webhook.is_active:
            raise Undeliverable("The webhook is disabled")
        body = webhooks.payload(call.reference, message.alert.due_at)
        return partial(_post, message.webhook, str(message.pk), body)

    def is_final(self, exc: BaseException) -> bool:
        return isinstance(exc, webhooks.Gone) or phone_messages.is_final(exc)

    def on_sent(self, messages: list[Delivery], now: datetime) -> None:
        """Mark requests as alerted once one person has a message of the latest round."""
        phone_messages.note_success([message.phone_id for message in messages])
        told = Alert.objects.filter(pk__in={message.alert_id for message in messages if not message.webhook_id})
        later = Alert.objects.filter(call=OuterRef("call"), round__gt=OuterRef("round"))
        calls = CallForHelp.objects.filter(pk__in=told.filter(~Exists(later)).values("call"), notified_at=None)
        calls.update(notified_at=now)

    def on_failed(self, message: Delivery, exc: BaseException) -> None:
        if isinstance(exc, webhooks.Gone):
            webhook_admin.disable(message.webhook_id, why="It answered that it wants no more messages (410).")
        if message.phone_id:
            phone_messages.note_failure(message.phone_id, exc)


def _post(webhook, message_id: str, body: bytes) -> None:
    webhooks.post(webhook.url, message_id, body, webhooks.signing_secrets(webhook))


def email_of(delivery: Delivery) -> EmailMessage:
    """The words of the alert and a link to the request's page, nothing else."""
    subject = words.subject(delivery)
    headers = email_headers(delivery, settings.DEFAULT_FROM_EMAIL)
    return EmailMessage(
        subject,
        f"{subject}\n{words.page_of_request(delivery)}\n",
        to=[delivery.to.email],
        headers={**headers, "X-Entity-Ref-ID": str(delivery.pk)},
    )


dispatcher = DeliveryDispatcher()


# --- by hand, and problems -------------------------------------------------------------------------------------------


@transaction.atomic
def send_again(delivery_id, *, by) -> Delivery:
    """Send a message now that failed, or that is waiting for its next try."""
    delivery = locked(Delivery.objects, delivery_id)
    if delivery.state not in {Delivery.State.FAILED, Delivery.State.WAITING}:
        raise Refused("This message has arrived, or is no longer needed.")
    delivery.state, delivery.tries, delivery.next_try_at = Delivery.State.WAITING, 0, timezone.now()
    delivery.save(update_fields=["state", "tries", "next_try_at"])
    return delivery


def failed(now: datetime | None = None):
    """Deliveries that have failed for good lately."""
    since = (now or timezone.now()) - SHOWN
    return Delivery.objects.filter(state=Delivery.State.FAILED, next_try_at__gte=since)


def late(now: datetime | None = None):
    """Deliveries that should have arrived by now, or that failed and will be tried again."""
    is_late = Q(alert__due_at__lt=(now or timezone.now()) - LATE) | Q(tries__gt=0)
    return Delivery.objects.filter(is_late, state=Delivery.State.WAITING)


def is_every_email_failing(now: datetime | None = None) -> bool:
    """Whether the alerts tried last reached nobody by email: said at once, not when someone has waited for minutes."""
    is_email = Q(webhook=None, phone=None)
    emails = Delivery.objects.filter(is_email)
    unsent = emails.filter(tries__gt=0, state=Delivery.State.WAITING) | failed(now).filter(is_email, tries__gt=0)
    newest = unsent.aggregate(newest=Max("alert__due_at"))["newest"]
    return newest is not None and not emails.filter(state=Delivery.State.SENT, sent_at__gte=newest).exists()
