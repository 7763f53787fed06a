"""The journal of acknowledged requests: what ``reconcile`` compares with what is stored. Below ``calls/acknowledged``:

    <day>      one line for each "received": moment, reference, fingerprint, where it was written
    reserve    room for such lines, set aside while the disk had some; used while it is full

After a restore, a line says so: the journal of a backup knows nothing of what was received between the two.

A line begins and ends with a newline, so it is never glued to a torn one. What is torn, or cannot be written even to
the reserve, is a gap: ``reconcile`` counts it, because the journal then proves less than it seems to.
"""

import contextlib
import fcntl
import logging
import os
import re
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from ..models import CallForHelp

RETENTION = 90  # days
RESERVE = 256 * 1024  # bytes, more than 2,000 lines
LOCK_TIMEOUT = 0.5  # seconds; a process that is frozen while it holds the lock must not hold up the others
_DAYS = "????-??-??"
_HEAD = b"%015d\n"  # begins the reserve: how many lines found no place in it
_HEAD_SIZE = len(_HEAD % 0)
_LINE = re.compile(r"([\d:T-]+\+00:00) ([A-Z0-9]{8}) ([0-9a-f]{32}) (?:database|disk)(?: late)?")
_RESTORED = re.compile(r"([\d:T-]+\+00:00) restored ([\d:T-]+\+00:00)")
_UNWRITTEN = re.compile(r"\S+ unwritten (\d+)")

logger = logging.getLogger(__name__)
_held: list[str] = []  # lines that not even the reserve took: there is none. Written with the next one


def folder() -> Path:
    return settings.VAR / "calls" / "acknowledged"


def _reserve() -> Path:
    return folder() / "reserve"


def _file(now: datetime) -> Path:
    return folder() / f"{now:%Y-%m-%d}"


# --- writing ---------------------------------------------------------------------------------------------------------


def acknowledge(call: CallForHelp, where: str) -> None:
    """Note that a person is about to read "received", so that reconcile can prove it true later."""
    if call.is_synthetic:
        return
    now, late = timezone.now(), _held[:]
    line = f"{now.isoformat(timespec='seconds')} {call.reference} {bytes(call.fingerprint).hex()} {where}"
    try:
        _append(_file(now), *late, line)
        del _held[: len(late)]
    except OSError as exc:  # the request is safe; that it cannot be noted must not turn it into an error
        logger.error("The journal cannot be written: %s", exc.strerror)
        _write_late(f"{line} late")


def note_restored(backup_until: datetime) -> None:
    """Note that everything here was restored from a backup of requests received until then. Raises OSError."""
    now, until = (moment.astimezone(UTC).isoformat(timespec="seconds") for moment in (timezone.now(), backup_until))
    _append(_file(timezone.now()), f"{now} restored {until}")


def _append(path: Path, *lines: str) -> None:
    """Append lines. Raises OSError where not all could be written; a part may have been."""
    flags = os.O_CREAT | os.O_APPEND | os.O_WRONLY
    try:
        descriptor = os.open(path, flags, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, flags, 0o600)
    try:
        _write_all(descriptor, "".join(f"\n{line}\n" for line in lines).encode())
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, content: bytes) -> None:
    """Write until nothing is left, as one call may write a part only. Raises OSError."""
    while content:
        content = content[os.write(descriptor, content) :]


def is_writable() -> bool:
    """Whether the journal of today can be opened; whether the disk has room is the spool's question."""
    try:
        _append(_file(timezone.now()))
    except OSError:
        return False
    return True


# --- the reserve -----------------------------------------------------------------------------------------------------


def _write_late(line: str) -> None:
    """Write to the reserve: in place, which needs no room. Count the line there if the reserve is full, too."""
    try:
        with _locked_reserve() as descriptor:
            used = os.pread(descriptor, RESERVE, 0).rstrip(b"\0")
            content = f"\n{line}\n".encode()
            if len(used) + len(content) <= RESERVE:
                os.pwrite(descriptor, content, len(used))
            else:
                os.pwrite(descriptor, _HEAD % (int(used[:_HEAD_SIZE]) + 1), 0)
    except (OSError, ValueError) as exc:
        logger.error("An acknowledgment is in no journal yet: %s", type(exc).__name__)
        _held.append(line)


