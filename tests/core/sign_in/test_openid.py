"""Sign-in through an identity provider: to accounts that exist, by an address that it has verified."""

import os
import subprocess
import sys
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from detoxsite.core.models import User
from tests.factories import make_user

from .codes import enrol

pytestmark = pytest.mark.django_db

SERVER = "https://id.example.org"
START, CALLBACK = "/accounts/oidc/center/login/", "/accounts/oidc/center/login/callback/"


class Provider:
    """An identity provider that answers what it is asked, as a session of requests would."""

    def __init__(self):
        self.claims = {"sub": "7", "email": "nora@example.org", "email_verified": True}
        self.amr = []

    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass

    def get(self, url, **options):
        endpoints = {name: f"{SERVER}/{name}" for name in ("authorization_endpoint", "token_endpoint")}
        about = {"issuer": SERVER, "userinfo_endpoint": f"{SERVER}/me", "jwks_uri": f"{SERVER}/keys", **endpoints}
        return self._answer(self.claims if url.endswith("/me") else about)

    def request(self, method, url, **options):
        token = {**self.claims, "amr": self.amr, "iss": SERVER, "aud": "detox", "iat": 0, "exp": 32503680000}
        id_token = jwt.encode(token, "x" * 32, algorithm="HS256")
        return self._answer({"access_token": "a", "token_type": "bearer", "id_token": id_token})

    @staticmethod
    def _answer(content):
        headers = {"content-type": "application/json"}
        return SimpleNamespace(
            status_code=200, headers=headers, json=lambda: content, raise_for_status=lambda: None, text=""
        )


@pytest.fixture
def provider(monkeypatch):
    provider = Provider()
    monkeypatch.setattr(DefaultSocialAccountAdapter, "get_requests_session", lambda self: provider)
    return provider


def come_back(client):
    """Go to the provider and come back, as the browser does."""
    asked = client.post(START).headers["Location"]
    assert asked.startswith(f"{SERVER}/authorization_endpoint?")
    state = parse_qs(urlsplit(asked).query)["state"][0]
    return client.get(CALLBACK, {"code": "c", "state": state}, follow=True)


def is_in(client):
    return client.get("/admin/").status_code == 200


def test_the_sign_in_page_offers_it(client):
    page = client.get("/accounts/login/")

    assert f'action="{START}' in page.content.decode()
    assert f"form-action 'self' {SERVER}" in page.headers["Content-Security-Policy"]


def test_without_a_provider_the_sign_in_page_has_no_trace_of_it(tmp_path):
    code = """
import django; django.setup()
from django.conf import settings
from django.template.loader import get_template
get_template("account/login.html")
print([name for name in settings.INSTALLED_APPS if "social" in name], settings.STAFF_CSP.get("form-action"))
"""
    environment = {**os.environ, "DETOX_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "detoxsite.settings"}

    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout == "[] None\n"


def test_it_opens_an_account_with_the_same_verified_address(client, provider):
    user = make_user("admissions", email="Nora@example.org")

    come_back(client)

    assert is_in(client)
    assert SocialAccount.objects.get().user == user


def test_the_account_is_known_by_its_identifier_afterwards(client, provider):
    user = make_user("admissions", email="nora@example.org")
    come_back(client)
    User.objects.filter(pk=user.pk).update(email="nora.fox@example.org")
    provider.claims["email_verified"] = False

    again = Client()
    come_back(again)

    assert is_in(again)


@pytest.mark.parametrize("email", ["nora@example.org", "NORA@example.org"])
def test_an_address_that_is_not_verified_opens_nothing(client, provider, email):
    make_user("admissions", email="nora@example.org")
    provider.claims |= {"email": email, "email_verified": False}

    page = come_back(client)

    assert "No staff account has this address" in page.content.decode()
    assert not is_in(client)


def test_it_makes_no_account(client, provider):
    before = User.objects.count()

    page = come_back(client)

    assert "No staff account has this address" in page.content.decode()
    assert User.objects.count() == before


def test_a_disabled_account_stays_closed(client, provider):
    user = make_user("admissions", email="nora@example.org")
    come_back(Client())
    User.objects.filter(pk=user.pk).update(is_active=False)

    come_back(client)

    assert not is_in(client)


def test_it_does_not_replace_the_second_factor_unless_the_provider_asked_for_one(client, provider, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    user = make_user("admissions", email="nora@example.org")
    come_back(client)
    assert client.get("/admin/").headers["Location"] == "/accounts/2fa/"
    enrol(user)

    asked = Client()
    come_back(asked)
    assert not is_in(asked)
    provider.amr = ["pwd", "mfa"]
    trusted = Client()
    come_back(trusted)

    assert is_in(trusted)
