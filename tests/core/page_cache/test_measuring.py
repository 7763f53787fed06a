"""Latency of what the page cache renders: counted once, whether middleware runs or not; kept pages cost nothing."""

import pytest
from django.http import HttpResponse

from detoxsite.core import request_metrics
from detoxsite.core.page_cache import statistics

pytestmark = pytest.mark.django_db


def without_middleware(environ, start_response):
    response = HttpResponse("page")
    start_response("200 OK", list(response.items()))
    return [response.content]


def measured():
    labels = {"view": "privacy", "status": "2xx"}
    return request_metrics.REGISTRY.get_sample_value("detoxsite_request_duration_seconds_count", labels) or 0


@pytest.mark.parametrize("has_middleware", [True, False])
def test_a_rendering_is_measured_once(cache, has_middleware):
    cache.django = cache.django if has_middleware else without_middleware
    before = measured()

    cache.get("/privacy/")

    assert measured() == before + 1


def test_a_kept_page_is_counted_by_the_cache_alone(cache):
    cache.get("/privacy/")
    before, hits = measured(), statistics()["hits"]

    cache.get("/privacy/")

    assert (measured(), statistics()["hits"]) == (before, hits + 1)
