"""Readers are sent on where no page answers, at once, and nowhere else."""

import time

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader

from articles.models import State
from detoxsite.core import redirects
from detoxsite.core.models import Redirect, RedirectHits, VainAddress
from detoxsite.core.page_cache import watcher
from detoxsite.core.redirects import counts, middleware
from tests.factories import make_live

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _counted_from_here():
    counts._hits.clear()
    counts._vain.clear()
    yield
    counts._hits.clear()
    counts._vain.clear()


def add(path, target="", code=301):
    return Redirect.objects.create(path=path, target=target, code=code)


@pytest.mark.parametrize("asked", ["/old", "/old/", "/old//?token=secret"])
def test_an_old_address_leads_to_the_new_one_however_it_is_written(client, asked):
    add("/old", "/new/#cost")

    response = client.get(asked)

    assert (response.status_code, response.headers["Location"]) == (301, "/new/#cost")
    assert "no-cache" in response.headers["Cache-Control"]


def test_a_change_is_seen_at_the_next_visit(client):
    rule = add("/old", "/new/")
    assert client.get("/old/").headers["Location"] == "/new/"

    Redirect.objects.update(target="/newer/")
    assert client.get("/old/").headers["Location"] == "/newer/"

    rule.delete()
    assert client.get("/old/").status_code == 404


def test_a_page_that_answers_goes_first(client):
    live = make_live(slug="here")
    add("/articles/here", "/articles/")
    assert client.get("/articles/here/").status_code == 200

    type(live).objects.filter(pk=live.pk).update(state=State.WITHDRAWN, withdrawn_at=live.publish_at)

    assert 'class="btn" href="/articles/"' in client.get("/articles/here/").content.decode()


def test_readers_are_told_that_a_page_was_taken_down_before_they_go_on(client):
    """What was withdrawn may have been wrong: nobody should take the page in its place for it."""
    withdrawn = make_live(slug="wrong-dose", title="A wrong dose", state=State.WITHDRAWN)
    rule = add("/articles/wrong-dose", "/articles/?a=1&b=2")

    response = client.get(withdrawn.get_absolute_url())

    html = response.content.decode()
    assert response.status_code == 410
    assert "We took this page down" in html
    assert "A wrong dose" not in html
    assert 'class="btn" href="/articles/?a=1&amp;b=2"' in html
    assert "another site" not in html
    assert counts._hits == {rule.pk: 1}


def test_the_address_of_another_site_is_shown_before_readers_leave(client):
    make_live(slug="here", state=State.WITHDRAWN)
    add("/articles/here", "https://elsewhere.example/")
    html = client.get("/articles/here/").content.decode()
    assert "It is on another site: https://elsewhere.example/" in html


def test_an_address_that_is_gone_says_so(client):
    add("/old", code=410)

    response = client.get("/old/")

    assert response.status_code == 410
    assert 'href="tel:988"' in response.content.decode()


def test_forms_are_sent_on_only_with_308(client):
    add("/moved", "/new/")
    add("/form", "/reviews/new/", 308)

    assert client.post("/moved/").status_code == 404
    assert [client.post("/form/").status_code, client.get("/form/").status_code] == [308, 308]


def test_a_visit_costs_one_query_and_no_row(client, django_assert_num_queries):
    """One more where a page could be."""
    add("/old.php", "/new/")
    client.get("/nothing.php")

    with django_assert_num_queries(1):
        client.get("/old.php")
    with django_assert_num_queries(1):
        client.get("/nothing.php")
    with django_assert_num_queries(2):
        client.get("/nothing/")

    assert not RedirectHits.objects.exists()
    assert not VainAddress.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/%ff%fe",
        "/a%0d%0aSet-Cookie:x",
        "/" + "a/" * 400,
        "/%e2%80%ae",
        "/" + "x" * 5000,
        "/..%2f..%2f",
        "/%ed%a0%80",
    ],
)
def test_hostile_addresses_are_not_found(client, path):
    assert client.get(path).status_code == 404
    assert not counts._vain


def test_without_the_database_the_page_is_not_found(client, monkeypatch):
    client.get("/privacy/")

    def away(*args):
        raise OperationalError

    monkeypatch.setattr(middleware, "fetch", away)
    assert client.get("/old/").status_code == 404


