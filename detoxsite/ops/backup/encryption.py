"""The envelope of a backup: age (https://age-encryption.org/v1), which other programs open, too.

age encrypts a stream in authenticated chunks to public keys; the private key is needed only to restore, and is not on
the server (docs/decisions/0029-backup.md).
"""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import pyrage

from .archive import BadBackup

_MARK = b"age-encryption.org/"


class BadKey(Exception):
    """Not a key of age, or not the one the file was encrypted to."""


def parse_recipient(text: str):
    """The public key in ``text``: age1…, or that of an SSH key. Raises BadKey."""
    for parse in (pyrage.x25519.Recipient.from_str, pyrage.tagpq.Recipient.from_str, pyrage.ssh.Recipient.from_str):
        with contextlib.suppress(pyrage.RecipientError):
            return parse(text.strip())
    raise BadKey("This is not a public key of age (age1…). age-keygen makes a pair.")  # not shown: it may be private


def read_identities(path: Path) -> list:
    """The private keys in a file as age-keygen writes it, or an SSH key. Raises BadKey, OSError."""
    content = path.read_bytes()
    if b"PRIVATE KEY-----" in content:
        with contextlib.suppress(pyrage.IdentityError):
            return [pyrage.ssh.Identity.from_buffer(content)]
    lines = [line.strip() for line in content.decode(errors="replace").splitlines()]
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise BadKey(f"{path} holds no private key of age (AGE-SECRET-KEY-…).")
    return found


class _Worker(threading.Thread):
    """Runs age beside us: it wants a stream to read and one to write, and tarfile, too, wants to be in charge."""

    def __init__(self, work: Callable[[], None], pipe_end: BinaryIO) -> None:
        super().__init__(daemon=True)
        self._work, self._pipe_end, self.error = work, pipe_end, None
        self.start()

    def run(self) -> None:
        try:
            self._work()
        except Exception as exc:
            self.error = exc
        with contextlib.suppress(OSError):
            self._pipe_end.close()

    def result(self) -> Exception | None:
        """Wait for the end. The error, unless it is only that the other side stopped first."""
        self.join()
        return None if isinstance(self.error, BrokenPipeError) else self.error


def _pipe() -> tuple[BinaryIO, BinaryIO]:
    source, sink = os.pipe()
    return os.fdopen(source, "rb"), os.fdopen(sink, "wb")


@contextlib.contextmanager
def encrypting(target: BinaryIO, recipients: Sequence) -> Iterator[BinaryIO]:
    """Yield the stream to write to: ``target`` itself without recipients. Raises OSError where it cannot be written."""
    if not recipients:
        yield target
        return
    source, sink = _pipe()
    worker = _Worker(lambda: pyrage.encrypt_io(source, target, list(recipients)), source)
    try:
        with sink:
            yield sink
    except BrokenPipeError:
        raise OSError(f"age: {worker.result()}") from None
    except BaseException:
        worker.join()
        raise
    if error := worker.result():
        raise OSError(f"age: {error}") from error


@contextlib.contextmanager
def decrypting(file: BinaryIO, identities: Sequence) -> Iterator[BinaryIO]:
    """Yield the stream of the archive in ``file``, encrypted or not. Raises BadKey, BadBackup, OSError."""
    file.seek(0)
    is_encrypted = file.read(len(_MARK)) == _MARK
    file.seek(0)
    if not is_encrypted:
        yield file
        return
    if not identities:
        raise BadKey("The backup is encrypted. Name the file with its private key: --identity FILE")
    source, sink = _pipe()
    worker = _Worker(lambda: pyrage.decrypt_io(file, sink, list(identities)), sink)
    try:
        with source:
            yield source
    except BadBackup:
        if error := worker.result():
            raise _refusal(error) from None
        raise
    if error := worker.result():
        raise _refusal(error)


def _refusal(error: Exception) -> Exception:
    if isinstance(error, pyrage.DecryptError) and "No matching keys" in str(error):
        return BadKey("This private key does not open the backup: it was encrypted to another one.")
    if isinstance(error, pyrage.DecryptError) or "decryption" in str(error):
        return BadBackup("The file is damaged: what is encrypted in it does not open.")
    return error
