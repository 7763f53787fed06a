"""Time limits for database calls: a request for help must not hang because the database does.

psycopg2 waits in C for as long as it takes. Here its wait callback waits in Python and gives up at the deadline of
the calling thread. After a timeout, other threads fail fast until the database answers again, so that a frozen
database cannot occupy every thread of a process while someone asks for help.
"""

import contextlib
import select
import threading
import time

import psycopg2
from psycopg2 import extensions

FAIL_FAST_LIMIT = 0.05  # seconds; enough for a healthy database
COOL_DOWN = 2.0  # seconds after a timeout during which every limit is FAIL_FAST_LIMIT

_thread = threading.local()
_fail_fast_until = 0.0


class DatabaseTimeout(psycopg2.OperationalError):
    """The database did not answer in time; its connection is lost."""


def install() -> None:
    """Apply the deadline of the calling thread to every connection of this process."""
    extensions.set_wait_callback(_wait)


@contextlib.contextmanager
def no_limit():
    """Suspend the limits of this process for COPY, which psycopg2 supports only without a wait callback."""
    extensions.set_wait_callback(None)
    try:
        yield
    finally:
        install()


@contextlib.contextmanager
def time_limit(seconds: float, *, fails_fast: bool = True):
    """Let all database calls inside take up to ``seconds`` together, or raise DatabaseTimeout.

    ``fails_fast``: less after a timeout. Not for work in the background, which nobody waits for: under load it would
    time out, and so fail fast, for as long as the load lasts.
    """
    outer = getattr(_thread, "deadline", None)
    now = time.monotonic()
    deadline = now + (min(seconds, FAIL_FAST_LIMIT) if fails_fast and now < _fail_fast_until else seconds)
    _thread.deadline = deadline if outer is None else min(outer, deadline)
    try:
        yield
    finally:
        _thread.deadline = outer


def seconds_left(default: float) -> float:
    """Until this thread's deadline; ``default`` without one."""
    left = _remaining()
    return default if left is None else left / 1000


def _wait(connection) -> None:
    global _fail_fast_until
    poller = select.poll()
    while True:
        state = connection.poll()
        if state == extensions.POLL_OK:
            return
        events = select.POLLIN if state == extensions.POLL_READ else select.POLLOUT
        poller.register(connection.fileno(), events | select.POLLERR)
        if not poller.poll(_remaining()):
            _fail_fast_until = time.monotonic() + COOL_DOWN
            raise DatabaseTimeout("The database did not answer in time.")
        poller.unregister(connection.fileno())


def _remaining() -> float | None:
    """Milliseconds until this thread's deadline, or None without one."""
    deadline = getattr(_thread, "deadline", None)
    return None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
