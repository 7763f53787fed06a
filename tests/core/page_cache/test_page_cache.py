"""The wrapper around Django: what it answers, what it keeps, and for how long."""

import gzip
import re
import threading

import brotli
import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from detoxsite.core.models import SiteProfile
from detoxsite.core.page_cache import areas, finished_page, statistics, store
from detoxsite.core.public_forms import tokens
from tests.factories import make_live, make_review

pytestmark = pytest.mark.django_db

PAGES = (
    *("/", "/articles/", "/articles/feed/", "/reviews/", "/reviews/how/", "/reviews/new/", "/help/", "/privacy/"),
    *("/accessibility/", "/robots.txt", "/sitemap.xml"),
)
FORMS = ("/help/", "/reviews/new/", "tell")
TOKEN = re.compile(rb'name="(csrfmiddlewaretoken|key)" value="([^"]+)"')


@pytest.fixture
def pages(db):
    """The addresses of every public page that is kept."""
    edition, review, newer = make_live(), make_review("published"), make_review("published")
    return [
        *PAGES,
        edition.get_absolute_url(),
        edition.article.topic.get_absolute_url(),
        *(f"/reviews/?after={newer.pk}", f"/reviews/{review.pk}/", f"/reviews/{review.pk}/tell/"),
    ]


def test_a_page_is_rendered_once_and_then_kept(cache, pages):
    cache.watcher.look()
    for url in pages:
        cache.rendered = cache.kept = 0
        first, second = cache.get(url), cache.get(url)

        assert (first.status, second.status, cache.rendered, cache.kept) == (200, 200, 1, 1), url
        assert "Set-Cookie" not in second.headers


def test_a_page_with_an_excepted_cookie_is_neither_kept_nor_taken_from_the_kept_ones(cache):
    """/help/ is shown otherwise to a browser that sent a request."""
    cache.watcher.look()

    for visitor, expected in (
        ({"HTTP_COOKIE": "other=1; sent=x"}, (1, 0)),  # first of all: leaves nothing to the others
        ({}, (1, 0)),
        ({"HTTP_COOKIE": "sent=x"}, (1, 0)),  # while the page is kept
        ({"HTTP_COOKIE": "resent=x; consent=sent"}, (0, 1)),
        ({}, (0, 1)),
    ):
        cache.rendered = cache.kept = 0
        assert cache.get("/help/", **visitor).status == 200
        assert (cache.rendered, cache.kept) == expected, visitor


@pytest.mark.parametrize("days", [0, 400])
def test_what_is_kept_equals_what_django_answers(cache, pages, days):
    """At several moments: today, and when every review is overdue. Only tokens and keys of forms differ."""
    with time_machine.travel(timezone.now() + timezone.timedelta(days=days), tick=False):
        cache.watcher.look()
        for url in pages:
            plain = Client().get(url)
            answers = [cache.get(url), cache.get(url)]
            store.pages.drop_where(lambda page: True)
            for kept in (*answers, cache.get(url)):  # rendered within middleware, kept, rendered without it
                assert TOKEN.sub(b"", kept.body) == TOKEN.sub(b"", plain.content), url
                assert list(kept.headers.items()) == list(plain.headers.items()), url


def test_every_visitor_gets_a_token_and_a_key_of_their_own(cache, pages):
    cache.watcher.look()
    for url in (url for url in pages if url.endswith(FORMS) or "tell" in url):
        answers = [cache.get(url), cache.get(url), cache.get(url, HTTP_ACCEPT_ENCODING="gzip, br")]
        bodies = [answer.body for answer in answers[:2]] + [gzip.decompress(answers[2].body)]
        found = [dict(TOKEN.findall(body)) for body in bodies]

        assert [len(set(value)) for value in zip(*(one.values() for one in found), strict=True)] == [3, 3], url
        assert all(tokens._signer.unsign(one[b"csrfmiddlewaretoken"].decode()) for one in found)
        assert not any(b"\x02" in body or b"\x03" in body for body in bodies)
        assert all(int(answer.headers["Content-Length"]) == len(answer.body) for answer in answers)
        assert all("ETag" not in answer.headers for answer in answers)
        assert all(answer.headers["Cache-Control"] == "private, no-cache" for answer in answers)


def test_middleware_is_left_out_once_its_headers_are_known(cache, pages):
    cache.watcher.look()
    for url in pages:
        cache.get(url)
    store.pages.drop_where(lambda page: True)
    cache.seen.clear()

    answers = [cache.get(url) for url in pages]

    assert {answer.status for answer in answers} == {200}
    assert [request["PATH_INFO"] for request in cache.seen] == []


def test_what_is_not_a_finished_page_runs_its_view_once(cache, monkeypatch):
    """Its outcome, be it an exception, passes through the middleware, which turns it into an answer."""
    shown = []
    monkeypatch.setattr("articles.views.article_page", lambda slug: shown.append(slug))

    answers = [cache.get("/articles/no-such-article/"), cache.get("/articles/no-such-article/")]

    assert [answer.status for answer in answers] == [404, 404]
    assert shown == ["articles/no-such-article"] * 2
    assert len(cache.seen) == 2