@pytest.mark.parametrize(
    "values",
    [
        {"path": "old", "target": "/new/"},
        {"path": "/old/", "target": "/new/"},
        {"path": "/a//b", "target": "/new/"},
        {"path": "/old", "target": "//evil.example/"},
        {"path": "/old", "target": "/\\evil.example/"},
        {"path": "/old", "target": "http://evil.example/"},
        {"path": "/old", "target": "javascript:alert(1)"},
        {"path": "/old", "target": "/old/#here"},
        {"path": "/old", "target": "https://elsewhere.example/", "code": 308},
        {"path": "/old", "target": "/new/", "code": 410},
        {"path": "/old", "target": ""},
    ],
)
def test_the_database_refuses_a_redirect_that_cannot_be_right(values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Redirect.objects.create(**values)


def test_a_branch_of_pages_moves():
    add("/older", "/about/team/#night")
    add("/who/team", "/elsewhere/")

    redirects.moved({"/about/": "/who/", "/about/team/": "/who/team/", "/same/": "/same/"})

    assert dict(Redirect.objects.values_list("path", "target")) == {
        "/older": "/who/team/#night",
        "/about": "/who/",
        "/about/team": "/who/team/",
    }
    assert redirects.target_of("/about/team/") == "/who/team/"
    assert redirects.paths_to("/who/") == ["/about"]


def test_hits_and_addresses_in_vain_are_counted_by_day(client):
    rule = add("/old", "/new/")
    for _ in range(2):
        for path in ("/old/", "/about-us/?who=me", "/about-us"):
            client.get(path)
        counts.flush()
    counts.note_hit(rule.pk + 1)  # deleted meanwhile
    counts.flush()

    assert list(RedirectHits.objects.values_list("redirect", "n")) == [(rule.pk, 2)]
    assert list(VainAddress.objects.values_list("path", "n")) == [("/about-us", 4)]


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/r/abc",
            "/help/own/words",
            "/accounts/words",
            "/search/words",
            "/reviews/link/words",
            "/articles/shown/words",
        ),
        *(
            "/people/john-smith",
            "/555-010-0142",
            "/mary@example.com",
            "/aGVsbG8",
            "/a1b2c3",
            "/kxwqtrvb",
            "/k7xq-9mzt",
            "/wp-login.php",
        ),
        *("/.env", "/about/" + "a" * 30, "/a/b/c/d/e", "/" + "words-" * 30, "/two words", "/2024-1234", "/static/x.js"),
    ],
)
def test_an_address_that_may_hold_a_secret_is_not_kept(client, path):
    client.get(path)

    assert not counts._vain


@pytest.mark.parametrize(
    "path", ["/about-us", "/about/our_team.html", "/blog/2024/what-is-detox", "/faq", "/news-12", "/form.pdf"]
)
def test_an_address_of_a_page_is_kept(path):
    counts.note_vain(path)

    assert list(counts._vain) == [path]


def test_made_up_addresses_fill_neither_memory_nor_disk(monkeypatch):
    monkeypatch.setattr(counts, "MAX_VAIN", 5)
    monkeypatch.setattr(counts, "MAX_VAIN_A_DAY", 7)
    for start in ("about", "staff"):
        for letter in "abcdefghij":
            counts.note_vain(f"/{start}-{letter}")
        counts.flush()
    assert VainAddress.objects.count() == 7

    counts.note_vain("/about-a")
    counts.flush()
    assert VainAddress.objects.get(path="/about-a").n == 2


def test_counts_that_cannot_be_written_are_kept(monkeypatch):
    rule = add("/old", "/new/")

    def away(hits):
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(counts, "_add_hits", away)
        counts.note_hit(rule.pk)
        counts.flush()
    counts.note_hit(rule.pk)
    counts.flush()

    assert RedirectHits.objects.get().n == 2


def test_counts_are_erased_after_ninety_days():
    rule = add("/old", "/new/")
    counts.note_hit(rule.pk)
    counts.note_vain("/about-us")
    counts.flush()

    assert counts.delete_old() == 0
    RedirectHits.objects.update(day="2020-01-01")
    VainAddress.objects.update(day="2020-01-01")
    assert counts.delete_old() == 2


@pytest.mark.django_db(transaction=True)
def test_former_addresses_of_articles_become_redirects():
    seen = make_live(slug="seen")
    tomorrow = make_live(slug="soon", publish_at=seen.publish_at.replace(year=seen.publish_at.year + 1))
    loader = MigrationLoader(connection)
    migration = loader.graph.nodes["articles", "0006_former_addresses_as_redirects"]
    before = loader.project_state(migration.dependencies)
    [move] = [one for one in migration.operations if isinstance(one, RunPython)]
    former = before.apps.get_model("articles", "FormerAddress")
    with connection.schema_editor() as editor:
        editor.execute("DROP TABLE IF EXISTS articles_formeraddress")  # it goes some versions later
        editor.create_model(former)
        for slug, article in (("first", seen.article), ("second", seen.article), ("unseen", tomorrow.article)):
            former.objects.create(slug=slug, article_id=article.pk)
        move.database_forwards("articles", editor, before, before)

    assert dict(Redirect.objects.values_list("path", "target")) == {
        "/articles/first": "/articles/seen/",
        "/articles/second": "/articles/seen/",
    }


def test_the_thread_that_looks_for_changes_writes_what_is_due(monkeypatch):
    class Stopped(BaseException):
        pass

    def stop(self):
        raise Stopped

    monkeypatch.setattr(watcher.Watcher, "look", lambda self: [])
    monkeypatch.setattr(watcher.Watcher, "_wait", stop)
    rule = add("/old", "/new/")
    counts.note_hit(rule.pk)
    for flushed_at, written in ((time.monotonic(), 0), (time.monotonic() - counts.FLUSH_EVERY, 1)):
        monkeypatch.setattr(counts, "_flushed_at", flushed_at)
        with pytest.raises(Stopped):
            watcher.Watcher().run()
        assert RedirectHits.objects.count() == written
