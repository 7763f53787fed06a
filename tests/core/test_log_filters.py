"""What the log says of a request that was refused."""

import io
import logging

import pytest
from django.test import Client

from tests.factories import make_call, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(monkeypatch):
    """What the handler of the settings writes."""
    [console] = [handler for handler in logging.root.handlers if type(handler) is logging.StreamHandler]
    stream = io.StringIO()
    monkeypatch.setattr(console, "stream", stream)
    return stream


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/admin/detoxsite/user/", "/admin/detoxsite/user/"),
        ("/admin/detoxsite/user/add/?email=ana@example.org", "/admin/detoxsite/user/add/"),
        ("/admin/intake/callforhelp/{call}/change/", "/admin/intake/callforhelp/<path:object_id>/change/"),
        ("/admin/detoxsite/user/ana@example.org/change/", "/admin/detoxsite/user/<path:object_id>/change/"),
    ],
)
def test_a_page_that_staff_may_not_open_is_one_line_without_anything_personal(as_role, log, path, said):
    response = as_role("editor").get(path.format(call=make_call().pk))

    assert response.status_code == 403
    [line] = log.getvalue().splitlines()
    assert line.partition(" WARNING ")[2] == f"django.request Forbidden (Permission denied): {said}"


def test_an_account_that_is_not_staff_is_one_line_too(client, log):
    client.force_login(make_user(is_staff=False))

    client.get("/admin/", follow=True)

    [line] = log.getvalue().splitlines()
    assert line.endswith("Forbidden (Permission denied): /admin/login/")


def test_a_form_that_was_open_too_long_is_one_line_with_the_reason(log):
    client = Client(enforce_csrf_checks=True)

    client.post("/accounts/login/", {"login": "ana@example.org"})

    [line] = log.getvalue().splitlines()
    assert "Forbidden (CSRF cookie not set.): /accounts/login/" in line


def test_an_unreadable_request_is_one_line(as_role, log):
    client = as_role("manager")

    assert client.get("/admin/detoxsite/user/?password__startswith=argon2").status_code == 400

    assert len(log.getvalue().splitlines()) == 1
    assert "Traceback" not in log.getvalue()
