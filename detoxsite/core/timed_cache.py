"""A value that each process reads again after a number of seconds."""

import time
from collections.abc import Callable
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

    def get(self) -> T:
        value = self._value
        if value is None or time.monotonic() - self._read_at > self.seconds:
            self._read_at = time.monotonic()
            value = self._value = self._read(value)
        return value

    def expire(self) -> None:
        """Read again at the next call; the old value remains as a fallback."""
        self._read_at = float("-inf")

    def clear(self) -> None:
        """Drop the value too, as after a restart."""
        self._value = None
