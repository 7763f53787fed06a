"""How long Django takes to answer, by view: a Prometheus histogram of this process (docs/decisions/0033-metrics.md).

A label holds the name of a view, which the URL configuration gives, and never an address: that may hold a token. Pages
answered from the page cache are not here; the cache counts them itself. A page that is rendered to be kept is measured
by the page cache, because it may be rendered without middleware; everything else by the middleware.
"""

import contextlib
import time

from prometheus_client import CollectorRegistry, Histogram, disable_created_metrics

REGISTRY = CollectorRegistry()  # what each web process counts for itself
BUCKETS = (0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
NO_VIEW = "none"  # static files, unknown addresses, what middleware answers
MEASURED = "detoxsite.request_metrics.measured"  # in the WSGI environment: the middleware leaves it alone

disable_created_metrics()  # they would double the number of series

_durations = Histogram(
    "detoxsite_request_duration_seconds",
    "How long Django took to answer; pages kept by the page cache are not among them.",
    ["view", "status"],
    buckets=BUCKETS,
    registry=REGISTRY,
)


def observe(resolver_match, status: int, seconds: float) -> None:
    """Count an answer. ``resolver_match``: of Django, or None. Of the status the first digit is kept, as in ``2xx``."""
    view = resolver_match.view_name if resolver_match else NO_VIEW
    with contextlib.suppress(OSError):  # of the file that it is counted in: no answer depends on it
        _durations.labels(view, f"{status // 100}xx").observe(seconds)


def measured(get_response):
    """Middleware: has to be the first, to measure the others too."""

    def middleware(request):
        if MEASURED in request.META:
            return get_response(request)
        began = time.perf_counter()
        response = get_response(request)
        observe(request.resolver_match, response.status_code, time.perf_counter() - began)
        return response

    return middleware
