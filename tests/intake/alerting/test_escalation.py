"""Alerts reach the right staff in time, at least once, with nothing but a reference and a link."""

import smtplib
import threading
from datetime import time, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from intake import services
from intake.alerting import deliveries, escalation
from intake.models import (
    Alert,
    AlertTarget,
    CallForHelp,
    Delivery,
    EscalationStep,
    Outcome,
    Shift,
    Webhook,
)
from intake.portal import services as portal_services
from intake.reception import receive as reception
from intake.reception import spam_score
from intake.reception.identifiers import Identity
from intake.records.consent_texts import CONSENT
from tests.factories import make_call, make_user, open_portal

pytestmark = pytest.mark.django_db

START = timezone.make_aware(timezone.datetime(2026, 11, 23, 12, 0))
CANARIES = {
    "phone": "+1 212 555 0199",
    "email": "canary@example.org",
    "name": "Canary Name",
    "whom": "other",
    "language": "vi",
    "story": "canary story, cannot breathe",
    "substances": ["opioids"],
    "recent": "yes",
}


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def house(clock):
    """Nora is on duty and Sam second, at any hour; Ada is neither; Mia is a manager, Carl in compliance."""
    roles = {"nora": "admissions", "sam": "admissions", "ada": "admissions", "mia": "manager", "carl": "compliance"}
    people = {name: make_user(role, email=f"{name}@staff.example") for name, role in roles.items()}
    for day in range(7):
        for name in ("nora", "sam"):
            Shift.objects.create(
                person=people[name], weekday=day, starts=time(0), ends=time(0), is_second=name == "sam"
            )
    return people


def store(**answers):
    """Store a request as the form does."""
    call = reception.seal_request(answers or {"phone": "(212) 555-0123"}, Identity.of(timezone.now().isoformat()))
    reception.store_request(call, consent=CONSENT["sha256"])
    return call


def alerted():
    """Who got messages since the last call."""
    names = sorted(message.to[0].partition("@")[0] for message in mail.outbox)
    mail.outbox.clear()
    return names


def after(clock, **passed):
    """Who is alerted at this time after the start."""
    clock.move_to(START + timedelta(**passed))
    escalation.send_due()
    return alerted()


# --- escalation ------------------------------------------------------------------------------------------------------


def test_the_person_on_duty_is_alerted_on_the_first_run(house):
    call = store()

    assert escalation.send_due() == 1

    assert alerted() == ["nora"]
    call.refresh_from_db()
    assert call.notified_at == START


def test_an_alert_that_was_sent_at_once_took_one_try(house):
    store()
    escalation.send_due()

    assert {(delivery.state, delivery.tries) for delivery in Delivery.objects.all()} == {("sent", 1)}


def test_escalation_continues_while_nobody_claims(house, clock):
    store()

    sent = {seconds: after(clock, seconds=seconds) for seconds in (0, 10, 179, 180, 190, 299, 300, 599, 600, 3600)}

    expected = {0: ["nora"], 180: ["sam"], 300: ["ada", "nora", "sam"], 600: ["mia"]}
    assert {seconds: names for seconds, names in sent.items() if names} == expected


def test_a_claim_stops_the_escalation(house, clock):
    call = store()
    after(clock, seconds=0)
    clock.move_to(START + timedelta(minutes=2))
    services.claim(call.pk, by=house["nora"])

    assert [after(clock, minutes=minute) for minute in (3, 5, 10, 11)] == [[], [], [], []]


def test_a_lapsed_claim_restarts_the_escalation_once(house, clock):
    call = store()
    after(clock, seconds=0)
    services.claim(call.pk, by=house["nora"])

    sent = {minute: after(clock, minutes=minute) for minute in (3, 10, 11, 12, 13, 14, 16, 21, 22, 40, 90)}

    expected = {11: ["nora"], 14: ["sam"], 16: ["ada", "nora", "sam"], 21: ["mia"]}
    assert {minute: names for minute, names in sent.items() if names} == expected
    assert [alert.round for alert in Alert.objects.filter(after=0)] == [1, 2]


