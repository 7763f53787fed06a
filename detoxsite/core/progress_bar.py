"""A bar that shows how far a long piece of work has got."""

import sys
import time
from collections.abc import Iterable

WIDTH = 30  # characters


def show_progress(done: Iterable[int], total: int, what: str, stream=None) -> None:
    """Go through ``done``, which yields how many of ``total`` are done by then, and keep a line up to date."""
    stream, began = stream or sys.stderr, time.monotonic()
    for number in done:
        bar = ("#" * (WIDTH * number // total)).ljust(WIDTH, ".")
        stream.write(f"\r{what:<9} [{bar}] {number}/{total}  {time.monotonic() - began:.1f} s")
        stream.flush()
    if total:
        stream.write("\n")
