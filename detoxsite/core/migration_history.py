"""System check: a database made by an incompatible version stops with a message that says what to do."""

from django.apps import apps
from django.core.checks import Error, Tags, register
from django.db import connections
from django.db.migrations.loader import MigrationLoader

APPS = ("detoxsite", "articles", "intake", "testimonials")


def connect() -> None:
    register(check_history, Tags.database)


def check_history(*, databases=None, **kwargs) -> list[Error]:
    """Report a database whose recorded migrations are unknown to this version: it cannot be migrated."""
    unknown = sorted(name for alias in databases or () for name in _unknown_migrations(connections[alias]))
    if not unknown:
        return []
    return [
        Error(
            f"This database was made by a version of the software whose data cannot be migrated ({unknown[0]}).",
            hint="Name an empty database in DATABASE_URL; for a trial, delete the folder var/ (DETOX_VAR). "
            "The old database is not changed.",
            id="detoxsite.E001",
        )
    ]


def _unknown_migrations(connection) -> set[str]:
    loader = MigrationLoader(connection)
    labels = {apps.get_app_config(label).label for label in APPS}
    applied = {key for key in loader.applied_migrations if key[0] in labels}
    return {f"{label}.{name}" for label, name in applied - loader.disk_migrations.keys()}
