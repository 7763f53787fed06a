"""The thread that learns of changes: LISTEN on a connection of its own, and a question every half second behind it.

Triggers write a row of PublicChange in the transaction that changes something public (core/public_changes.py). A
snapshot of PostgreSQL says which transactions it saw; so the rows since the last look are those that it did not see,
in whatever order their transactions committed. A lost notification, a pooler that hands them to someone else, a
connection that breaks: the next look finds out.
"""

import contextlib
import logging
import os
import select
import threading
import time
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from .. import db_timeout, read_replica
from ..public_changes import CHANNEL, changes_since
from . import areas, store

INTERVAL = 0.5  # seconds between two looks
TIMEOUT = 3.0  # seconds for one look; as long as a visitor waits for the database

logger = logging.getLogger(__name__)

_chores: list[Callable[[], None]] = []
_started: threading.Thread | None = None
_lock = threading.Lock()


def register_chore(chore: Callable[[], None]) -> None:
    """Call ``chore()`` after each look: for what a web process writes now and then, on no visitor's time.

    It says itself when it is due, and must not wait long: what changes meanwhile is not seen.
    """
    _chores.append(chore)


def start() -> None:
    """Start the thread of this process, unless it runs. Not before the first request: a server may fork."""
    if _started is None:
        with _lock:
            _start()


def _start() -> None:
    global _started
    if _started is None:
        _started = threading.Thread(target=_watch, name="page cache", daemon=True)
        _started.start()


def _watch() -> None:
    connection.use_directly()
    Watcher().run()


def _after_fork() -> None:
    global _started, _lock
    _started, _lock = None, threading.Lock()
    _forget()


def _forget() -> None:
    areas.forget()
    read_replica.forget_position()


os.register_at_fork(after_in_child=_after_fork)


class Watcher:
    """What one thread knows of the database: ``last``, the server and the snapshot of the last look."""

    def __init__(self) -> None:
        self.last = None

    def run(self) -> None:
        while True:
            try:
                self.look()
                for chore in _chores:
                    chore()
                self._wait()
            except (DatabaseError, InterfaceError):  # away: what is kept goes on being served until its time is up
                self._disconnect()
                time.sleep(INTERVAL)
            except Exception:
                logger.exception("The page cache could not look for changes")
                _forget()
                self._disconnect()
                time.sleep(INTERVAL)

    def look(self) -> list[str]:
        """Begin a new generation of each area that changed or whose time is up. Returns their names.

        What is known of the database is noted last: after an error in between, the change is found again.
        """
        with db_timeout.time_limit(TIMEOUT, fails_fast=False):
            if connection.connection is None and connection.keeps_session:  # or else the looks alone find out
                with connection.cursor() as cursor:
                    cursor.execute(f"LISTEN {CHANNEL}")
            known, changed = changes_since(self.last)
            now = timezone.now()
            if changed is None:
                changed = areas.names()
            changed = sorted({*changed, *areas.ended()})
            if changed or read_replica.is_position_old():
                read_replica.note_position()  # before a page is rendered under the new states
            areas.renew(changed, now)
            self.last = known
        if changed:
            store.pages.drop_where(lambda page: not page.is_current)
        return changed

    def _wait(self) -> None:
        """Wait for a notification, the next look, or the moment at which an area ends."""
        seconds = max(0.01, min(INTERVAL, areas.next_end() - time.time()))
        poller = select.poll()
        poller.register(connection.connection.fileno(), select.POLLIN)
        poller.poll(1000 * seconds)
        connection.connection.notifies.clear()

    def _disconnect(self) -> None:
        with contextlib.suppress(Exception):
            connection.close()
