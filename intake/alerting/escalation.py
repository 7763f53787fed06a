"""Telling staff that a request waits: whom, when, and until it has arrived.

An Alert is written in the transaction that stores the request. Here it becomes a Delivery for each person of its step
of the ladder, and the Alert of the next step. A Delivery is sent at least once: what was sent but not noted, because
the process was killed between, is sent again under the same Message-ID. All a message holds is a reference and a link.
"""

import logging
import random
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from detoxsite.core.exceptions import Refused

from ..models import (
    Alert,
    AlertTarget,
    CallForHelp,
    Delivery,
    EscalationStep,
    Shift,
    Status,
    Webhook,
)
from . import alerts, webhook_admin, webhooks

BATCH_SIZE = 100  # of each kind in one go
LEASE = timezone.timedelta(seconds=15)  # a delivery that is being sent is nobody else's for so long
TIMEOUT = 2.0  # seconds to wait for what was sent; slower ones are noted at the next look, a second later
BACKOFF = [timezone.timedelta(seconds=seconds) for seconds in (5, 15, 60, 5 * 60, 15 * 60, 60 * 60)]
MAX_TRIES = len(BACKOFF) + 3 * 24  # after the last pause it goes on hourly, for three days
LATE = timezone.timedelta(minutes=1)  # for an alert or a delivery: then something is wrong
SHOWN = timezone.timedelta(days=7)  # how long a failure counts as a problem
COMPLAIN_EVERY = 60.0  # seconds

logger = logging.getLogger(__name__)

# Sending needs no database, and what needs the database is done by the caller: so a mail server that hangs holds up
# neither the next request's alert nor the webhooks.
_mailers = ThreadPoolExecutor(8, "mail")
_hooks = ThreadPoolExecutor(4, "webhook")
_sending: dict = {}  # by delivery: what is on its way, or has arrived and is not noted yet
_sending_lock = threading.Lock()
_complained_at = -COMPLAIN_EVERY


def send_due(now: datetime | None = None) -> int:
    """Take the steps that are due and send what waits. Safe in several workers at once.

    Returns how many messages went out. ``now`` is given where time is tried out.
    """
    moment = now or timezone.now()
    count = _note_results(moment)
    _begin_anew(moment)
    _take_steps(moment)
    _start_sending(moment)
    with _sending_lock:
        futures = [sending.future for sending in _sending.values()]
    wait(futures, timeout=TIMEOUT)
    return count + _note_results(now or timezone.now())


# --- the ladder ------------------------------------------------------------------------------------------------------


def _begin_anew(now: datetime) -> None:
    """Where somebody said "I am calling" and has let go of it, the ladder begins anew: once for each such claim."""
    told_since = Delivery.objects.filter(alert__call=OuterRef("pk"), alert__due_at__gt=OuterRef("claimed_at"))
    lapsed = CallForHelp.objects.real().unclaimed(now).filter(status=Status.CALLING, is_sample=False)
    beginning = Alert.objects.filter(call=OuterRef("pk"), after=0, done_at=None, due_at__lte=now)
    for pk in lapsed.filter(~Exists(told_since), ~Exists(beginning)).values_list("pk", flat=True)[:BATCH_SIZE]:
        with transaction.atomic():
            held = CallForHelp.objects.unclaimed(now).select_for_update(of=["self"], skip_locked=True)
            call = held.filter(pk=pk, status=Status.CALLING).without_sealed().first()
            if call:
                call.alerts.filter(done_at=None, after=0).update(due_at=now)  # one put off as spam: somebody looked
                alerts.restart_alerts(call)


def _take_steps(now: datetime) -> None:
    # a first step further off than any can be: the clock was ahead when the request came
    ahead = Q(due_at__gt=now + alerts.QUARANTINE_DELAY + LATE) | Q(call__created_at__gt=now + LATE)
    due = Alert.objects.filter(Q(due_at__lte=now) | Q(ahead, after=0), done_at=None).order_by("due_at")
    for pk in list(due.values_list("pk", flat=True)[:BATCH_SIZE]):
        try:
            with transaction.atomic():
                _take_step(pk, now)
        except (OperationalError, InterfaceError):
            raise
        except Exception as exc:  # the others must not wait for it; problems() tells of this one
            logger.error("An alert could not be made into deliveries: %s", type(exc).__name__)


def _take_step(pk: int, now: datetime) -> None:
    alerts = Alert.objects.select_for_update(of=["self"], skip_locked=True).select_related("call__claimed_by")
    alert = (
        alerts.filter(pk=pk, done_at=None).defer("call__sealed", "call__sealed_for_author", "call__return_key").first()
    )
    if alert is None:
        return  # another worker has it
    call = alert.call
    if call.is_synthetic:
        CallForHelp.objects.filter(pk=call.pk).update(notified_at=now)
    elif _waits(call, now) and not _tell(alert, now):
        return  # it stays due until there is somebody
    Alert.objects.filter(pk=pk).update(done_at=now)


