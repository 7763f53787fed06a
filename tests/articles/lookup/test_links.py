"""What a text can link to: what is found by title, and what is said of an address that is typed or pasted."""

import pytest

from articles import relocation
from articles.models import State
from articles.rich_text import sanitizer
from detoxsite.core.redirects import store
from tests.factories import make_draft, make_live, make_page, make_topic, make_user

pytestmark = pytest.mark.django_db

TARGETS = "/admin/articles/edition/link-targets/"


@pytest.fixture
def ask(as_role):
    client = as_role("editor")
    return lambda typed, **more: client.post(TARGETS, {"typed": typed, **more}).json()


def test_pages_and_articles_are_found_by_words_of_the_title_what_readers_see_first(ask):
    draft = make_draft(slug="sleep-tips", title="Better sleep")
    live = make_live(slug="insomnia", title="Sleep after alcohol")
    make_draft(article=live.article, title="Sleep after alcohol, again")
    make_page("about-sleep", title="Our beds")
    make_live(slug="sleepless", title="Sleepless", state=State.WITHDRAWN)

    found = ask("sleep")["found"]

    assert [(one["title"], one["url"], one["kind"], one["note"]) for one in found] == [
        ("Our beds", "/about-sleep/", "Page", ""),
        ("Sleep after alcohol, again", "/articles/insomnia/", "Article", ""),
        ("Better sleep", "/articles/sleep-tips/", "Article", "Not published yet"),
        ("Sleepless", "/articles/sleepless/", "Article", "Taken down"),
    ]
    assert [one["open"] for one in found[1:3]] == [
        "/articles/insomnia/",
        f"/admin/articles/edition/{draft.pk}/preview/",
    ]
    assert [one["title"] for one in ask("alcohol again SLEEP")["found"]] == ["Sleep after alcohol, again"]


def test_topics_and_parts_of_the_site_are_found_too(ask):
    make_topic(name="Opioids", slug="opioids")

    assert [(one["url"], one["kind"]) for one in ask("opioid")["found"]] == [("/articles/topics/opioids/", "Topic")]
    assert ("/help/", "Part of the site") in [(one["url"], one["kind"]) for one in ask("help")["found"]]


@pytest.mark.parametrize(
    ("typed", "url", "kind", "note"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d", "Another site", ""),
        ("www.example.org", "https://www.example.org", "Another site", ""),
        ("http://example.org/", "http://example.org/", "Another site", "Not encrypted: try https://"),
        ("https://bit.ly/abc", "https://bit.ly/abc", "Another site", "Passes through a service that watches links"),
        ("care@example.org", "mailto:care@example.org", "Email", ""),
        ("(212) 555-0123", "tel:+12125550123", "Phone", ""),
        ("tel:+12125550123", "tel:+12125550123", "Phone", ""),
        ("/help/", "/help/", "Part of the site", ""),
        ("https://testserver/help/?a=b", "/help/?a=b", "Part of the site", ""),
        ("/nowhere/at/all/", "/nowhere/at/all/", "Address of this site", "No page has this address"),
        ("/%00/", "/%00/", "Address of this site", "No page has this address"),
    ],
)
def test_an_address_is_described_and_stored_as_it_is_offered(ask, typed, url, kind, note):
    address = ask(typed)["address"]

    assert (address["url"], address["kind"], address["note"]) == (url, kind, note)
    assert f'href="{url}"' in sanitizer.clean(f'<p><a href="{url}">x</a></p>').replace("&amp;", "&")


def test_an_address_of_our_own_becomes_the_path_of_its_page_however_it_was_copied(ask):
    make_live(slug="tremor", title="Tremor")

    for typed in ("/articles/tremor/", "http://testserver/articles/tremor/", "https://testserver/articles/tremor"):
        answer = ask(f"{typed}#a")
        assert (answer["address"]["title"], answer["address"]["url"]) == ("Tremor", "/articles/tremor/#a")
        assert answer["address"]["note"] == ""


def test_a_page_that_moved_is_offered_at_its_new_address_and_one_taken_down_says_so(ask):
    visit = make_page("visit", title="Visit us")
    relocation.relocate(visit.pk, by=make_user(), slug="directions")
    make_page("gone", title="Gone", state=State.WITHDRAWN)
    store.moved({"/old/": "/help/"})

    moved, gone, old = (ask(path)["address"] for path in ("/visit/", "/gone/", "/old/"))

    assert (moved["title"], moved["url"], moved["note"]) == ("Visit us", "/directions/", "Moved here from /visit/")
    assert (gone["title"], gone["url"], gone["note"]) == ("Gone", "/gone/", "Taken down")
    assert (old["url"], old["note"]) == ("/help/", "Moved here from /old/")


def test_a_hash_finds_the_headings_of_the_page_that_is_written(ask):
    draft = make_draft("<h2>Your first days</h2><p>One.</p><h2>Your rest</h2><p>Two.</p>")

    assert [one["url"] for one in ask("#", edition=draft.pk)["found"]][:2] == ["#your-first-days", "#your-rest"]
    assert [one["title"] for one in ask("#rest", edition=draft.pk)["found"]] == ["Your rest"]
    assert [ask("#", edition=edition)["found"] for edition in ("", "x", "0", "99999999")] == [[], [], [], []]


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "s", "javascript:alert(1)", "//evil.example/", "/\\evil", "data:text/html,x", "note: it", "%", "_"),
        *("\0", "+1", "#_ftn1" * 500, "a" * 3000, "ab " * 600),
    ],
)
def test_words_and_what_would_not_be_stored_are_no_address(ask, typed):
    assert ask(typed) == {"found": [], "address": None}


def test_readers_of_a_page_that_moved_twice_are_redirected_once(client):
    make_live('<p>See <a href="/visit/">how to visit us</a>.</p>', slug="way", title="The way")
    visit = make_page("visit", title="Visit us")
    for slug in ("directions", "how-to-find-us"):
        relocation.relocate(visit.pk, by=make_user(), slug=slug)

    assert 'href="/visit/"' in client.get("/articles/way/").content.decode()  # what was signed does not change
    for path in ("/visit/", "/visit", "/directions/"):
        assert client.get(path).headers["Location"] == "/how-to-find-us/"
    assert client.get("/how-to-find-us/").status_code == 200
