"""Guessing passwords: limited per account, without keeping the owner of the account out."""

import threading

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.cache.backends.db import DatabaseCache
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from detoxsite.core.models import User
from detoxsite.core.sign_in import devices
from detoxsite.settings import DATABASE_CACHE as CACHE
from tests.factories import make_user

from .codes import code_now, enrol

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
URL = "/accounts/login/"


def browser(number=1):
    """A browser at an address of its own."""
    return Client(REMOTE_ADDR=f"203.0.113.{number}")


def sign_in(client, user, password=PASSWORD, **fields):
    return client.post(URL, {"login": user.email, "password": password, **fields})


def use_up_attempts(user):
    """Five wrong passwords, each from another address."""
    for number in range(100, 105):
        assert "The email address, the password" in sign_in(browser(number), user, "wrong").content.decode()


def is_signed_in(client):
    return client.get("/admin/").status_code == 200


@pytest.fixture
def with_app():
    """An account with an authenticator app and recovery codes."""
    return make_user("editor")


@pytest.fixture
def secret(with_app):
    return enrol(with_app)


# --- who gets in after five wrong passwords --------------------------------------------------------------------------


def test_five_wrong_passwords_stop_a_stranger_but_not_a_known_device():
    user = make_user("editor")
    known = browser()
    assert sign_in(known, user).headers["Location"] == "/admin/"
    known.post("/accounts/logout/")
    use_up_attempts(user)

    refused = sign_in(browser(2), user).content.decode()
    sign_in(known, user)

    assert "Too many wrong passwords" in refused
    assert is_signed_in(known)


def test_a_known_device_has_attempts_of_its_own_and_no_more():
    user = make_user("editor")
    known = browser()
    sign_in(known, user)
    known.post("/accounts/logout/")

    for _ in range(5):
        sign_in(known, user, "wrong")

    assert "Too many wrong passwords" in sign_in(known, user).content.decode()
    assert sign_in(browser(2), user).status_code == 302  # others still have theirs


def test_a_device_is_known_to_the_accounts_that_signed_in_from_it_only():
    one, other = make_user("editor"), make_user("editor")
    known = browser()
    sign_in(known, one)
    known.post("/accounts/logout/")
    use_up_attempts(other)

    assert "Too many wrong passwords" in sign_in(known, other).content.decode()


def test_colleagues_share_a_computer():
    users = [make_user("editor") for _ in range(devices.MAX_ACCOUNTS + 1)]
    known = browser()
    for number, user in enumerate(users):
        known.defaults["REMOTE_ADDR"] = f"198.51.100.{number}"
        assert sign_in(known, user).status_code == 302
        known.post("/accounts/logout/")
    use_up_attempts(users[0])
    use_up_attempts(users[-1])

    assert "Too many wrong passwords" in sign_in(known, users[0]).content.decode()  # the oldest is forgotten
    assert sign_in(known, users[-1]).status_code == 302


