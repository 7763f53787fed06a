"""The connections of one process, which its threads take in turn: never more than a fixed number.

Without it each thread would keep a connection of its own: two machines would come near the hundred that PostgreSQL
allows. Off until ``start`` is called, by each web process and the worker: commands and tests need none.
"""

import contextlib
import select
import threading
import time
import weakref
from collections.abc import Callable

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg2 import extensions

from .. import db_timeout, read_replica

MAX_WAIT = 10.0  # seconds for a free connection, where the thread has no deadline of its own
MAX_IDLE = 60.0  # seconds until an unused connection is closed
LIVES_ON = 1.5  # seconds; a server process that was given up looks once a second whether its client is there

_pools: "dict[str, Pool]" = {}  # by alias of the database


def start(size: int) -> None:
    """Share at most ``size`` connections to each database between the threads of this process from now on.

    Not before a fork.
    """
    for alias in connections:
        _pools[alias] = Pool(size, db_timeout.SPARE_LIMIT if alias == read_replica.ALIAS else MAX_WAIT)
        connections.settings[alias]["CONN_MAX_AGE"] = 0  # a thread gives its connection back after each request


def stop() -> None:
    _pools.clear()


def current(alias: str = DEFAULT_DB_ALIAS) -> "Pool | None":
    return _pools.get(alias)


class Pool:
    def __init__(self, size: int, max_wait: float = MAX_WAIT) -> None:
        self.size, self.max_wait = size, max_wait
        self._idle: list[tuple[float, extensions.connection]] = []  # with the moment since when; the newest last
        self._all: weakref.WeakSet = weakref.WeakSet()  # weak: a thread that ended without closing has no place
        self._connecting = 0
        self._given_up: list[float] = []  # until when the server may still be busy with a connection that broke
        self._changed = threading.Condition()

    def take(self, connect: Callable[[], extensions.connection]) -> extensions.connection:
        """An idle connection that works, or a new one made by ``connect``. Raises DatabaseTimeout if none gets free."""
        with self._changed:
            if found := self._idle_or_place():
                return found
        try:
            new = connect()
        except BaseException:
            self._made(None)
            raise
        self._made(new)
        return new

    def give_back(self, connection: extensions.connection) -> None:
        is_broken = bool(connection.closed)
        is_idle = not is_broken and connection.info.transaction_status == extensions.TRANSACTION_STATUS_IDLE
        if not is_idle:
            _close(connection)
        with self._changed:
            now = time.monotonic()
            if is_idle:
                self._idle.append((now, connection))
            else:
                self._all.discard(connection)
            if is_broken:
                self._given_up.append(now + LIVES_ON)
            while self._idle and self._idle[0][0] < now - MAX_IDLE:
                self._discard(self._idle.pop(0)[1])
            self._changed.notify()

    def _idle_or_place(self) -> extensions.connection | None:
        """An idle connection; or None, and a place for a new one is reserved."""
        deadline = time.monotonic() + min(self.max_wait, db_timeout.seconds_left(self.max_wait))
        while True:
            while self._idle:
                _, connection = self._idle.pop()
                if not is_readable(connection):
                    return connection
                self._discard(connection)
            now = time.monotonic()
            self._given_up = [until for until in self._given_up if until > now]
            if self._connecting + len(self._all) + len(self._given_up) < self.size:
                self._connecting += 1
                return None
            if (seconds := deadline - time.monotonic()) <= 0:
                raise db_timeout.DatabaseTimeout("No connection to the database got free in time.")
            self._changed.wait(min(seconds, 0.2))  # nobody tells when a place gets free by time, or with its thread

    def _discard(self, connection: extensions.connection) -> None:
        self._all.discard(connection)
        _close(connection)

    def _made(self, new: extensions.connection | None) -> None:
        with self._changed:
            self._connecting -= 1
            if new is not None:
                self._all.add(new)
            else:
                self._changed.notify()


def is_readable(connection: extensions.connection) -> bool:
    """Whether there is something to read: a server that ends a connection says so and closes the socket."""
    if connection.closed:
        return True
    poller = select.poll()  # select.select ends at 1,024 descriptors
    poller.register(connection.fileno(), select.POLLIN)
    return bool(poller.poll(0))


def _close(connection: extensions.connection) -> None:
    with contextlib.suppress(Exception):
        connection.close()
