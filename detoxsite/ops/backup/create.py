"""Make a backup, so that no request acknowledged meanwhile is missing from it.

The order is the proof. The dump shows the database as it was at the snapshot. Then follow the media, the journal, the
spool, and last the requests that reached the database since the snapshot, as files of the spool. A request that has
a line in the copied journal was stored before: it lay in the spool until after its import was committed, so it is
in the dump, or in the copy of the spool, or among the late ones. Import recognizes what it has already.
"""

import contextlib
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils import timezone

from detoxsite.core.project_version import project_version
from intake.assurance.late_requests import late_files
from intake.reception import journal, spool

from . import contents, postgres_tools, snapshot
from .archive import ArchiveWriter, pieces
from .encryption import encrypting

DUMP_PART = 16 * 1024 * 1024  # bytes


class BackupFailed(Exception):
    """There is no backup; the message says why."""


@dataclass
class Backup:
    path: Path
    size: int
    sha256: str
    received_until: datetime  # every request acknowledged before is in it
    late: int
    manifest: dict


def create(path: Path, recipients: Sequence = ()) -> Backup:
    """Write a backup to ``path``, complete and on the disk, or not at all. Raises BackupFailed, OSError."""
    if path.exists():
        raise BackupFailed(f"{path} exists already; a backup is never overwritten.")
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            with encrypting(file, recipients) as target:
                manifest, late = _write(target)
            file.flush()
            os.fsync(file.fileno())
        _publish(partial, path)
    except (subprocess.SubprocessError, postgres_tools.NoProgram) as exc:
        raise BackupFailed(str(exc)) from exc
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    until = datetime.fromisoformat(manifest["received_until"])
    return Backup(path, path.stat().st_size, digest, until, late, manifest)


def _publish(partial: Path, path: Path) -> None:
    """Give the file its name, for good. A file that has it by now is kept: a link, unlike a rename, replaces none."""
    try:
        os.link(partial, path)
    except FileExistsError:
        raise BackupFailed(f"{path} exists already; a backup is never overwritten.") from None
    spool.sync_directory(path.parent)


def _write(target) -> tuple[dict, int]:
    """Write the archive. Returns its manifest, and how many requests came in after the snapshot."""
    header = {"kind": "detoxsite", "version": project_version()}
    with snapshot.hold() as moment, ArchiveWriter(target, header) as writer:
        pg_dump = postgres_tools.program("pg_dump")
        facts = contents.facts(moment.cursor) | {"pg_dump": postgres_tools.major_of(pg_dump)}
        _add_dump(writer, pg_dump, moment.name)
        if has_media := _has_media_folder():
            _add_folder(writer, "media", Path(settings.MEDIA_ROOT))
        until = timezone.now()
        _add_folder(writer, "calls/acknowledged", journal.folder())
        _add_folder(writer, "calls/spool", spool.folder())
        late = _add_late_requests(writer, moment)
        return writer.finish(facts | {"has_media": has_media, "received_until": until.isoformat()}), late


def _has_media_folder() -> bool:
    """False where media lie in a storage service, which has copies and versions of its own."""
    return isinstance(default_storage, FileSystemStorage)


def _add_dump(writer: ArchiveWriter, pg_dump: str, snapshot_name: str) -> None:
    command = [
        *(pg_dump, "--format=custom", f"--snapshot={snapshot_name}"),
        *("--no-owner", "--no-privileges", "--no-comments", "--no-password", "--dbname", postgres_tools.dsn()),
    ]
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, env=postgres_tools.environment()) as dump:
            for number, part in enumerate(pieces(dump.stdout, DUMP_PART)):
                writer.add_bytes(f"database/{number:05}", part)
        if dump.returncode:
            raise BackupFailed(f"pg_dump failed: {postgres_tools.last_words(said)}")


def _add_folder(writer: ArchiveWriter, name: str, folder: Path) -> None:
    for path in _files(folder):
        member = f"{name}/{path.relative_to(folder).as_posix()}"
        with contextlib.suppress(FileNotFoundError):  # withdrawn, or imported, since it was listed
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(descriptor, "rb") as file:
                facts = os.fstat(descriptor)
                writer.add(member, file, facts.st_size, facts.st_mtime)


def _files(folder: Path) -> Iterator[Path]:
    """Regular files in a folder, in the order of their names; not the unfinished ones, whose names begin with a dot."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            yield Path(entry.path)


def _add_late_requests(writer: ArchiveWriter, moment: snapshot.Snapshot) -> int:
    count = 0
    for name, content in late_files(moment.horizon, moment.cursor):
        member = f"calls/spool/{name}"
        if member not in writer.members:
            writer.add_bytes(member, content, timezone.now().timestamp())
            count += 1
    return count
