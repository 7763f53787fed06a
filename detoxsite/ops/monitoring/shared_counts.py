"""Counts of all web processes together: prometheus_client's multi-process mode, in a folder for each generation.

Each process writes to files of its own, which whoever answers a scrape adds up. The files are named by the place of a
process among its siblings and not by its id, so that one which takes the place of another goes on counting there. A
reload starts a generation of processes with a new folder; Prometheus expects that counters begin again.

The files are mapped into memory: on a full disk the kernel would end a process that writes to one. So they lie in
memory themselves, where the system has a file system for that.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

from prometheus_client import CollectorRegistry, values
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the library's name
IN_MEMORY = Path("/dev/shm")  # noqa: S108  each folder in it is made by mkdtemp
PREFIX = "detoxsite-metrics-"

_place = "first"  # the process that forks the others; it serves nobody
_held: list[int] = []  # the open folder of this generation, locked for as long as one of its processes lives


def prepare(root: Path = IN_MEMORY) -> None:
    """Count in files below ``root`` from now on. To be called before any metric is made. Raises OSError."""
    for folder in root.glob(f"{PREFIX}*"):
        _remove_if_left(folder)
    folder = _new_folder(root)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # not by the forks, which end without it
    os.environ[FOLDER] = folder
    values.ValueClass = values.MultiProcessValue(lambda: _place)


def take_place(number: int) -> None:
    """Count as the process at this place among its siblings. To be called after the fork."""
    global _place
    _place = str(number)


def add_to(registry: CollectorRegistry, own: CollectorRegistry) -> None:
    """Let ``registry`` show what all processes counted, or this one (``own``) where ``prepare`` was not called."""
    if folder := os.environ.get(FOLDER):
        MultiProcessCollector(registry, folder)
    else:
        registry.register(own)


def _new_folder(root: Path) -> str:
    while True:
        folder = tempfile.mkdtemp(prefix=PREFIX, dir=root)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.path.exists(folder):  # another start may have taken it for one that was left, before it was locked
            _held.append(descriptor)
            return folder
        os.close(descriptor)


def _remove_if_left(folder: Path) -> None:
    """Remove a folder of ours that no process holds: those that counted there were killed."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:  # another user's
        return
    try:
        if os.fstat(descriptor).st_uid == os.getuid():
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
    except OSError:  # held by an older generation, which is still answering requests
        return
    finally:
        os.close(descriptor)