def test_a_host_name_that_is_not_ours_is_refused(cache):
    make_live(slug="sleep")
    cache.get("/articles/sleep/")

    assert cache.get("/articles/sleep/", HTTP_HOST="evil.example").status == 400


# --- whose visit it is ----------------------------------------------------------------------------------------------


def test_nothing_of_the_visitor_reaches_a_page_that_is_kept(cache):
    cache.get(
        "/privacy/?utm_source=mail",
        HTTP_COOKIE="sessionid=secret",
        HTTP_USER_AGENT="secret",
        HTTP_X_FORWARDED_FOR="203.0.113.9",
        REMOTE_ADDR="203.0.113.9",
        HTTP_AUTHORIZATION="secret",
        HTTP_RANGE="bytes=0-1",
        HTTP_IF_NONE_MATCH="*",
    )

    seen = {name: value for name, value in cache.seen[0].items() if isinstance(value, str)}
    assert "secret" not in str(seen)
    assert "203.0.113.9" not in str(seen)
    assert seen["QUERY_STRING"] == ""
    assert not {name for name in seen if name.startswith("HTTP_")} - {"HTTP_HOST"}


def test_an_answer_that_sets_a_cookie_is_not_kept(cache, monkeypatch):
    inner = cache.django

    def with_cookie(environ, start_response):
        return inner(
            environ, lambda status, headers, *rest: start_response(status, [*headers, ("Set-Cookie", "a=b")], *rest)
        )

    cache.django = with_cookie

    assert [cache.get("/privacy/").status for _ in range(2)] == [200, 200]
    assert (cache.rendered, len(store.pages)) == (2, 0)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_other_methods_reach_django(cache, method):
    cache.get("/privacy/")

    assert cache.get("/privacy/", method).status in (403, 405)
    assert cache.rendered == 2


def test_head_is_the_same_without_a_body(cache):
    head, get = cache.get("/privacy/", "HEAD"), cache.get("/privacy/")

    assert (head.status, head.headers, head.body) == (200, get.headers, b"")
    assert cache.rendered == 1


# --- the key ----------------------------------------------------------------------------------------------------------


def test_parameters_that_do_not_matter_share_a_page(cache):
    make_review("published")
    after = f"after={make_review('published').pk}"
    cache.watcher.look()
    queries = (after, f"x=1&{after}", f"after=7&{after}", f"{after}&fbclid=2")
    bodies = {cache.get(f"/reviews/?{query}").body for query in queries}

    assert (cache.rendered, len(bodies)) == (1, 1)


@pytest.mark.parametrize(
    "path",
    [
        *("/nothing/", "/articles/none/", "/reviews/999999/", "/reviews/?year=1800", "/reviews/?after=x"),
        *("/privacy", "/search/?q=words", "/help/sent/", "/healthz", "/leave/", "/articles/%FF/", "/reviews/?page=2"),
        *(f"/articles/{'x' * 600}/", f"/privacy/?{'x' * 600}", f"/reviews/?{'&'.join(['a=1'] * 120)}&year=%FF"),
    ],
)
def test_what_is_no_page_is_answered_by_django_and_not_kept(cache, path):
    plain, answer = Client().get(path), cache.get(path)

    assert (answer.status, answer.body) == (plain.status_code, plain.content)
    assert answer.status < 500
    assert len(store.pages) == 0


def test_hosts_and_schemes_are_kept_apart_and_checked(cache, settings):
    settings.SECURE_SSL_REDIRECT = True
    secure = {"wsgi.url_scheme": "https"}
    cache.django.load_middleware()

    assert cache.get("/privacy/").status == 301
    assert cache.get("/privacy/", **secure).status == 200
    assert cache.get("/privacy/").status == 301
    assert cache.get("/privacy/", HTTP_HOST="elsewhere.example", **secure).status == 400
    assert cache.get("/privacy/", HTTP_HOST="te\x00st", **secure).status == 400
    assert b"https://127.0.0.1:99/" in cache.get("/privacy/", HTTP_HOST="127.0.0.1:99", **secure).body
    assert b"127.0.0.1:99" not in cache.get("/privacy/", **secure).body


# --- conditions and encodings -----------------------------------------------------------------------------------------


def test_a_visitor_who_has_the_page_is_told_so(cache):
    page = cache.get("/privacy/")
    tag = page.headers["ETag"]
    known = [tag, tag.removeprefix("W/"), f'"a", {tag}', "*", f' W/"b" , {tag} ']
    unknown = ['"a"', "", "W/", '"', tag[:-2], "\x00", ", ," * 40, f"{tag}x"]

    for value in known:
        answer = cache.get("/privacy/", HTTP_IF_NONE_MATCH=value)
        assert (answer.status, answer.body) == (304, b""), value
        assert answer.headers["ETag"] == tag
        assert answer.headers["Cache-Control"] == page.headers["Cache-Control"]
        assert "Content-Length" not in answer.headers
    for value in unknown:
        assert cache.get("/privacy/", HTTP_IF_NONE_MATCH=value).status == 200, value


