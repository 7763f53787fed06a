"""Every page of the staff site has the way to all that the person may open, and how much waits there."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from articles.models import Edition, State, Waiver
from detoxsite.core.roles import ROLES
from detoxsite.dashboard import navigation
from intake import services
from intake.models import Urgency
from tests.factories import make_call, make_draft, make_page, make_person, make_review, make_user

pytestmark = pytest.mark.django_db

ENTRY = re.compile(
    r'<a class="go" href="([^"]+)"(?: aria-current="(\w+)")?>.*?<span>([^<]+)</span>(.*?)</a>', re.DOTALL
)
COUNT = re.compile(r'aria-hidden="true">([^<]+)</span><span class="vh">, ([^<]+)<')


def entries(client, path="/admin/"):
    """Of the navigation on a page: (address, aria-current, label, what is behind the label) for each entry."""
    return ENTRY.findall(client.get(path).content.decode())


def counts(client):
    found = {label: COUNT.search(rest) for _, _, label, rest in entries(client)}
    return {label: match.groups() for label, match in found.items() if match}


@pytest.mark.parametrize("role", [*ROLES])
def test_each_list_that_a_role_may_open_is_in_its_navigation_and_no_other(rf, as_role, role):
    client = as_role(role)
    request = rf.get("/")
    request.user = client.user
    may_open = {
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model, model_admin in admin.site._registry.items()
        if model_admin.has_view_or_change_permission(request)
    }

    shown = {address for address, *_ in entries(client)}

    assert may_open - shown == set()
    answers = {address: client.get(address, follow=True).status_code for address in shown}
    assert {address: status for address, status in answers.items() if status != 200} == {}


def test_the_entry_of_the_page_that_is_open_is_marked(as_role):
    page, article = make_page(), make_draft()
    client = as_role("editor")

    def current(path):
        return [(label, current) for _, current, label, _ in entries(client, path) if current]

    assert current("/admin/") == [("Home", "page")]
    assert current("/admin/articles/edition/") == [("Articles", "page")]
    assert current("/admin/articles/edition/?kind=page") == [("Pages", "page")]
    assert current("/admin/articles/edition/?status=draft") == [("Articles", "true")]
    assert current(f"/admin/articles/edition/{article.pk}/change/") == [("Articles", "true")]
    assert current(f"/admin/articles/edition/{page.pk}/change/") == [("Pages", "true")]
    assert current("/accounts/2fa/") == current("/admin/find/") == current("/admin/my-messages/") == []


def test_a_list_is_called_as_the_navigation_calls_it(as_role):
    client = as_role("manager")
    make_user("front_desk")

    named = {page.label: page.url for job in navigation.JOBS for page in (*job.pages, *job.others) if page.model}
    del named["Center details"]  # one object, with the name of the center
    headings = {label: re.findall("<h1>(.*?)</h1>", client.get(url).content.decode()) for label, url in named.items()}
    assert headings == {label: [label] for label in named}
    users = client.get("/admin/detoxsite/user/").content.decode()
    assert ">Front desk</td>" in users


def test_what_waits_is_counted_for_those_who_do_it(as_role, nurse):
    make_call()
    make_call(urgency=Urgency.DANGER)
    services.claim(make_call().pk, by=nurse)
    make_review("pending")
    make_draft(note="Please check the dose.")
    make_draft(note="Never mind.", archived_at=timezone.now())
    Edition.objects.filter(pk=make_draft().pk).update(state="in_review")
    make_page(state=State.IN_REVIEW)

    assert counts(as_role("admissions")) == {"Calls for help": ("3", "3 open, 1 in danger")}
    assert counts(as_role("moderator")) == {"Reviews": ("1", "1 to decide")}
    to_sign = {"Pages": ("1", "1 to sign off")}
    assert counts(as_role("editor")) == {"Articles": ("1", "1 sent back"), **to_sign}
    assert counts(as_role("clinician")) == {"Articles": ("1", "1 to sign off"), **to_sign}
    assert counts(as_role("compliance")) == {}


@pytest.mark.parametrize("part", ["began it", "wrote it", "changed it", "waived a finding"])
def test_who_worked_on_a_text_is_not_told_to_sign_it_off(as_role, part):
    client = as_role("clinician")
    made = {"began it": {"created_by": client.user}, "wrote it": {"author": make_person(user=client.user)}}
    draft = make_draft(state=State.IN_REVIEW, **made.get(part, {}))
    if part == "changed it":
        draft.contributors.add(client.user)
    if part == "waived a finding":
        Waiver.objects.create(edition=draft, key="k", code="c", excerpt="e", reason="r", by=client.user)

    page = client.get("/admin/").content.decode()

    assert counts(client) == {}
    assert "article to sign off" not in page
    assert draft.title not in page
    assert draft not in client.get("/admin/articles/edition/?assigned=possible").context["cl"].result_list


def test_more_than_a_hundred_are_not_counted(as_role):
    count = navigation.Count(navigation.MAX_COUNTED, "")

    assert str(count) == "99+"


def test_the_counts_are_one_query_and_then_none_for_a_while(as_role, django_assert_num_queries):
    user = make_user("manager")
    user.has_perm("x")  # read the permissions

    with django_assert_num_queries(1):
        navigation.waiting_for(user)
    with django_assert_num_queries(0):
        assert navigation.waiting_for(user).roles == ("manager",)


def test_who_is_not_staff_sees_no_navigation(client):
    page = client.get("/accounts/login/").content.decode()

    assert 'class="rail' not in page
    assert "/admin/find/" not in page


def test_signing_out_everywhere_is_a_form_on_each_page(as_role):
    client = as_role("editor")
    page = client.get("/admin/").content.decode()

    assert re.search(r'action="/accounts/sessions/">.*?name="session" value="all"', page, re.DOTALL)
    client.post("/accounts/sessions/", {"session": "all"})
    assert client.get("/admin/").status_code == 302
