"""The files of an import: one file, those of a folder, or those in a zip, which is never unpacked to disk."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from .records import UnreadablePart
from .shapes import workbook_in

CHUNK = 2**16  # bytes read at once
MAX_FILES = 10_000  # in a zip
MAX_UNPACKED = 2**30  # bytes in all that a zip may unpack to


class ArchiveTooLarge(Exception):
    """A zip unpacks to more than any center's reviews."""


READ_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ArchiveTooLarge)


class ImportSource:
    """What to read, and how many bytes have been read. ``path``: a file, a folder or a zip."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_zip = path.is_file() and zipfile.is_zipfile(path)
        self.size = self.bytes_read = 0

    @property
    def percent(self) -> int:
        return min(100, 100 * self.bytes_read // self.size) if self.size else 100


class SourceFile(io.RawIOBase):
    """One open file of a source. Counts the bytes read."""

    def __init__(self, source: ImportSource, name: str, stream) -> None:
        self.source, self.name, self.stream = source, printable(name), stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        data = self.stream.read(len(buffer))
        buffer[: len(data)] = data
        self.source.bytes_read += len(data)
        if self.source.is_zip and self.source.bytes_read > MAX_UNPACKED:
            raise ArchiveTooLarge
        return len(data)

    def buffered(self) -> io.BufferedReader:
        return io.BufferedReader(self, CHUNK)


def describe_error(error: Exception) -> str:
    if isinstance(error, ArchiveTooLarge):
        return f"the zip file unpacks to more than {MAX_UNPACKED >> 20:,} MB"
    return f"it cannot be read ({type(error).__name__})"


def printable(name: str) -> str:
    """A file name without control characters, safe to print on a terminal."""
    return "".join(character if character.isprintable() else "?" for character in name)[-200:]


def open_files(source: ImportSource, pattern: str) -> Iterator[SourceFile | UnreadablePart]:
    """The files of a source in order of their names; in folders and zips, those that match ``pattern``."""
    source.bytes_read = 0
    if source.is_zip:
        yield from _open_zip(source, pattern)
        return
    paths = [source.path]
    if source.path.is_dir():
        matching = (path for path in source.path.rglob("*") if fnmatch(path.name.lower(), pattern))
        paths = sorted(path for path in matching if path.is_file() and not path.is_symlink())
    source.size = sum(path.stat().st_size for path in paths)
    if not paths:
        yield UnreadablePart(source.path.name, f"the folder contains no {pattern}")
    for path in paths:
        name = str(path.relative_to(source.path)) if path != source.path else path.name
        try:
            with path.open("rb") as stream:
                yield SourceFile(source, name, stream)
        except OSError as exc:
            yield UnreadablePart(printable(name), describe_error(exc))


def _open_zip(source: ImportSource, pattern: str) -> Iterator[SourceFile | UnreadablePart]:
    name = printable(source.path.name)
    try:
        archive = zipfile.ZipFile(source.path)
    except READ_ERRORS as exc:
        yield UnreadablePart(name, describe_error(exc))
        return
    with archive:
        if workbook := workbook_in(archive):
            yield UnreadablePart(name, workbook)
            return
        members = [member for member in archive.infolist() if not member.is_dir()]
        matching = [member for member in members if fnmatch(PurePosixPath(member.filename).name.lower(), pattern)]
        if not 0 < len(matching) <= MAX_FILES:
            yield UnreadablePart(name, f"the zip file contains {len(matching):,} files named {pattern}")
            return
        source.size = min(sum(member.file_size for member in matching), MAX_UNPACKED)
        for member in sorted(matching, key=lambda member: member.filename):
            if source.bytes_read > MAX_UNPACKED:
                return
            try:
                stream = archive.open(member)
            except READ_ERRORS as exc:
                yield UnreadablePart(printable(member.filename), describe_error(exc))
                continue
            with stream:
                yield SourceFile(source, member.filename, stream)
