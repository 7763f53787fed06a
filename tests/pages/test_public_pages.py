"""Promises that every public page keeps."""

import gzip
import importlib.util
import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from detoxsite.core import middleware, site_profile
from detoxsite.core.models import SiteProfile
from tests.factories import make_live, make_review

from .conftest import FIXED

pytestmark = pytest.mark.django_db


def test_no_page_has_inline_code_or_style(client, pages):
    for url in pages:
        html = client.get(url).content.decode()

        assert not re.search(r"<style|\sstyle=|\son\w+=\"|javascript:", html), url
        assert re.findall(r"<script(?! type=\"application/ld\+json\")", html) == [], url


def test_every_page_has_one_h1_a_title_a_language_and_a_way_to_call(client, pages):
    SiteProfile.objects.update(phone="(212) 555-0123")

    for url in pages:
        html = client.get(url).content.decode()

        assert len(re.findall(r"<h1", html)) == 1, url
        assert re.search(r"<title>[^<]{10,}</title>", html), url
        assert '<html lang="en-US">' in html
        assert 'href="tel:+12125550123"' in html, url
        assert 'href="tel:988"' in html, url
        assert reverse("leave") in html, url


def test_no_page_sets_a_cookie_or_differs_by_one(client, pages):
    for url in pages:
        response = client.get(url)

        assert not response.cookies, url
        assert "Cookie" not in response.headers.get("Vary", ""), url


def test_every_page_sends_the_strict_headers(client, pages):
    for url in pages:
        headers = client.get(url).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))

        assert policy == {
            "default-src": "'none'",
            "style-src": "'self'",
            "img-src": "'self'",
            "media-src": "'self'",
            "form-action": "'self'",
            "base-uri": "'none'",
            "frame-ancestors": "'none'",
        }, url
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "geolocation=()" in headers["Permissions-Policy"]


def test_staff_pages_allow_their_own_scripts_and_nothing_unsafe(as_role):
    client = as_role("editor")

    for url in ("/admin/", "/admin/articles/edition/add/"):
        headers = client.get(url).headers

        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "no-store" in headers["Cache-Control"]
    assert "'nonce-" in client.get("/admin/articles/edition/add/").headers["Content-Security-Policy"]


def test_psycopg_3_is_not_installed():
    assert importlib.util.find_spec("psycopg") is None
    assert importlib.util.find_spec("psycopg2") is not None


@pytest.mark.parametrize("rows", [1, 30])
def test_a_public_page_costs_at_most_two_queries(client, django_assert_max_num_queries, rows):
    topic = make_live("<h2>One</h2><p>Naloxone.[1]</p>", slug="first-one", sources=2).article.topic
    for _ in range(rows - 1):
        make_live("<p>Naloxone again.</p>", topic=topic, sources=2)
    for _ in range(rows):
        review = make_review("published")
    cache.clear()

    others = ("/articles/first-one/", topic.get_absolute_url(), "/search/?q=naloxone", "/no-such-page/")
    for url in (*FIXED, f"/reviews/{review.pk}/", f"/reviews/{review.pk}/tell/", *others):
        client.get("/privacy/")  # as in a running process: the site profile was read within the last seconds
        with django_assert_max_num_queries(2):
            response = client.get(url)
        assert response.status_code == (404 if "no-such" in url else 200), url


def test_the_center_is_read_once_for_many_pages(client, django_assert_num_queries):
    site_profile.expire()

    with django_assert_num_queries(1):
        client.get("/privacy/")
        client.get("/accessibility/")
        client.get("/help/")


def test_leaving_goes_elsewhere_and_clears_the_reference(client):
    response = client.get("/leave/")

    assert response.status_code == 302
    assert response.headers["Location"] == SiteProfile().leave_url
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert {name: cookie["max-age"] for name, cookie in response.cookies.items()} == dict.fromkeys(
        ("sent", "portal", "review"), 0
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [("/no-such-page/", 404), ("/articles/no-such/", 404), ("/articles/?page=0", 404), ("/articles/?page=x", 404)],
)
def test_errors_keep_the_numbers_to_call(client, path, status):
    response = client.get(path)

    assert response.status_code == status
    assert b'href="tel:911"' in response.content


