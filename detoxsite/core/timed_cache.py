"""A value that each process reads again after some seconds."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class TimedCache(Generic[T]):
    """Remembers what ``read`` returned for ``seconds``.

    While one thread reads again, the others go on with the old value. ``read`` is given that old value, or None, and
    may return it where nothing newer can be had; what it raises reaches the caller, and the next call tries again.
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
        """Read again at the next call; the old value stays there to fall back on."""
        self._read_at = float("-inf")

    def clear(self) -> None:
        """Forget the value too, as after a restart."""
        self._value = None
