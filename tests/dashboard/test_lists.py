"""Lists of the staff site: saved filters, words where there is nothing, and what a phone shows in place of a head."""

import html
import re

import pytest
from django.utils import timezone
from django.utils.safestring import mark_safe

from articles.admin.changelist import PAGE_FILTERS, SAVED_FILTERS
from articles.admin.editions import EditionAdmin
from articles.models import State
from detoxsite.dashboard.desk_tags import with_labels
from tests.factories import make_draft, make_page

LIST = "/admin/articles/edition/"


@pytest.mark.django_db
def test_each_saved_filter_is_one_that_the_list_knows(as_role):
    make_draft()
    client = as_role("editor")

    for label, query in (*SAVED_FILTERS[:-1], *PAGE_FILTERS):
        response = client.get(f"{LIST}?{query}")
        assert response.status_code == 200
        assert f'href="?{query}" aria-current="page">{label}<' in html.unescape(response.content.decode())
        chosen = sum(spec.value() in dict(spec.lookup_choices) for spec in response.context["cl"].filter_specs[:5])
        assert chosen == (2 if query and not query.startswith("kind") else 1), query  # the kind has a default
        assert ("kind=page" in query) == response.context["cl"].is_of_pages


@pytest.mark.django_db
def test_what_is_archived_or_mine_to_sign_off_is_listed_with_the_pages(as_role):
    client = as_role("clinician")
    make_page("put-aside", title="Put aside", state=State.DRAFT, archived_at=timezone.now())
    make_page("mine", title="Mine", state=State.IN_REVIEW, assigned_to=client.user)

    for label, title in {"Archived": "Put aside", "To sign off, mine": "Mine"}.items():
        queries = dict(SAVED_FILTERS)[label], dict(PAGE_FILTERS)[label]
        lists = [client.get(f"{LIST}?{query}").context["cl"].result_list for query in queries]
        assert [[row.title for row in rows] for rows in lists] == [[title], [title]]


@pytest.mark.django_db
def test_an_empty_list_says_what_will_stand_there_and_one_without_a_match_leads_back(as_role):
    client = as_role("editor")

    empty, unmatched = (client.get(LIST + query).content.decode() for query in ("", "?q=nothing"))

    assert EditionAdmin.empty_text in html.unescape(empty)
    assert f'href="{LIST}add/">Add article</a>' in empty
    assert "Show the whole list" in unmatched
    assert EditionAdmin.empty_text not in html.unescape(unmatched)


def test_each_cell_but_the_title_has_the_name_of_its_column():
    headers = [{"text": mark_safe('<input type="checkbox">')}, {"text": "title"}, {"text": "due & done"}]  # noqa: S308
    row = ['<td class="a"><input></td>', '<th class="b"><a href="/">x</a></th>', "<td>&lt;td&gt;</td>"]

    assert with_labels(row, headers) == with_labels(["".join(row)], headers)
    assert re.findall(r"<t[dh][^>]*>", with_labels(row, headers)) == [
        '<td class="a">',
        '<th class="b">',
        '<td data-l="Due &amp; done">',
    ]
