"""The call for help, from the form to the staff who answer it."""

import base64
import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from detoxsite.core.encryption import digests, sealing
from detoxsite.core.models import User
from intake import services
from intake.admin.calls import CallForHelpAdmin
from intake.alerting import alerts
from intake.models import (
    ALPHABET,
    ANSWERS,
    CallForHelp,
    Consent,
    ContactAttempt,
    Outcome,
    Status,
    Urgency,
)
from intake.portal import services as portal_services
from intake.reception import insert, spam_score
from intake.reception import receive as reception
from intake.reception.identifiers import Identity, format_code
from intake.records.consent_texts import CONSENT, CONSENT_BODY
from tests.core.public_forms.test_forms import HELP, form, send
from tests.factories import make_call, make_user, open_portal, receive

pytestmark = pytest.mark.django_db

CANARIES = {
    "phone": "+1 212 555 0199 x77",
    "email": "canary@example.org",
    "name": "Canary Name",
    "story": "canary story of mine",
}


def test_a_call_is_stored_whole_and_sealed(client):
    answers = {"whom": "other", "leave": ["voicemail"], "times": ["now", "night"], "substances": ["alcohol"]}

    response = send(client, HELP, {**CANARIES, **answers, "language": "es", "recent": "yes"})

    call = CallForHelp.objects.get()
    assert response.headers["Location"].startswith("/help/sent/?")
    assert {name: call.payload[name] for name in ANSWERS} == {**CANARIES, **answers, "language": "es", "recent": "yes"}
    assert (call.status, call.channel, call.urgency) == (Status.NEW, "web", 2)
    assert call.alerts.get().due_at <= timezone.now()
    assert call.consents.get().text.body == CONSENT_BODY
    assert in_clear() == []


def in_clear():
    """Which of the CANARIES can be read in any row of any table."""
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT "{table}"::text FROM "{table}"')
            rows += [row for (row,) in cursor.fetchall()]
    forms = [*CANARIES.values(), *(value.encode().hex() for value in CANARIES.values())]
    return [canary for canary in forms if any(canary in row for row in rows)]


@pytest.mark.parametrize("phone", ["(212) 555-0123", "555-0123", "020 7946 0958", "abc"])
def test_no_phone_number_is_refused(client, phone):
    assert send(client, HELP, {"phone": phone}).status_code == 302

    assert CallForHelp.objects.get().payload["phone"] == phone


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"phone": "(212) 555-0123"}, {"phone": "+1 212 555 0123"}, True),
        ({"phone": "555-01 23"}, {"phone": "Bo, 555 0123"}, True),
        ({"phone": "555-0124"}, {"phone": "555-0123"}, False),
        ({"phone": "ask for Bo"}, {"phone": "ASK  FOR BO"}, True),
        ({"email": "Sam@Example.org"}, {"email": "sam@example.org"}, True),
        ({"email": "sam@example.org"}, {"phone": "sam@example.org"}, False),
    ],
)
def test_requests_from_one_number_or_address_are_linked_however_it_is_written(one, other, same):
    first, second = make_call(**one, **({"phone": ""} if "email" in one else {})), make_call(**other)

    assert list(CallForHelp.objects.linked_to(first)) == ([second] if same else [])


def test_neither_phone_nor_email_is_an_error_of_both(client):
    response = client.post(HELP, {**form(client, HELP), "name": "Sam"})

    html = response.content.decode()
    assert response.status_code == 422
    for name in ("phone", "email"):
        assert f'aria-describedby="id_{name}_helptext id_{name}_reach_error"' in html
        error = re.search(rf'id="id_{name}_reach_error">(.*?)</p>', html)[1]
        assert "Give a phone number or an email address." in error
    assert 'value="Sam"' in html


def test_a_call_nobody_can_answer_is_refused_by_the_database():
    with pytest.raises(IntegrityError, match="call_can_be_answered"):
        make_call(phone="", email="")


