"""Filters that staff save for a list: tabs of their own, within bounds, and nobody else's."""

import html
import re

import pytest
from django.contrib import admin
from django.test import Client

from articles.models import Edition
from detoxsite.core.adminkit import list_filters
from detoxsite.core.models import SavedFilter, User
from intake.models import CallForHelp
from tests.factories import make_draft, make_user

pytestmark = pytest.mark.django_db

PAGE = "/admin/filters/"
LIST = "/admin/articles/edition/"


def save(client, name="Mine, sent back", query="owner=me&status=sent_back", of="articles.edition"):
    return client.post(PAGE, {"act": "save", "list": of, "name": name, "query": query})


def tabs(client, query=""):
    nav = re.search('<nav class="tabs".*?</nav>', client.get(f"{LIST}{query}").content.decode(), re.DOTALL)[0]
    return dict(re.findall(r'class="own" href="\?([^"]*)"[^>]*>([^<]*)<', html.unescape(nav)))


def test_a_filter_is_saved_shown_as_a_tab_renamed_moved_and_removed(as_role):
    client = as_role("editor")
    make_draft()
    assert "Save this filter" not in client.get(f"{LIST}?status=draft").content.decode()  # a tab that is there
    asked = client.get(f"{LIST}?status=sent_back&owner=me&p=0").content.decode()
    assert 'name="query" value="owner=me&amp;status=sent_back"' in asked

    assert save(client).headers["Location"] == f"{LIST}?owner=me&status=sent_back"
    save(client, "By age", "o=2.-3")
    assert tabs(client) == {"owner=me&status=sent_back": "Mine, sent back", "o=2.-3": "By age"}
    shown = client.get(f"{LIST}?status=sent_back&owner=me").content.decode()  # in whichever order
    assert 'aria-current="page">Mine, sent back</a>' in shown
    assert "Save this filter" not in shown

    last = SavedFilter.objects.last()
    client.post(PAGE, {"act": "rename", "filter": last.pk, "name": " By  date "})
    client.post(PAGE, {"act": "up", "filter": last.pk})
    assert list(tabs(client).values()) == ["By date", "Mine, sent back"]
    client.post(PAGE, {"act": "remove", "filter": last.pk})
    assert list(tabs(client).values()) == ["Mine, sent back"]
    assert "Mine, sent back" in client.get(PAGE).content.decode()


def test_filters_of_others_are_neither_seen_nor_changed(as_role):
    other = SavedFilter.objects.create(user=make_user("editor"), model="articles.edition", name="Theirs", query="o=1")
    client = as_role("editor")

    assert tabs(client) == {}
    assert "Theirs" not in client.get(PAGE).content.decode()
    for act in ("rename", "up", "remove"):
        response = client.post(PAGE, {"act": act, "filter": other.pk, "name": "Mine"})
        assert "This filter no longer exists." in response.content.decode()
    other.refresh_from_db()
    assert other.name == "Theirs"


def test_a_filter_removed_in_another_tab_is_not_renamed(as_role, monkeypatch):
    client = as_role("editor")
    save(client)
    row = SavedFilter.objects.get()

    def rename_late(row, *, name, rename=list_filters.rename):
        SavedFilter.objects.filter(pk=row.pk).delete()
        rename(row, name=name)

    monkeypatch.setattr(list_filters, "rename", rename_late)
    shown = client.post(PAGE, {"act": "rename", "filter": row.pk, "name": "Other"}).content.decode()
    assert "This filter no longer exists." in shown


def test_only_lists_that_are_open_to_the_person_take_filters(as_role):
    assert save(as_role("moderator")).status_code == 403
    assert save(as_role("editor"), of="intake.callforhelp").status_code == 403
    assert [save(as_role("editor"), of=of).status_code for of in ("", "x", "auth.group", "a.b.c", "\0")] == [403] * 5
    assert save(Client()).headers["Location"].startswith("/admin/login/")
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("status=draft&p=3&all=&e=1&_popup=1&_to_field=id", "status=draft"),
        ("o=-1.2&kind=page", "kind=page&o=-1.2"),
        ("q=naloxone&status=live", "q=naloxone&status=live"),
        ("author__user__password__startswith=pbkdf2", ""),
        ("o=1%3B--&o__x=2", ""),
        (f"status={'x' * 101}", ""),
        ("status=%00", ""),
        ("status=%E2%80%AE", ""),
        ("&".join(f"p{number}=1" for number in range(30)) + "&status=draft", ""),
        ("q=" + "%C3%A9" * 99, ""),
        ("x" * 5000, ""),
        ("%%%&&==;;", ""),
    ],
)
def test_only_known_filters_order_and_where_it_holds_no_names_a_search_are_kept(query, kept):
    assert list_filters.kept_query(admin.site._registry[Edition], query) == kept


def test_no_search_is_kept_where_rows_are_about_people():
    for model in (CallForHelp, User):
        assert list_filters.kept_query(admin.site._registry[model], "q=Smith&o=1") == "o=1"
    keep = {one.opts.label for one in admin.site._registry.values() if getattr(one, "saves_search", False)}
    assert keep == {"articles.Edition", "articles.Picture", "articles.PdfFile", "articles.Video"}


def test_what_cannot_be_saved_is_said_beside_what_was_typed(as_role):
    client = as_role("editor")
    save(client)
    for name, query, message in (
        ("", "o=1", "Give the filter a name."),
        ("x" * 41, "o=1", "more than 40 characters"),
        ("Mine, sent back", "o=1", "You have a filter of this name."),
        ("Nothing", "p=2", "there is nothing to save"),
    ):
        shown = client.post(
            PAGE, {"act": "save", "list": "articles.edition", "name": name, "query": query}
        ).content.decode()
        assert message in shown
        assert (f'value="{name}" maxlength="40" aria-invalid="true"' in shown) == (query == "o=1")
    SavedFilter.objects.bulk_create(
        SavedFilter(user=client.user, model="articles.edition", name=f"F{number}", query="o=1") for number in range(19)
    )
    assert "You have 20 filters for this list." in save(client, "One more", "o=2").content.decode()
    assert SavedFilter.objects.count() == 20


def test_a_filter_that_the_list_no_longer_has_is_left_out_and_can_be_removed(as_role):
    client = as_role("editor")
    SavedFilter.objects.create(user=client.user, model="articles.edition", name="Old", query="colour=red")
    SavedFilter.objects.create(user=client.user, model="articles.gone", name="Gone", query="o=1")
    SavedFilter.objects.create(user=client.user, model="intake.callforhelp", name="Calls", query="o=1")

    assert tabs(client) == {}
    shown = client.get(PAGE).content.decode()
    assert shown.count("No longer fits this list.") == 3
    assert shown.count("A list that is not yours now") == 2


@pytest.mark.parametrize(
    "data", [{}, {"act": "x"}, {"act": "up", "filter": "9" * 30}, {"act": "remove", "filter": "²"}]
)
def test_a_hostile_post_is_refused_with_a_page(as_role, data):
    assert as_role("editor").post(PAGE, data).status_code == 200


def test_filters_go_with_the_account():
    user = make_user("editor")
    list_filters.save(user, admin.site._registry[Edition], name="Mine", query="owner=me")
    user.delete()
    assert not SavedFilter.objects.exists()
