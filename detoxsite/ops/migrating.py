"""Migrations while the site runs: one process at a time, without holding up anyone who asks for help.

An advisory lock, in a transaction of its own, also through a pooler, keeps others from migrating. A statement that
changes a table makes all later ones on it wait behind it, even while it only waits itself: so it waits for a second at
most, then gives up, lets the others pass and is tried again (decision 38).
"""

import contextlib
import io
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg2.errors import DeadlockDetected, LockNotAvailable

from detoxsite.core import db_timeout, migration_history

from . import compatibility

LOCK = 7004
ANSWERS_WITHIN = 10.0  # seconds; a database that is frozen is away
MAX_WAIT = 30  # seconds while another machine migrates; then this one starts, and tries again
LOCK_TIMEOUT = 1100  # milliseconds. PostgreSQL ends an autovacuum that is in the way after 1,000 (deadlock_timeout); a
# request for help waits 1,200 for the database before it goes to the disk
PAUSE = 3.0  # seconds until the next try, in which those who had to wait pass
TRIES = 3  # of a start, which comes back later
LOOK_EVERY = 0.1  # seconds

BLOCKERS = """
    SELECT pid, COALESCE(NULLIF(application_name, ''), backend_type, 'a program'), usename, COALESCE(state, 'busy'),
           COALESCE(date_trunc('second', clock_timestamp() - xact_start)::text, 'a time that is not shown to this role')
    FROM pg_stat_activity WHERE pid = ANY(pg_blocking_pids(%s))
"""  # not the statement: it may hold what a person wrote
UNFINISHED = """
    SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE NOT indisvalid AND relnamespace = 'public'::regnamespace AND relname !~ '_cc(new|old)[0-9]*$'
"""


class LockRefused(OperationalError):
    """A migration did not get its lock. It was undone; earlier ones stay. The message says who holds the lock."""


@contextlib.contextmanager
def lock():
    """Raises OperationalError where the database is away, or another process holds the lock for too long."""
    beside = connections.create_connection("default")
    try:
        with db_timeout.time_limit(ANSWERS_WITHIN, fails_fast=False), beside.cursor() as cursor:
            cursor.execute("SELECT 1")
        beside.set_autocommit(False)
        with beside.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{MAX_WAIT}s'")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield
    finally:
        beside.close()  # and with it the transaction


@transaction.atomic
def is_complete() -> bool:
    """Whether the database has every migration that this process knows, and nobody is migrating it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return False
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def migrate(*, tries: int = TRIES, only_grants: bool = False, say: Callable[[str], object] = lambda _: None) -> None:
    """Apply what is missing, grant the rights of the public half, and note which versions run on the schema.

    Call it under ``lock``. ``only_grants``: while the public half runs another version, no right is taken from it.
    ``say`` gets a sentence before each further try. Raises LockRefused after the last one.
    """
    with _lock_timeout():
        for left in range(tries - 1, -1, -1):
            try:
                _migrate_once()
                break
            except LockRefused as exc:
                if not left:
                    raise
                say(f"{exc} Trying again in {PAUSE:g} seconds ({left} more).")
            time.sleep(PAUSE)
    migration_history.write_note(connection, compatibility.oldest_code())
    if settings.PUBLIC_DATABASE_ROLE:
        call_command("database_roles", only_grants=only_grants, stdout=io.StringIO())


def _migrate_once() -> None:
    with _watch() as blockers:
        try:
            _drop_unfinished_indexes()
            call_command("migrate", interactive=False, verbosity=0, skip_checks=False)
        except OperationalError as exc:
            if not isinstance(exc.__cause__, LockNotAvailable | DeadlockDetected):
                raise
            holders = "; ".join(sorted(blockers)) or "nobody who could be seen"
            raise LockRefused(f"A migration did not get its lock within a second. It is held by {holders}.") from exc


def _drop_unfinished_indexes() -> None:
    """Drop what an index built beside the running site left when it did not get its lock: it cannot be built on."""
    with connection.cursor() as cursor:
        cursor.execute(UNFINISHED)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


@contextlib.contextmanager
def _lock_timeout():
    """Behind a pooler, only with DATABASE_DIRECT_URL: what is set on a shared connection would meet others."""
    if not connection.keeps_session:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {LOCK_TIMEOUT}")
    try:
        yield
    finally:
        with contextlib.suppress(DatabaseError, InterfaceError), connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


@contextlib.contextmanager
def _watch():
    """Look from another connection who keeps ours waiting. Yields the set of those who were seen last, described."""
    seen: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [ours] = cursor.fetchone()
    is_over = threading.Event()

    def look() -> None:
        beside = connections.create_connection("default")
        with contextlib.closing(beside), contextlib.suppress(DatabaseError, InterfaceError), beside.cursor() as cursor:
            while not is_over.wait(LOOK_EVERY):
                cursor.execute(BLOCKERS, [ours])
                if found := cursor.fetchall():
                    seen.clear()
                    seen.update(
                        f"process {pid} ({name}, role {role}, {state}, for {since})"
                        for pid, name, role, state, since in found
                    )

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        is_over.set()
        thread.join()