def test_the_reference_is_shown_after_the_form_and_only_there(client):
    send(client, HELP, CANARIES)
    call = CallForHelp.objects.get()

    page = client.get("/help/sent/")

    html = page.content.decode()
    assert re.findall(r'class="ref">(\w+)<', html) == [call.reference]
    assert set(call.reference) <= set(ALPHABET)
    assert len(call.reference) == 8
    assert "no-store" in page.headers["Cache-Control"]
    for canary in CANARIES.values():
        assert canary not in html


def test_the_cookie_reveals_nothing_and_cannot_be_forged(client):
    response = send(client, HELP, CANARIES)

    cookie, call = response.cookies["sent"], CallForHelp.objects.get()
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/help/", "Strict", True)
    readable = cookie.value + repr(base64.urlsafe_b64decode(cookie.value))
    assert [word for word in (call.reference, str(call.pk), *CANARIES.values()) if word in readable] == []
    for forged in ("AAAAAAAA:1:forged", cookie.value[:-4] + "AAAA", "é", ""):
        client.cookies["sent"] = forged
        assert "We cannot tell from this browser" in client.get("/help/sent/").content.decode()


def test_the_return_code_is_shown_and_opens_what_was_sealed_for_the_person(client, settings):
    data = {**form(client, HELP), **CANARIES}
    client.post(HELP, data)
    call = CallForHelp.objects.get()
    code = Identity.of(data["key"], call.payload).code

    assert format_code(code) in client.get("/help/sent/").content.decode()
    settings.SEALING_PRIVATE_KEYS = []  # as in a process that serves only the public
    back = sealing.PrivateKey.from_return_code(code).open(
        call.sealed_for_author, call.sealing_context("sealed_for_author")
    )
    assert {name: back[name] for name in CANARIES} == CANARIES
    with pytest.raises(sealing.Unreadable):
        CallForHelp.objects.get().payload  # noqa: B018


def test_the_same_answers_again_from_the_same_browser_are_one_request(client):
    for _ in range(2):
        send(client, HELP, CANARIES)
    send(client, HELP, {**CANARIES, "story": "Now I shake."})
    Client().post(HELP, {**form(Client(), HELP), **CANARIES})

    assert sorted(call.payload["story"] for call in CallForHelp.objects.all()) == [
        *("Now I shake.", "canary story of mine", "canary story of mine")
    ]


def test_other_answers_under_the_same_key_count_and_the_first_are_kept(client):
    data = {**form(client, HELP), "phone": "(212) 555-0100", "name": "Sam"}
    client.post(HELP, data)
    CallForHelp.objects.get().alerts.update(done_at=timezone.now())
    client.post(HELP, {**data, "phone": "(212) 555-0199", "story": "She stopped breathing."})

    call = CallForHelp.objects.get()
    now = call.current_answers()
    assert (now["phone"], now["name"], now["story"]) == ("(212) 555-0199", "Sam", "She stopped breathing.")
    assert call.payload["phone"] == "(212) 555-0100"
    given = [digests.blind_index("phone", number) for number in ("+12125550100", "+12125550199")]
    assert list(map(bytes, call.contact_digests)) == given
    assert call.urgency == Urgency.DANGER
    assert sorted(call.alerts.values_list("round", flat=True)) == [1, 2]
    client.post(HELP, data)  # back to the first answers
    assert CallForHelp.objects.get().current_answers()["phone"] == "(212) 555-0100"


@pytest.mark.parametrize(
    ("status", "again"), [("new", "new"), ("calling", "calling"), ("unreached", "new"), ("closed", "new")]
)
def test_sending_again_returns_the_request_to_the_queue(nurse, status, again):
    call = make_call(key="k" * 20)
    alerts.start_alerts(call, round=1)
    if status != "new":
        alerts.end_alerts(call)
    steps = {
        "calling": lambda: services.claim(call.pk, by=nurse),
        "unreached": lambda: services.record_attempt(call.pk, by=nurse, outcome="no_answer"),
        "closed": lambda: services.close(call.pk, by=nurse, outcome="referred"),
    }
    steps.get(status, lambda: None)()

    reception.receive(call.payload, Identity.of("k" * 20), consent=CONSENT["sha256"])

    assert CallForHelp.objects.get().status == again
    assert call.alerts.count() == (2 if again == "new" and status != "new" else 1)