def test_the_claim_of_a_disabled_account_restarts_the_escalation_at_once_and_only_once(house, clock):
    call = store()
    after(clock, seconds=0)
    clock.move_to(START + timedelta(minutes=1))
    services.claim(call.pk, by=house["ada"])
    house["ada"].is_active = False
    house["ada"].save()

    sent = {second: after(clock, seconds=second) for second in (90, 91, 92, 100)}

    assert sent == {90: ["nora"], 91: [], 92: [], 100: []}


@pytest.mark.parametrize("outcome", ["no_answer", "reached"])
def test_an_attempt_stops_the_escalation(house, clock, outcome):
    call = store()
    services.claim(call.pk, by=house["nora"])
    services.record_attempt(call.pk, by=house["nora"], outcome=outcome)

    assert [after(clock, minutes=minute) for minute in (0, 3, 20)] == [[], [], []]


def test_a_closed_request_alerts_no_one(house, clock):
    call = store()
    services.close(call.pk, by=house["nora"], outcome=Outcome.DECLINED)

    assert [after(clock, minutes=minute) for minute in (0, 3)] == [[], []]
    assert not Alert.objects.filter(done_at=None).exists()


def test_a_request_that_looks_like_spam_is_alerted_later(house, clock):
    call = reception.seal_request({"phone": "(212) 555-0123"}, Identity.of("spam"), doubtful=[spam_score.TRAP])
    assert call.is_quarantined
    reception.store_request(call, consent=CONSENT["sha256"])

    assert [after(clock, minutes=minute) for minute in (0, 29, 30, 33)] == [[], [], ["nora"], ["sam"]]


def test_the_persons_own_change_is_alerted_as_still_waiting(house, clock):
    identity = Identity.of("the same form")
    for number in (3, 4):
        call = reception.seal_request({"phone": f"(212) 555-012{number}"}, identity)
        call.created_at = timezone.now()
        reception.store_request(call, consent=CONSENT["sha256"])
        escalation.send_due()
        clock.shift(20)

    assert [message.subject for message in mail.outbox] == [
        f"A new request is waiting: {identity.reference}",
        f"Still waiting: {identity.reference}",
    ]


def test_a_synthetic_request_is_processed_and_alerts_no_one(house, clock):
    call = reception.seal_request({"phone": "(212) 555-0123"}, Identity.of("ours"), is_synthetic=True)
    reception.store_request(call, consent=CONSENT["sha256"])

    assert after(clock, seconds=1) == []

    call.refresh_from_db()
    assert call.notified_at == START + timedelta(seconds=1)
    assert not Delivery.objects.exists()
    assert not Alert.objects.filter(done_at=None).exists()


def test_a_request_that_was_not_stored_leaves_no_alert(house):
    with transaction.atomic():
        store()
        transaction.set_rollback(True)

    assert escalation.send_due() == 0
    assert not Alert.objects.exists()


# --- recipients ------------------------------------------------------------------------------------------------------


def test_with_no_one_on_duty_everyone_who_answers_is_alerted_at_once(house, clock):
    Shift.objects.all().delete()
    store()

    assert after(clock, seconds=0) == ["ada", "nora", "sam"]


def test_without_a_second_person_everyone_is_alerted(house, clock):
    Shift.objects.filter(is_second=True).delete()
    store()

    assert [after(clock, minutes=minute) for minute in (0, 3)] == [["nora"], ["ada", "nora", "sam"]]


def test_without_anyone_who_answers_the_managers_are_alerted(house, clock):
    for name in ("nora", "sam", "ada"):
        house[name].is_active = False
        house[name].save()
    store()

    assert after(clock, seconds=0) == ["mia"]


