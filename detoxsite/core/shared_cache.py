"""The cache that all processes and machines share, where CACHE_URL names a Redis: attempts to sign in, rate limits.

While Redis is away, the database takes over (the cache "database"), and each process asks Redis again after a moment:
nobody is kept from signing in, and the limits hold, though they begin to count anew.
"""

import logging
import time
from datetime import datetime

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from .exceptions import CacheAway

FALLING_BACK = (
    *("add", "get", "set", "touch", "delete", "incr", "has_key"),
    *("get_many", "set_many", "delete_many", "clear"),
)
COOL_DOWN = 2.0  # seconds in which an absent Redis is not asked again

logger = logging.getLogger(__name__)


class SharedCache(RedisCache):
    """Redis, or the database."""

    _away_until = 0.0  # time.monotonic(), of all threads of this process

    def count(self, key: str, ends_at: datetime) -> int:
        """Count one more, until a moment; returns the count. Raises CacheAway."""

        def add():
            redis, stored = self._cache.get_client(write=True), self.make_key(key)
            with redis.pipeline(transaction=True) as both:
                both.incr(stored)
                both.expireat(stored, int(ends_at.timestamp()) + 1)
                return both.execute()[0]

        return self._ask(add)

    def get_shared(self, key: str, default=None):
        """Get from Redis alone. Raises CacheAway."""
        return self._ask(lambda: super(SharedCache, self).get(key, default))

    def _ask(self, ask):
        if time.monotonic() < SharedCache._away_until:
            raise CacheAway
        try:
            return ask()
        except (RedisError, OSError) as exc:
            logger.warning("Redis does not answer, the database takes over: %s", type(exc).__name__)
            SharedCache._away_until = time.monotonic() + COOL_DOWN
            raise CacheAway from exc


def _with_fallback(name: str):
    """The method ``name`` of RedisCache, and that of the database cache while Redis is away."""
    ask_redis = getattr(RedisCache, name)

    def method(self, *args, **kwargs):
        try:
            return self._ask(lambda: ask_redis(self, *args, **kwargs))
        except CacheAway:
            return getattr(caches["database"], name)(*args, **kwargs)

    method.__name__ = name
    return method


for _name in FALLING_BACK:
    setattr(SharedCache, _name, _with_fallback(_name))
