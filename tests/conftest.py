"""Fixtures of all tests: people of every role, a browser that can reach nothing but this machine."""

import os

import pytest

from detoxsite import centre

from .factories import make_user

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps a loop in the thread of the tests

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def pytest_collection_modifyitems(items):
    """Where there is no Chromium, leave out what needs it, and say so in the summary."""
    if os.path.exists(CHROMIUM):
        return
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(pytest.mark.skip(reason=f"no Chromium at {CHROMIUM}: not seen as a person would see it"))


@pytest.fixture(autouse=True)
def _fresh_centre():
    """No test sees the centre that another one left in this process."""
    centre.forget()
    yield
    centre.forget()


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
