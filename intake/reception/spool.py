"""The spool: requests on disk while the database cannot take them.

A request is written sealed, as it would be stored: whole and on the disk before its name appears, or not at all.
The worker brings it into the database (reception.receive.store_request) and removes it then. Below ``DETOX_VAR/calls``:

    spool/<row>-<fingerprint>.json   pending
    spool/broken/                    could not be read; /readyz is red until an operator has looked
"""

import base64
import contextlib
import json
import logging
import os
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

from detoxsite.core.encryption import sealing
from detoxsite.core.public_forms.views import NotStored

from ..models import CallForHelp

_BYTES = ("fingerprint", "sealed", "sealed_for_author", "return_key")
_PLAIN = ("reference", "urgency", "channel", "spam_signals", "is_quarantined", "is_synthetic", "goes_first")
_NEW = {"goes_first": False}  # what a file of an earlier version lacks

logger = logging.getLogger(__name__)


class NotReceived(NotStored):
    """Neither the database nor the disk took it. Nothing may be acknowledged."""


class BrokenFile(Exception):
    """This file is not a whole request."""


def folder() -> Path:
    return settings.VAR / "calls" / "spool"


def put(call: CallForHelp, consent: str) -> None:
    """Write a request to the disk, for good. Raises NotReceived."""
    target = folder() / file_name(call)
    partial = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.exists():  # the very same answers are here already, with the key of the code that was shown
            return sync_directory(folder())
        _write(partial, encode(call, consent))
        partial.rename(target)
        sync_directory(folder())
    except OSError as exc:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise NotReceived(exc.strerror) from exc


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def sync_directory(directory: Path) -> None:
    """Flush the names in a folder to the disk, too."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def file_name(call: CallForHelp) -> str:
    return f"{call.pk}-{bytes(call.fingerprint).hex()}.json"


def encode(call: CallForHelp, consent: str) -> bytes:
    """The content of a request's file: the sealed row, and the hash of the consent text it was sent with."""
    record = {name: getattr(call, name) for name in _PLAIN}
    record |= {name: _text(getattr(call, name)) for name in _BYTES}
    record["contact_digests"] = [_text(digest) for digest in call.contact_digests]
    record |= {"id": str(call.pk), "created_at": call.created_at.isoformat(), "consent": consent}
    return json.dumps(record).encode()


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def is_writable() -> bool:
    """Whether a request could be written here now."""
    probe = folder() / f".probe.{uuid.uuid4().hex}"
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(probe, b"room?" * 1000)
        probe.unlink()
    except OSError:
        with contextlib.suppress(OSError):
            probe.unlink()
        return False
    return True


def pending_files() -> list[Path]:
    """Files of requests that are not in the database yet, oldest first."""
    found = []
    with contextlib.suppress(OSError), os.scandir(folder()) as entries:  # /readyz reports a folder it cannot read
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                if entry.name.endswith(".json") and not entry.name.startswith("."):
                    found.append((entry.stat().st_mtime_ns, entry.path))
    return [Path(path) for _, path in sorted(found)]


def broken_files() -> list[Path]:
    return sorted((folder() / "broken").glob("*"))


def read(path: Path) -> tuple[CallForHelp, str]:
    """The request in a file, unsaved, and the hash of the consent text it was sent with. Raises BrokenFile."""
    try:
        record = json.loads(path.read_bytes())
        call = CallForHelp(id=uuid.UUID(record["id"]), created_at=datetime.fromisoformat(record["created_at"]))
        for name in _PLAIN:
            setattr(call, name, (_NEW | record)[name])
        for name in _BYTES:
            setattr(call, name, base64.b64decode(record[name]))
        call.contact_digests = [base64.b64decode(digest) for digest in _written_digests(record)]
        return call, record["consent"]
    except (ValueError, KeyError, TypeError) as exc:
        raise BrokenFile(path.name) from exc


def _written_digests(record: dict) -> list[str]:
    """Until version 0.6, a file had one digest of the phone number and one of the address."""
    if "contact_digests" in record:
        return record["contact_digests"]
    return [digest for digest in (record["phone_index"], record["email_index"]) if digest]


def sealed_headers() -> Iterator[bytes]:
    """The header of each pending request: which key it is sealed to (core/encryption/key_rotation.py)."""
    for path in pending_files():
        try:
            yield bytes(read(path)[0].sealed[: sealing.HEADER_SIZE])
        except (OSError, BrokenFile):
            yield b""


def remove(path: Path) -> None:
    """Remove the file of a request that is in the database. Another worker may have been quicker."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()


def delete_request(call_id) -> None:
    """Remove every file of a request that was erased, also one that could not be read."""
    for place in (folder(), folder() / "broken"):
        for path in place.glob(f"{call_id}-*.json"):
            remove(path)


def move_to_broken(path: Path) -> None:
    (folder() / "broken").mkdir(mode=0o700, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        path.rename(folder() / "broken" / path.name)
