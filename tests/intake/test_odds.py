"""What a reviewer tried against the call for help: odd disks, clocks, keys, moments. None of it may cost a request."""

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from detoxsite.core import jobs, middleware
from detoxsite.core.encryption import sealing
from intake import services
from intake.alerting import escalation
from intake.assurance import reconciliation
from intake.models import CallForHelp, Outcome
from intake.portal import services as portal_services
from intake.reception import spam_score, spool, spool_import
from intake.reception.identifiers import Identity
from intake.records.consent_texts import CONSENT
from tests.core.public_forms.test_forms import HELP, form
from tests.factories import make_user

pytestmark = pytest.mark.django_db
KEY = "k" * 20


@pytest.fixture
def nurse():
    return make_user("admissions")


def receive(key=KEY, *, doubtful=(), **answers):
    answers = {"phone": "1", **answers}
    return services.receive(answers, Identity.of(key), consent=CONSENT["sha256"], doubtful=doubtful)


def on_their_page(key=KEY):
    return portal_services.find(Identity.of(key).reference, Identity.of(key).code)


def run_jobs(*names):
    return [jobs.run(job) for name in names for job in jobs.registered() if job.name == name]


def test_one_thing_in_the_spool_that_is_no_file_stops_neither_the_others_nor_the_alerts(nurse, mailoutbox):
    (spool.folder() / "x.json").mkdir(parents=True)
    spool.put(services.sealed({"phone": "1"}, Identity.of(KEY)), CONSENT["sha256"])

    run_jobs("spool import", "alerts")

    assert CallForHelp.objects.count() == 1
    assert len(mailoutbox) == 1


def test_a_drain_that_fails_does_not_keep_staff_from_being_told(nurse, mailoutbox, monkeypatch):
    receive()
    monkeypatch.setattr(spool_import, "drain", lambda: 1 / 0)

    assert run_jobs("spool import", "alerts") == [False, True]

    assert len(mailoutbox) == 1


def test_danger_told_of_by_somebody_in_quarantine_is_told_of_at_once(nurse, mailoutbox):
    call = receive(doubtful=[spam_score.TRAP])
    escalation.send_due()
    assert (call.is_quarantined, mailoutbox) == (True, [])

    portal_services.write(on_their_page(), text="I took 40 pills", key="own-page-key-1234567")
    escalation.send_due()

    assert len(mailoutbox) == 1


def test_what_is_written_after_cancelling_is_heard_though_it_says_the_same(nurse):
    receive()
    portal_services.write(on_their_page(), text="Please call", key="own-page-key-1234567")
    portal_services.cancel(on_their_page())

    portal_services.write(on_their_page(), text="Please call", key="own-page-key-7654321")

    assert CallForHelp.objects.get().status == "new"


def test_nobody_closes_over_words_they_have_not_read(nurse):
    call = receive()
    portal_services.write(on_their_page(), text="He is not breathing", key="own-page-key-1234567")

    with pytest.raises(services.Refused, match="has written meanwhile"):
        services.close(call.pk, by=nurse, outcome=Outcome.REFERRED)


def test_an_alert_made_while_the_clock_was_ahead_is_not_kept_back(nurse, mailoutbox, time_machine):
    now = timezone.now()
    time_machine.move_to(now + timedelta(hours=1), tick=False)
    receive()
    time_machine.move_to(now, tick=False)

    escalation.send_due()

    assert len(mailoutbox) == 1


def test_newer_answers_count_though_the_clock_was_set_back(time_machine):
    now = timezone.now()
    time_machine.move_to(now + timedelta(hours=1), tick=False)
    receive(phone="(212) 555-0100", leave=["voicemail"])
    time_machine.move_to(now, tick=False)

    receive(phone="(212) 555-0199", leave=[])

    said = CallForHelp.objects.get().current()
    assert (said["phone"], said["leave"]) == ("(212) 555-0199", [])


def test_who_was_erased_and_asks_again_is_heard_though_the_clock_was_set_back(time_machine):
    now = timezone.now()
    time_machine.move_to(now + timedelta(hours=1), tick=False)
    services.erase(receive().pk)
    time_machine.move_to(now, tick=False)

    receive(story="again")

    assert CallForHelp.objects.get().current()["story"] == "again"


def test_what_waited_on_the_disk_does_not_call_back_who_cancelled_since():
    receive()
    spool.put(services.sealed({"phone": "2"}, Identity.of(KEY)), CONSENT["sha256"])
    time.sleep(0.01)
    portal_services.cancel(on_their_page())

    assert spool_import.drain() == 1

    call = CallForHelp.objects.get()
    assert (call.status, call.later.count()) == ("closed", 1)


def test_a_second_sending_that_is_lost_is_missed(nurse):
    receive()
    sent = services.sealed({"phone": "2"}, Identity.of(KEY))
    spool.acknowledge(sent, "disk")

    assert reconciliation.reconcile(timezone.now() + timedelta(minutes=1)).missing == [sent.reference]


def test_requests_that_no_key_here_opens_are_named(settings):
    settings.SEALING_PUBLIC_KEY = sealing.public_of(sealing.new_private_key())

    call = receive()

    assert reconciliation.reconcile().unreadable == [call.reference]


def test_where_nothing_can_be_sealed_the_page_says_that_it_was_not_received(client, settings):
    data = {**form(client, HELP), "phone": "1", "story": "my words"}
    settings.SEALING_PUBLIC_KEY = "garbage"

    response = client.post(HELP, data)

    assert response.status_code == 503
    assert "We did not receive this" in response.content.decode()
    assert "my words" in response.content.decode()


@pytest.mark.parametrize("charset", ["unicode_escape", "punycode", "rot13", "hex", "idna", "undefined", "no-such"])
def test_an_odd_charset_is_taken_for_what_our_forms_are_sent_in(charset):
    client = Client()
    hidden = form(client, HELP)
    parts = {**hidden, "phone": "1", "story": "\\ud800 é"}
    body = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in parts.items()
    )

    kind = f"multipart/form-data; boundary=x; charset={charset}"
    response = client.generic("POST", HELP, f"{body}--x--\r\n".encode(), kind)

    assert response.status_code == 302
    assert CallForHelp.objects.get().payload["story"] == "\\ud800 é"


def test_the_desk_leaves_threads_for_who_asks_for_help(client, monkeypatch):
    for _ in range(middleware.MAX_DESKS):
        middleware.desks.acquire()
    try:
        assert client.get("/admin/").status_code == 503
        assert client.get("/help/").status_code == 200
    finally:
        middleware.desks.release(middleware.MAX_DESKS)
    assert client.get("/admin/").status_code == 302