def test_the_date_counts_without_a_tag_once_it_is_certain(cache):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert "Last-Modified" not in cache.get("/privacy/").headers
        clock.shift(3)
        page = cache.get("/privacy/")
        date = page.headers["Last-Modified"]
        statuses = [
            cache.get("/privacy/", HTTP_IF_MODIFIED_SINCE=value, **tag).status
            for value, tag in ((date, {}), ("yesterday", {}), (date, {"HTTP_IF_NONE_MATCH": '"a"'}))
        ]

    assert statuses == [304, 200, 200]


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        *(
            ("br", "br"),
            ("gzip", "gzip"),
            ("gzip, deflate, br, zstd", "br"),
            ("GZIP", "gzip"),
            ("gzip;q=0.5, br;q=0.2", "gzip"),
        ),
        *(("", None), ("identity", None), ("br;q=0", None), ("*", "br"), ("*;q=0", None), ("br;q=0, *", "gzip")),
        *(("gzip;q=0.3, identity;q=0.5", None), ("gzip;q=nonsense", None), (";;;,,q=", None), ("br" * 200, None)),
        *(("deflate", None), ("x-gzip", None), ("gzip;q=\x00", None), ("br;q=1;q=0", "br"), ("gzip ; q = 1", "gzip")),
    ],
)
def test_the_encoding_is_the_one_asked_for(cache, header, encoding):
    plain = cache.get("/privacy/").body
    for _ in range(2):
        answer = cache.get("/privacy/", HTTP_ACCEPT_ENCODING=header)
        unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]

        assert (answer.headers.get("Content-Encoding"), unpack(answer.body)) == (encoding, plain)
        assert int(answer.headers["Content-Length"]) == len(answer.body)
        assert answer.headers["Vary"] == "Accept-Encoding"
    assert cache.rendered == 1


# --- freshness --------------------------------------------------------------------------------------------------------


def test_nothing_is_kept_before_the_database_is_known(cache):
    areas.forget()

    assert [cache.get("/privacy/").status for _ in range(2)] == [200, 200]
    assert (cache.rendered, len(store.pages)) == (2, 0)


@pytest.mark.django_db(transaction=True)
def test_a_change_ends_the_pages_that_show_it(cache):
    cache.get("/privacy/"), cache.get("/robots.txt")
    SiteProfile.objects.update(name="Harbor House")

    assert b"Harbor House" not in cache.get("/privacy/").body
    assert cache.watcher.look() == ["center"]
    assert b"Harbor House" in cache.get("/privacy/").body
    assert cache.watcher.look() == []


@pytest.mark.django_db(transaction=True)
def test_a_page_rendered_while_something_changes_is_not_kept(cache):
    inner = cache.django

    def changed_meanwhile(environ, start_response):
        answer = inner(environ, start_response)
        SiteProfile.objects.update(name="Harbor House")
        cache.watcher.look()
        cache.django = inner
        return answer

    cache.django = changed_meanwhile

    assert b"Harbor House" not in cache.get("/privacy/").body
    assert len(store.pages) == 0
    assert b"Harbor House" in cache.get("/privacy/").body


def test_time_ends_a_page(cache):
    cache.get("/reviews/how/")
    with time_machine.travel(timezone.now() + timezone.timedelta(days=1)):
        cache.get("/reviews/how/")
        assert len(store.pages) == 0, "it would be kept under a day that is over"
        assert "reviews" in cache.watcher.look()
        cache.get("/reviews/how/"), cache.get("/reviews/how/")

    assert cache.rendered == 3


def test_one_renders_and_the_others_wait(cache):
    inner, began, go_on = cache.django, threading.Event(), threading.Event()
    waits = statistics()["waits"]

    def slow(environ, start_response):
        began.set()
        assert go_on.wait(10)
        return [b"".join(inner_answer(environ, start_response))]

    def inner_answer(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        environ["detoxsite.page_cache.recording"].is_finished = True
        return [b"once"]

    cache.django, bodies = slow, []
    threads = [threading.Thread(target=lambda: bodies.append(cache.get("/robots.txt").body)) for _ in range(5)]
    for thread in threads:
        thread.start()
    assert began.wait(10)
    while statistics()["waits"] < waits + 4:
        threading.Event().wait(0.01)
    go_on.set()
    for thread in threads:
        thread.join(10)

    assert bodies == [b"once"] * 5
    assert cache.rendered == 1
    assert inner is not None


def test_an_area_that_is_not_registered_is_found_at_once(cache, rf):
    with pytest.raises(KeyError):
        areas.current(["article"])
    assert finished_page("articles")(lambda request: None).finished_page.areas == ("articles",)