def _waits(call: CallForHelp, now: datetime) -> bool:
    """The same question as CallForHelpQuerySet.unclaimed, of a request that is at hand."""
    return call.status == Status.NEW or (call.status == Status.CALLING and not call.is_claimed(now))


def _tell(alert: Alert, now: datetime) -> bool:
    """Make the deliveries of a step, and the next step. Returns whether there was anybody to tell."""
    rungs = list(EscalationStep.objects.select_related("person"))
    rung, is_step = _rung_of(alert, rungs)
    people = recipients(rung, now) if is_step else []
    deliveries = [Delivery(alert=alert, to=person, next_try_at=now) for person in people]
    if alert.after == 0:
        hooks = Webhook.objects.filter(is_active=True)
        deliveries += [Delivery(alert=alert, webhook=webhook, next_try_at=now) for webhook in hooks]
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    if is_step and not people:
        _complain()
        return False
    following = next((rung for rung in rungs if rung.after > alert.after), None)
    if following:
        began = alert.call.alerts.filter(round=alert.round).order_by("after").values_list("due_at", flat=True).first()
        due_at = began + timezone.timedelta(minutes=following.after)
        step = Alert(call=alert.call, round=alert.round, after=following.after, due_at=due_at)
        Alert.objects.bulk_create([step], ignore_conflicts=True)
    return True


def _rung_of(alert: Alert, rungs: list[EscalationStep]) -> tuple[EscalationStep | None, bool]:
    """The step of the ladder that an alert stands for, and whether it is to be taken.

    The ladder may have been edited since: then the last step before it, unless this round has taken that one.
    """
    rung = next((rung for rung in reversed(rungs) if rung.after <= alert.after), None)
    if rung is None or rung.after == alert.after:
        return rung or next(iter(rungs), None), True
    taken = alert.call.alerts.filter(round=alert.round, after=rung.after).exists()
    return rung, not taken


def recipients(rung: EscalationStep | None, now: datetime) -> list:
    """Whom a step tells. Nobody on duty: everyone who answers requests. Nobody there at all: the managers."""
    match rung.who if rung else AlertTarget.EVERYONE:
        case AlertTarget.ON_DUTY:
            people = _on_duty(now, is_second=False)
        case AlertTarget.SECOND:
            people = _on_duty(now, is_second=True)
        case AlertTarget.DIRECTOR:
            person = rung.person
            people = [person] if person and person.is_active and person.is_staff else _managers()
        case _:
            people = []
    return people or _everyone() or _managers()


def _on_duty(now: datetime, *, is_second: bool) -> list:
    shifts = Shift.objects.of_staff().filter(is_second=is_second).select_related("person")
    return list({shift.person_id: shift.person for shift in shifts if shift.is_now(now)}.values())


def _everyone() -> list:
    return list(staff().filter(groups__name="admissions").distinct())


def _managers() -> list:
    return list(staff().filter(Q(groups__name="manager") | Q(is_superuser=True)).distinct())


def staff():
    """Those who can sign in."""
    return get_user_model().objects.filter(is_active=True, is_staff=True)


def _complain() -> None:
    global _complained_at
    if time.monotonic() - _complained_at > COMPLAIN_EVERY:
        _complained_at = time.monotonic()
        logger.error("A request waits and there is nobody to tell: no account with a role that answers is active")


# --- sending ---------------------------------------------------------------------------------------------------------


@dataclass
class Sending:
    delivery: Delivery
    future: Future


def _start_sending(now: datetime) -> None:
    """Take what is due, so that nobody else does, and send it in the background."""
    with _sending_lock:
        ours = list(_sending)
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_try_at__lte=now).exclude(pk__in=ours)
    pks = list(due.order_by("next_try_at").values_list("pk", flat=True)[:BATCH_SIZE])
    if not pks:
        return
    with transaction.atomic():
        held = due.filter(pk__in=pks).select_for_update(of=["self"], skip_locked=True)
        held = held.select_related("to", "webhook", "alert__call__claimed_by")
        deliveries = list(
            held.defer("alert__call__sealed", "alert__call__sealed_for_author", "alert__call__return_key")
        )
        wanted = [delivery for delivery in deliveries if not _drop(delivery, now)]
        taken = Delivery.objects.filter(pk__in=[delivery.pk for delivery in wanted])
        taken.update(next_try_at=now + LEASE)
    for delivery in wanted:
        with _sending_lock:
            if delivery.pk not in _sending:
                _sending[delivery.pk] = Sending(delivery, _submit(delivery))


