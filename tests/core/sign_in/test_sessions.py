"""What ends a session, and that nothing brings it back."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

from detoxsite.core.accounts import sign_in_path
from detoxsite.core.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
NEW = "another horse battery"


@pytest.fixture
def person():
    return make_user("editor")


def signed_in(user, password=PASSWORD):
    """A browser that went through the sign-in form."""
    client = Client()
    response = client.post("/accounts/login/", {"login": user.email, "password": password})
    assert response.headers["Location"] == "/admin/"
    return client


def is_in(client):
    return client.get("/admin/").status_code == 200


def save_account(manager, user, role="editor", **fields):
    data = {"email": user.email, "groups": [Group.objects.get(name=role).pk], **fields}
    return manager.post(f"/admin/detoxsite/user/{user.pk}/change/", data)


def choose_password(link, password=NEW):
    client = Client()
    form = client.get(link, follow=True)
    if form.redirect_chain:
        client.post(form.redirect_chain[-1][0], {"new_password1": password, "new_password2": password})
    return client


@pytest.mark.parametrize("is_seen_meanwhile", [False, True])
def test_enabling_an_account_again_revives_no_session(manager, person, is_seen_meanwhile):
    old, boss = signed_in(person), signed_in(manager)
    save_account(boss, person)  # disabled
    assert not User.objects.get(pk=person.pk).is_active
    if is_seen_meanwhile:
        assert not is_in(old)
    save_account(boss, person, is_active="on")

    assert not is_in(old)
    assert is_in(signed_in(person))
    assert is_in(boss)


def test_no_way_of_disabling_an_account_leaves_a_session_to_revive(person):
    old = signed_in(person)
    stale = User.objects.get(pk=person.pk)
    for change in ({"is_active": False}, {"is_active": True}, {"is_staff": False}, {"is_staff": True}):
        User.objects.filter(pk=person.pk).update(**change)
    stale.save()  # by someone who had loaded the account before

    assert not is_in(old)
    assert User.objects.get(pk=person.pk).session_version == 4


def test_a_link_from_before_does_not_open_an_account_that_was_disabled(manager, person):
    link, boss = sign_in_path(person), signed_in(manager)
    save_account(boss, person)
    assert not is_in(choose_password(link))
    save_account(boss, person, is_active="on")

    late = choose_password(link)

    assert not is_in(late)
    assert User.objects.get(pk=person.pk).check_password(PASSWORD)


def test_a_link_used_while_the_account_is_disabled_leaves_no_session_for_later(person):
    User.objects.filter(pk=person.pk).update(is_active=False)
    used = choose_password(sign_in_path(User.objects.get(pk=person.pk)))
    User.objects.filter(pk=person.pk).update(is_active=True)

    assert not is_in(used)


def test_changing_the_password_ends_the_other_sessions(person):
    here, elsewhere = signed_in(person), signed_in(person)

    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    assert is_in(here)
    assert not is_in(elsewhere)


def test_a_link_from_a_manager_ends_sessions_when_it_is_used(manager, person):
    old, boss = signed_in(person), signed_in(manager)
    page = boss.post(f"/admin/detoxsite/user/{person.pk}/act/new-link/", follow=True).content.decode()
    link = "/accounts/welcome/" + page.split("/accounts/welcome/")[1].split("<")[0]
    assert is_in(old)  # a link that no one has used yet ends nothing

    new = choose_password(link)

    assert is_in(new)
    assert not is_in(old)


def test_a_new_role_counts_at_once_in_sessions_that_are_open(manager, person):
    old, boss = signed_in(person), signed_in(manager)
    assert old.get("/admin/articles/edition/").status_code == 200
    save_account(boss, person, "admissions", is_active="on")

    assert old.get("/admin/articles/edition/").status_code == 403
    assert old.get("/admin/intake/callforhelp/").status_code == 200


def test_the_command_enables_an_account_and_revives_no_session(person, capsys):
    old = signed_in(person)
    User.objects.filter(pk=person.pk).update(is_active=False)

    call_command("staff", person.email, "--role", "editor")
    link, said = capsys.readouterr()

    assert "It is enabled again" in said
    assert is_in(choose_password(link.strip().removeprefix("http://testserver")))
    assert not is_in(old)


def test_the_command_leaves_the_sessions_of_an_active_account_alone(person, capsys):
    old = signed_in(person)

    call_command("staff", person.email, "--role", "moderator")

    assert capsys.readouterr().err == ""
    assert is_in(old)
