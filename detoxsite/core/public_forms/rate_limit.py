"""Rate limits by network, counted in the database, so that they hold across processes, machines and restarts.

A network is known by a keyed fingerprint that changes with the limit and its window. While the database is away, each
process counts for itself: a request for help must not wait for a count. Where CACHE_URL is given, Redis counts, and the
database while Redis is away.
"""

import ipaddress
import threading
import time
from collections import Counter
from datetime import UTC, datetime

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection

from .. import db_timeout, prepared
from ..encryption import digests
from ..exceptions import CacheAway
from ..models import RateCount

MAX_WINDOW = 60 * 60  # seconds: no count is about a longer time, as the page about privacy says
TIMEOUT = 0.3  # seconds for one count
MAX_COUNTED_HERE = 10_000  # fingerprints counted in this process before it starts over
KNOWN_FOR = 5.0  # seconds in which a network that exceeded a limit is not counted again: a flood costs no queries

_exceeded: dict[bytes, float] = {}  # until when (time.monotonic) a fingerprint is known to have exceeded its limit


def client_address(request) -> str:
    return request.META.get("REMOTE_ADDR", "")


def client_network(request) -> str:
    return network_of(client_address(request))


def network_of(address: str) -> str:
    """The address; of an IPv6 one the first half, as one connection has all of it."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))


class RateLimit:
    """Counts hits from each network; more than ``max_hits`` within a window of ``window`` seconds exceed the limit.

    Windows follow each other, so up to twice as many fit into any period of that length. ``name`` tells the limits
    apart, in every process.
    """

    def __init__(self, name: str, *, window: float, max_hits: int) -> None:
        if window > MAX_WINDOW:
            raise ValueError(f"The window of a rate limit is {MAX_WINDOW} seconds at most.")
        self.name, self.window, self.max_hits = name, window, max_hits
        self._here: Counter[bytes] = Counter()  # while the database is away
        self._lock = threading.Lock()

    def hit(self, address: str) -> bool:
        """Count a hit. Returns whether the limit is exceeded now."""
        fingerprint, ends_at = self._window_of(address)
        if _exceeded.get(fingerprint, 0) > time.monotonic():
            return True
        try:
            with db_timeout.time_limit(TIMEOUT, kind="rate limit"):
                is_exceeded = _count(fingerprint, ends_at) > self.max_hits
            if is_exceeded:
                _note_exceeded(fingerprint)
            return is_exceeded
        except (DatabaseError, InterfaceError):
            if not connection.in_atomic_block and connection.connection and connection.connection.closed:
                connection.close()  # what is stored next gets a new one
            with self._lock:
                if len(self._here) > MAX_COUNTED_HERE:
                    self._here.clear()
                self._here[fingerprint] += 1
        return self._here[fingerprint] > self.max_hits

    def is_exceeded(self, address: str) -> bool:
        """Whether the limit is exceeded already; does not count a hit."""
        fingerprint, _ = self._window_of(address)
        try:
            if settings.CACHE_URL and cache.get_shared(_key(fingerprint), 0) > self.max_hits:
                return True
        except CacheAway:
            pass
        try:
            with db_timeout.time_limit(TIMEOUT, kind="rate limit"):
                return RateCount.objects.filter(pk=fingerprint, count__gt=self.max_hits).exists()
        except (DatabaseError, InterfaceError):
            return self._here[fingerprint] > self.max_hits

    def _window_of(self, address: str) -> tuple[bytes, datetime]:
        number = int(time.time() // self.window)
        fingerprint = digests.keyed("rate limit", f"{self.name} {number} {network_of(address)}")
        return fingerprint, datetime.fromtimestamp((number + 1) * self.window, UTC)


def _note_exceeded(fingerprint: bytes) -> None:
    if len(_exceeded) > MAX_COUNTED_HERE:
        _exceeded.clear()
    _exceeded[fingerprint] = time.monotonic() + KNOWN_FOR


def _count(fingerprint: bytes, ends_at: datetime) -> int:
    if settings.CACHE_URL:
        try:
            return cache.count(_key(fingerprint), ends_at)
        except CacheAway:
            pass
    return _add(fingerprint, ends_at)


def _key(fingerprint: bytes) -> str:
    return f"rate limit {fingerprint.hex()}"


def _add(fingerprint: bytes, ends_at: datetime) -> int:
    """Count in one statement, which two processes cannot do at once.

    A person waits for it, so outside a transaction it does not wait for the disk: a crash of the database may lose the
    counts of its last second.
    """
    text = _IN_TRANSACTION if connection.in_atomic_block else _ALONE
    return prepared.fetch(text, {"fingerprint": fingerprint, "ends_at": ends_at})[0][0]


def delete_past() -> None:
    """The counts of windows that are over: a job, so that nobody who asks for help waits for it."""
    RateCount.objects.filter(ends_at__lt=datetime.now(UTC)).delete()


def _counting(before: str) -> str:
    table = RateCount._meta.db_table
    return f"""
        WITH settings AS ({before})
        INSERT INTO {table} (fingerprint, count, ends_at)
        SELECT %(fingerprint)s::bytea, 1, %(ends_at)s::timestamptz FROM settings
        ON CONFLICT (fingerprint) DO UPDATE SET count = {table}.count + 1 RETURNING count
    """  # noqa: S608 our own table


_IN_TRANSACTION = _counting("SELECT 1")
_ALONE = _counting("SELECT set_config('synchronous_commit', 'off', true)")  # for this statement's transaction
