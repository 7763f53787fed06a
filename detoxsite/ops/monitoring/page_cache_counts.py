"""What the page cache counted, as metrics. The cache counts for itself, so that a visit pays nothing for it."""

from collections import Counter as Counts

from prometheus_client import Counter, Gauge

from detoxsite.core.page_cache import statistics
from detoxsite.core.request_metrics import REGISTRY

OUTCOMES = ("hits", "misses", "waits", "bypassed", "not_modified")

_requests = Counter(
    "detoxsite_page_cache_requests",
    "Requests by what the page cache did. Those of not_modified are among the others too.",
    ["outcome"],
    registry=REGISTRY,
)
_pages = Gauge("detoxsite_page_cache_pages", "Pages kept.", multiprocess_mode="sum", registry=REGISTRY)
_bytes = Gauge("detoxsite_page_cache_bytes", "Bytes of them.", multiprocess_mode="sum", registry=REGISTRY)
_published: Counts[str] = Counts()


def publish() -> None:
    """Add what was counted since the last time. To be called every few seconds, always by the same thread."""
    counted = statistics()
    for outcome in OUTCOMES:
        _requests.labels(outcome).inc(counted[outcome] - _published[outcome])
        _published[outcome] = counted[outcome]
    _pages.set(counted["pages"])
    _bytes.set(counted["bytes"])
