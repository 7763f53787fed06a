"""Counts of all web processes together: prometheus_client's multi-process mode, in a folder for each generation.

Each process writes to files of its own, which whoever answers a scrape adds up. The files are named by the place of a
process among its siblings and not by its id, so that one which takes the place of another goes on counting there. A
reload starts a generation of processes with a new folder; Prometheus expects that counters begin again.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

from prometheus_client import CollectorRegistry, values
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the library's name

_place = "first"  # the process that forks the others; it serves nobody
_held: list[int] = []  # the open folder of this generation, locked for as long as one of its processes lives


def prepare(root: Path) -> None:
    """Count in files below ``root`` from now on. To be called before any metric is made. Raises OSError."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _opened(root) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        for folder in root.iterdir():
            _remove_unless_in_use(folder)
        folder = tempfile.mkdtemp(dir=root)
        _held.append(os.open(folder, os.O_RDONLY | os.O_DIRECTORY))
        fcntl.flock(_held[-1], fcntl.LOCK_EX)
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


@contextlib.contextmanager
def _opened(folder: Path):
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _remove_unless_in_use(folder: Path) -> None:
    with _opened(folder) as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # an older generation, which is still answering requests
            return
        shutil.rmtree(folder)
