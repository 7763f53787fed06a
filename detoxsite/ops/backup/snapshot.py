"""One moment of the database, held open: what pg_dump writes, and what came in after it."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, connections


@dataclass
class Snapshot:
    name: str  # for pg_dump --snapshot
    horizon: str  # the oldest transaction that may not be visible in it
    cursor: object  # reads within it


@contextlib.contextmanager
def hold() -> Iterator[Snapshot]:
    """Open the snapshot in a connection of its own, and keep it until the end of the block."""
    beside = connections.create_connection("default")
    beside.settings_dict = {**connection.settings_dict, "ATOMIC_REQUESTS": False}
    with contextlib.closing(beside), beside.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot(), pg_snapshot_xmin(pg_current_snapshot())::text")
        yield Snapshot(*cursor.fetchone(), cursor)
