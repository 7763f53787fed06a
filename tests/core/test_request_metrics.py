"""Latency by view: labels name views, never addresses, and every answer of Django counts once."""

import secrets

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve, reverse
from prometheus_client import generate_latest

from detoxsite.core import request_metrics
from detoxsite.core.page_cache import areas, store
from detoxsite.wsgi import application


def count(view, status="2xx", **labels):
    found = request_metrics.REGISTRY.get_sample_value(
        f"detoxsite_request_duration_seconds_{'bucket' if labels else 'count'}",
        {"view": view, "status": status, **labels},
    )
    return found or 0


def test_an_address_with_a_token_counts_under_the_name_of_its_view(client, db):
    token = secrets.token_urlsafe(24)
    before = count("testimonials:private", "4xx")

    client.get(f"/r/{token}/")
    client.get(f"/nowhere/{token}/?q={token}")
    client.get("/search/", {"q": token})

    assert token not in generate_latest(request_metrics.REGISTRY).decode()
    assert count(resolve(f"/r/{token}/").view_name, "4xx") > before or count(resolve(f"/r/{token}/").view_name) > 0


def test_what_no_view_answers_counts_without_one(client, db):
    before = count(request_metrics.NO_VIEW, "4xx")

    client.get("/nowhere/")

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


def ask(path):
    environ = RequestFactory(HTTP_HOST="testserver").get(path).environ
    return b"".join(application(environ, lambda *args: None))


@pytest.mark.parametrize("skips_middleware", [False, True])
def test_a_page_that_is_rendered_to_be_kept_counts_once_and_a_kept_one_not(db, monkeypatch, skips_middleware):
    monkeypatch.setattr(areas, "current", lambda names: ())
    if skips_middleware:
        monkeypatch.setattr(request_metrics, "MEASURED", request_metrics.MEASURED)
        monkeypatch.setattr(application, "_application", rendered_without_middleware)
    store.pages.drop_where(lambda page: True)
    before = count("privacy")

    ask(reverse("privacy"))
    rendered = count("privacy") - before
    ask(reverse("privacy"))

    assert rendered == 1
    assert count("privacy") - before == (2 if skips_middleware else 1)  # what is no finished page is rendered again


def rendered_without_middleware(environ, start_response):
    response = HttpResponse("page")
    start_response("200 OK", list(response.items()))
    return [response.content]
