"""What a backup says about itself: versions, migrations, and by which keys its content is recognized and opened."""

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from detoxsite.core import key_checks
from detoxsite.core.access_log import chain
from detoxsite.core.encryption import sealing
from detoxsite.core.encryption.sealed_models import SealedModel
from detoxsite.core.project_version import project_version

FACTS = {"version", "postgresql", "pg_dump", "migrations", "sealing_keys", "index_key", "received_until"}
"""What every manifest has."""
OPENED = 20  # rows of each sealed table that are opened after a restore


def sealed_models() -> list[type[SealedModel]]:
    return [model for model in apps.get_models() if issubclass(model, SealedModel)]


def sealing_keys(cursor) -> dict[str, int]:
    """The ids of the keys that rows are sealed to, with the number of rows."""
    found: dict[str, int] = {}
    for model in sealed_models():
        cursor.execute(
            f"SELECT substr(sealed, 2, {sealing.HEADER_SIZE - 1}), count(*) FROM {model._meta.db_table} "  # noqa: S608
            "WHERE sealed <> '' GROUP BY 1"
        )
        for key_id, count in cursor.fetchall():
            found[bytes(key_id).hex()] = found.get(bytes(key_id).hex(), 0) + count
    return found


def migrations(cursor) -> list[str]:
    cursor.execute(f"SELECT app, name FROM {MigrationRecorder.Migration._meta.db_table} ORDER BY 1, 2")  # noqa: S608
    return [f"{app}.{name}" for app, name in cursor.fetchall()]


def facts(cursor) -> dict:
    """Of the database that ``cursor`` reads, and of the keys of this process. No key is among them."""
    return {
        "version": project_version(),
        "postgresql": connection.connection.server_version // 10000,
        "migrations": migrations(cursor),
        "sealing_keys": sealing_keys(cursor),
        "index_key": key_checks.index_key_digest().hex(),
        "access_log_heads": chain.heads_until(chain.head_of(cursor)),
    }


def unknown_migrations(manifest: dict) -> list[str]:
    """Migrations of the backup that this version of the software does not have."""
    known = MigrationLoader(None).disk_migrations
    return sorted(set(manifest["migrations"]) - {f"{app}.{name}" for app, name in known})


def wrong_keys(manifest: dict) -> list[str]:
    """Sentences about keys of this process that do not fit the backup."""
    held = {sealing.PrivateKey(sealing.decode_key(text)).public.id.hex() for text in settings.SEALING_PRIVATE_KEYS}
    found = [
        f"{count} sealed rows need the private key {key_id}, which is not among SEALING_PRIVATE_KEYS."
        for key_id, count in sorted(manifest["sealing_keys"].items())
        if key_id not in held
    ]
    if manifest["index_key"] != key_checks.index_key_digest().hex():
        found.append("INDEX_KEY is not the one that the backup was made with.")
    return found


def open_some() -> tuple[int, int]:
    """Open some rows of every sealed table. Returns how many opened, and how many did not."""
    opened = failed = 0
    for model in sealed_models():
        for row in model.objects.exclude(sealed=b"").order_by("pk")[:OPENED]:
            try:
                row.payload  # noqa: B018 opens it
                opened += 1
            except sealing.Unreadable:
                failed += 1
    return opened, failed
