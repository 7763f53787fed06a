"""Fixtures of all tests: people of every role, a browser that can reach nothing but this machine."""

import os

import pgtrigger
import pytest
from django.db.backends.signals import connection_created

from detoxsite.core import db_timeout, site_profile
from testimonials.views import submission

from .factories import make_user

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps a loop in the thread of the tests


def _let_tests_be_swept_up(connection, **kwargs):
    """Between tests with real transactions every table is emptied, which the triggers refuse in earnest."""
    sweeping = [trigger.get_pgid(model) for model, trigger in pgtrigger.registered() if trigger.name == "not_emptied"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, false)", ["{" + ",".join(sweeping) + "}"])


connection_created.connect(_let_tests_be_swept_up)

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def pytest_collection_modifyitems(items):
    """Where there is no Chromium, leave out what needs it, and say so in the summary."""
    if os.path.exists(CHROMIUM):
        return
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(pytest.mark.skip(reason=f"no Chromium at {CHROMIUM}: not seen as a person would see it"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, request):
    """Playwright's loop has to run before the database is made.

    Django keeps a connection for each context. Under a loop started later, tests would get a new one, which does not
    know what the migrations had put into the database and so cannot put it back after a flush.
    """
    if os.path.exists(CHROMIUM):
        request.getfixturevalue("playwright")


@pytest.fixture(autouse=True)
def _fresh_center():
    """No test sees the center that another one left in this process."""
    site_profile.expire()
    yield
    site_profile.expire()


@pytest.fixture(autouse=True)
def _nothing_sent_lately():
    """No test pays for the forms that others sent from the same address."""
    submission.sent_lately.forget()


@pytest.fixture
def as_role(db, client):
    """Signs the test client in as somebody of a role and returns it; the account is ``client.user``."""

    def sign_in(role):
        client.user = make_user(role)
        client.force_login(client.user)
        return client

    return sign_in


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {
        "executable_path": CHROMIUM,
        "args": [
            *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
            *("--disable-component-update", "--disable-sync"),
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
        ],
    }


@pytest.fixture(autouse=True)
def rested(monkeypatch):
    """No test pays for one before it that waited for the database in vain."""
    monkeypatch.setattr(db_timeout, "_fail_fast_until", 0.0)