def test_a_foreign_host_is_refused_without_being_named(client):
    response = client.get("/", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert b"evil.example" not in response.content
    assert b'href="tel:988"' in response.content


def test_a_broken_view_answers_500_with_numbers_to_call(monkeypatch):
    monkeypatch.setattr("detoxsite.core.site_profile.current", lambda: 1 / 0)
    client = Client(raise_request_exception=False)

    response = client.get("/leave/")

    assert response.status_code == 500
    assert b"988" in response.content


def test_without_a_database_pages_say_when_to_come_back(client, monkeypatch):
    def gone(*args, **kwargs):
        raise OperationalError("the database is gone")

    monkeypatch.setattr("articles.published.lists.fetch", gone)

    response = client.get("/articles/")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "120"
    assert b"The phone is not" in response.content


def test_machines_find_robots_sitemap_and_feed(client):
    edition = make_live(slug="findable")

    assert b"Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content
    parts = re.findall(r"<loc>http://testserver([^<]+)</loc>", client.get("/sitemap.xml").content.decode())
    sitemap = "".join(b"".join(client.get(part)).decode() for part in parts)
    assert "http://testserver/articles/findable/" in sitemap
    assert "http://testserver/reviews/" in sitemap
    assert "http://testserver/reviews/how/" in sitemap
    assert "/help/sent/" not in sitemap
    feed = client.get("/articles/feed/").content.decode()
    assert edition.title in feed


def test_health_and_readiness_are_separate(client, settings, tmp_path):
    settings.VAR = tmp_path
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    unproved = {"worker": False, "calls": False}
    detail = {"overdue": [], "job_runs": {}, "journal_gaps": {}, "backup_age": None}
    checks = {"database": True, "disk": True, "spool": True, "synthetic": True, "jobs": True, "keys": True}
    checks |= {"mail": True, "spool_import": True}
    assert answer.json() == {**checks, **unproved, **detail}


def test_the_staff_pages_leave_threads_for_people_who_ask_for_help(client):
    for _ in range(middleware.MAX_STAFF_REQUESTS):
        middleware.staff_places.acquire()
    try:
        assert client.get("/admin/").status_code == 503
        assert client.get("/help/").status_code == 200
    finally:
        middleware.staff_places.release(middleware.MAX_STAFF_REQUESTS)
    assert client.get("/admin/").status_code == 302


def test_a_first_visit_is_four_requests_of_30_kb_at_most(client, pages):
    """Without pictures of the content. As gzip sends it, which is larger than brotli; headers are about 1 kB more."""

    def packed(content: bytes) -> int:
        return len(gzip.compress(content, 5))

    for url in pages:
        html = client.get(url).content.decode()
        files = set(re.findall(r'(?:<link rel="(?:icon|stylesheet)"|<use) href="/static/([^"#]+)', html))
        size = packed(html.encode()) + sum(packed(Path(finders.find(name)).read_bytes()) for name in files)

        assert sorted(Path(name).suffix for name in files) == [".css", ".svg", ".svg"], url
        assert size < 29_000, url


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/articles/what-is-baclofn/", "what is baclofn"),
        ("/insurance_plans.html", "insurance plans"),
        ("/articles/2019/03/", ""),
        ("/reviews/7f3a-no/", ""),
        ("/help/own/secret-words/", ""),
        ("/a%22%3E%3Cb%3E/", ""),
        ("/" + "a" * 101 + "/", ""),
    ],
)
def test_an_address_that_leads_nowhere_is_put_into_the_search(client, path, words):
    html = client.get(path).content.decode()

    assert re.search(r'name="q" type="search" value="([^"]*)"', html)[1] == words


@pytest.mark.parametrize(
    ("known", "published_by"),
    [
        (
            {"legal_name": "Quiet Cove, Inc.", "phone": "(212) 555-0123"},
            {"legalName": "Quiet Cove, Inc.", "telephone": "+12125550123"},
        ),
        ({"legal_name": "", "phone": ""}, {}),  # the helpline that stands in for a number is not the center's
    ],
)
def test_a_shared_page_names_the_site_its_card_and_its_publisher(client, known, published_by):
    article = make_live()
    SiteProfile.objects.update(name="Quiet Cove", **known)
    site_profile.expire()

    for url in ("/", "/help/", article.get_absolute_url()):
        html = client.get(url).content.decode()

        assert '<meta property="og:site_name" content="Quiet Cove">' in html
        assert '<meta name="twitter:card" content="summary_large_image">' in html
        data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html)[1])
        site = {"@type": "Organization", "name": "Quiet Cove", "url": "http://testserver/"}
        assert data["publisher"] == site | published_by, url
