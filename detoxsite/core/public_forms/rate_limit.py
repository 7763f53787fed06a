"""Rate limits by address, which is known by a keyed fingerprint, in the memory of this process alone."""

import secrets
import threading
import time
from collections import deque

from ..encryption import digests

MAX_ADDRESSES = 1000  # counted before those of an earlier window are dropped


def client_address(request) -> str:
    return request.META.get("REMOTE_ADDR", "")


class RateLimit:
    """Counts hits from each address; more than ``max_hits`` within ``window`` seconds exceed the limit."""

    def __init__(self, *, window: float, max_hits: int) -> None:
        self.window, self.max_hits = window, max_hits
        self._key = secrets.token_hex(16)  # a fingerprint means nothing elsewhere or later
        self._hits: dict[bytes, deque] = {}
        self._lock = threading.Lock()

    def hit(self, address: str) -> bool:
        """Count a hit. Returns whether the limit is exceeded now."""
        now, fingerprint = time.monotonic(), self._fingerprint(address)
        with self._lock:
            if len(self._hits) > MAX_ADDRESSES:
                self._drop_old(now)
            times = self._hits.setdefault(fingerprint, deque(maxlen=self.max_hits + 1))
            times.append(now)
            return self._exceeds(times, now)

    def is_exceeded(self, address: str) -> bool:
        """Whether the limit is exceeded already; does not count a hit."""
        with self._lock:
            return self._exceeds(self._hits.get(self._fingerprint(address), ()), time.monotonic())

    def clear(self) -> None:
        with self._lock:
            self._hits.clear()

    def _drop_old(self, now: float) -> None:
        for old in [other for other, times in self._hits.items() if times[-1] < now - self.window]:
            del self._hits[old]

    def _exceeds(self, times, now: float) -> bool:
        return len(times) > self.max_hits and times[0] > now - self.window

    def _fingerprint(self, address: str) -> bytes:
        return digests.keyed("address", self._key + address)
