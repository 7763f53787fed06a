"""What the page cache and reads from a replica counted, as metrics. They count for themselves: a visit pays nothing."""

from collections import Counter as Counts

from prometheus_client import Counter, Gauge

from detoxsite.core import read_replica
from detoxsite.core.page_cache import statistics
from detoxsite.core.request_metrics import REGISTRY

OUTCOMES = ("hits", "misses", "waits", "bypassed", "not_modified")
REPLICA_OUTCOMES = ("fresh", "behind", "away")

_requests = Counter(
    "detoxsite_page_cache_requests",
    "Requests by what the page cache did. Those of not_modified are among the others too.",
    ["outcome"],
    registry=REGISTRY,
)
_pages = Gauge("detoxsite_page_cache_pages", "Pages kept.", multiprocess_mode="sum", registry=REGISTRY)
_bytes = Gauge("detoxsite_page_cache_bytes", "Bytes of them.", multiprocess_mode="sum", registry=REGISTRY)
_replica_reads = Counter(
    "detoxsite_replica_reads",
    "Pages and searches that asked the replica, by what it was. Of those not fresh the primary was read.",
    ["outcome"],
    registry=REGISTRY,
)
_published: Counts[str] = Counts()


def publish() -> None:
    """Add what was counted since the last time. To be called every few seconds, always by the same thread."""
    counted = statistics()
    for outcome in OUTCOMES:
        _requests.labels(outcome).inc(counted[outcome] - _published[outcome])
        _published[outcome] = counted[outcome]
    _pages.set(counted["pages"])
    _bytes.set(counted["bytes"])
    for outcome in REPLICA_OUTCOMES:
        reads = read_replica.counts[outcome]
        _replica_reads.labels(outcome).inc(reads - _published[outcome])
        _published[outcome] = reads
