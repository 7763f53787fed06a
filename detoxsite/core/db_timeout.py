"""How long this process waits for the database: a request for help must not hang because the database does.

psycopg2 waits in C for as long as it takes. Here it waits in Python, by its own hook for that, and gives up at the
deadline of whoever is asking. After one did, the others wait only a moment until the database answers again, so that
a frozen database does not hold every thread of a process while somebody asks for help.
"""

import contextlib
import select
import threading
import time

import psycopg2
from psycopg2 import extensions

MOMENT = 0.05  # seconds; enough for a database that is well
REST = 2.0  # seconds without patience after somebody waited in vain

_mine = threading.local()
_worn_out_until = 0.0


class TooSlow(psycopg2.OperationalError):
    """The database did not answer in time; its connection is gone."""


def install() -> None:
    """From now on every connection of this process waits as its thread's deadline says."""
    extensions.set_wait_callback(_wait)


@contextlib.contextmanager
def endless():
    """For a command that copies whole tables, which psycopg2 can only do while waiting in its own way."""
    extensions.set_wait_callback(None)
    try:
        yield
    finally:
        install()


@contextlib.contextmanager
def up_to(seconds: float):
    """What is asked of the database inside takes up to ``seconds`` in all, or raises TooSlow."""
    before = getattr(_mine, "deadline", None)
    now = time.monotonic()
    deadline = now + (min(seconds, MOMENT) if now < _worn_out_until else seconds)
    _mine.deadline = deadline if before is None else min(before, deadline)
    try:
        yield
    finally:
        _mine.deadline = before


def _wait(connection) -> None:
    global _worn_out_until
    poller = select.poll()
    while True:
        state = connection.poll()
        if state == extensions.POLL_OK:
            return
        events = select.POLLIN if state == extensions.POLL_READ else select.POLLOUT
        poller.register(connection.fileno(), events | select.POLLERR)
        if not poller.poll(_left()):
            _worn_out_until = time.monotonic() + REST
            raise TooSlow("The database did not answer in time.")
        poller.unregister(connection.fileno())


def _left() -> float | None:
    """Milliseconds until the deadline of this thread, or None where it has none."""
    deadline = getattr(_mine, "deadline", None)
    return None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