def test_sending_again_after_the_escalation_ended_alerts_again():
    call = make_call(key="k" * 20)

    reception.receive(call.payload, Identity.of("k" * 20), consent=CONSENT["sha256"])

    assert call.alerts.count() == 1


def test_back_on_a_shared_computer_does_not_show_the_code_of_the_person_before(client):
    data = {**form(client, HELP), **CANARIES}
    client.post(HELP, data)
    code = Identity.of(data["key"], CallForHelp.objects.get().payload).code
    stranger = Client()

    stranger.post(HELP, {**data, "phone": "1", "name": "", "story": "", "email": ""})

    page = stranger.get("/help/sent/").content.decode()
    assert CallForHelp.objects.count() == 1
    assert format_code(code) not in page
    assert "Your code" not in page


def test_sending_again_from_the_same_browser_keeps_the_code_which_reads_it_all(client):
    data = {**form(client, HELP), **CANARIES}
    client.post(HELP, data)
    call = CallForHelp.objects.get()
    code = Identity.of(data["key"], call.payload).code
    client.get("/help/sent/")

    client.post(HELP, {**data, "phone": "(212) 555-0100"})

    later = call.revisions.get()
    assert format_code(code) in client.get("/help/sent/").content.decode()
    back = sealing.PrivateKey.from_return_code(code).open(
        later.sealed_for_author, later.sealing_context("sealed_for_author")
    )
    assert back["phone"] == "(212) 555-0100"


def test_an_attempt_recorded_during_a_colleagues_call_leaves_them_the_claim(nurse):
    call = make_call()
    services.claim(call.pk, by=nurse)

    services.record_attempt(call.pk, by=make_user("admissions"), outcome="no_answer")

    call.refresh_from_db()
    assert (call.status, call.claimed_by, call.contact_attempts.count()) == ("calling", nurse, 1)


def test_a_refused_action_keeps_the_typed_text_and_writes_nothing(as_role, nurse):
    client = as_role("admissions")
    call = make_call()
    services.close(call.pk, by=nurse, outcome="referred")
    note = {"contact-way": "call", "contact-outcome": "no_answer", "contact-note": "Typed this."}

    html = client.post(f"/admin/intake/callforhelp/{call.pk}/act/contact/", note).content.decode()

    assert "This request is closed." in html
    assert "Typed this." in html
    assert not ContactAttempt.objects.exists()
    assert not LogEntry.objects.exists()


