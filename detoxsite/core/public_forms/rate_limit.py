"""How often something comes from one address, known by a keyed fingerprint, in the memory of this process alone."""

import secrets
import threading
import time
from collections import deque

from ..encryption import digests

MAX_ADDRESSES = 1000  # remembered before the old ones are swept out


class RateLimit:
    """Counts what comes from each address; more than ``most`` times within ``window`` seconds is too often."""

    def __init__(self, *, window: float, most: int) -> None:
        self.window, self.most = window, most
        self._key = secrets.token_hex(16)  # what is counted here means nothing elsewhere or later
        self._seen: dict[bytes, deque] = {}
        self._lock = threading.Lock()

    def count(self, address: str) -> bool:
        """Once more. Returns whether that is too often."""
        now, mark = time.monotonic(), self._mark(address)
        with self._lock:
            if len(self._seen) > MAX_ADDRESSES:
                for old in [other for other, times in self._seen.items() if times[-1] < now - self.window]:
                    del self._seen[old]
            times = self._seen.setdefault(mark, deque(maxlen=self.most + 1))
            times.append(now)
            return self._is_over(times, now)

    def is_over(self, address: str) -> bool:
        """Whether it was too often already; does not count."""
        with self._lock:
            return self._is_over(self._seen.get(self._mark(address), ()), time.monotonic())

    def forget(self) -> None:
        with self._lock:
            self._seen.clear()

    def _is_over(self, times, now: float) -> bool:
        return len(times) > self.most and times[0] > now - self.window

    def _mark(self, address: str) -> bytes:
        return digests.keyed("address", self._key + address)
