"""Printout of one request: with the notice, recorded as a disclosure, never without a purpose."""

import pytest
from django.contrib.admin.models import LogEntry

from detoxsite.core.models import ConsentText
from intake import services
from intake.models import Consent, Disclosure
from intake.records.consent_texts import REDISCLOSURE_NOTICE
from tests.factories import make_call
from tests.intake.admin.test_queue import CANARIES, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    call = make_call(**CANARIES)
    Consent.objects.create(call=call, text=ConsentText.objects.get(purpose="call_back"))
    return call


def test_the_printout_has_the_notice_the_consent_and_the_answers(as_role, call):
    client = as_role("admissions")

    response = client.post(url(call, "print/"), {"to": "Dr. Ruiz", "why": "the visit tomorrow"})

    html = response.content.decode()
    assert html.count(REDISCLOSURE_NOTICE) == 2
    for text in (*CANARIES.values(), "Dr. Ruiz", "the visit tomorrow", call.reference, str(client.user)):
        assert text in html
    assert ConsentText.objects.get(purpose="call_back").body.split(".")[0] in html
    assert "no-store" in response.headers["Cache-Control"]
    assert "admin/css" not in html


def test_every_printout_is_a_disclosure_and_none_of_its_content_is_in_the_admin_history(as_role, call):
    client = as_role("admissions")
    client.post(url(call, "print/"), {"to": "Dr. Ruiz", "why": "the visit"})

    row = Disclosure.objects.get()
    assert (row.call, row.what, row.to, row.why, row.by) == (call, "print", "Dr. Ruiz", "the visit", client.user)
    assert row.consent == call.consents.get()
    assert [entry.change_message for entry in LogEntry.objects.all()] == ["Printed"]


@pytest.mark.parametrize("fields", [{}, {"to": "Dr. Ruiz"}, {"why": "the visit"}, {"to": " ", "why": " "}])
def test_nothing_is_printed_without_a_recipient_and_a_purpose(as_role, call, fields):
    client = as_role("admissions")

    response = client.post(url(call, "print/"), fields, follow=True)

    assert "Not printed: say who it is for" in response.content.decode()
    assert not Disclosure.objects.exists()


def test_nothing_is_printed_once_the_consent_was_revoked(as_role, call):
    client = as_role("admissions")
    services.close(call.pk, by=client.user, outcome="declined")

    response = client.post(url(call, "print/"), {"to": "a", "why": "b"}, follow=True)

    assert "the person revoked their consent" in response.content.decode()
    assert not Disclosure.objects.exists()


def test_opening_the_print_address_prints_nothing(as_role, call):
    response = as_role("admissions").get(url(call, "print/"))

    assert response.headers["Location"] == url(call)
    assert not Disclosure.objects.exists()


def test_without_any_consent_the_printout_says_so(as_role):
    html = as_role("admissions").post(url(make_call(), "print/"), {"to": "us", "why": "our files"}).content.decode()

    assert "No consent on record." in html