def empty_reserve() -> None:
    """Move its lines to the journals of their days, and set it aside if there is none. Raises OSError: no room yet."""
    _create_reserve()
    with _locked_reserve() as descriptor:
        head, text = _split(os.pread(descriptor, RESERVE, 0))
        days = defaultdict(list)
        for line in filter(None, text.splitlines()):
            days[line[:10]].append(line)
        for day, lines in days.items():
            _append(folder() / day if re.fullmatch(r"\d{4}-\d\d-\d\d", day) else _file(timezone.now()), *lines)
        if head:
            now = timezone.now()
            _append(_file(now), f"{now.isoformat(timespec='seconds')} unwritten {head}")
        if head or days:
            os.pwrite(descriptor, _empty(), 0)


def _empty() -> bytes:
    return (_HEAD % 0).ljust(RESERVE, b"\0")


def _split(content: bytes) -> tuple[int, str]:
    """The number of lines that the reserve had no place for, and the text of those in it."""
    head, text = content[:_HEAD_SIZE], content[_HEAD_SIZE:].rstrip(b"\0")
    return int(head) if head.strip().isdigit() else 0, text.decode(errors="replace")


def _create_reserve() -> None:
    if _reserve().exists():
        return
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    new = _reserve().with_name(f"reserve.{uuid.uuid4().hex}")
    try:
        descriptor = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            _write_all(descriptor, _empty())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        with contextlib.suppress(FileExistsError):
            os.link(new, _reserve())  # unlike a rename, it replaces none that another process uses
    finally:
        with contextlib.suppress(OSError):
            new.unlink()


@contextlib.contextmanager
def _locked_reserve():
    """The reserve's descriptor. Raises OSError, also where another process keeps it for too long."""
    descriptor = os.open(_reserve(), os.O_RDWR)
    try:
        deadline = time.monotonic() + LOCK_TIMEOUT
        while True:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(0.01)
        yield descriptor
    finally:
        os.close(descriptor)


# --- reading ---------------------------------------------------------------------------------------------------------


class Acknowledgment(NamedTuple):
    at: datetime
    reference: str
    fingerprint: str  # hexadecimal


class Restore(NamedTuple):
    at: datetime
    backup_until: datetime  # what was received between the two is not in the backup


@dataclass
class Journal:
    """``acknowledgments``, oldest day first; ``gaps``: how many lines are torn or unwritten, by file."""

    acknowledgments: list[Acknowledgment] = field(default_factory=list)
    gaps: Counter = field(default_factory=Counter)
    restores: list[Restore] = field(default_factory=list)


def begins_on() -> date | None:
    """The day of the first journal on this machine; None where there is none."""
    days = sorted(file.name for file in folder().glob(_DAYS) if file.stat().st_size)
    return date.fromisoformat(days[0]) if days else None


def read(since: datetime) -> Journal:
    """The acknowledgments from ``since`` on, and the gaps of those days."""
    journal, torn, late = Journal(), [], []
    for name, text in _texts(since, journal):
        for line in filter(None, text.splitlines()):
            if noted := _parse(line):
                journal.acknowledgments += [noted] if noted.at >= since else []
                late += [line] if line.endswith(" late") else []
            elif restored := _parse_restore(line):
                journal.restores += [restored] if restored.at >= since else []
            elif found := _UNWRITTEN.fullmatch(line):
                journal.gaps[name] += int(found[1])
            else:
                torn.append((name, line))
    for name, line in sorted(torn, key=lambda each: len(each[1]), reverse=True):
        whole = next((each for each in late if each.startswith(line)), None)
        if whole is None:
            journal.gaps[name] += 1
        else:
            late.remove(whole)  # it was written again, whole
    return journal


def _texts(since: datetime, journal: Journal) -> Iterator[tuple[str, str]]:
    for file in [*sorted(folder().glob(_DAYS)), _reserve()]:
        if file.name < f"{since:%Y-%m-%d}":
            continue
        try:
            content = file.read_bytes()
        except FileNotFoundError:
            continue
        except OSError:
            journal.gaps[file.name] += 1
            continue
        if file == _reserve():
            unwritten, text = _split(content)
            journal.gaps += Counter({file.name: unwritten})  # adding drops a 0
            yield file.name, text
        else:
            yield file.name, content.decode(errors="replace")


def _parse(line: str) -> Acknowledgment | None:
    found = _LINE.fullmatch(line)
    try:
        return found and Acknowledgment(datetime.fromisoformat(found[1]), found[2], found[3])
    except ValueError:
        return None


def _parse_restore(line: str) -> Restore | None:
    found = _RESTORED.fullmatch(line)
    try:
        return found and Restore(*map(datetime.fromisoformat, found.groups()))
    except ValueError:
        return None


def delete_old() -> None:
    """Remove the journals of days beyond RETENTION."""
    for file in folder().glob(_DAYS):
        if file.stat().st_mtime < time.time() - RETENTION * 24 * 60 * 60:
            file.unlink()
