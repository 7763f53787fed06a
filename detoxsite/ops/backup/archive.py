"""The file of a backup: a tar archive that any ``tar`` lists, and the SHA-256 of all of it at its end.

    detoxsite-backup.json     the header: format, version, when, which keys
    database/00000, …         the parts of one pg_dump in custom format: ``cat`` them together
    media/…  calls/…          files as they lie below MEDIA_ROOT and DETOX_VAR
    manifest.json             size and SHA-256 of every member, and what is known only at the end

Written and read as a stream: memory grows with the number of files, not with their size.
"""

import contextlib
import hashlib
import io
import json
import re
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

FORMAT = 1
HEADER, MANIFEST = "detoxsite-backup.json", "manifest.json"
PIECE = 1024 * 1024  # bytes read at once
MAX_JSON = 512 * 1024 * 1024  # bytes of header or manifest: a hostile file must not fill the memory
_TRAILER = re.compile(rb"sha256 ([0-9a-f]{64})\n")
_TRAILER_SIZE = 72  # bytes
_NAME = re.compile(
    r"database/\d{5}|calls/acknowledged/[\w.-]+|calls/spool/(?:broken/)?[\w.-]+|media(?:/[^/\\\x00-\x1f\x7f]+)+"
)


class BadBackup(Exception):
    """This file is not a whole backup of Detoxsite. The message says why, in words for the operator."""


class BadName(Exception):
    """A file cannot be part of a backup, because its name would not be accepted by ``read``."""


@dataclass
class Contents:
    header: dict
    manifest: dict


