"""Browsers that keep no cookie: the page after a form says what is so, and its address tells nothing."""

import base64
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from detoxsite.core.public_forms.tickets import TICKET_LIFE, add_ticket, read_ticket
from intake.models import CallForHelp
from intake.reception import receive as reception
from intake.reception import spool
from intake.reception.identifiers import Identity, format_code
from tests.core.public_forms.test_forms import HELP, REVIEW, form, send
from tests.factories import make_review

pytestmark = pytest.mark.django_db


def later():
    return timezone.now() + timezone.timedelta(seconds=TICKET_LIFE + 1)


DANGER = "I took all my pills ten minutes ago and I want to die, right now."


def show(address):
    """The page as a browser without any cookie gets it."""
    response = Client().get(address)
    assert (response.status_code, response.cookies) == (200, {})
    assert "no-store" in response.headers["Cache-Control"]
    return response.content.decode()


def sent_to(url, **fields):
    response = send(Client(), url, fields)
    assert response.status_code == 302
    return response.headers["Location"]


@pytest.fixture(params=[True, False], ids=["stored", "on the disk"])
def database(request, monkeypatch, settings, tmp_path):
    """Whether the database takes requests."""
    settings.VAR = tmp_path

    def refuse(*args, **kwargs):
        raise OperationalError

    if not request.param:
        monkeypatch.setattr(reception, "insert", refuse)
    return request.param


def test_a_browser_without_cookies_is_shown_number_and_code(database, time_machine):
    data = {**form(Client(), HELP), "phone": "(212) 555-0199", "name": "Quetzalnom", "story": DANGER}

    address = Client().post(HELP, data).headers["Location"]

    first, reload = show(address), show(address)
    call = CallForHelp.objects.get() if database else spool.read(spool.pending_files()[0])[0]
    code = Identity.of(data["key"], call.payload).code
    for html in (first, reload):
        assert re.findall(r'class="ref(?: code)?">([\w ]+)<', html) == [call.reference, format_code(code)]
        assert "Thank you. We have your request." in html
        assert "Call 911 now" in html.split("<main")[1].split("<h1>")[0]
        assert "Quetzalnom" not in html
    again = Client().post(HELP, data).headers["Location"]  # Back, and the same once more
    assert re.findall(r'class="ref">(\w+)<', show(again)) == [call.reference]
    time_machine.move_to(later())
    late = show(address)
    assert "We have your request." in late
    assert "That time is over" in late
    assert call.reference not in late
    assert format_code(code) not in late


def test_the_address_tells_nothing_and_opens_nothing_else():
    plain, danger = sent_to(HELP), sent_to(HELP, story=DANGER, name="Quetzalnom")

    reference = CallForHelp.objects.latest("created_at").reference
    [ticket] = parse_qs(urlsplit(danger).query)["ticket"]
    readable = danger + repr(base64.urlsafe_b64decode(ticket))
    assert not [word for word in (reference, "Quetzal", "911", "steps") if word in readable]
    assert len(plain) == len(danger)
    for changed in (
        danger[:-9] + "AAAAAAAA=",
        danger.replace("ticket=", "t="),
        "/help/sent/?ticket=%00",
        "/help/sent/",
    ):
        assert "We cannot tell from this browser" in show(changed)
    elsewhere = danger.replace("/help/sent/", "/reviews/sent/")
    assert "We cannot tell from this browser" in show(elsewhere)


def test_a_browser_with_cookies_loses_the_ticket_at_once(client):
    address = send(client, HELP, {}).headers["Location"]

    assert client.get(address).headers["Location"] == "/help/sent/"
    assert "Your code" in client.get("/help/sent/").content.decode()


def test_a_code_that_is_shown_once_is_in_no_later_ticket(client):
    threatened = {"story": "My husband hits me and I am scared of him."}
    send(client, HELP, threatened)
    assert "Your code" in client.get("/help/sent/").content.decode()

    again = show(send(client, HELP, threatened).headers["Location"])

    assert "Your number" in again
    assert "Your code" not in again


def test_crisis_steps_of_a_review_and_of_a_report_need_no_cookie(time_machine):
    review = make_review("published")
    report = f"/reviews/{review.pk}/tell/"
    sent = sent_to(REVIEW, words=DANGER)
    told = Client().post(report, {**form(Client(), report), "kind": "safety", "text": DANGER}).headers["Location"]
    calm = sent_to(REVIEW)

    for address in (sent, told):
        assert 'href="tel:988"' in show(address).split("<main")[1].split("<h1>")[0]
    assert "One step left" in show(calm)
    assert 'href="tel:988"' not in show(calm).split("<main")[1].split("<h1>")[0]
    assert len(calm) == len(sent)
    time_machine.move_to(later())
    assert 'href="tel:988"' not in show(sent).split("<main")[1].split("<h1>")[0]
    assert "One step left" in show(sent)


@pytest.mark.parametrize("address", ["/help/sent/", "/reviews/sent/", "/reviews/told/"])
def test_a_page_that_cannot_know_says_so(address):
    html = show(address)

    assert "We cannot tell from this browser" in html
    for claim in ("We have your", "did not reach", "is on its way", "Thank you for telling us", "One step left"):
        assert claim not in html


def test_a_ticket_is_good_for_one_path(rf):
    address = add_ticket("/help/sent/", {"reference": "ABCD2345"})

    assert read_ticket(rf.get(address)) == {"reference": "ABCD2345"}
    assert read_ticket(rf.get(address.replace("/help/", "/reviews/"))) is None
