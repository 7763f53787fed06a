"""Time limits for database calls: a request for help must not hang because the database does.

psycopg2 waits in C for as long as it takes. Here its wait callback waits in Python and gives up at the deadline of
the calling thread. What timed out is then suspected: the database, if it answered nobody meanwhile, or else only
the kind of work. Callers of what is suspected fail fast, but for one at a time that tries with its whole limit: so a
frozen database cannot occupy every thread of a process while someone asks for help, and a slow statement makes no
other page fail. Any answer clears the database of suspicion.
"""

import contextlib
import select
import threading
import time
from dataclasses import dataclass

import psycopg2
from psycopg2 import extensions

PUBLIC_LIMIT = 3.0  # seconds of waiting for the database that a visitor's request has
FAIL_FAST_LIMIT = 0.05  # seconds; enough for a healthy database
SPARE_LIMIT = 0.6  # seconds for a statement on a server that another one stands in for
COOL_DOWN = 2.0  # seconds that something stays suspected after a timeout
DATABASE = "database"  # suspected, it concerns every kind of work

_thread = threading.local()
_trial = threading.Lock()  # held by the one caller that may try what is suspected
_suspected: dict[str, float] = {}  # by kind of work, or DATABASE: until when (time.monotonic)
_answered_at = 0.0  # when (time.monotonic) the database last answered any thread of this process


@dataclass(frozen=True)
class _Limit:
    deadline: float  # time.monotonic
    kind: str
    is_trial: bool = False
    is_short: bool = False  # FAIL_FAST_LIMIT, so that reaching it says nothing


class DatabaseTimeout(psycopg2.OperationalError):
    """The database did not answer in time; its connection is lost."""


class SpareConnection(extensions.connection):
    """To a server that another one stands in for, such as a replica.

    It leaves most of the time to that one. That it answers, or does not, says nothing about the database.
    """


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
def time_limit(seconds: float, *, kind: str = "", fails_fast: bool = True):
    """Let all database calls inside take up to ``seconds`` together, or raise DatabaseTimeout.

    ``kind``: of work, as a timeout may concern it alone; by default that of the limit around this one. ``fails_fast``:
    less while it is suspected. Not for work in the background, which nobody waits for: under load it would time out,
    and so fail fast, for as long as the load lasts.
    """
    outer: _Limit | None = getattr(_thread, "limit", None)
    kind = kind or (outer.kind if outer else DATABASE)
    is_suspected = fails_fast and not (outer and outer.is_trial) and _is_suspected(kind)
    is_trial = is_suspected and _trial.acquire(blocking=False)
    try:
        _thread.limit = _new_limit(seconds, kind, outer, is_trial=is_trial, is_short=is_suspected and not is_trial)
        yield
    finally:
        _thread.limit = outer
        if is_trial:
            _trial.release()


def public_limit(path: str):
    """The limit of a visitor's request. What times out concerns its part of the site."""
    return time_limit(PUBLIC_LIMIT, kind=part_of_site(path, steps=1))


def part_of_site(path: str, *, steps: int) -> str:
    """The first steps of a path: that the search is slow says nothing about articles."""
    return "/".join(path.split("/")[: steps + 1]) or "/"


def _new_limit(seconds: float, kind: str, outer: _Limit | None, *, is_trial: bool, is_short: bool) -> _Limit:
    deadline = time.monotonic() + (min(seconds, FAIL_FAST_LIMIT) if is_short else seconds)
    if outer is None:
        return _Limit(deadline, kind, is_trial, is_short)
    return _Limit(min(outer.deadline, deadline), kind, is_trial or outer.is_trial, is_short or outer.is_short)


def _is_suspected(kind: str) -> bool:
    now = time.monotonic()
    return bool(_suspected) and any(_suspected.get(name, 0.0) > now for name in (DATABASE, kind))


def seconds_left(default: float) -> float:
    """Until this thread's deadline; ``default`` without one."""
    left = _remaining()
    return default if left is None else left / 1000


def _wait(connection) -> None:
    began, is_spare = time.monotonic(), isinstance(connection, SpareConnection)
    poller = select.poll()
    while True:
        state = connection.poll()
        if state == extensions.POLL_OK:
            if not is_spare:
                _note_answer()
            return
        events = select.POLLIN if state == extensions.POLL_READ else select.POLLOUT
        poller.register(connection.fileno(), events | select.POLLERR)
        if not poller.poll(_remaining(until=began + SPARE_LIMIT) if is_spare else _remaining()):
            if not is_spare:
                _note_timeout(began)
            raise DatabaseTimeout("The database did not answer in time.")
        poller.unregister(connection.fileno())


def _note_answer() -> None:
    global _answered_at
    _answered_at = time.monotonic()
    if _suspected:
        _suspected.pop(DATABASE, None)


def _note_timeout(began: float) -> None:
    """Suspect what did not answer from ``began`` on, unless that was too short to say anything."""
    now, limit = time.monotonic(), getattr(_thread, "limit", None)
    if limit is None or limit.is_short or now - began < FAIL_FAST_LIMIT:
        return
    for name in [name for name, until in list(_suspected.items()) if until < now]:
        _suspected.pop(name, None)
    _suspected[limit.kind if _answered_at > began else DATABASE] = now + COOL_DOWN


def _remaining(until: float | None = None) -> float | None:
    """Milliseconds until this thread's deadline, or ``until`` (time.monotonic) if that is sooner; None: no limit."""
    limit = getattr(_thread, "limit", None)
    ends = [moment for moment in (limit and limit.deadline, until) if moment is not None]
    return max(0.0, min(ends) - time.monotonic()) * 1000 if ends else None
