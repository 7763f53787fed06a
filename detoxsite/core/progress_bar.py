"""A progress bar for long-running commands."""

import sys
import time
from collections.abc import Iterable

WIDTH = 30  # characters


def show_progress(done: Iterable[int], total: int, label: str, stream=None) -> None:
    """Consume ``done``, which yields how many of ``total`` are done, and keep one line up to date."""
    stream, began = stream or sys.stderr, time.monotonic()
    for number in done:
        bar = ("#" * (WIDTH * number // total)).ljust(WIDTH, ".")
        stream.write(f"\r{label:<9} [{bar}] {number}/{total}  {time.monotonic() - began:.1f} s")
        stream.flush()
    if total:
        stream.write("\n")
