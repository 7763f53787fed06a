"""Front desk and clinic apart, emergencies, who looked, and the account of disclosures."""

import csv
import io

import pytest
import time_machine
from django.utils import timezone

from detoxsite.core.models import SealedAccess
from intake import services
from intake.models import Disclosure
from tests.factories import make_call, make_user, receive

pytestmark = pytest.mark.django_db
CLINICAL = ("canary story", "Fentanyl", "canary note", "canary message")
KEY = "a-key-of-twenty-chars"


@pytest.fixture
def call():
    call = receive(KEY, phone="(212) 555-0123", name="Pat", story="canary story, I want to die", substances=["opioids"])
    nurse = make_user("admissions", first_name="Nora")
    services.claim(call.pk, by=nurse)
    services.record_attempt(call.pk, by=nurse, outcome="no_answer", note="canary note")
    services.send_message(call.pk, by=nurse, text="canary message")
    return call


def url(call, rest="change/"):
    return f"/admin/intake/callforhelp/{call.pk}/{rest}"


def test_the_front_desk_sees_how_to_reach_someone_and_nothing_clinical(as_role, call):
    client = as_role("front_desk")

    html = client.get(url(call)).content.decode()
    queue = client.get("/admin/intake/callforhelp/").content.decode()

    assert "Pat" in html
    assert "+12125550123" in html
    assert "opens to clinical roles" in html
    assert "Offer 988" in html  # all steps, whichever danger it is
    assert "No answer" in html
    for word in (*CLINICAL, "die", "suicide and"):
        assert word not in html, word
        assert word not in queue, word
    assert call.reference in queue
    entry = SealedAccess.objects.get(action="read")
    assert (entry.by_roles, entry.reason) == ("front_desk", "contact details only")
    assert client.post(url(call, "print/"), {"to": "Dr. Lee", "why": "Care"}).status_code == 403


def test_clinical_roles_see_everything(as_role, call):
    html = as_role("admissions").get(url(call)).content.decode()

    for word in ("canary story", "canary note", "canary message"):
        assert word in html


def test_an_emergency_opens_one_request_for_an_hour_with_a_reason(as_role, call):
    other, client = make_call(story="canary of another"), as_role("front_desk")
    refused = client.post(url(call, "act/break-glass/"), {"break-glass-reason": " "}).content.decode()
    assert "Say why." in refused
    assert "canary story" not in refused

    client.post(url(call, "act/break-glass/"), {"break-glass-reason": "She stopped answering"})

    assert "canary story" in client.get(url(call)).content.decode()
    assert "canary of another" not in client.get(url(other)).content.decode()
    entry = SealedAccess.objects.get(action="break_glass")
    assert (entry.by, entry.reason, entry.references) == (client.user, "She stopped answering", [call.reference])
    with time_machine.travel(timezone.now() + timezone.timedelta(minutes=61)):
        client.force_login(client.user)
        assert "canary story" not in client.get(url(call)).content.decode()


@pytest.mark.parametrize("role", ["compliance", "editor", "moderator"])
def test_no_reason_opens_a_request_to_roles_that_answer_none(as_role, call, role):
    client = as_role(role)

    assert client.post(url(call, "act/break-glass/"), {"break-glass-reason": "I want to"}).status_code == 403
    assert not SealedAccess.objects.exists()


# --- who looked ------------------------------------------------------------------------------------------------------


def test_staff_see_who_looked_on_the_page_itself(as_role, call):
    as_role("manager").get(url(call))

    html = as_role("admissions").get(url(call)).content.decode()

    assert "Read, manager-" in html
    assert "(Manager)" in html


def test_compliance_finds_who_looked_by_the_reference(as_role, call):
    as_role("front_desk").get(url(call))
    other = make_call()
    client = as_role("compliance")

    found = client.get(f"/admin/detoxsite/sealedaccess/?q={call.reference.lower()}").content.decode()
    none = client.get(f"/admin/detoxsite/sealedaccess/?q={other.reference}").content.decode()

    assert found.count("field-about") == 1
    assert ">Front desk</td>" in found
    assert none.count("field-about") == 0


# --- disclosures -----------------------------------------------------------------------------------------------------


def disclosures(client, reference):
    response = client.get(f"/admin/intake/disclosure/person/?reference={reference}")
    return list(csv.reader(io.StringIO(response.content.decode())))


def test_all_disclosures_of_a_person_as_csv(as_role, nurse):
    first, again, other = make_call(phone="(212) 555-0123"), make_call(phone="212 555 0123"), make_call(phone="1")
    for number, call in enumerate((first, again, other)):
        Disclosure.objects.create(call=call, by=nurse, what="print", to=f"=Dr. {number}", why="Treatment")

    rows = disclosures(as_role("compliance"), first.reference.lower())

    assert rows[0] == ["at", "request", "what", "to", "purpose", "by", "consent given"]
    assert [row[1:6] for row in rows[1:]] == [
        [call.reference, "Printed", f"'=Dr. {number}", "Treatment", str(nurse)]
        for number, call in enumerate((first, again))
    ]


@pytest.mark.parametrize(("reference", "expected"), [("", 400), ("x%00", 400), ("AAAAAAAA", 404)])
def test_an_unknown_reference_has_no_disclosures(as_role, reference, expected):
    answer = as_role("compliance").get(f"/admin/intake/disclosure/person/?reference={reference}")

    assert answer.status_code == expected


def test_exports_want_a_recent_sign_in(as_role, call):
    compliance, admissions = as_role("compliance"), make_user("admissions")
    with time_machine.travel(timezone.now() + timezone.timedelta(minutes=11)):
        export = compliance.get(f"/admin/intake/disclosure/person/?reference={call.reference}")
        compliance.force_login(admissions)
    with time_machine.travel(timezone.now() + timezone.timedelta(minutes=25)):
        printout = compliance.post(url(call, "print/"), {"to": "Dr. Lee", "why": "Care"})

    for answer in (export, printout):
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
