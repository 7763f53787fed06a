"""One process at a time prepares the database: an advisory lock in a transaction of its own, also through a pooler."""

import contextlib

from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor

from detoxsite.core import db_timeout

LOCK = 7004
ANSWERS_WITHIN = 10.0  # seconds; a database that is frozen is away
MAX_WAIT = 30  # seconds while another machine migrates; then this one starts, and tries again


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
