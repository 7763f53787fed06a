"""What the editor looks up: sources that are cited already, and who may look anything up."""

import pytest

from articles.models import Source
from tests.factories import make_draft

pytestmark = pytest.mark.django_db

PAGES = "/admin/articles/edition/link-targets/"
SOURCES = "/admin/articles/edition/known-sources/"


def found(client, url, typed):
    return client.post(url, {"typed": typed}).json()["found"]


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
