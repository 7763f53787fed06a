"""Progress bar for long-running commands."""

import sys
import time
from collections.abc import Iterable

WIDTH = 30  # characters


def track(progress: Iterable[int], total: int, label: str, stream=None) -> None:
    """Runs through ``progress``, which yields how many of ``total`` are done, and keeps the bar up to date."""
    stream, started = stream or sys.stderr, time.monotonic()
    for done in progress:
        bar = ("#" * (WIDTH * done // total)).ljust(WIDTH, ".")
        stream.write(f"\r{label:<9} [{bar}] {done}/{total}  {time.monotonic() - started:.1f} s")
        stream.flush()
    if total:
        stream.write("\n")
