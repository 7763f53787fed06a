"""A value that each process reads again after a number of seconds."""

import threading
import time
from collections.abc import Callable
from itertools import count
from typing import Generic, TypeVar

T = TypeVar("T")


class TimedCache(Generic[T]):
    """Caches what ``read`` returned for ``seconds``.

    While one thread reads again, others keep getting the old value. ``read`` receives that old value, or None, and
    may return it as a fallback. An exception reaches the caller; an old value is then served until the time is up.
    """

    def __init__(self, read: Callable[[T | None], T], *, seconds: float) -> None:
        self._read, self.seconds = read, seconds
        self._value: T | None = None
        self._read_at = float("-inf")
        self._numbers, self._kept = count(1), 0  # of readings, in the order they began; the one whose value is kept
        self._lock = threading.Lock()

    def get(self) -> T:
        if self._value is None or time.monotonic() - self._read_at > self.seconds:
            return self.read_with(lambda: self._read(self._value))
        return self._value

    def read_with(self, read: Callable[[], T]) -> T:
        """Read now, with ``read()``, and return the value that is kept: one that was read from later on, if any."""
        number, self._read_at = next(self._numbers), time.monotonic()
        value = read()
        with self._lock:
            if number > self._kept:
                self._kept, self._value = number, value
            return self._value

    def expire(self) -> None:
        """Read again at the next call; the old value remains as a fallback."""
        self._read_at = float("-inf")

    def clear(self) -> None:
        """Drop the value too, as after a restart."""
        self._value = None
