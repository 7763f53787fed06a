"""Sends the rows of an outbox: lease, send outside the transaction, record the result, back off after a failure."""

import logging
import random
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from .message import OutgoingMessage

BACKOFF = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 24 * 60, 24 * 60)]

logger = logging.getLogger(__name__)


class NoLongerNeeded(Exception):
    """The reason for the message is gone; the row is dropped. A text says why, where that is worth reading."""


class Undeliverable(Exception):
    """The message can never be sent; its text becomes the row's problem."""


class NoRecipients(Exception):
    """No active account is meant to receive the message at the moment."""


@dataclass
class InFlight:
    message: OutgoingMessage
    future: Future


class Dispatcher:
    """Sends the messages of one model, each at least once. Safe in several workers at once.

    Threads that touch no database do the sending; the caller's thread does all that needs one. So a server that hangs
    holds up no other message, and a result is kept here while the database is away. A message that was sent but not
    recorded, because the process was killed in between, is sent again under the same Message-ID.
    """

    model: type[OutgoingMessage]
    label = "An email"  # in the log
    threads = 1
    batch_size = 20
    timeout = 10.0  # seconds to wait for what was started; slower results are recorded by the next call
    lease = timedelta(minutes=5)  # how long other workers leave a message alone that is being sent
    backoff = BACKOFF
    max_tries = len(BACKOFF) + 1

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(self.threads, type(self).__name__)
        self._in_flight: dict = {}  # by id: messages being sent, or sent and not recorded yet
        self._lock = threading.Lock()

    # --- what an outbox says for itself

    def compose(self, message, now: datetime) -> Callable[[], object]:
        """Return what sends the message without a database. Raises NoLongerNeeded, Undeliverable or NoRecipients."""
        raise NotImplementedError

    def with_related(self, messages: QuerySet) -> QuerySet:
        """Load with the messages what ``compose`` reads."""
        return messages

    def executor_for(self, message) -> Executor:
        return self._executor

    def is_final(self, exc: BaseException) -> bool:
        """Whether trying again is pointless after this failure."""
        return False

    def on_sent(self, messages: list, now: datetime) -> None:
        """Extend what is recorded about messages that were sent, in the same transaction."""

    def on_failed(self, message, exc: BaseException) -> None:
        """Extend what is recorded about a message that failed, in the same transaction."""

    # --- sending

    def send_due(self, now: datetime | None = None) -> int:
        """Send what is due. Returns how many messages are known to have been sent. ``now`` is for tests."""
        count = self._record_results(now or timezone.now())
        self._start_due(now or timezone.now())
        wait([sending.future for sending in self._sending()], timeout=self.timeout)
        return count + self._record_results(now or timezone.now())

    def take_due(self, now: datetime) -> list:
        """Lease the messages that have waited longest. Other workers do not get them before the lease is over."""
        own = [sending.message.pk for sending in self._sending()]
        due = self.model.objects.filter(state=OutgoingMessage.State.WAITING, next_try_at__lte=now).exclude(pk__in=own)
        pks = list(due.order_by("next_try_at").values_list("pk", flat=True)[: self.batch_size])
        if not pks:
            return []
        with transaction.atomic():
            free = due.filter(pk__in=pks).order_by("next_try_at").select_for_update(of=["self"], skip_locked=True)
            messages = list(self.with_related(free))
            self.model.objects.filter(pk__in=[message.pk for message in messages]).update(next_try_at=now + self.lease)
        return messages

    def _sending(self) -> list[InFlight]:
        with self._lock:
            return list(self._in_flight.values())

    def _start_due(self, now: datetime) -> None:
        for message in self.take_due(now):
            future = self._start(message, now)
            with self._lock:
                self._in_flight[message.pk] = InFlight(message, future)

    def _start(self, message, now: datetime) -> Future:
        try:
            send = self.compose(message, now)
        except (OperationalError, InterfaceError):
            raise  # says nothing about the message
        except Exception as exc:
            future: Future = Future()
            future.set_exception(exc)
            return future
        return self.executor_for(message).submit(send)

    # --- results

    def _record_results(self, now: datetime) -> int:
        """Record what is known, in one transaction; where one of the results cannot be recorded, each in its own."""
        done = [sending for sending in self._sending() if sending.future.done()]
        if not done:
            return 0
        try:
            return self._record(done, now)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            return sum(self._record([sending], now) for sending in done)

    def _record(self, done: list[InFlight], now: datetime) -> int:
        failures = {sending.message: exc for sending in done if (exc := sending.future.exception())}
        with transaction.atomic():
            count = self._record_sent([sending.message for sending in done if sending.message not in failures], now)
            for message, exc in failures.items():
                self._record_failure(message, exc, now)
        with self._lock:  # only now: while the database is away the result stays here
            for sending in done:
                self._in_flight.pop(sending.message.pk, None)
        return count

    def _record_sent(self, messages: list, now: datetime) -> int:
        """With a few queries for all of them. Leaves out what another worker has recorded as sent."""
        rows = self.model.objects.filter(pk__in=[message.pk for message in messages])
        unsent = rows.exclude(state=OutgoingMessage.State.SENT).order_by("pk").select_for_update()
        ours = set(unsent.values_list("pk", flat=True)) if messages else set()
        if ours:
            sent = self.model.objects.filter(pk__in=ours)
            sent.update(state=OutgoingMessage.State.SENT, sent_at=now, problem="", tries=F("tries") + 1)
            self.on_sent([message for message in messages if message.pk in ours], now)
        return len(ours)

    def _record_failure(self, message, exc: BaseException, now: datetime) -> None:
        waiting = self.model.objects.filter(pk=message.pk, state=OutgoingMessage.State.WAITING)
        if isinstance(exc, NoLongerNeeded):
            waiting.update(state=OutgoingMessage.State.DROPPED, problem=str(exc)[:120])
        elif isinstance(exc, Undeliverable):
            waiting.update(state=OutgoingMessage.State.FAILED, problem=str(exc)[:120])
        else:
            self._back_off(waiting, message.tries + 1, exc, now)
            self.on_failed(message, exc)

    def _back_off(self, waiting: QuerySet, tries: int, exc: BaseException, now: datetime) -> None:
        is_over = self.is_final(exc) or tries >= self.max_tries
        pause = self.backoff[min(tries, len(self.backoff)) - 1]
        problem = describe(exc)
        waiting.update(
            state=OutgoingMessage.State.FAILED if is_over else OutgoingMessage.State.WAITING,
            tries=tries,
            next_try_at=now + pause * random.uniform(1, 1.2),  # noqa: S311 so that not all come back at once
            problem=problem[:120],
        )
        level, ending = (logging.ERROR, ", and will not be tried again") if is_over else (logging.WARNING, "")
        logger.log(level, "%s was not sent%s: %s", self.label, ending, problem)


def describe(exc: BaseException) -> str:
    """The failure's type and status code. Never its message: that may quote an address or the text."""
    code = getattr(exc, "smtp_code", "") or getattr(exc, "status", "")
    return f"{type(exc).__name__} {code}".strip()


def email_headers(message: OutgoingMessage, sender: str) -> dict[str, str]:
    """The Message-ID, the same at every try, and the mark of automatic mail."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return {"Message-ID": f"<{message.pk}@{domain}>", "Auto-Submitted": "auto-generated"}