def test_with_no_one_at_all_the_alert_stays_due_and_is_reported(house, clock, caplog):
    for person in house.values():
        person.is_active = False
        person.save()
    store(**CANARIES)
    escalation._logged_at = -1000

    assert after(clock, minutes=2) == []
    assert "no one to alert" in caplog.text
    assert escalation.problems() == ["1 request or escalation step for which no one was alerted in time"]

    house["sam"].is_active = True
    house["sam"].save()
    assert after(clock, minutes=2, seconds=1) == ["sam"]
    assert escalation.problems() == []


def test_the_director_is_the_person_named_in_the_step(house, clock):
    EscalationStep.objects.filter(who=AlertTarget.DIRECTOR).update(person=house["carl"])
    store()

    assert [after(clock, minutes=minute) for minute in (0, 3, 5, 10)][-1] == ["carl"]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({3: 4}, {0: ["nora"], 4: ["sam"], 5: ["ada", "nora", "sam"], 10: ["mia"]}),  # the next step was moved later
        ({3: 2}, {0: ["nora"], 3: ["sam"], 5: ["ada", "nora", "sam"], 10: ["mia"]}),  # and moved earlier
        ({10: 30}, {0: ["nora"], 3: ["sam"], 5: ["ada", "nora", "sam"], 30: ["mia"]}),
    ],
)
def test_steps_that_are_edited_meanwhile_leave_nobody_out(house, clock, edit, expected):
    store()
    sent = {0: after(clock, seconds=0)}
    for before, then in edit.items():
        EscalationStep.objects.filter(after=before).update(after=then)

    sent |= {minute: after(clock, minutes=minute) for minute in range(1, 40)}

    assert {minute: names for minute, names in sent.items() if names} == expected


def test_without_escalation_steps_everyone_is_alerted(house, clock):
    EscalationStep.objects.all().delete()
    store()

    assert after(clock, seconds=0) == ["ada", "nora", "sam"]


# --- content ---------------------------------------------------------------------------------------------------------


def test_no_message_holds_anything_but_the_reference_and_a_link(house, clock):
    call = store(**CANARIES)

    for minute in (0, 3, 5, 10):
        clock.move_to(START + timedelta(minutes=minute))
        escalation.send_due()

    link = f"http://testserver/admin/intake/callforhelp/{call.pk}/change/"
    new, still = f"Urgent: A new request is waiting: {call.reference}", f"Urgent: Still waiting: {call.reference}"
    assert len(mail.outbox) == 6
    assert [(message.subject, message.body) for message in mail.outbox] == [
        (new, f"{new}\n{link}\n"),
        *[(still, f"{still}\n{link}\n")] * 5,
    ]
    for message in mail.outbox:
        whole = message.message().as_string()
        for typed in ("(212)", "+1212", "canary", "Canary", "other", "opioid", "breathe", "detox", "Detox"):
            assert typed not in whole.replace(str(call.pk), "").replace(call.reference, "")


# --- delivery --------------------------------------------------------------------------------------------------------


def failing_mail(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Down"


class Down:
    """A mail server that refuses messages and records them."""

    def __init__(self, **options):
        pass

    def send_messages(self, messages):
        raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (550, messages[0].body.encode())})


def test_a_mail_server_that_is_down_is_tried_again_ever_less_often(house, clock, settings, caplog):
    working = settings.EMAIL_BACKEND
    failing_mail(settings)
    EscalationStep.objects.exclude(after=0).delete()
    store(**CANARIES)
    waits = []

    for number in range(1, 9):
        escalation.send_due()
        delivery = Delivery.objects.get()
        assert (delivery.tries, delivery.problem) == (number, "SMTPRecipientsRefused")
        waits.append((delivery.next_try_at - timezone.now()).total_seconds())
        clock.move_to(delivery.next_try_at)
    assert escalation.problems() == ["1 alert that has not arrived yet"]
    settings.EMAIL_BACKEND = working
    escalation.send_due()

    for wait, least in zip(waits, (5, 15, 60, 300, 900, 3600, 3600, 3600), strict=True):
        assert least <= wait <= least * 1.2
    assert alerted() == ["nora"]
    assert "waiting:" not in caplog.text
    assert CallForHelp.objects.get().notified_at == timezone.now()
    assert escalation.problems() == []