class _Hashing:
    """A stream that hashes what is written to or read from the one below."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.digest, self.size = stream, hashlib.sha256(), 0

    def write(self, content: bytes) -> int:
        self.stream.write(content)
        self._count(content)
        return len(content)

    def read(self, size: int = -1) -> bytes:
        content = self.stream.read(size)
        self._count(content)
        return content

    def _count(self, content: bytes) -> None:
        self.digest.update(content)
        self.size += len(content)

    def facts(self) -> dict:
        return {"size": self.size, "sha256": self.digest.hexdigest()}


class ArchiveWriter:
    """Writes one member after the other. Only ``finish`` makes it a backup."""

    def __init__(self, target: BinaryIO, header: dict) -> None:
        self._target = _Hashing(target)
        self._tar = tarfile.open(mode="w|", fileobj=self._target, format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self.members: dict[str, dict] = {}
        self.add_bytes(HEADER, json.dumps(header | {"format": FORMAT}, indent=1).encode())

    def add(self, name: str, source: BinaryIO, size: int, mtime: float = 0) -> None:
        """Add ``size`` bytes of ``source``. Raises OSError where it has fewer; BadName."""
        if not _is_allowed(name) and name not in {HEADER, MANIFEST}:
            raise BadName(f"A file has a name that no backup can hold: {ascii(name[:200])}.")
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = size, mtime, 0o600
        hashing = _Hashing(source)
        self._tar.addfile(info, hashing)
        self.members[name] = hashing.facts()

    def __enter__(self) -> "ArchiveWriter":
        return self

    def __exit__(self, kind, *exc) -> None:
        if kind:
            self._target.stream = io.BytesIO()  # tarfile writes an end whatever happened
        self._tar.close()

    def add_bytes(self, name: str, content: bytes, mtime: float = 0) -> None:
        self.add(name, io.BytesIO(content), len(content), mtime)

    def finish(self, facts: dict) -> dict:
        """Write the manifest and the hash of the whole. Returns the manifest."""
        manifest = facts | {"members": dict(self.members)}
        self.add_bytes(MANIFEST, json.dumps(manifest, indent=1).encode())
        self._tar.close()
        self._target.stream.write(b"sha256 %s\n" % self._target.digest.hexdigest().encode())
        return manifest


class _WithoutTrailer:
    """The archive without the hash at its end, which ``verify`` compares with what was read."""

    def __init__(self, source: BinaryIO) -> None:
        self._source, self._ahead, self._digest = source, b"", hashlib.sha256()

    def read(self, size: int) -> bytes:
        wanted = size + _TRAILER_SIZE - len(self._ahead)
        content = self._ahead + (self._source.read(wanted) if wanted > 0 else b"")
        cut = max(0, min(size, len(content) - _TRAILER_SIZE))
        self._ahead = content[cut:]
        self._digest.update(content[:cut])
        return content[:cut]

    def verify(self) -> None:
        """Read to the end. Raises BadBackup if a byte is missing or is not the one that was written."""
        while self.read(PIECE):
            pass
        found = _TRAILER.fullmatch(self._ahead)
        if not found:
            raise BadBackup("The end of the file is missing: the backup or its copy was interrupted.")
        if found[1].decode() != self._digest.hexdigest():
            raise BadBackup("The file is damaged: its checksum is not the one it was written with.")


def read(source: BinaryIO, write_to: Callable[[str, float], BinaryIO | None] = lambda name, mtime: None) -> Contents:
    """Read a whole archive and verify every checksum in it. Raises BadBackup.

    ``write_to`` returns where the content of a member (name, modification time) goes, or None: it is only verified.
    """
    whole = _WithoutTrailer(source)
    try:
        with tarfile.open(mode="r|", fileobj=whole) as tar:
            header, manifest, seen = _read_members(tar, write_to)
    except (tarfile.TarError, ValueError, EOFError, OverflowError) as exc:
        whole.verify()  # the more telling message
        raise BadBackup("The file is not a backup of Detoxsite.") from exc
    whole.verify()
    if manifest is None or manifest.get("members") != seen:
        raise BadBackup("The file is damaged: its members are not those that its manifest lists.")
    return Contents(header, manifest)


def _read_members(tar: tarfile.TarFile, write_to) -> tuple[dict, dict | None, dict]:
    header, manifest, seen = None, None, {}
    for info in tar:
        if header is None and info.name != HEADER:
            raise BadBackup("The file is not a backup of Detoxsite.")
        if manifest is not None or info.name in seen:
            raise BadBackup("The file is not a backup as this software writes it: it has a member too many.")
        content = _Hashing(tar.extractfile(info) if info.isreg() else io.BytesIO())
        if info.name == HEADER:
            header = _json(info, content)
            _check_format(header)
        elif info.name == MANIFEST:
            manifest = _json(info, content)
            continue
        else:
            _check_member(info)
            _copy(content, write_to(info.name, info.mtime))
        seen[info.name] = content.facts()
    return header, manifest, seen


def _json(info: tarfile.TarInfo, content: _Hashing) -> dict:
    if info.size > MAX_JSON:
        raise BadBackup("The file is not a backup as this software writes it: its list of members is too long.")
    value = json.loads(content.read())
    if not isinstance(value, dict):
        raise BadBackup("The file is not a backup of Detoxsite.")
    return value


def _check_format(header: dict) -> None:
    if header.get("format") != FORMAT:
        raise BadBackup("The backup has a format that this version does not read. Use the version that made it.")


def _check_member(info: tarfile.TarInfo) -> None:
    """Accept only what ``create`` writes: no links, no path that leads out of its folder."""
    if not info.isreg() or not _is_allowed(info.name):
        raise BadBackup(f"The backup has a member that does not belong there: {ascii(info.name[:80])}.")


def _is_allowed(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and not {"", ".", ".."} & set(name.split("/"))


def _copy(content: _Hashing, target: BinaryIO | None) -> None:
    with contextlib.closing(target) if target else contextlib.nullcontext():
        for piece in pieces(content):
            if target:
                target.write(piece)


def pieces(stream, size: int = PIECE) -> Iterator[bytes]:
    while piece := stream.read(size):
        yield piece
