"""Storing many rows by PostgreSQL's COPY: one statement for all of them, and nothing is read back."""

import io
import json
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection, models

from detoxsite.core import db_timeout


class Copy(NamedTuple):
    """Rows of one table as COPY reads them; made without a database, so in any process."""

    command: str
    lines: str

    def store(self, cursor) -> None:
        with db_timeout.no_limit():
            cursor.copy_expert(self.command, io.StringIO(self.lines))


def copy(rows: Sequence[models.Model], cursor) -> None:
    """Store model instances of one kind; those without a key stay without one."""
    if rows:
        copied(rows).store(cursor)


def copied(rows: Sequence[models.Model]) -> Copy:
    """Model instances of one kind, all with a key or all without. There has to be one."""
    fields = [field for field in rows[0]._meta.concrete_fields if not field.primary_key or rows[0].pk is not None]
    lines = ("\t".join(_cell(getattr(row, field.attname)) for field in fields) + "\n" for row in rows)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return Copy(f"COPY {rows[0]._meta.db_table} ({columns}) FROM STDIN", "".join(lines))


def tidy(*tables: type[models.Model]) -> None:
    """Let the database learn what its new rows are like; of all tables where none is named."""
    names = ", ".join(table._meta.db_table for table in tables)
    with db_timeout.no_limit(), connection.cursor() as cursor:
        cursor.execute(f"{'ANALYZE' if connection.in_atomic_block else 'VACUUM (ANALYZE)'} {names}")


def _cell(value) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if isinstance(value, (list, dict)):
        value = json.dumps(value)
    return str(value).replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