def test_after_three_days_a_message_has_failed_and_is_sent_by_hand(house, clock, settings):
    working = settings.EMAIL_BACKEND
    failing_mail(settings)
    EscalationStep.objects.exclude(after=0).delete()
    store()
    for _ in range(100):
        escalation.send_due()
        clock.shift(timedelta(hours=1, minutes=15))
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.tries) == (Delivery.State.FAILED, deliveries.dispatcher.max_tries)
    assert escalation.problems(delivery.next_try_at) == ["1 alert that could not be sent in the last 7 days"]
    settings.EMAIL_BACKEND = working

    deliveries.send_again(delivery.pk, by=house["mia"])
    escalation.send_due()

    assert alerted() == ["nora"]


def test_a_message_sent_but_not_recorded_is_sent_again_as_the_same_message(house, clock):
    """The process is killed between sending and recording: the lease expires, and another process sends it."""
    store()
    escalation.send_due()
    Delivery.objects.update(state="waiting", sent_at=None, next_try_at=timezone.now() + deliveries.dispatcher.lease)

    sent = [escalation.send_due()]
    clock.shift(deliveries.dispatcher.lease)
    sent.append(escalation.send_due())

    first, second = mail.outbox
    assert sent == [0, 1]
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert first.extra_headers["Message-ID"].startswith(f"<{Delivery.objects.get().pk}@")


def test_a_message_sent_while_the_database_was_down_is_not_sent_again(house, clock, monkeypatch):
    store()
    with monkeypatch.context() as patch:
        patch.setattr(deliveries.dispatcher, "on_sent", lambda *_: (_ for _ in ()).throw(OperationalError))
        with pytest.raises(OperationalError):
            escalation.send_due()
    clock.shift(timedelta(minutes=1))

    assert escalation.send_due() == 1
    assert alerted() == ["nora"]


def test_a_message_that_is_no_longer_needed_is_not_sent(house, clock, settings):
    working = settings.EMAIL_BACKEND
    failing_mail(settings)
    call = store()
    escalation.send_due()
    settings.EMAIL_BACKEND = working
    services.claim(call.pk, by=house["ada"])

    assert after(clock, minutes=1) == []
    assert Delivery.objects.get().state == Delivery.State.DROPPED


class Hung:
    """A mail server that accepts the connection and then stays silent until it is released."""

    patience = threading.Event()

    def __init__(self, **options):
        pass

    def send_messages(self, messages):
        if messages[0].to == ["nora@staff.example"]:
            self.patience.wait(20)
        mail.outbox.extend(messages)
        return 1


def test_one_message_that_hangs_holds_up_no_other(house, clock, settings, monkeypatch):
    monkeypatch.setattr(deliveries.dispatcher, "timeout", 0.2)
    settings.EMAIL_BACKEND = f"{__name__}.Hung"
    Hung.patience.clear()
    store()
    escalation.send_due()
    Shift.objects.filter(is_second=False).update(person=house["ada"])
    clock.shift(1)
    store(phone="(212) 555-0124")

    assert escalation.send_due() == 1
    assert alerted() == ["ada"]

    clock.shift(deliveries.dispatcher.lease)
    Hung.patience.set()
    assert escalation.send_due() == 1
    assert alerted() == ["nora"]


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_moment_send_once(house):
    for number in range(5):
        store(phone=f"(212) 555-012{number}", name=str(number))
        Alert.objects.update(due_at=START - timedelta(seconds=1))
    count = CallForHelp.objects.count()
    errors = []

    def work():
        try:
            escalation.send_due(START)
        except Exception as exc:
            errors.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    escalation.send_due(START)

    assert errors == []
    assert alerted() == ["nora"] * count
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_a_run_with_nothing_due_costs_three_queries(house, clock, django_assert_num_queries):
    store()
    for minute in (0, 3, 5, 10):
        after(clock, minutes=minute)
    make_call(is_sample=True, status="calling", claimed_by=house["nora"], claimed_at=START - timedelta(hours=1))

    with django_assert_num_queries(3):
        assert escalation.send_due() == 0


