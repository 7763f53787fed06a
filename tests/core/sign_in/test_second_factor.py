"""The second factor: no staff address opens with a password alone; setting one up, losing it, confirming it."""

import os
import re
import subprocess
import sys

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.exceptions import MiddlewareNotUsed
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from detoxsite.core.accounts import sign_in_path
from detoxsite.core.http_cache import STAFF_PATHS
from detoxsite.core.models import SecondFactorReset
from detoxsite.core.staff_middleware import staff_gate
from tests.factories import make_user

from .codes import code_now, enrol

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
LOGIN, ENROL, CONFIRM = "/accounts/login/", "/accounts/2fa/", "/accounts/2fa/reauthenticate/"
WITHOUT_SESSION = {"/admin/jsi18n/"}  # words of Django's scripts
OPEN_TO_NEWCOMERS = {
    *(ENROL, "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/"),
    *("/accounts/reauthenticate/", "/accounts/logout/"),
}
OPEN_TO_CONFIRM = {CONFIRM, "/accounts/2fa/webauthn/reauthenticate/", "/accounts/logout/"}


@pytest.fixture(autouse=True)
def _required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


def signed_in(user, secret):
    client = Client()
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    client.post("/accounts/2fa/authenticate/", {"code": code_now(secret)})
    cache.clear()
    return client


def with_password_alone(user):
    client = Client()
    client.force_login(user)
    return client


def staff_addresses():
    """Every address of the URLconf that has a session, with something in place of its arguments."""

    def walk(patterns, prefix):
        for entry in patterns:
            path = prefix + re.sub(r"<[^>]+>", "1", str(entry.pattern)).replace("^", "").replace("$", "")
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, path)
            elif isinstance(entry, URLPattern):
                yield path

    return {path for path in walk(get_resolver().url_patterns, "/") if path.startswith(STAFF_PATHS)}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("is_enrolled", [False, True])
def test_no_staff_address_opens_with_a_password_alone(is_enrolled, method):
    user = make_user("manager", is_superuser=True)
    if is_enrolled:
        enrol(user)
    client = with_password_alone(user)
    page, allowed = (CONFIRM, OPEN_TO_CONFIRM) if is_enrolled else (ENROL, OPEN_TO_NEWCOMERS)
    known = staff_addresses() - allowed
    assert len(known) > 150

    opened = {
        path: answer.status_code
        for path in known
        if not (answer := getattr(client, method)(path)).headers.get("Location", "").startswith(page)
    }

    assert opened == {}


def test_the_second_factor_opens_the_staff_site():
    user = make_user("editor")
    secret = enrol(user)

    client = signed_in(user, secret)

    assert client.get("/admin/").status_code == 200


@pytest.mark.django_db(transaction=True)  # allauth tells of the new factor on commit
def test_whoever_has_none_sets_one_up_at_the_first_sign_in():
    client = Client()
    form = client.get(sign_in_path(make_user("editor")), follow=True)
    welcome = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    page = client.post(form.redirect_chain[-1][0], welcome, follow=True)
    assert page.redirect_chain[-1][0] == ENROL
    assert "Set up an authenticator app" in page.content.decode()

    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    codes = client.post("/accounts/2fa/totp/activate/", {"code": code_now(secret)}, follow=True)

    assert codes.redirect_chain[-1][0] == "/accounts/2fa/recovery-codes/"
    assert len(re.findall(r"<li><code>\d+</code></li>", codes.content.decode())) == 10
    assert client.get("/admin/").status_code == 200


def test_a_one_time_link_does_not_go_around_the_second_factor():
    user, client = make_user("editor"), Client()
    enrol(user)
    form = client.get(sign_in_path(user), follow=True)

    answer = client.post(form.redirect_chain[-1][0], {"new_password1": PASSWORD, "new_password2": PASSWORD})

    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/admin/").status_code == 302


def test_an_open_session_is_asked_once_a_factor_was_set_up_elsewhere():
    user = make_user("editor")
    client = with_password_alone(user)
    secret = enrol(user)
    asked = client.get("/admin/articles/edition/")
    assert asked.headers["Location"] == f"{CONFIRM}?next=%2Fadmin%2Farticles%2Fedition%2F"

    confirmed = client.post(asked.headers["Location"], {"code": code_now(secret), "next": "/admin/articles/edition/"})

    assert confirmed.headers["Location"] == "/admin/articles/edition/"
    assert client.get("/admin/articles/edition/").status_code == 200


def test_who_removes_the_last_factor_sets_up_another_at_once():
    user = make_user("editor")
    client = signed_in(user, enrol(user))

    client.post("/accounts/2fa/totp/deactivate/")

    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get("/admin/").headers["Location"] == ENROL


def test_a_trial_opens_with_a_password_unless_a_factor_was_set_up(settings):
    settings.SECOND_FACTOR_REQUIRED = False
    user, other = make_user("editor"), make_user("editor")
    enrol(other)
    client = Client()

    client.post(LOGIN, {"login": user.email, "password": PASSWORD})

    assert "This is a trial: a password alone opens it." in client.get("/admin/").content.decode()
    answer = Client().post(LOGIN, {"login": other.email, "password": PASSWORD})
    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"


