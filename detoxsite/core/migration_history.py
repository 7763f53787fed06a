"""System check: a database that this version cannot run on stops it with a message that says what to do.

A newer version may have migrated the database, and this one may run on it all the same: each version that migrates
notes which one it is, and the oldest version whose code runs on the schema (decision 38). The note is the comment of
the table of migrations, so that it is there before any table of ours, and for code that knows none of them.
"""

import contextlib
import json
from typing import NamedTuple

from django.apps import apps
from django.core.checks import Error, Tags, register
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from psycopg2.extensions import adapt

from .project_version import project_version, sort_key

APPS = ("detoxsite", "articles", "intake", "testimonials")
TABLE = MigrationRecorder.Migration._meta.db_table


class Note(NamedTuple):
    migrated_by: str  # version
    oldest_code: str  # the oldest version that runs on this schema


def connect() -> None:
    register(check_history, Tags.database)


def check_history(*, databases=None, **kwargs) -> list[Error]:
    """Report a database with migrations unknown here, unless a newer version noted that this one runs on it."""
    errors = []
    for alias in databases or ():
        if unknown := unknown_migrations(connections[alias]):
            errors += _judged(unknown[0], read_note(connections[alias]))
    return errors


def _judged(unknown: str, note: Note | None) -> list[Error]:
    if note is None:
        return [
            Error(
                f"This database was made by a version of the software whose data cannot be migrated ({unknown}).",
                hint="Name an empty database in DATABASE_URL; for a trial, delete the folder var/ (DETOX_VAR). "
                "The old database is not changed.",
                id="detoxsite.E001",
            )
        ]
    if sort_key(note.oldest_code) <= sort_key(project_version()):
        return []
    return [
        Error(
            f"This database was migrated by version {note.migrated_by} ({unknown}). It takes version "
            f"{note.oldest_code} or newer, and this is {project_version()}.",
            hint="Install such a version, or restore a backup from before that update (docs/backup.md).",
            id="detoxsite.E002",
        )
    ]


def unknown_migrations(connection) -> list[str]:
    """Migrations of ours that were applied to the database and are not in this version."""
    loader = MigrationLoader(connection)
    labels = {apps.get_app_config(label).label for label in APPS}
    applied = {key for key in loader.applied_migrations if key[0] in labels}
    return sorted(f"{label}.{name}" for label, name in applied - loader.disk_migrations.keys())


def read_note(connection) -> Note | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [TABLE])
        comment = cursor.fetchone()[0]
    with contextlib.suppress(ValueError, TypeError):
        return Note(**json.loads(comment))
    return None


def write_note(connection, oldest_code: str) -> None:
    """Note that this version has migrated the database, unless a newer one has."""
    note = {"migrated_by": project_version(), "oldest_code": oldest_code}
    if unknown_migrations(connection) or read_note(connection) == Note(**note):
        return
    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON TABLE {TABLE} IS {adapt(json.dumps(note))}")
