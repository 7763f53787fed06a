"""What the page cache of this process did, for monitoring."""

from collections import Counter

from . import store

counts: Counter[str] = Counter()  # not exact: threads may lose a count, and no lock is worth one


def statistics() -> dict[str, int]:
    """``hits``, ``misses``, ``waits`` (of them behind another thread), ``not_modified``, ``bypassed``; what is kept:
    ``pages``, ``bytes``."""
    names = ("hits", "misses", "waits", "not_modified", "bypassed")
    return {name: counts[name] for name in names} | {"pages": len(store.pages), "bytes": store.pages.bytes}