def test_a_public_site_has_no_gate_to_fail_at(settings):
    settings.SITES = {"public"}

    with pytest.raises(MiddlewareNotUsed):
        staff_gate(None)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "optional"),
        ({"SECOND_FACTOR": "required"}, "required"),
        ({"DATABASE_URL": "postgres://a@b/c"}, "required"),
        ({"DATABASE_URL": "postgres://a@b/c", "SECOND_FACTOR": "optional"}, "SECOND_FACTOR may be optional in a trial"),
    ],
)
def test_it_is_required_everywhere_but_in_a_trial(variables, expected, tmp_path):
    keys = "from detoxsite.core.encryption import sealing; key = sealing.new_private_key(); import os\n"
    values = "os.environ |= {'SEALING_PRIVATE_KEYS': key, 'SEALING_PUBLIC_KEY': sealing.derive_public_key(key)}\n"
    code = f"{keys}{values}from detoxsite import settings\nprint(settings.SECOND_FACTOR)"
    others = {"SECRET_KEY": "x", "INDEX_KEY": "x", "ALLOWED_HOSTS": "x", "EMAIL_URL": "memory://"}
    base = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DEBUG", "SECOND_FACTOR")}
    environment = {**base, **others, "DETOX_VAR": str(tmp_path), **variables}

    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)

    assert expected in done.stdout + done.stderr


# --- reset by two managers -------------------------------------------------------------------------------------------


def act(client, user, name, **data):
    return client.post(f"/admin/detoxsite/user/{user.pk}/act/{name}/", data, follow=True).content.decode()


@pytest.fixture
def managers():
    users = [make_user("manager", first_name=name) for name in ("Ann", "Bo")]
    return [signed_in(user, enrol(user)) for user in users]


def test_a_reset_takes_a_second_manager_and_ends_everything(managers):
    user = make_user("editor")
    first, second = managers
    old = signed_in(user, enrol(user))
    link = sign_in_path(user)

    act(first, user, "ask-reset", **{"ask-reset-reason": "Lost phone, seen in person"})
    own = act(first, user, "approve-reset")
    assert "Another manager has to approve this" in own
    assert Authenticator.objects.filter(user=user).exists()
    assert "account to let in again" in second.get("/admin/").content.decode()
    page = act(second, user, "approve-reset")

    user.refresh_from_db()
    assert "/accounts/welcome/" in page
    assert not Authenticator.objects.filter(user=user).exists()
    assert not user.has_usable_password()
    assert old.get("/admin/").headers["Location"].startswith("/admin/login/")
    assert "This link has expired" in Client().get(link, follow=True).content.decode()
    reset = SecondFactorReset.objects.get()
    assert (str(reset.by), str(reset.approved_by), reset.reason) == ("Ann", "Bo", "Lost phone, seen in person")


def test_no_one_resets_their_own_and_a_question_expires(managers):
    first, second = managers
    users = [Authenticator.objects.filter(type="totp").order_by("pk")[number].user for number in (0, 1)]

    assert "You cannot reset your own" in act(first, users[0], "ask-reset", **{"ask-reset-reason": "Lost it"})
    act(second, users[0], "ask-reset", **{"ask-reset-reason": "Lost it"})
    assert "neither the one who asked nor the owner" in act(first, users[0], "approve-reset")
    SecondFactorReset.objects.update(asked_at=timezone.now() - timezone.timedelta(hours=25))
    third = make_user("manager")
    assert "No one has asked" in act(signed_in(third, enrol(third)), users[0], "approve-reset")
    assert Authenticator.objects.filter(user=users[0]).exists()


def test_the_database_refuses_a_reset_by_one_manager():
    user, manager = make_user("editor"), make_user("manager")
    now = timezone.now()

    for by, approved_by in ((manager, manager), (user, manager), (manager, user)):
        with pytest.raises(IntegrityError, match="by_two_managers"), transaction.atomic():
            SecondFactorReset.objects.create(user=user, by=by, approved_by=approved_by, approved_at=now, reason="x")


def test_the_operator_resets_where_no_two_managers_are_left(capsys):
    user = make_user("manager")
    enrol(user)

    call_command("staff", user.email, "--role", "manager", "--reset-second-factor")

    assert not Authenticator.objects.filter(user=user).exists()
    link = capsys.readouterr().out.strip().removeprefix("http://testserver")
    assert "Choose a password" in Client().get(link, follow=True).content.decode()


# --- recent sign-in --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/admin/detoxsite/user/{pk}/change/"),
        ("post", "/admin/detoxsite/user/{pk}/change/"),
        ("get", "/admin/detoxsite/user/add/"),
        ("post", "/admin/detoxsite/user/{pk}/act/new-link/"),
        ("get", "/admin/intake/webhook/add/"),
        ("post", "/admin/intake/webhook/1/act/secret/"),
        ("get", "/accounts/2fa/recovery-codes/"),
        ("get", "/accounts/2fa/totp/deactivate/"),
        ("get", "/accounts/2fa/webauthn/add/"),
    ],
)
def test_roles_and_keys_want_a_recent_sign_in(method, path):
    user = make_user("manager")
    client = signed_in(user, enrol(user))
    with time_machine.travel(timezone.now() + timezone.timedelta(minutes=11)):
        answer = getattr(client, method)(path.format(pk=user.pk))

    assert answer.headers["Location"].startswith("/accounts/reauthenticate/?next=")


def test_confirming_goes_on_with_what_was_sent():
    user, editor = make_user("manager"), make_user("editor")
    client = signed_in(user, enrol(user))
    path = f"/admin/detoxsite/user/{editor.pk}/change/"
    data = {"email": editor.email, "first_name": "New", "groups": [Group.objects.get(name="editor").pk]}
    with time_machine.travel(timezone.now() + timezone.timedelta(minutes=11)):
        asked = client.post(path, {**data, "is_active": "on"})
        client.post(asked.headers["Location"], {"password": PASSWORD, "next": path})

    editor.refresh_from_db()
    assert editor.first_name == "New"
