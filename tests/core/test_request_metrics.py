"""Latency by view: labels name views, never addresses, and every answer of Django counts once."""

import secrets

from django.urls import resolve
from prometheus_client import generate_latest

from detoxsite.core import request_metrics


def count(view, status="2xx", **labels):
    found = request_metrics.REGISTRY.get_sample_value(
        f"detoxsite_request_duration_seconds_{'bucket' if labels else 'count'}",
        {"view": view, "status": status, **labels},
    )
    return found or 0


def test_an_address_with_a_token_counts_under_the_name_of_its_view(client, db):
    token = secrets.token_urlsafe(24)
    before = count("testimonials:portal", "4xx")

    client.get(f"/r/{token}/")
    client.get(f"/nowhere/{token}/?q={token}")
    client.get("/search/", {"q": token})

    assert count("testimonials:portal", "4xx") == before + 1
    assert token not in generate_latest(request_metrics.REGISTRY).decode()


def test_what_no_view_answers_counts_without_one(client, db):
    before = count(request_metrics.NO_VIEW, "4xx")

    client.get("/no/where/at/all/")

    assert count(request_metrics.NO_VIEW, "4xx") == before + 1


def test_an_error_counts_as_5xx_under_the_name_of_its_view(client, db, monkeypatch):
    def fail(*args):
        raise RuntimeError

    client.raise_request_exception = False
    monkeypatch.setattr("detoxsite.pages.health.HttpResponse", fail)
    before = count("healthz", "5xx")

    client.get("/healthz")

    assert count("healthz", "5xx") == before + 1


def test_an_answer_counts_in_the_bucket_of_its_duration():
    match = resolve("/healthz")
    before = count("healthz", le="2.5"), count("healthz", le="5.0")

    request_metrics.observe(match, 200, 3.0)

    assert (count("healthz", le="2.5"), count("healthz", le="5.0")) == (before[0], before[1] + 1)
