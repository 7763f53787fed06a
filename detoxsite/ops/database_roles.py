"""The role of the public half in PostgreSQL: its rights are made from the list in public_rights.py.

Two roles: the owner of the tables, which migrates and which the staff half uses, and this one.
"""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from .public_rights import ALL, PUBLIC, Rights

SCHEMA = "public"


class NoSuchRole(Exception):
    """The database server knows no role of this name."""


def statements(role: str, *, only_grants: bool = False) -> list[str]:
    """What takes every right from a role, then grants those of the list. As SQL for the owner of the tables.

    ``only_grants``: takes none, for processes of another version that still run.
    """
    name = connection.ops.quote_name(role)
    taken = ("TABLES", "SEQUENCES", "FUNCTIONS")
    revoked = [
        *(f"REVOKE ALL ON ALL {kind} IN SCHEMA {SCHEMA} FROM {name}" for kind in taken),
        *(f"REVOKE {'CREATE' if who == 'PUBLIC' else 'ALL'} ON SCHEMA {SCHEMA} FROM {who}" for who in ("PUBLIC", name)),
    ]
    return [
        *([] if only_grants else revoked),
        f"GRANT USAGE ON SCHEMA {SCHEMA} TO {name}",
        f"GRANT SELECT ON {MigrationRecorder.Migration._meta.db_table} TO {name}",
        *(f"GRANT {what} TO {name}" for label, rights in PUBLIC.items() for what in _grants(label, rights)),
    ]


def _grants(label: str, rights: Rights) -> Iterator[str]:
    model = apps.get_model(label)
    table = connection.ops.quote_name(model._meta.db_table)
    for verb in ("select", "insert", "update"):
        if columns := rights_to(model, rights, verb):
            yield f"{verb.upper()} ({', '.join(map(connection.ops.quote_name, columns))}) ON {table}"
    if rights.delete:
        yield f"DELETE ON {table}"


def rights_to(model, rights: Rights, verb: str) -> list[str]:
    """The columns of a model's table that the list names for SELECT, INSERT or UPDATE."""
    named = getattr(rights, verb)
    fields = {field.name: field.column for field in model._meta.concrete_fields}
    if named == ALL:
        named = [name for name in fields if not (verb == "select" and name in rights.hidden)]
    return [fields[name] for name in named]


@transaction.atomic
def grant(role: str, *, only_grants: bool = False) -> None:
    """Give a role the rights of the list, and no others unless ``only_grants``. Raises NoSuchRole."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            raise NoSuchRole(role)
        _execute(cursor, statements(role, only_grants=only_grants))


def _execute(cursor, commands: Iterable[str]) -> None:
    for command in commands:
        cursor.execute(command)


def may_migrate() -> bool:
    """Whether this process's role may make tables. The public half's may not: the staff half migrates."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege(%s, 'CREATE')", [SCHEMA])
        return cursor.fetchone()[0]


def require_migrated() -> None:
    """Raises OperationalError until the other half has migrated the database to this version."""
    try:
        executor = MigrationExecutor(connection)
        is_behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except ProgrammingError:  # this role may not read yet how far it got
        is_behind = True
    if is_behind:
        raise OperationalError("The staff half has not migrated the database to this version yet.")
