"""Find anything: within what the person may open, without a name or word of anyone who asked for help."""

import re

import pytest
from django.utils import timezone

from detoxsite.dashboard import palette
from tests.factories import make_call, make_draft, make_live, make_user, receive

pytestmark = pytest.mark.django_db


def labels(role, typed):
    return [hit.label for _, hits in palette.find(make_user(role), typed) for hit in hits]


def test_articles_are_found_by_a_part_of_the_title(as_role):
    make_live(title="Naloxone: how to use the nose spray")
    make_live(title="From tomorrow", publish_at=timezone.now() + timezone.timedelta(days=1))
    draft = make_draft(title="Kratom 100%")

    [(_, [live])] = palette.find(make_user("editor"), "nalox")
    assert (live.label, live.note) == ("Naloxone: how to use the nose spray", "Live")
    [(_, [scheduled])] = palette.find(make_user("editor"), "tomorrow")
    assert scheduled.note.startswith("Signed off, scheduled for ")
    assert labels("clinician", "0%") == [draft.title]
    assert labels("moderator", "nalox") == []
    assert labels("editor", "n") != []  # one letter finds pages and deeds only
    assert "Naloxone: how to use the nose spray" not in labels("editor", "n")


def test_a_request_is_found_by_its_whole_reference_only_by_those_who_answer():
    call = receive(story="My hands shake.", name="Dee")
    reference = call.reference

    assert labels("admissions", f" {reference[:4].lower()}-{reference[4:]} ") == [f"Request {reference}"]
    assert labels("admissions", reference[:-1]) == []
    assert labels("editor", reference) == []
    assert [label for label in labels("manager", "Dee") + labels("manager", "shake") if "Request" in label] == []


def test_pages_and_deeds_are_those_of_the_role():
    everything = labels("editor", "")

    assert {"Home", "Articles", "New article", "Pictures", "Password"} <= set(everything)
    assert {"Calls for help", "Staff accounts", "Enter a request"} & set(everything) == set()
    assert labels("admissions", "enter a") == ["Enter a request"]


@pytest.mark.parametrize("typed", ["\0", "%' or 1=1 --", "x" * 5000, "\u202e", "𝔫𝔞"])
def test_whatever_is_typed_gets_an_answer(as_role, typed):
    make_live(title="Naloxone")

    assert as_role("manager").post("/admin/find/", {"typed": typed}).status_code == 200


def test_the_page_works_without_a_script_and_keeps_what_was_typed_out_of_addresses(as_role):
    call, client = make_call(), as_role("admissions")
    first = client.get("/admin/find/").content.decode()
    assert re.search(r'<form class="find" method="post"', first)

    page = client.post("/admin/find/", {"typed": call.reference}).content.decode()
    part = client.post("/admin/find/", {"typed": call.reference, "part": "hits"}).content.decode()

    for answer in (page, part):
        assert f'href="/admin/intake/callforhelp/{call.pk}/change/"' in answer
    assert "<html" not in part
    assert "Nothing found" in client.post("/admin/find/", {"typed": "zzzz"}).content.decode()
    assert client.get("/admin/find/?typed=Home").content.decode().count("<h2>Do</h2>") == 1  # an address asks nothing


@pytest.mark.parametrize(("role", "answers"), [("editor", False), ("admissions", True)])
def test_only_those_who_answer_requests_are_told_how_to_find_one(as_role, role, answers):
    page = as_role(role).post("/admin/find/", {"typed": "zzzz"}).content.decode()

    assert ("reference" in page) == answers


def test_nobody_else_finds_anything(client):
    assert client.post("/admin/find/", {"typed": "Home"}).status_code == 302
