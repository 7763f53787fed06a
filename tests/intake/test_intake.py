"""The call for help, from the form to the staff who answer it."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from detoxsite.models import User
from intake import services, tasks
from intake.admin import CallForHelpAdmin
from intake.models import ALPHABET, CallForHelp, Contact, Outcome, Status
from tests.detoxsite.test_visitors import HELP, form, send
from tests.factories import make_call, make_user

pytestmark = pytest.mark.django_db

CANARIES = {
    "phone": "+1 212 555 0199 x77",
    "email": "canary@example.org",
    "name": "Canary Name",
    "story": "canary story of mine",
}


@pytest.fixture
def nurse():
    return make_user("admissions", email="nurse@example.org", first_name="Nora")


def deliver():
    """What the worker does with the queued alerts."""
    for result in DBTaskResult.objects.ready():
        result.task.call(*result.args_kwargs["args"])


def test_a_call_is_stored_whole_and_staff_are_told_to_look(client, nurse):
    answers = {"whom": "other", "leave": ["voicemail"], "times": ["now", "night"], "substances": ["alcohol"]}

    response = send(client, HELP, {**CANARIES, **answers, "language": "es", "recent": "yes"})
    deliver()

    call = CallForHelp.objects.get()
    assert response.headers["Location"] == "/help/sent/"
    assert {name: getattr(call, name) for name in CANARIES} == CANARIES
    assert (call.whom, call.leave, call.times) == ("other", ["voicemail"], ["now", "night"])
    assert (call.substances, call.language, call.recent) == (["alcohol"], "es", "yes")
    assert call.status == Status.NEW
    [message] = mail.outbox
    assert message.bcc == ["nurse@example.org"]
    assert call.reference in message.subject
    assert "http://testserver" + reverse("admin:intake_callforhelp_change", args=[call.pk]) in message.body
    for canary in CANARIES.values():
        assert canary not in message.message().as_string()


@pytest.mark.parametrize(
    ("phone", "dialled"),
    [("(212) 555-0123", "+12125550123"), ("555-0123", ""), ("020 7946 0958", ""), ("abc", "")],
)
def test_no_phone_number_is_refused(client, phone, dialled):
    assert send(client, HELP, {"phone": phone}).status_code == 302

    call = CallForHelp.objects.get()
    assert call.phone == phone
    assert call.phone_e164 == dialled


def test_neither_phone_nor_email_is_an_error_of_the_group(client):
    response = client.post(HELP, {**form(client, HELP), "name": "Sam"})

    html = response.content.decode()
    assert response.status_code == 422
    assert re.search(
        r'<fieldset class="field group" id="id_reach"[^>]* aria-describedby="id_reach_hint id_reach_error"', html
    )
    assert len(re.findall(r'aria-describedby="id_(?:phone|email)_helptext id_reach_error"', html)) == 2
    assert "Give a phone number or an email address." in html
    assert 'value="Sam"' in html


def test_a_call_nobody_can_answer_is_refused_by_the_database():
    with pytest.raises(IntegrityError, match="call_is_reachable"):
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


def test_the_cookie_holds_the_reference_alone_and_cannot_be_forged(client):
    response = send(client, HELP, CANARIES)

    cookie = response.cookies["sent"]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/help/", "Strict", True)
    assert cookie.value.startswith(CallForHelp.objects.get().reference + ":")
    client.cookies["sent"] = "AAAAAAAA:1:forged"
    assert "We have no request from this device" in client.get("/help/sent/").content.decode()


def test_the_same_answers_again_from_the_same_browser_are_one_request(client):
    for _ in range(2):
        send(client, HELP, CANARIES)
    send(client, HELP, {**CANARIES, "story": "Now I shake."})
    Client().post(HELP, {**form(Client(), HELP), **CANARIES})

    assert sorted(CallForHelp.objects.values_list("story", flat=True)) == [
        *("Now I shake.", "canary story of mine", "canary story of mine")
    ]


def test_other_answers_under_the_same_key_replace_the_first_which_are_kept(client, nurse):
    data = {**form(client, HELP), "phone": "(212) 555-0100", "name": "Sam"}
    client.post(HELP, data)
    deliver()
    client.post(HELP, {**data, "phone": "(212) 555-0199", "story": "She stopped breathing."})
    deliver()

    call = CallForHelp.objects.get()
    assert (call.phone, call.phone_e164, call.name) == ("(212) 555-0199", "+12125550199", "Sam")
    assert call.story == "She stopped breathing."
    assert call.earlier.get().answers["phone"] == "(212) 555-0100"
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    ("status", "again"), [("new", "new"), ("calling", "calling"), ("unreached", "new"), ("closed", "new")]
)
def test_who_sends_again_is_heard_again(nurse, status, again):
    call = make_call(key="k" * 20)
    steps = {
        "calling": lambda: services.claim(call.pk, by=nurse),
        "unreached": lambda: services.note_contact(call.pk, by=nurse, outcome="no_answer"),
        "closed": lambda: services.close(call.pk, by=nurse, outcome="not_reached"),
    }
    steps.get(status, lambda: None)()

    services.receive(CallForHelp(key="k" * 20, phone=call.phone))

    assert CallForHelp.objects.get().status == again
    assert DBTaskResult.objects.count() == (1 if again == "new" and status != "new" else 0)


def test_the_desk_shows_what_was_sent_before(as_role):
    call = make_call(key="k" * 20, phone="(212) 555-0100")
    services.receive(CallForHelp(key="k" * 20, phone="(212) 555-0199"))

    html = as_role("admissions").get(f"/admin/intake/callforhelp/{call.pk}/change/").content.decode()

    assert "(212) 555-0199" in html
    assert "phone: (212) 555-0100" in html


def test_a_note_during_somebody_elses_call_leaves_the_call_theirs(nurse):
    call = make_call()
    services.claim(call.pk, by=nurse)

    services.note_contact(call.pk, by=make_user("admissions"), outcome="no_answer")

    call.refresh_from_db()
    assert (call.status, call.claimed_by, call.contacts.count()) == ("calling", nurse, 1)


def test_a_refused_step_keeps_what_was_typed_and_writes_nothing(as_role, nurse):
    client = as_role("admissions")
    call = make_call()
    services.close(call.pk, by=nurse, outcome="referred")
    note = {"contact-outcome": "no_answer", "contact-note": "Typed this."}

    html = client.post(f"/admin/intake/callforhelp/{call.pk}/act/contact/", note).content.decode()

    assert "This request is closed." in html
    assert "Typed this." in html
    assert not Contact.objects.exists()
    assert not LogEntry.objects.exists()


def test_a_step_and_its_record_are_one(as_role, monkeypatch):
    client = as_role("admissions")
    call = make_call()
    monkeypatch.setattr(CallForHelpAdmin, "log_change", lambda *args: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        client.post(f"/admin/intake/callforhelp/{call.pk}/act/claim/")

    call.refresh_from_db()
    assert call.status == Status.NEW


def test_a_lapsed_claim_is_nobodys(as_role):
    client = as_role("admissions")
    call = make_call()
    services.claim(call.pk, by=client.user)
    url = f"/admin/intake/callforhelp/{call.pk}/change/"

    held = client.get(url).content.decode()
    CallForHelp.objects.update(claimed_at=timezone.now() - timezone.timedelta(minutes=11))
    lapsed = client.get(url).content.decode()

    shown = '<div class="readonly">{}</div>'
    assert (shown.format(client.user) in held, shown.format("Nobody") in held) == (True, False)
    assert shown.format("Nobody") in lapsed


def test_storing_and_alerting_happen_together_or_not_at_all(monkeypatch):
    class Broken:
        def enqueue(self, *args):
            raise RuntimeError

    monkeypatch.setattr(services, "alert", Broken())
    call = CallForHelp(key="k" * 20, phone="1")

    with pytest.raises(RuntimeError), transaction.atomic():
        services.receive(call)

    assert not CallForHelp.objects.exists()


def test_a_second_delivery_sends_no_second_alert(nurse):
    call = make_call()

    tasks.alert.call(call.reference)
    tasks.alert.call(call.reference)

    assert len(mail.outbox) == 1


def test_with_nobody_to_tell_the_alert_fails_aloud():
    call = make_call()

    with pytest.raises(tasks.NobodyToTell):
        tasks.alert.call(call.reference)

    call.refresh_from_db()
    assert call.notified_at is None


def test_a_missed_alert_is_queued_again_once(nurse):
    late = timezone.now() - timezone.timedelta(minutes=3)
    make_call(created_at=late)
    make_call(created_at=late, notified_at=late)
    make_call()

    assert [tasks.chase(), tasks.chase()] == [1, 0]
    assert DBTaskResult.objects.filter(status=TaskResultStatus.READY).count() == 1


# --- the desk --------------------------------------------------------------------------------------------------------


def test_of_two_people_the_second_is_told_who_was_first(nurse):
    call = make_call()

    services.claim(call.pk, by=nurse)

    with pytest.raises(services.Refused, match="Nora is calling already"):
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
    call = make_call()

    services.note_contact(call.pk, by=nurse, outcome=outcome, note="Rang twice.")

    call.refresh_from_db()
    contact = call.contacts.get()
    assert (call.status, contact.by, contact.note) == (status, nurse, "Rang twice.")


def test_nothing_happens_to_a_closed_request_until_it_is_opened_again(nurse):
    call = make_call()
    services.close(call.pk, by=nurse, outcome=Outcome.REFERRED)

    for step, extra in (
        ("claim", {}),
        ("note_contact", {"outcome": "reached"}),
        ("close", {"outcome": Outcome.REACHED}),
    ):
        with pytest.raises(services.Refused, match="closed"):
            getattr(services, step)(call.pk, by=nurse, **extra)
    assert not Contact.objects.exists()
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


@pytest.mark.parametrize("calls", [1, 30])
def test_the_queue_costs_the_same_and_shows_nothing_of_anybody(as_role, django_assert_max_num_queries, calls):
    client = as_role("admissions")
    for _ in range(calls):
        make_call(**CANARIES, claimed_by=client.user)

    with django_assert_max_num_queries(7):
        html = client.get("/admin/intake/callforhelp/").content.decode()

    assert CallForHelp.objects.first().reference in html
    for canary in CANARIES.values():
        assert canary not in html


def test_the_desk_from_claim_to_close(as_role):
    client = as_role("admissions")
    call = make_call(**CANARIES, leave=["voicemail"])
    url = f"/admin/intake/callforhelp/{call.pk}/"

    page = client.get(f"{url}change/").content.decode()
    client.post(f"{url}act/claim/")
    client.post(f"{url}act/contact/", {"contact-outcome": "no_answer", "contact-note": "Rang out."})
    client.post(f"{url}act/close/", {"close-outcome": "referred"})

    call.refresh_from_db()
    for canary in CANARIES.values():
        assert canary in page
    assert (call.status, call.outcome, call.contacts.get().note) == ("closed", "referred", "Rang out.")
    record = " ".join(f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.all())
    assert record.count(call.reference) == 3
    for canary in CANARIES.values():
        assert canary not in record


def test_an_incomplete_step_comes_back_with_what_was_typed(as_role):
    client = as_role("admissions")
    call = make_call()

    response = client.post(
        f"/admin/intake/callforhelp/{call.pk}/act/contact/", {"contact-outcome": "", "contact-note": "Typed this."}
    )

    html = response.content.decode()
    assert "Typed this." in html
    assert "Choose what came of it." in html
    assert not Contact.objects.exists()


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
