"""Escalation: decides whom to alert about a request, and when, until someone claims it.

An Alert is written in the transaction that stores the request. Here a due Alert becomes a Delivery for each person of
its escalation step, and the Alert of the next step. alerting/deliveries.py sends the deliveries.
"""

import functools
import logging
import time
from collections import defaultdict
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from ..models import (
    Alert,
    AlertTarget,
    CallForHelp,
    Delivery,
    EscalationStep,
    Phone,
    Status,
    Webhook,
)
from . import deliveries, quiet_hours
from .alerts import QUARANTINE_DELAY, restart_alerts
from .deliveries import LATE, is_unclaimed

BATCH_SIZE = 100  # of each kind in one go
LOG_EVERY = 60.0  # seconds

logger = logging.getLogger(__name__)

_logged_at = -LOG_EVERY


def send_due(now: datetime | None = None) -> int:
    """Take the escalation steps that are due and send their deliveries. Safe in several workers at once.

    Returns how many messages were sent. ``now`` is for tests.
    """
    try:
        _restart_ladders(now or timezone.now())
        _take_due_steps(now or timezone.now())
    finally:
        count = deliveries.dispatcher.send_due(now)
    return count


def overdue_alerts(now: datetime | None = None):
    """Alerts of which no one was notified in time: the worker is down, or there is no one to notify."""
    return Alert.objects.filter(done_at=None, due_at__lt=(now or timezone.now()) - LATE)


def problems(now: datetime | None = None) -> list[str]:
    """What keeps staff from being alerted, without content. Empty when all is well."""
    counts = [  # with the words for one, and for more
        (
            overdue_alerts(now).count(),
            "request or escalation step for which no one was alerted in time",
            "requests or escalation steps for which no one was alerted in time",
        ),
        (deliveries.late(now).count(), "alert that has not arrived yet", "alerts that have not arrived yet"),
        (
            deliveries.failed(now).count(),
            "alert that could not be sent in the last 7 days",
            "alerts that could not be sent in the last 7 days",
        ),
    ]
    return [f"{number} {one if number == 1 else more}" for number, one, more in counts if number]


# --- the ladder ------------------------------------------------------------------------------------------------------


def _restart_ladders(now: datetime) -> None:
    """Start the ladder again, once for each claim, where the claim has lapsed without a contact attempt."""
    alerted_since = Delivery.objects.filter(alert__call=OuterRef("pk"), alert__due_at__gt=OuterRef("claimed_at"))
    lapsed = CallForHelp.objects.real().unclaimed(now).filter(status=Status.CALLING, is_sample=False)
    starting = Alert.objects.filter(call=OuterRef("pk"), after=0, done_at=None, due_at__lte=now)
    for pk in lapsed.filter(~Exists(alerted_since), ~Exists(starting)).values_list("pk", flat=True)[:BATCH_SIZE]:
        with transaction.atomic():
            free = CallForHelp.objects.unclaimed(now).select_for_update(of=["self"], skip_locked=True)
            call = free.filter(pk=pk, status=Status.CALLING).without_sealed().first()
            if call:
                # one that was delayed as spam is due now: the person who claimed it did not think so
                call.alerts.filter(done_at=None, after=0).update(due_at=now)
                restart_alerts(call)