def _drop(delivery: Delivery, now: datetime) -> bool:
    """Take out what need not, or cannot, be sent any more. Returns whether it did."""
    call, state = delivery.alert.call, Delivery.State
    if call.status == Status.CLOSED or not (_waits(call, now) or delivery.webhook_id):
        delivery.state, delivery.problem = state.DROPPED, ""
    elif delivery.webhook and not delivery.webhook.is_active:
        delivery.state, delivery.problem = state.FAILED, "The webhook is switched off"
    elif not delivery.webhook_id and not (delivery.to and delivery.to.is_active):
        delivery.state, delivery.problem = state.FAILED, "The account is switched off"
    else:
        return False
    delivery.save(update_fields=["state", "problem"])
    return True


def _submit(delivery: Delivery) -> Future:
    reference = delivery.alert.call.reference
    if not delivery.webhook:
        return _mailers.submit(message(delivery).send)
    body = webhooks.payload(reference, delivery.alert.due_at)
    return _hooks.submit(_post, delivery.webhook, str(delivery.pk), body)


def _post(webhook: Webhook, message_id: str, body: bytes) -> None:
    webhooks.post(webhook.url, message_id, body, webhooks.signing_secrets(webhook))


def message(delivery: Delivery) -> EmailMessage:
    """A reference and a link, nothing else: it is read on a lock screen, by whoever stands beside."""
    alert, call = delivery.alert, delivery.alert.call
    is_first = alert.round == 1 and alert.after == 0
    subject = f"A new request is waiting: {call.reference}" if is_first else f"Still waiting: {call.reference}"
    link = f"{settings.STAFF_ORIGIN}/admin/intake/callforhelp/{call.pk}/change/"
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"
    return EmailMessage(
        subject,
        f"{subject}\n{link}\n",
        to=[delivery.to.email],
        headers={
            "Message-ID": f"<{delivery.pk}@{domain}>",
            "X-Entity-Ref-ID": str(delivery.pk),
            "Auto-Submitted": "auto-generated",
        },
    )


def _note_results(now: datetime) -> int:
    """Write down what has arrived or failed since the last look. Returns how many arrived."""
    with _sending_lock:
        done = [sending for sending in _sending.values() if sending.future.done()]
    count = 0
    for sending in done:
        trouble = sending.future.exception()
        with transaction.atomic():
            if trouble is None:
                count += _note_sent(sending.delivery, now)
            else:
                _note_failure(sending.delivery, trouble, now)
        with _sending_lock:  # only now: while the database is away the result stays here
            _sending.pop(sending.delivery.pk, None)
    return count


def _note_sent(delivery: Delivery, now: datetime) -> int:
    waiting = Delivery.objects.filter(pk=delivery.pk).exclude(state=Delivery.State.SENT)
    count = waiting.update(state=Delivery.State.SENT, sent_at=now, problem="", tries=F("tries") + 1)
    alert = delivery.alert
    if count and not delivery.webhook_id:
        later = Alert.objects.filter(call=OuterRef("pk"), round__gt=alert.round)
        calls = CallForHelp.objects.filter(~Exists(later), pk=alert.call_id, notified_at=None)
        calls.update(notified_at=now)
    return count


def _note_failure(delivery: Delivery, trouble: BaseException, now: datetime) -> None:
    tries = delivery.tries + 1
    is_over = isinstance(trouble, webhooks.Gone) or tries >= MAX_TRIES
    problem = " ".join(str(part) for part in (type(trouble).__name__, getattr(trouble, "status", "")) if part)
    pause = BACKOFF[min(tries, len(BACKOFF)) - 1] * random.uniform(1, 1.2)  # noqa: S311 so that not all come back at once
    Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING).update(
        state=Delivery.State.FAILED if is_over else Delivery.State.WAITING,
        tries=tries,
        next_try_at=now + pause,
        problem=problem[:120],
    )
    logger.warning("A message to %s was not sent: %s", "a webhook" if delivery.webhook_id else "staff", problem)
    if isinstance(trouble, webhooks.Gone):
        webhook_admin.disable(delivery.webhook_id, why="It answered that it wants no more messages (410).")


# --- by hand, and what is wrong --------------------------------------------------------------------------------------


@transaction.atomic
def send_again(delivery_id, *, by) -> Delivery:
    """Send a message that failed, or that waits for its next try, now."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
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
    """Deliveries that should have arrived by now."""
    return Delivery.objects.filter(state=Delivery.State.WAITING, alert__due_at__lt=(now or timezone.now()) - LATE)


def untold(now: datetime | None = None):
    """Steps of the ladder that nobody has been told of in time: the worker rests, or there is nobody to tell."""
    return Alert.objects.filter(done_at=None, due_at__lt=(now or timezone.now()) - LATE)


def problems(now: datetime | None = None) -> list[str]:
    """What keeps staff from being told, in words without content. Empty when all is well."""
    found = [
        (untold(now).count(), "requests or steps of the ladder that nobody was told of in time"),
        (late(now).count(), "alerts that have not arrived yet"),
        (failed(now).count(), "alerts that could not be sent in the last 7 days"),
    ]
    return [f"{number} {words}" for number, words in found if number]
