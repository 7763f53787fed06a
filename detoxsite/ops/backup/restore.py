"""Restore a backup onto an empty installation: everything, or nothing.

1. Read the whole file and verify every checksum; compare versions and keys; look that nothing is here yet.
2. Write its files into ``DETOX_VAR/restoring``, verifying again.
3. ``pg_restore`` in one transaction, then move the folders to their places.
4. Migrate, note the restore in the journal, open some sealed rows.

Until the transaction of step 3 commits, a failure leaves nothing behind. A restore that is killed after that is told
apart by ``DETOX_VAR/restoring``: the next one says what to remove.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from detoxsite.core.access_log import chain
from intake.reception import journal, spool

from . import archive, contents, postgres_tools
from .encryption import decrypting

DUMP = "database.dump"


class NotRestored(Exception):
    """Nothing was changed; the message says why."""


class NotFinished(Exception):
    """Everything is restored, but what comes after that failed; the message says what is left to do."""


@dataclass
class Restored:
    manifest: dict
    opened: int
    failed: int


def verify(path: Path, identities: Sequence = ()) -> archive.Contents:
    """Read a backup to its end and check every checksum. Raises BadBackup, BadKey, OSError."""
    with path.open("rb") as file:
        return _verified(file, identities)


def _verified(file: BinaryIO, identities: Sequence) -> archive.Contents:
    with decrypting(file, identities) as source:
        found = archive.read(source)
    if found.header.get("kind") != "detoxsite" or not found.manifest.keys() >= contents.FACTS:
        raise archive.BadBackup("The file is not a backup of Detoxsite.")
    return found


def restore(path: Path, identities: Sequence = (), *, ignore_keys: bool = False) -> Restored:
    """Restore ``path`` into the database and the folders of the settings, which have to be empty.

    Raises NotRestored, BadBackup, BadKey, OSError; then nothing was changed. Raises NotFinished.
    """
    _refuse_unless_empty()
    with path.open("rb") as file:  # one open file, so that what is restored is what was verified
        found = _verified(file, identities)
        _refuse_unless_it_fits(found.manifest, ignore_keys)
        staging = _staging()
        staging.mkdir(mode=0o700, parents=True)
        try:
            with decrypting(file, identities) as source:
                archive.read(source, _Staging(staging).open)
            _restore_database(staging / DUMP, _pg_restore(found.manifest))
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
    try:
        return _finish(found.manifest, staging)
    except Exception as exc:
        raise NotFinished(
            f"Database and files are restored, but a later step failed ({type(exc).__name__}: {exc}). When its "
            "cause is gone, run migrate."
        ) from exc


def _finish(manifest: dict, staging: Path) -> Restored:
    (staging / DUMP).unlink()
    _move_into_place(staging)
    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    journal.note_restored(datetime.fromisoformat(manifest["received_until"]))
    chain.note_restored(manifest.get("access_log_heads", []))  # backups of 0.9 have none
    return Restored(manifest, *contents.open_some())


def _staging() -> Path:
    return settings.VAR / "restoring"


def _targets() -> dict[str, Path]:
    return {
        "media": Path(settings.MEDIA_ROOT),
        "calls/spool": spool.folder(),
        "calls/acknowledged": journal.folder(),
    }


# --- what is refused -------------------------------------------------------------------------------------------------


def _refuse_unless_empty() -> None:
    if _staging().exists():
        raise NotRestored(
            f"An earlier restore was interrupted. Create the database anew, remove {_staging()} and what is in "
            f"{', '.join(map(str, _targets().values()))}, and run this again."
        )
    tables = connection.introspection.table_names()
    if tables:
        raise NotRestored(
            f"The database already has {len(tables)} tables. A backup is restored only into an empty one: create "
            "another (createdb), and stop whatever would fill it."
        )
    for folder in _targets().values():
        if any(file.stat().st_size for file in folder.rglob("*") if file.is_file() and file.name != "reserve"):
            raise NotRestored(f"{folder} is not empty. A backup is restored only where nothing is: move it away.")


def _refuse_unless_it_fits(manifest: dict, ignore_keys: bool) -> None:
    server = postgres_tools.server_major()
    if server < manifest["postgresql"]:
        raise NotRestored(
            f"The backup is of PostgreSQL {manifest['postgresql']}, and this is {server}, which is older."
        )
    if unknown := contents.unknown_migrations(manifest):
        raise NotRestored(
            f"The backup was made by version {manifest['version']}, which is newer: its database has "
            f"{len(unknown)} migrations that this version does not know. Install that version or a later one."
        )
    wrong = contents.wrong_keys(manifest)
    if wrong and not ignore_keys:
        raise NotRestored(
            f"The keys of this installation do not fit the backup. {' '.join(wrong)} Set the keys that were in use "
            "(docs/keys.md). To restore without them, and without what they open: --ignore-keys"
        )
    _pg_restore(manifest)


# --- what is done ----------------------------------------------------------------------------------------------------


class _Staging:
    """Where each member is written, below one folder; the parts of the dump become one file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, name: str, mtime: float) -> BinaryIO:
        path = self._folder / (DUMP if name.startswith("database/") else name)
        is_public = name.startswith("media/")  # another user's web server may serve it
        path.parent.mkdir(mode=0o755 if is_public else 0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o644 if is_public else 0o600)
        return _Dated(os.fdopen(descriptor, "wb"), mtime)


class _Dated:
    """A file that gets its former modification time when it is closed: the spool is imported in that order."""

    def __init__(self, file: BinaryIO, mtime: float) -> None:
        self._file, self._mtime = file, mtime

    def write(self, content: bytes) -> int:
        return self._file.write(content)

    def close(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        os.utime(self._file.fileno(), (self._mtime, self._mtime))
        self._file.close()


def _pg_restore(manifest: dict) -> str:
    return postgres_tools.program("pg_restore", manifest["pg_dump"])


def _restore_database(dump: Path, pg_restore: str) -> None:
    dsn, environment = postgres_tools.dsn(), postgres_tools.environment()
    command = [
        *(pg_restore, "--single-transaction", "--exit-on-error", "--no-owner"),
        *("--no-privileges", "--no-password", "--dbname", dsn, str(dump)),
    ]
    connection.close()
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=said, env=environment)
        if done.returncode:
            raise NotRestored(
                f"pg_restore failed, and the database is as empty as before: {postgres_tools.last_words(said)}"
            )


def _move_into_place(staging: Path) -> None:
    for name, target in _targets().items():
        if (staging / name).exists():
            with contextlib.suppress(FileNotFoundError):
                shutil.rmtree(target)  # nothing but empty folders and probes is in it
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(staging / name, target)
    shutil.rmtree(staging)