def queries_to_alert(clock, requests):
    """How many queries it takes to alert staff to so many requests, and to record that."""
    for _ in range(requests):
        clock.shift(1)
        store()
    with CaptureQueriesContext(connection) as queries:
        assert escalation.send_due() == requests
    return len(queries)


def test_alerting_to_many_requests_takes_as_many_queries_as_to_one(house, clock):
    one = queries_to_alert(clock, 1)

    assert queries_to_alert(clock, 12) == one
    assert Delivery.objects.count() == Alert.objects.filter(after=0).exclude(done_at=None).count() == 13
    assert Alert.objects.filter(after__gt=0, done_at=None).count() == 13


def test_of_a_rush_each_request_is_marked_by_an_email_of_its_latest_round(house):
    now, calls = timezone.now(), [make_call() for _ in range(3)]
    hook = Webhook.objects.create(name="Other", url="https://other.example/")
    sent = [Delivery(alert=Alert.objects.create(call=call, round=9), to=house["nora"]) for call in calls]
    sent[1].to, sent[1].webhook = None, hook
    Delivery.objects.bulk_create(sent)
    Alert.objects.create(call=calls[2], round=10)

    assert deliveries.dispatcher._record_sent(sent, now) == 3

    assert [CallForHelp.objects.get(pk=call.pk).notified_at for call in calls] == [now, None, None]


def test_what_another_worker_recorded_is_recorded_once(house):
    call, now = make_call(), timezone.now()
    alert = Alert.objects.create(call=call, round=9)
    theirs = Delivery.objects.create(alert=alert, to=house["nora"], state="sent", tries=1)
    ours = Delivery.objects.create(alert=Alert.objects.create(call=make_call(), round=9), to=house["nora"])

    assert deliveries.dispatcher._record_sent([theirs, ours], now) == 1

    assert [Delivery.objects.get(pk=each.pk).tries for each in (theirs, ours)] == [1, 1]
    assert CallForHelp.objects.get(pk=call.pk).notified_at is None


def test_an_alert_that_cannot_be_taken_holds_up_none_of_the_same_rush(house, clock, monkeypatch):
    bad, good = store(), (clock.shift(1), store())[1]
    step_of = escalation._step_of

    def fail_for_bad(alert, ladder):
        if alert.call_id == bad.pk:
            raise ValueError
        return step_of(alert, ladder)

    monkeypatch.setattr(escalation, "_step_of", fail_for_bad)
    escalation.send_due()

    assert alerted() == ["nora"]
    assert good.alerts.exclude(done_at=None).exists()
    assert not bad.alerts.exclude(done_at=None).exists()


def test_danger_in_a_message_from_quarantine_alerts_staff_at_once(mailoutbox):
    make_user("admissions")
    identity = Identity.of("k" * 20)
    call = reception.receive({"phone": "1"}, identity, consent=CONSENT["sha256"], doubtful=[spam_score.TRAP])
    escalation.send_due()
    assert (call.is_quarantined, mailoutbox) == (True, [])

    portal_services.write(open_portal("k" * 20), text="I took 40 pills", key="own-page-key-1234567")
    escalation.send_due()

    assert len(mailoutbox) == 1


def test_an_alert_created_while_the_clock_was_ahead_is_not_delayed(mailoutbox, time_machine):
    make_user("admissions")
    now = timezone.now()
    time_machine.move_to(now + timedelta(hours=1), tick=False)
    reception.receive({"phone": "1"}, Identity.of("k" * 20), consent=CONSENT["sha256"])
    time_machine.move_to(now, tick=False)

    escalation.send_due()

    assert len(mailoutbox) == 1
