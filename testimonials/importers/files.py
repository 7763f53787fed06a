"""The files of an import: one, those of a folder, or those in a zip, which is read where it is."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from .records import Unread

CHUNK = 2**16  # bytes read at once
MAX_FILES = 10_000  # in a zip
MAX_UNPACKED = 2**30  # bytes in all that come out of a zip


class TooMuch(Exception):
    """A zip holds more than anybody's reviews do."""


PROBLEMS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, TooMuch)


class Source:
    """What is to be read, and how far that has got. ``path``: a file, a folder or a zip."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_zip = path.is_file() and zipfile.is_zipfile(path)
        self.size = self.done = 0  # bytes

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.size) if self.size else 100


class File(io.RawIOBase):
    """One of them, open: what is read of it is counted."""

    problems = PROBLEMS

    def __init__(self, source: Source, name: str, stream) -> None:
        self.source, self.name, self.stream = source, printable(name), stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        read = self.stream.read(len(buffer))
        buffer[: len(read)] = read
        self.source.done += len(read)
        if self.source.is_zip and self.source.done > MAX_UNPACKED:
            raise TooMuch
        return len(read)

    def buffered(self) -> io.BufferedReader:
        return io.BufferedReader(self, CHUNK)

    @staticmethod
    def what(problem: Exception) -> str:
        if isinstance(problem, TooMuch):
            return f"the zip holds more than {MAX_UNPACKED >> 20:,} MB"
        return f"it cannot be read ({type(problem).__name__})"


def printable(name: str) -> str:
    """A name that does nothing to a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)[-200:]


def opened(source: Source, pattern: str) -> Iterator[File | Unread]:
    """The files of a source, in the order of their names; in folders and zips those that ``pattern`` fits."""
    if source.is_zip:
        yield from _in_zip(source, pattern)
        return
    files = [source.path]
    if source.path.is_dir():
        found = (path for path in source.path.rglob("*") if fnmatch(path.name.lower(), pattern))
        files = sorted(path for path in found if path.is_file() and not path.is_symlink())
    source.size = sum(path.stat().st_size for path in files)
    if not files:
        yield Unread(source.path.name, f"no {pattern} is in it")
    for path in files:
        name = str(path.relative_to(source.path)) if path != source.path else path.name
        try:
            with path.open("rb") as stream:
                yield File(source, name, stream)
        except OSError as exc:
            yield Unread(printable(name), File.what(exc))


def _in_zip(source: Source, pattern: str) -> Iterator[File | Unread]:
    name = printable(source.path.name)
    try:
        archive = zipfile.ZipFile(source.path)
    except PROBLEMS as exc:
        yield Unread(name, File.what(exc))
        return
    with archive:
        inside = [entry for entry in archive.infolist() if not entry.is_dir()]
        wanted = [entry for entry in inside if fnmatch(PurePosixPath(entry.filename).name.lower(), pattern)]
        if not 0 < len(wanted) <= MAX_FILES:
            yield Unread(name, f"{len(wanted):,} files in it are called {pattern}")
            return
        source.size = min(sum(entry.file_size for entry in wanted), MAX_UNPACKED)
        for entry in sorted(wanted, key=lambda entry: entry.filename):
            if source.done > MAX_UNPACKED:
                return
            try:
                stream = archive.open(entry)
            except PROBLEMS as exc:
                yield Unread(printable(entry.filename), File.what(exc))
                continue
            with stream:
                yield File(source, entry.filename, stream)
