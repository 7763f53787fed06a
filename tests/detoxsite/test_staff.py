"""Who gets in, and what each role finds on the first page."""

import re

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from articles.models import State
from detoxsite import staff
from detoxsite.models import Centre, User
from tests.factories import make_call, make_draft, make_review, make_user

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


def test_the_six_roles_are_there_from_the_start():
    assert sorted(Group.objects.values_list("name", flat=True)) == sorted(staff.ROLES)
    for group in Group.objects.all():
        assert group.permissions.count() == len(staff.ROLES[group.name])


def test_nobody_may_delete_what_is_a_record():
    granted = set().union(*staff.ROLES.values())

    assert not granted & {
        *("intake.delete_callforhelp", "intake.delete_contact", "testimonials.delete_testimonial"),
        *("admin.delete_logentry", "detoxsite.delete_user", "articles.delete_edition"),
    }
    assert "intake.view_callforhelp" not in staff.ROLES["compliance"]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("admissions", ["2 requests that nobody has claimed", "0 people not reached yet"]),
        ("moderator", ["1 review to decide on"]),
        ("clinician", ["1 article to sign off"]),
        ("editor", ["1 draft sent back with remarks", "1 open draft"]),
        ("compliance", []),
    ],
)
def test_the_first_page_says_what_waits(as_role, role, expected):
    make_call()
    make_call()
    make_review()
    make_draft(state=State.IN_REVIEW)
    make_draft(note="Add a source.")

    html = as_role(role).get("/admin/").content.decode()

    waiting = re.findall(r"<b>(\d+)</b> ([^<]+?)(?=<br>|</a>)", html)
    assert [f"{number} {words}" for number, words in waiting] == expected


def test_strangers_are_sent_to_the_sign_in_page(client):
    response = client.get("/admin/intake/callforhelp/")

    assert response.headers["Location"].startswith("/admin/login/")
    assert client.get("/admin/login/?next=/admin/").headers["Location"] == "/accounts/login/?next=%2Fadmin%2F"


def test_an_account_that_is_not_staff_gets_nowhere(client):
    client.force_login(make_user(is_staff=False))

    assert client.get("/admin/", follow=True).status_code == 403


def test_a_password_signs_in_and_a_wrong_one_does_not(client):
    user = make_user("editor", email="Eda@Example.org")

    wrong = client.post("/accounts/login/", {"login": user.email, "password": "wrong"})
    right = client.post("/accounts/login/", {"login": "eda@example.org", "password": PASSWORD})

    assert wrong.status_code == 200
    assert right.headers["Location"] == "/admin/"


def test_nobody_can_make_themselves_an_account(client):
    before = User.objects.count()

    assert client.get("/accounts/signup/").headers["Location"] == "/accounts/login/"
    client.post("/accounts/signup/", {"email": "me@example.org", "password1": PASSWORD})

    assert User.objects.count() == before


def test_a_one_time_link_lets_in_once(client, capsys):
    call_command("staff", "new@example.org", "--role", "moderator")
    link = capsys.readouterr().out.strip().removeprefix("http://testserver")

    form = client.get(link, follow=True)
    done = client.post(form.redirect_chain[-1][0], {"new_password1": PASSWORD, "new_password2": PASSWORD})

    user = User.objects.get(email="new@example.org")
    assert done.headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert [group.name for group in user.groups.all()] == ["moderator"]
    client.logout()
    assert "This link is used up" in client.get(link, follow=True).content.decode()


def test_the_command_refuses_what_is_no_address():
    with pytest.raises(CommandError, match="not an e-mail address"):
        call_command("staff", "nobody", "--role", "editor")


def test_addresses_differ_by_more_than_their_case():
    make_user(email="one@example.org")

    with pytest.raises(Exception, match="user_email_once"):
        make_user(email="ONE@example.org")


def test_a_manager_makes_accounts_and_gets_a_link_to_hand_on(as_role):
    client = as_role("manager")
    group = Group.objects.get(name="admissions")

    response = client.post(
        "/admin/detoxsite/user/add/",
        {"email": "new@example.org", "first_name": "N", "last_name": "W", "groups": [group.pk], "is_active": "on"},
        follow=True,
    )

    made = User.objects.get(email="new@example.org")
    assert "/accounts/welcome/" in response.content.decode()
    assert (made.is_staff, made.is_superuser, made.has_usable_password()) == (True, False, False)


@pytest.mark.parametrize("role", ["editor", "clinician", "moderator", "admissions", "compliance"])
def test_only_managers_reach_accounts_and_the_centre(as_role, role):
    client = as_role(role)

    assert client.get("/admin/detoxsite/user/").status_code == 403
    assert client.get("/admin/detoxsite/centre/1/change/").status_code == 403


def test_the_centre_is_edited_in_one_place_and_shows_at_once(as_role):
    client = as_role("manager")
    client.get("/")
    centre = Centre.objects.get()
    fields = [field.name for field in Centre._meta.fields if field.name != "id"]
    values = {name: getattr(centre, name) for name in fields}

    refused = client.post("/admin/detoxsite/centre/1/change/", {**values, "phone": "abc", "hours": "no colon"})
    client.post(
        "/admin/detoxsite/centre/1/change/",
        {**values, "name": "Quiet Cove", "phone": "(212) 555-0123", "notice": "No visits this week."},
    )

    assert "Give a phone number that can be called" in refused.content.decode()
    assert "Each line needs a colon" in refused.content.decode()
    for url in ("/", "/help/", "/no-such-page/"):
        html = client.get(url).content.decode()
        assert "Quiet Cove" in html
        assert 'href="tel:+12125550123"' in html
        assert "No visits this week." in html


def test_there_is_one_centre():
    with pytest.raises(Exception, match="one_centre"):
        Centre.objects.create(pk=2)


@pytest.mark.parametrize("path", ["add/", "1/delete/", "1/change/"])
def test_the_record_of_who_did_what_is_read_only(as_role, path):
    client = as_role("manager")
    client.post("/admin/detoxsite/user/add/", {"email": "x@example.org", "is_active": "on"})

    response = client.post(f"/admin/admin/logentry/{path}", {"object_repr": "x"})

    assert response.status_code in {302, 403, 404}
    assert client.get("/admin/admin/logentry/").status_code == 200
    assert as_role("compliance").get("/admin/admin/logentry/").status_code == 200
