"""What the editor looks up: pages to link to, and sources that are cited already."""

import pytest

from articles.models import Source, State
from tests.factories import make_draft, make_live, make_page

pytestmark = pytest.mark.django_db

PAGES = "/admin/articles/edition/link-targets/"
SOURCES = "/admin/articles/edition/known-sources/"


def found(client, url, typed):
    return client.post(url, {"typed": typed}).json()["found"]


def test_pages_and_articles_are_found_by_title_and_address_live_ones_first(as_role):
    make_draft(slug="sleep-tips", title="Better sleep")
    live = make_live(slug="insomnia", title="Sleep after alcohol")
    make_draft(article=live.article, title="Sleep after alcohol, again")
    make_page("about-sleep", title="Our beds")
    make_live(slug="tremor", title="Tremor")
    client = as_role("editor")

    assert found(client, PAGES, "sleep") == [
        {"title": "Our beds", "url": "/about-sleep/", "is_live": True},
        {"title": "Sleep after alcohol, again", "url": "/articles/insomnia/", "is_live": True},
        {"title": "Better sleep", "url": "/articles/sleep-tips/", "is_live": False},
    ]
    assert [one["title"] for one in found(client, PAGES, "/articles/tremor/")] == ["Tremor"]
    assert [one["title"] for one in found(client, PAGES, "http://testserver/articles/tremor/#a")] == ["Tremor"]
    assert found(client, PAGES, "s") == found(client, PAGES, "") == []


def test_a_withdrawn_page_is_no_live_target(as_role):
    make_live(slug="gone", title="Gone", state=State.WITHDRAWN)

    assert [one["is_live"] for one in found(as_role("editor"), PAGES, "Gone")] == [False]


def cite(edition, **fields):
    values = {"position": edition.sources.count() + 1, "title": "A study", "container": "JAMA", "year": 2020, **fields}
    return Source.objects.create(edition=edition, **values)


@pytest.fixture
def cited():
    first, second = make_draft(), make_draft()
    cite(first, title="Managing withdrawal", authors="Lee A", doi="10.1000/Abc.1", pmid="1234567")
    cite(second, title="Managing withdrawal", authors="Lee A", doi="10.1000/Abc.1", pmid="1234567")
    cite(first, title="Sleep in recovery", container="Sleep", year=None, url="https://a.example/sleep")


@pytest.mark.parametrize(
    "typed",
    [
        *("10.1000/abc.1", "https://doi.org/10.1000/ABC.1", "doi:10.1000/abc.1.", "1234567", "PMID: 1234567"),
        *("pubmed.ncbi.nlm.nih.gov/1234567/", "withdrawal lee", "jama MANAGING"),
    ],
)
def test_a_source_is_found_by_doi_pmid_or_words_once_however_often_it_is_cited(as_role, cited, typed):
    assert found(as_role("editor"), SOURCES, typed) == [
        {
            **{"authors": "Lee A", "title": "Managing withdrawal", "container": "JAMA", "year": "2020", "detail": ""},
            **{"doi": "10.1000/Abc.1", "pmid": "1234567", "url": ""},
        }
    ]


@pytest.mark.parametrize("typed", ["10.1000/other", "123456", "sleep kim", "", "  ", "sl", "\0", "%", "_"])
def test_what_is_cited_nowhere_is_not_found(as_role, cited, typed):
    assert found(as_role("editor"), SOURCES, typed) == []


@pytest.mark.parametrize("url", [PAGES, SOURCES])
def test_only_who_writes_asks_and_only_in_a_post(as_role, url):
    assert as_role("clinician").post(url, {"typed": "sleep"}).status_code == 403
    assert as_role("editor").get(url, {"typed": "sleep"}).status_code == 405
