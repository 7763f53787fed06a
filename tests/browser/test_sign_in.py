"""The doors of the staff site while someone guesses at a password: known device, passkey, second factor."""

import pytest
from django.core.cache import cache
from django.test import Client

from tests.core.sign_in.codes import code_now

from .conftest import PASSWORD

pytestmark = pytest.mark.browser


def add_fingerprint_reader(page):
    """As Chromium imitates one."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    reader = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = {**reader, "isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def use_up_attempts(user):
    for number in range(6):
        attacker = Client(REMOTE_ADDR=f"203.0.113.{number}")
        attacker.post("/accounts/login/", {"login": user.email, "password": "wrong"})


def test_the_owner_of_an_account_gets_in_whatever_others_type(house, visitor, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    cache.clear()
    user, person = house["editor"], visitor(width=360)
    person.origin = person.origin.replace("127.0.0.1", "localhost")  # passkeys need a host name
    page = person.page
    add_fingerprint_reader(page)
    person.sign_in_with_password(user)
    page.wait_for_url("**/accounts/2fa/")  # nothing else opens without a second factor
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/recovery-codes/")
    page.goto(f"{person.origin}/accounts/logout/")
    page.get_by_role("button", name="Sign Out").click()
    page.wait_for_url("**/login/")
    use_up_attempts(user)

    person.sign_in_with_password(user)  # from a browser that is known
    page.wait_for_url("**/authenticate/")  # where the second factor is still asked for

    page.context.clear_cookies()  # from one that is not
    person.sign_in_with_password(user)
    assert "Too many wrong passwords" in page.locator("main").inner_text()
    assert page.get_by_label("Code from your authenticator app").is_visible()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/admin/")


def test_an_authenticator_app_is_set_up_without_scripts(house, visitor, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    cache.clear()
    person = visitor(width=360, scripts=False)
    page = person.page
    page.goto(person.origin + "/admin/")
    page.get_by_label("Email").fill(house["admissions"].email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Set up an authenticator app").click()
    assert page.locator("main img").is_visible()
    secret = page.locator("main code").inner_text()
    page.get_by_label("Authenticator code").fill(code_now(secret))
    page.get_by_role("button", name="Activate").click()
    assert page.get_by_label("Recovery codes").locator("li").count() == 10
    page.get_by_role("link", name="I have saved them").click()
    assert page.title().startswith("Needs your attention")


@pytest.mark.parametrize("dark", [False, True])
def test_the_pages_about_ones_sign_in(house, visitor, dark):
    person = visitor(width=360, dark=dark)
    person.sign_in(house["manager"])
    for path in ("2fa/", "2fa/totp/activate/", "2fa/webauthn/add/", "sessions/", "password/change/", "reauthenticate/"):
        person.open(f"/accounts/{path}")
    person.open(f"/admin/detoxsite/user/{house['editor'].pk}/change/")