def test_an_action_and_its_record_succeed_or_fail_together(as_role, monkeypatch):
    client = as_role("admissions")
    call = make_call()
    monkeypatch.setattr(CallForHelpAdmin, "log_change", lambda *args: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        client.post(f"/admin/intake/callforhelp/{call.pk}/act/claim/")

    call.refresh_from_db()
    assert call.status == Status.NEW


def test_a_timed_out_claim_counts_as_unclaimed(as_role):
    client = as_role("admissions")
    call = make_call()
    services.claim(call.pk, by=client.user)

    held = client.get("/admin/intake/callforhelp/?queue=unclaimed").content.decode()
    CallForHelp.objects.update(claimed_at=timezone.now() - timezone.timedelta(minutes=11))
    lapsed = client.get("/admin/intake/callforhelp/?queue=unclaimed").content.decode()

    assert (call.reference in held, call.reference in lapsed) == (False, True)


def test_a_request_its_consent_and_its_alert_are_stored_together_or_not_at_all():
    call = reception.seal_request({"phone": "1"}, Identity.of("k" * 20))

    with pytest.raises(IntegrityError), transaction.atomic():
        insert.insert(call, consent=CONSENT["sha256"], alert_at=None)

    assert not CallForHelp.objects.exists()
    assert not Consent.objects.exists()


def test_each_column_of_a_request_is_stored_as_it_was_sealed():
    call = reception.seal_request(
        {"phone": "1", "email": "sam@example.com"}, Identity.of("k" * 20), doubtful=[spam_score.LINKS]
    )
    call.goes_first, call.is_synthetic, call.is_quarantined = True, True, True
    call.arrived_with, call.created_at = b"\x00with", call.created_at - timedelta(hours=1)

    assert insert.insert(call, consent="", alert_at=timezone.now())
    assert not insert.insert(call, consent="", alert_at=timezone.now())

    stored = CallForHelp.objects.get()
    stored.contact_digests = list(map(bytes, stored.contact_digests))
    for field in CallForHelp._meta.concrete_fields:
        value = getattr(stored, field.attname)
        assert (bytes(value) if isinstance(value, memoryview) else value) == getattr(call, field.attname), field.name


def test_a_column_that_the_statement_leaves_out_has_the_same_default_in_every_row():
    others = [field for field in CallForHelp._meta.concrete_fields if field.name not in insert.GIVEN]

    assert [field.name for field in others if field.has_default() and callable(field.default)] == []


def test_a_request_with_an_unknown_consent_text_is_stored_all_the_same():
    reception.receive({"phone": "1"}, Identity.of("k" * 20), consent="no such text")

    assert CallForHelp.objects.get().alerts.count() == 1
    assert not Consent.objects.exists()


# --- work of staff ---------------------------------------------------------------------------------------------------


def test_of_two_people_who_claim_the_second_sees_who_was_first(nurse):
    call = make_call()

    services.claim(call.pk, by=nurse)

    with pytest.raises(services.Refused, match="Nora already has it"):
        services.claim(call.pk, by=make_user("admissions"))
    call.refresh_from_db()
    assert call.claimed_by == nurse


def test_a_claim_lapses_when_idle(nurse):
    call = make_call()
    services.claim(call.pk, by=nurse)
    CallForHelp.objects.update(claimed_at=timezone.now() - timezone.timedelta(minutes=11))
    colleague = make_user("admissions")

    assert CallForHelp.objects.unclaimed().get() == call
    assert services.claim(call.pk, by=colleague).claimed_by == colleague


@pytest.mark.parametrize(
    ("outcome", "status"), [("reached", "reached"), ("no_answer", "unreached"), ("safe_message", "unreached")]
)
def test_an_attempt_is_kept_and_moves_the_request(nurse, outcome, status):
    call = make_call(leave=["voicemail"])

    services.record_attempt(call.pk, by=nurse, outcome=outcome, note="Rang twice.")

    call.refresh_from_db()
    contact = call.contact_attempts.get()
    assert (call.status, contact.by, contact.payload["note"]) == (status, nurse, "Rang twice.")


def test_nothing_happens_to_a_closed_request_until_it_is_opened_again(nurse):
    call = make_call()
    services.close(call.pk, by=nurse, outcome=Outcome.REFERRED)

    for step, extra in (
        ("claim", {}),
        ("record_attempt", {"outcome": "reached"}),
        ("close", {"outcome": Outcome.REACHED}),
    ):
        with pytest.raises(services.Refused, match="closed"):
            getattr(services, step)(call.pk, by=nurse, **extra)
    assert not ContactAttempt.objects.exists()
    assert services.reopen(call.pk, by=nurse).status == Status.NEW


def test_no_request_is_closed_without_an_outcome():
    call = make_call()

    with pytest.raises(IntegrityError, match="call_closed_with_outcome"):
        CallForHelp.objects.filter(pk=call.pk).update(status=Status.CLOSED, closed_at=timezone.now())


def test_deleting_every_account_that_can_be_deleted_loses_no_request(nurse):
    call = make_call()
    services.claim(call.pk, by=nurse)

    User.objects.all().delete()

    call.refresh_from_db()
    assert call.claimed_by is None
    assert CallForHelp.objects.unclaimed(timezone.now() + timezone.timedelta(hours=1)).get() == call


def test_staff_work_a_request_from_claim_to_close(as_role):
    client = as_role("admissions")
    call = make_call(**CANARIES, leave=["voicemail"])
    url = f"/admin/intake/callforhelp/{call.pk}/"

    page = client.get(f"{url}change/").content.decode()
    client.post(f"{url}act/claim/")
    client.post(
        f"{url}act/contact/", {"contact-way": "call", "contact-outcome": "no_answer", "contact-note": "Rang out."}
    )
    client.post(f"{url}act/close/", {"close-outcome": "referred"})

    call.refresh_from_db()
    for canary in CANARIES.values():
        assert canary in page
    assert (call.status, call.outcome, call.contact_attempts.get().payload["note"]) == (
        "closed",
        "referred",
        "Rang out.",
    )
    record = " ".join(f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.all())
    assert record.count(call.reference) == 3
    for canary in CANARIES.values():
        assert canary not in record


def test_an_incomplete_action_comes_back_with_the_typed_text(as_role):
    client = as_role("admissions")
    call = make_call()

    response = client.post(
        f"/admin/intake/callforhelp/{call.pk}/act/contact/", {"contact-outcome": "", "contact-note": "Typed this."}
    )

    html = response.content.decode()
    assert "Typed this." in html
    assert "Choose the result." in html
    assert not ContactAttempt.objects.exists()


@pytest.mark.parametrize("role", ["editor", "clinician", "moderator", "compliance"])
def test_other_roles_see_no_request_at_all(as_role, role):
    client = as_role(role)
    call = make_call(**CANARIES)

    assert client.get("/admin/intake/callforhelp/").status_code == 403
    assert client.get(f"/admin/intake/callforhelp/{call.pk}/change/").status_code == 403
    assert client.post(f"/admin/intake/callforhelp/{call.pk}/act/claim/").status_code == 403
    assert b"requests that nobody" not in client.get("/admin/").content


@pytest.mark.parametrize("path", ["add/", "{pk}/delete/"])
def test_staff_neither_invent_nor_delete_requests(as_role, path):
    call = make_call()

    response = as_role("manager").get(f"/admin/intake/callforhelp/{path.format(pk=call.pk)}")

    assert response.status_code == 403


def test_nobody_closes_over_a_message_they_have_not_read(nurse):
    call = receive()
    portal_services.write(open_portal("k" * 20), text="He is not breathing", key="own-page-key-1234567")

    with pytest.raises(services.Refused, match="has sent a new message"):
        services.close(call.pk, by=nurse, outcome=Outcome.REFERRED)


def test_newer_answers_count_though_the_clock_was_set_back(time_machine):
    now = timezone.now()
    time_machine.move_to(now + timedelta(hours=1), tick=False)
    receive(phone="(212) 555-0100", leave=["voicemail"])
    time_machine.move_to(now, tick=False)

    receive(phone="(212) 555-0199", leave=[])

    answers = CallForHelp.objects.get().current_answers()
    assert (answers["phone"], answers["leave"]) == ("(212) 555-0199", [])


def test_asking_again_after_erasure_counts_though_the_clock_was_set_back(time_machine):
    now = timezone.now()
    time_machine.move_to(now + timedelta(hours=1), tick=False)
    services.erase(receive().pk)
    time_machine.move_to(now, tick=False)

    receive(story="again")

    assert CallForHelp.objects.get().current_answers()["story"] == "again"


def test_if_nothing_can_be_sealed_the_page_says_that_it_was_not_received(client, settings):
    data = {**form(client, HELP), "phone": "1", "story": "my words"}
    settings.SEALING_PUBLIC_KEY = "garbage"

    response = client.post(HELP, data)

    assert response.status_code == 503
    assert "We could not store this" in response.content.decode()
    assert "my words" in response.content.decode()
