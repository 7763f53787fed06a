"""The page "not found": what it offers for an address that is nearly right, and for one that is hostile."""

import re

import pytest
from django.db import OperationalError
from django.utils import timezone

from detoxsite.core.page_cache import areas
from detoxsite.core.redirects import counts
from detoxsite.pages import close_pages
from tests.factories import make_draft, make_live, make_page, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _knows_what_changes():
    """As a web process with a watcher."""
    areas.renew(areas.names(), timezone.now())
    yield
    areas.forget()


def offered(client, path):
    """Addresses and titles that the page offers."""
    response = client.get(path)
    assert response.status_code == 404
    box = re.search(r"These pages look close.*?</section>", response.content.decode(), re.DOTALL)
    return re.findall(r'<a href="([^"]+)">([^<]+)</a>', box[0]) if box else []


def test_pages_articles_people_and_topics_that_are_close_are_offered(client):
    make_page("insurance", title="Insurance & cost")
    article = make_live(slug="baclofen-basics", title="Baclofen basics")
    person = make_person(name="Maya Ortiz", slug="maya-ortiz", has_page=True)

    assert offered(client, "/insurence/") == [("/insurance/", "Insurance &amp; cost")]
    assert offered(client, "/articles/baclofn-basics/") == [(article.get_absolute_url(), "Baclofen basics")]
    assert offered(client, "/people/maya-ortis/") == [(person.get_absolute_url(), "Maya Ortiz")]
    assert offered(client, f"/articles/topics/{article.article.topic.slug}x/")[0][0].startswith("/articles/topics/")
    assert offered(client, "/privcy/") == [("/privacy/", "Privacy")]


def test_nothing_that_readers_cannot_see_is_offered(client):
    make_draft(slug="secret-plans", title="Secret plans")
    make_live(slug="future-plans", title="Future plans", publish_at=timezone.now() + timezone.timedelta(days=1))
    make_live(slug="withdrawn-plans", title="Withdrawn plans", state="withdrawn")
    make_person(name="Nobody Known", slug="nobody-known")

    for path in ("/secret-plan/", "/future-plan/", "/withdrawn-plan/", "/people/nobody-knwn/", "/xyzzy/"):
        assert offered(client, path) == []


def test_the_words_of_the_address_are_in_the_search_field(client):
    html = client.get("/no-such-page/").content.decode()
    assert re.search(r'<input id="q" name="q" type="search" value="no such page"', html)


@pytest.mark.parametrize("path", ["/%22%3E%3Cscript%3E/", "/KXQW-7MZT/", "/search/words/", "/accounts/insurence/"])
def test_what_is_not_made_of_words_is_not_repeated(client, path):
    make_page("insurance")
    html = client.get(path).content.decode()
    assert 'type="search" value=""' in html
    assert "<script>" not in html
    assert "look close" not in html


def test_the_words_of_an_address_that_may_be_a_name_are_not_noted(client):
    make_person(name="Maya Ortiz", slug="maya-ortiz", has_page=True)
    counts._vain.clear()
    assert offered(client, "/people/maya-ortis/")
    assert not counts._vain


@pytest.mark.parametrize(
    "path",
    [
        "/" + "a" * 4000,
        "/" + "insurance-" * 800,
        "/%ff%fe%00/",
        "/%E2%80%AE/",
        "/" + "%F0%9F%92%8A" * 300,
        "//insurence//",
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "head"])
def test_a_hostile_address_is_not_found(client, path, method):
    make_page("insurance")
    assert getattr(client, method)(path).status_code in {400, 403, 404}


def test_without_the_database_the_page_offers_none(client, monkeypatch):
    def fail():
        raise OperationalError

    monkeypatch.setattr(close_pages, "live_addresses", fail)
    assert offered(client, "/privcy/") == []


def test_a_flood_reads_the_addresses_once_until_something_changes(client, monkeypatch):
    reads = []
    monkeypatch.setattr(close_pages, "live_addresses", lambda: reads.append(1) or [("/insurance/", "Insurance")])

    for letter in "abc":
        assert offered(client, f"/insurance-{letter}/") == [("/insurance/", "Insurance")]
    assert reads == [1]
    areas.renew(["articles"], timezone.now())
    offered(client, "/insurance-d/")
    assert reads == [1, 1]


def test_a_process_that_does_not_know_what_has_changed_offers_none_and_reads_nothing(client, monkeypatch):
    monkeypatch.setattr(close_pages, "live_addresses", lambda: pytest.fail("read"))
    areas.forget()
    assert offered(client, "/privcy/") == []
