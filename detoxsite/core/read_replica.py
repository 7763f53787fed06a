"""Public pages read from a replica (DATABASE_REPLICA_URL) that shows all changes this process knows of.

With each change the watcher of the page cache notes the *position*: how far the primary had written by then. A replica
that has replayed that far shows what was published before, and nothing that was withdrawn. One that is behind, away or
slow is left out, and the page is read from the primary. What writes, and what staff see, never comes here
(docs/decisions/0039-many-machines.md).
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connection, connections

T = TypeVar("T")

ALIAS = "replica"
NOTED_EVERY = 600.0  # seconds
COOL_DOWN = 2.0  # seconds in which a replica that failed is not asked again
_POSITION = """
SELECT pg_current_wal_insert_lsn()::text, newest.transaction, newest.at
FROM (VALUES (1)) AS one
LEFT JOIN (SELECT transaction, at FROM detoxsite_publicchange ORDER BY at DESC LIMIT 1) AS newest ON true
"""
# The newest change itself has to be there too, until its row is deleted (public_changes.KEPT_FOR): after a failover
# a replica of the former primary may have got further than the new one, without what that has written since.
_IS_FRESH = """
SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= %s::pg_lsn AND (
    %s::bigint IS NULL OR %s::timestamptz < now() - interval '50 minutes'
    OR EXISTS (SELECT FROM detoxsite_publicchange WHERE transaction = %s AND at = %s)
)
"""


@dataclass(frozen=True)
class Position:
    """How far the primary had written (an LSN), and its newest public change."""

    lsn: str
    transaction: int | None
    at: datetime | None


@dataclass
class _Reading:
    """A thread's reading of one page; ``alias`` of the database is chosen at its first query."""

    alias: str = ""


counts: Counter[str] = Counter()  # readings: fresh, behind, away. Not exact: threads may lose a count
_position: Position | None = None
_noted_at = 0.0  # time.monotonic()
_ask_again_at = 0.0  # time.monotonic(), of all threads of this process
_lock = threading.Lock()
_thread = threading.local()

logger = logging.getLogger(__name__)


class Router:
    """Reads inside ``read`` go where ``alias`` says; everything else goes to the primary."""

    def db_for_read(self, model, **hints) -> str:
        return alias()

    def db_for_write(self, model, **hints) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, first, second, **hints) -> bool:
        return True

    def allow_migrate(self, db, app_label, **hints) -> bool:
        return db == DEFAULT_DB_ALIAS


def is_configured() -> bool:
    return ALIAS in connections.settings


def note_position() -> None:
    """Note that what the primary shows now has to be on a replica that pages are read from. Raises a database error."""
    global _position, _noted_at
    if is_configured():
        with connection.cursor() as cursor:
            cursor.execute(_POSITION)
            _position = Position(*cursor.fetchone())
        _noted_at = time.monotonic()


def is_position_old() -> bool:
    """Whether to note the position again, though nothing changed: as it grows, it leaves a lost replica out."""
    return is_configured() and time.monotonic() - _noted_at > NOTED_EVERY


def forget_position() -> None:
    """Read from the primary until a position is noted."""
    global _position
    _position = None


def alias() -> str:
    """The alias of the database that this thread reads from."""
    reading: _Reading | None = getattr(_thread, "reading", None)
    if reading is None:
        return DEFAULT_DB_ALIAS
    reading.alias = reading.alias or _choose()
    return reading.alias


def read(make: Callable[[], T], *, is_final: Callable[[T], bool] = lambda made: True) -> T:
    """``make()``, from the replica if that is fresh, and from the primary where that fails or is not final.

    ``make`` only reads, and may run twice. Where it makes no query nobody is asked anything.
    """
    if _position is None:
        return make()
    reading = _thread.reading = _Reading()
    try:
        made = make()
        if reading.alias != ALIAS or is_final(made):
            return made
    except Exception as exc:
        if reading.alias != ALIAS:
            raise
        if isinstance(exc, (DatabaseError, InterfaceError)):
            _note_failure(exc)
    finally:
        _thread.reading = None
    return make()


def reads_replica(view):
    """Decorator of a view that only reads, whose page is not kept: it may read from the replica."""

    @wraps(view)
    def reading(request, *args, **kwargs):
        return read(lambda: view(request, *args, **kwargs))

    return reading


def _choose() -> str:
    position = _position
    if position is None or not _may_ask():
        return DEFAULT_DB_ALIAS
    try:
        is_fresh = _is_fresh(position)
    except (DatabaseError, InterfaceError) as exc:
        _note_failure(exc)
        return DEFAULT_DB_ALIAS
    counts["fresh" if is_fresh else "behind"] += 1
    return ALIAS if is_fresh else DEFAULT_DB_ALIAS


def _is_fresh(position: Position) -> bool:
    global _ask_again_at
    newest = (position.transaction, position.at)
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(_IS_FRESH, [position.lsn, *newest, *newest])
        [is_fresh] = cursor.fetchone()
    _ask_again_at = 0.0
    return bool(is_fresh)  # NULL of a server that never was a replica


def _may_ask() -> bool:
    """Whether the replica works as far as is known. After a failure, one thread at a time tries again."""
    global _ask_again_at
    with _lock:
        now = time.monotonic()
        if now < _ask_again_at:
            return False
        if _ask_again_at:
            _ask_again_at = now + COOL_DOWN
        return True


def _note_failure(exc: Exception) -> None:
    global _ask_again_at
    counts["away"] += 1
    if not _ask_again_at:
        logger.warning("The replica does not answer, pages are read from the primary: %s", type(exc).__name__)
    _ask_again_at = time.monotonic() + COOL_DOWN
