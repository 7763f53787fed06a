"""Number and code on the device that sent a request: for an hour, until they are hidden, and never kept in a cache."""

import re

import pytest
from django.utils import timezone

from intake.models import CallForHelp
from intake.reception.identifiers import Identity, format_code
from intake.reception.views import sent_cookie
from tests.core.public_forms.test_forms import HELP, form, send

pytestmark = pytest.mark.django_db

SENT, HIDE = "/help/sent/", "/help/sent/hide/"
THREATENED = "My husband hits me and I am scared of him."


def ask(client, **fields):
    """Send a request; returns its number and its code as the page shows them."""
    data = {**form(client, HELP), "phone": "(212) 555-0199", **fields}
    client.post(HELP, data)
    call = CallForHelp.objects.get()
    return call.reference, format_code(Identity.of(data["key"], call.payload).code)


def shown(client):
    """The number and the code on the page after the form."""
    return tuple(re.findall(r'class="ref(?: code)?">([\w ]+)<', client.get(SENT).content.decode()))


def test_number_and_code_are_shown_for_an_hour_from_sending_and_no_longer(client, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    keys = ask(client)
    cookie = client.cookies["sent"].value
    for minutes in (0, 30, 29):
        time_machine.shift(minutes * 60)
        assert shown(client) == keys

    time_machine.shift(60)
    client.cookies["sent"] = cookie  # the browser keeps it, whatever it was told
    assert shown(client) == ()
    assert "within the last hour" not in client.get(HELP).content.decode()


def test_the_form_says_where_they_are_and_holds_neither(client):
    before = client.get(HELP)
    number, code = ask(client)

    after = client.get(HELP)

    assert "within the last hour" not in before.content.decode()
    html = after.content.decode()
    assert f'<a href="{SENT}">Show its number and code</a>' in html
    assert f'action="{HIDE}"' in html
    assert number not in html
    assert code not in html
    assert "no-store" in after.headers["Cache-Control"]
    assert "no-store" not in before.headers["Cache-Control"]


@pytest.mark.parametrize("forged", ["", "AAAA", "é"])
def test_a_forged_cookie_gets_the_page_of_everyone(client, forged):
    client.cookies["sent"] = forged

    page = client.get(HELP)

    assert page.status_code == 200
    assert "within the last hour" not in page.content.decode()


def test_hiding_forgets_both_on_the_device_and_nothing_else(client):
    ask(client)

    response = client.post(HIDE, form(client, HIDE))

    assert response.headers["Clear-Site-Data"] == '"cache"'
    assert response.cookies["sent"]["max-age"] == 0
    assert response.cookies["sent"]["path"] == sent_cookie.path
    page = client.get(response.headers["Location"]).content.decode()
    assert "This device shows nothing now" in page
    assert shown(client) == ()
    assert "within the last hour" not in client.get(HELP).content.decode()
    assert CallForHelp.objects.get().status == "new"


def test_a_page_that_was_open_too_long_asks_again_before_it_hides(client):
    keys = ask(client)

    response = client.post(HIDE, {"csrfmiddlewaretoken": "old"})

    assert response.status_code == 403
    assert "Hide them on this device" in response.content.decode()
    assert shown(client) == keys


@pytest.mark.parametrize("path", ["/leave/", "/help/own/close/"])
def test_leaving_and_closing_the_private_page_hide_them_too(client, path):
    ask(client)

    client.get(path)

    assert shown(client) == ()


def test_a_person_whom_someone_hurts_is_shown_the_code_once(client):
    number, code = ask(client, story=THREATENED)

    assert shown(client) == (number, code)
    assert shown(client) == (number,)
    page = client.get(HELP)
    assert "within the last hour" not in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]


def test_the_same_request_again_shows_the_same_code(client):
    keys = ask(client)
    assert shown(client) == keys

    send(client, HELP, {"phone": "(212) 555-0199"})

    assert shown(client) == keys


def test_a_later_message_that_someone_hurts_them_hides_both(client):
    number, code = ask(client)
    path = "/help/own/write/"
    client.post("/help/own/", {**form(client, "/help/own/"), "reference": number, "code": code})
    client.post(path, {**form(client, path), "text": "Please call after six."})
    assert shown(client) == (number, code)

    client.post(path, {**form(client, path), "text": THREATENED})

    assert shown(client) == ()
    assert "within the last hour" not in client.get(HELP).content.decode()
