"""Lists of the staff site: saved filters, words where there is nothing, and what a phone shows in place of a head."""

import html
import re

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe

from articles.admin.changelist import NOTHING_THERE, PAGE_FILTERS, SAVED_FILTERS
from articles.admin.editions import EditionAdmin
from articles.models import State, Synonym
from detoxsite.core.adminkit.model_admin import StaffModelAdmin
from detoxsite.core.models import SavedFilter
from detoxsite.dashboard.desk_tags import with_labels
from tests.factories import make_draft, make_live, make_page, make_user

LIST = "/admin/articles/edition/"
PAGES_OF_A_ROW = "change", "history", "delete"


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


@pytest.mark.django_db
def test_an_empty_filter_says_what_it_is_for_and_each_list_what_will_stand_there(as_role):
    client = as_role("editor")

    for query, (heading, text) in NOTHING_THERE.items():
        if query != "status=archived":
            assert query in {shown.removesuffix("&kind=all") for _, shown in SAVED_FILTERS}
        shown = html.unescape(client.get(f"{LIST}?{query}&kind=page").content.decode())
        assert heading in shown
        assert text in shown
        assert '<a href="?kind=page">Show the whole list</a>' in shown
    without = [model.__name__ for model, one in admin.site._registry.items() if not getattr(one, "empty_text", "")]
    others = {"SiteProfile", "MenuEdition", "Testimonial", "CallForHelp"}  # no list, or lists with words of their own
    assert {name for name in without if isinstance(registered(name), StaffModelAdmin)} == others


@pytest.mark.django_db
def test_a_list_has_one_name_on_its_rows_too(as_role):
    client, synonym = as_role("editor"), Synonym.objects.create(typed="xanax", means="benzodiazepines")
    path = "/admin/articles/synonym/"

    pages = [client.get(f"{path}{page}") for page in ("add/", *(f"{synonym.pk}/{page}/" for page in PAGES_OF_A_ROW))]
    pages.append(client.post(path, {"action": "delete_selected", "_selected_action": synonym.pk}))

    for page in pages:
        crumbs = re.search('<div class="breadcrumbs">.*?</div>', page.content.decode(), re.DOTALL)[0]
        assert f'<a href="{path}">Words for search</a>' in crumbs
    synonym.delete()
    assert "<h2>No words for search yet</h2>" in client.get(path).content.decode()
    SavedFilter.objects.create(user=client.user, model="articles.synonym", name="By words", query="o=1")
    assert (
        "Words for search"
        in re.search("<main.*</main>", client.get(reverse("admin:own_filters")).content.decode(), re.DOTALL)[0]
    )


def registered(name):
    return next(one for model, one in admin.site._registry.items() if model.__name__ == name)


@pytest.mark.django_db
def test_a_row_says_what_and_where_it_is_its_status_with_a_sign_and_who_has_it(as_role):
    client = as_role("editor")
    owner = make_user("editor", first_name="Maya", last_name="Ortiz")
    live = make_live(slug="tremor", title="Tremor")
    live.article.owner = owner
    live.article.save()
    make_draft(slug="sleep", title="Sleep", note="Shorter, please.")
    make_page("visit", title="Visit", publish_at=timezone.now() + timezone.timedelta(days=3))

    shown = client.get(f"{LIST}?kind=all").content.decode()

    assert '<span class="wide"> · /articles/tremor/</span></small>' in shown
    assert re.search('<span class="chip good"><svg.*?#s-live.*?</svg>Live</span>', shown)
    assert re.search('<span class="chip warn"><svg.*?#return.*?</svg>Draft, sent back</span>', shown)
    assert re.search('<span class="chip warn"><svg.*?#clock.*?</svg>Scheduled</span><p class="help">for ', shown)
    assert '<span class="face" aria-hidden="true">MO</span>Maya Ortiz</span>' in shown


def test_each_cell_but_the_title_has_the_name_of_its_column():
    headers = [{"text": mark_safe('<input type="checkbox">')}, {"text": "title"}, {"text": "due & done"}]  # noqa: S308
    row = ['<td class="a"><input></td>', '<th class="b"><a href="/">x</a></th>', "<td>&lt;td&gt;</td>"]
    assert with_labels(["<td></td>", '<td class="c">-</td>'], [{"text": "a"}, {"text": "b"}]) == (
        '<td data-l="A"></td><td data-l="B" data-none class="c">-</td>'
    )

    assert with_labels(row, headers) == with_labels(["".join(row)], headers)
    assert re.findall(r"<t[dh][^>]*>", with_labels(row, headers)) == [
        '<td class="a">',
        '<th class="b">',
        '<td data-l="Due &amp; done">',
    ]