def _take_due_steps(now: datetime) -> None:
    # a first step further ahead than any can be: the clock was ahead when the request came in
    ahead = Q(due_at__gt=now + QUARANTINE_DELAY + LATE) | Q(call__created_at__gt=now + LATE)
    due = Alert.objects.filter(Q(due_at__lte=now) | Q(ahead, after=0), done_at=None).order_by("due_at")
    pks = list(due.values_list("pk", flat=True)[:BATCH_SIZE])
    try:
        if pks:
            _take_steps(pks, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # of one of them; the others must not wait for it
        for pk in pks:
            _take_step_apart(pk, now)


def _take_step_apart(pk: int, now: datetime) -> None:
    try:
        _take_steps([pk], now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as exc:  # problems() reports this one
        logger.error("An alert could not be made into deliveries: %s", type(exc).__name__)


@transaction.atomic
def _take_steps(pks: list[int], now: datetime) -> None:
    """Take the steps of many alerts with a few queries: during a rush, alerting must not take the time of answering.

    Leaves out what another worker has, and a request that someone is changing just now: the next look finds it.
    """
    alerts = Alert.objects.select_for_update(of=["self", "call"], skip_locked=True, no_key=True)
    alerts = alerts.select_related("call__claimed_by")
    alerts = alerts.defer("call__sealed", "call__sealed_for_author", "call__return_key")
    alerts = list(alerts.filter(pk__in=pks, done_at=None).order_by("due_at"))
    synthetic = [alert for alert in alerts if alert.call.is_synthetic]
    waiting = [alert for alert in alerts if not alert.call.is_synthetic and is_unclaimed(alert.call, now)]
    if synthetic:
        CallForHelp.objects.filter(pk__in=[alert.call_id for alert in synthetic]).update(notified_at=now)
    # without anyone to alert, an alert stays due until there is
    stay_due = {alert.pk for alert in waiting} - _create_deliveries(waiting, now) if waiting else set()
    Alert.objects.filter(pk__in={alert.pk for alert in alerts} - stay_due).update(done_at=now)


def _create_deliveries(alerts: list[Alert], now: datetime) -> set[int]:
    """Create the deliveries of alerts, and those of their next step. Returns the ids of those with anyone to alert."""
    ladder = list(EscalationStep.objects.select_related("person"))
    hooks = list(Webhook.objects.filter(is_active=True))
    people_of = functools.cache(lambda step: recipients(step, now))
    breaks_quiet_hours = functools.cache(lambda step, later: quiet_hours.breaks(step, now, is_escalated=later))
    phones = defaultdict(list)
    for phone in Phone.objects.ringing():
        phones[phone.person_id].append(phone)
    new, taken = [], []
    for alert in alerts:
        step, is_due = _step_of(alert, ladder)
        people = people_of(step) if is_due else []
        new += [Delivery(alert=alert, to=person, next_try_at=now) for person in people]
        if ringing := [phone for person in people for phone in phones[person.pk]]:
            how = {"breaks_quiet_hours": breaks_quiet_hours(step, alert.after > 0), "next_try_at": now}
            new += [Delivery(alert=alert, to_id=phone.person_id, phone=phone, **how) for phone in ringing]
        if alert.after == 0:
            new += [Delivery(alert=alert, webhook=webhook, next_try_at=now) for webhook in hooks]
        if is_due and not people:
            _log_no_recipients()
        else:
            taken.append(alert)
    Delivery.objects.bulk_create(new, ignore_conflicts=True)
    _schedule_next(taken, ladder)
    return {alert.pk for alert in taken}


def _schedule_next(alerts: list[Alert], ladder: list[EscalationStep]) -> None:
    """Create the alerts of the next steps, each counted from the first one of its round."""
    rounds = Alert.objects.filter(call__in={alert.call_id for alert in alerts}).order_by("-after")
    began = {(call, round): due_at for call, round, due_at in rounds.values_list("call_id", "round", "due_at")}
    new = []
    for alert in alerts:
        if following := next((step for step in ladder if step.after > alert.after), None):
            due_at = began[alert.call_id, alert.round] + timezone.timedelta(minutes=following.after)
            new.append(Alert(call=alert.call, round=alert.round, after=following.after, due_at=due_at))
    Alert.objects.bulk_create(new, ignore_conflicts=True)


def _step_of(alert: Alert, ladder: list[EscalationStep]) -> tuple[EscalationStep | None, bool]:
    """The step of the ladder that an alert is for, and whether to take it.

    The ladder may have been edited since: then the last step before it, unless this round has taken that one.
    """
    step = next((step for step in reversed(ladder) if step.after <= alert.after), None)
    if step is None or step.after == alert.after:
        return step or next(iter(ladder), None), True
    was_taken = alert.call.alerts.filter(round=alert.round, after=step.after).exists()
    return step, not was_taken


# --- recipients ------------------------------------------------------------------------------------------------------


def recipients(step: EscalationStep | None, now: datetime) -> list:
    """Whom a step alerts. With no one on call: everyone who answers requests. Without any of those: the managers."""
    match step.who if step else AlertTarget.EVERYONE:
        case AlertTarget.ON_CALL | AlertTarget.SECOND as target:
            people = quiet_hours.on_call(now, is_second=quiet_hours.FROM_THE_SCHEDULE[target])
        case AlertTarget.DIRECTOR:
            person = step.person
            people = [person] if person and person.is_active and person.is_staff else _managers()
        case _:
            people = []
    return people or _everyone() or _managers()


def _everyone() -> list:
    return list(staff().filter(groups__name="admissions").distinct())


def _managers() -> list:
    return list(staff().filter(Q(groups__name="manager") | Q(is_superuser=True)).distinct())


def staff():
    """The accounts that can sign in."""
    return get_user_model().objects.filter(is_active=True, is_staff=True)


def _log_no_recipients() -> None:
    global _logged_at
    if time.monotonic() - _logged_at > LOG_EVERY:
        _logged_at = time.monotonic()
        logger.error("A request is waiting and there is no one to alert: no account with an answering role is active")