def test_the_cookie_is_of_our_making_and_goes_to_the_sign_in_pages_only():
    user = make_user("editor")
    known = browser()
    cookie = sign_in(known, user).cookies["known_device"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/accounts/", True, "Strict")
    assert user.email not in cookie.value
    use_up_attempts(user)

    for value in (cookie.value[:-3] + "AAA", "x", ""):
        forger = browser(3)
        forger.cookies["known_device"] = value
        assert "Too many wrong passwords" in sign_in(forger, user).content.decode()


def test_a_one_time_link_makes_a_device_known(capsys):
    user, known = make_user("editor"), browser()
    call_command("staff", user.email, "--role", "editor")
    form = known.get(capsys.readouterr().out.strip().removeprefix("http://testserver"), follow=True)
    known.post(form.redirect_chain[-1][0], {"new_password1": PASSWORD, "new_password2": PASSWORD})
    known.post("/accounts/logout/")
    use_up_attempts(user)

    assert sign_in(known, user).status_code == 302


def test_a_device_is_not_known_any_more_once_the_account_was_disabled():
    user, known = make_user("editor"), browser()
    sign_in(known, user)
    known.post("/accounts/logout/")
    User.objects.filter(pk=user.pk).update(is_active=False)
    User.objects.filter(pk=user.pk).update(is_active=True)
    use_up_attempts(user)

    assert "Too many wrong passwords" in sign_in(known, user).content.decode()


def test_the_second_factor_gets_through_and_is_asked_for_once(with_app, secret):
    stranger = browser()
    use_up_attempts(with_app)

    form = sign_in(stranger, with_app).content.decode()
    wrong = sign_in(stranger, with_app, code="000000").content.decode()
    wrong_password = sign_in(stranger, with_app, "wrong", code=code_now(secret)).content.decode()
    right = sign_in(stranger, with_app, code=code_now(secret))

    assert 'name="code"' in form
    assert "Too many wrong passwords" in wrong
    assert "The email address, the password or the code is not correct." in wrong_password
    assert right.headers["Location"] == "/admin/"
    assert is_signed_in(stranger)


def test_a_recovery_code_gets_through_once(with_app, secret):
    code = Authenticator.objects.get(user=with_app, type="recovery_codes").wrap().get_unused_codes()[0]
    use_up_attempts(with_app)

    assert sign_in(browser(), with_app, code=code).headers["Location"] == "/admin/"
    assert "Too many wrong passwords" in sign_in(browser(2), with_app, code=code).content.decode()


def test_a_code_without_a_second_factor_opens_nothing():
    user = make_user("editor")
    use_up_attempts(user)

    assert "Too many wrong passwords" in sign_in(browser(), user, code="123456").content.decode()


def test_the_form_asks_for_a_code_only_then_and_for_every_address_alike():
    assert 'name="code"' not in browser().get(URL).content.decode()
    nobody = User(email="nobody@example.org")
    use_up_attempts(nobody)

    assert 'name="code"' in sign_in(browser(), nobody).content.decode()


def test_spelling_and_host_name_give_no_further_attempts(settings):
    settings.ALLOWED_HOSTS = ["*"]
    user = make_user("editor", email="eda@example.org")
    use_up_attempts(user)

    refused = browser().post(URL, {"login": " EDA@example.org", "password": PASSWORD}, HTTP_HOST="other.example.org")

    assert "Too many wrong passwords" in refused.content.decode()


def test_one_address_has_ten_attempts_a_minute_for_all_accounts_together():
    users = [make_user("editor") for _ in range(11)]
    attacker = browser()

    pages = [sign_in(attacker, user, "wrong").content.decode() for user in users]

    assert ["Too many wrong passwords" in page for page in pages] == [False] * 10 + [True]


def test_an_address_that_sends_the_form_all_the_time_gets_a_page_of_ours():
    attacker = browser()
    answers = [attacker.post(URL) for _ in range(31)]

    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert "<h1>Too many attempts</h1>" in answers[-1].content.decode()


# --- across processes ------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_many_guesses_at_the_same_moment_are_counted_one_by_one(monkeypatch):
    """In the cache of the real settings. To the database each thread is like a process: it has its own connection."""
    monkeypatch.setattr("allauth.core.internal.ratelimit.cache", DatabaseCache(CACHE["LOCATION"], CACHE))
    user, answers = make_user("editor"), []

    def guess(number):
        answers.append(sign_in(browser(number), user, "wrong").content.decode())
        connections.close_all()

    threads = [threading.Thread(target=guess, args=[number]) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert CACHE["BACKEND"] == f"{DatabaseCache.__module__}.{DatabaseCache.__name__}"
    assert len(answers) == 12
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(*) FILTER (WHERE cache_key ~ '[^0-9a-f]') FROM detoxsite_cache")
        assert cursor.fetchone() == (25, 0)  # the account, and two limits for each address: none of them readable
    assert 1 <= sum("The email address, the password" in page for page in answers) <= 5


# --- one-time codes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("steps", "is_accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_one_step(with_app, secret, steps, is_accepted):
    with time_machine.travel(timezone.now(), tick=False):  # the step does not end before the code arrives
        client = browser()
        assert sign_in(client, with_app).headers["Location"] == "/accounts/2fa/authenticate/"

        client.post("/accounts/2fa/authenticate/", {"code": code_now(secret, steps)})

    assert is_signed_in(client) == is_accepted


def test_a_code_is_accepted_once_also_after_its_own_step(with_app, secret):
    code = code_now(secret, 1)  # good for another minute, longer than allauth remembers it
    first, second, third = browser(1), browser(2), browser(3)
    for client in (first, second, third):
        sign_in(client, with_app)
    first.post("/accounts/2fa/authenticate/", {"code": code})
    cache.clear()

    replayed = second.post("/accounts/2fa/authenticate/", {"code": code})
    third.post("/accounts/2fa/authenticate/", {"code": f" {code[:3]} {code[3:]} "})

    assert is_signed_in(first)
    assert "Incorrect code" in replayed.content.decode()
    assert not is_signed_in(second)
    assert not is_signed_in(third)


def test_a_used_code_does_not_confirm_who_someone_is(with_app, secret):
    code, client = code_now(secret), browser()
    sign_in(client, with_app)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    cache.clear()

    page = client.post("/accounts/2fa/reauthenticate/", {"code": code}).content.decode()

    assert "Incorrect code" in page
