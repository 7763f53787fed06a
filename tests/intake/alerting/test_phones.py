"""Alerts that ring phones: content-free, acknowledged without signing in, quiet off duty, never silently failing."""

import json
import re
import subprocess
import time as clock_of_machine
from datetime import datetime, time, timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.test import Client
from django.utils import timezone

from detoxsite.core import jobs
from intake import services
from intake.alerting import acknowledgement_links, escalation, phone_messages, phones
from intake.models import AcknowledgementLink, CallForHelp, Delivery, Outcome, Phone, PhoneTest, Shift
from tests.factories import make_user
from tests.intake.admin.test_alerting import page, shown
from tests.intake.alerting.test_escalation import CANARIES, store
from tests.push_service import PushService

pytestmark = pytest.mark.django_db

LINK = re.compile(r"http://testserver(/ack/[\w-]{43}/)")


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """A busy machine changes no result."""
    monkeypatch.setattr(phone_messages, "TIMEOUT", 300.0)
    monkeypatch.setattr(phones, "CHECK_TIMEOUT", 300.0)


@pytest.fixture
def service(settings):
    with PushService() as service:
        settings.PUSH_SERVICES_INSIDE = [service.address]
        yield service


def make_phone(person, url="ntfys://ntfy.sh/topic", kind=Phone.Kind.PUSH, **fields):
    phone = Phone(person=person, name="Work phone", kind=kind)
    phones.set_url(phone, url)
    for name, value in {"confirmed_at": timezone.now(), **fields}.items():
        setattr(phone, name, value)
    phone.save()
    return phone


def on_duty(person, starts=time(0), ends=time(0), **fields):
    for weekday in range(7):
        Shift.objects.create(person=person, weekday=weekday, starts=starts, ends=ends, **fields)


def run_until(name, is_done):
    """Run a job of the worker until it has done something: sending goes on after the job returns."""
    job = next(job for job in jobs.registered() if job.name == name)
    for _ in range(6000):
        assert jobs.run(job)
        if is_done():
            return
        clock_of_machine.sleep(0.05)
    raise AssertionError(f"{name} did not do it")


def send_alerts():
    """Until no message is waiting for its first try."""
    run_until("alerts", lambda: not Delivery.objects.filter(state="waiting", tries=0).exists())


def press(path):
    """As a phone does, signed in nowhere."""
    return Client(enforce_csrf_checks=True).post(path)


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2]))


# --- from the form to the pressed button, over a socket


def test_a_phone_is_added_proved_rung_and_acknowledges(as_role, service):
    client = as_role("admissions")
    on_duty(client.user)
    on_duty(make_user("admissions"), is_second=True)
    url = f"ntfy://{service.address}/topic-secret"

    html = shown(client, page("phone", "add"), name="Mine", kind="push", url=url)
    phone = Phone.objects.get()
    assert "A test message with a code is on its way" in html
    assert "Not confirmed yet: alerts do not ring it" in html
    run_until("phone tests", lambda: PhoneTest.objects.get().state == "sent")
    code = re.fullmatch(r"Your code is ([\d ]+)", service.received[0].fields["message"])[1]
    assert "Confirmed. Alerts ring" in shown(
        client, page("phone", "object_action", phone.pk, "confirm"), **{"confirm-code": code}
    )

    call = store(**CANARIES)
    send_alerts()

    message = service.received[1]
    path = LINK.search(message.fields["message"])[1]
    assert message.fields == {
        "topic": "topic-secret",
        "title": f"Urgent: A new request is waiting: {call.reference}",
        "message": f"http://testserver{path}",
    }
    [email] = mail.outbox
    assert message.fields["title"] == email.subject
    button = f"http, I am calling, http://testserver{path}, method=POST, clear=true"
    assert (message.headers["X-Actions"], message.headers["X-Click"]) == (button, f"http://testserver{path}")
    assert "X-Icon" not in message.headers
    for canary in ("canary", "0199", "breathe", "opioid", "detox", "github", client.user.email):
        assert canary not in message.everything.lower()
    call.refresh_from_db()
    assert call.notified_at

    assert "Are you calling?" in text_of(Client().get(path))
    answer = press(path)

    assert (answer.status_code, f"You are on it, {client.user}" in text_of(answer)) == (200, True)
    call.refresh_from_db()
    assert (call.status, call.claimed_by) == ("calling", client.user)
    escalation.send_due(timezone.now() + timedelta(minutes=9))
    assert (len(service.received), len(mail.outbox)) == (2, 1)
    acknowledged = f"Acknowledged by {client.user}"
    assert acknowledged in shown(client, page("callforhelp", "change", call.pk))
    assert acknowledged in shown(client, page("shift"))
    assert page("phone").encode() in client.get("/admin/").content


def test_the_url_is_shown_nowhere_and_kept_encrypted(as_role, service):
    client, url = as_role("manager"), f"json://canary-user:canary-password@{service.address}/canary"
    nurse = make_user("admissions")

    html = shown(client, page("phone", "add"), person=nurse.pk, name="Ward", kind="push", url=url)
    phone = Phone.objects.get()
    again = client.get(page("phone", "change", phone.pk)).content.decode()
    shown(client, page("phone", "change", phone.pk), name="Ward phone", kind="push", url="")

    phone.refresh_from_db()
    assert (phone.person, phone.name, phones.url_of(phone)) == (nurse, "Ward phone", url)
    kept = json.dumps([*Phone.objects.values(), *LogEntry.objects.values()], default=str)
    assert "canary" not in html + again + kept


@pytest.mark.parametrize(
    ("kind", "url", "problem"),
    [
        ("push", "my phone", "not the URL of a service"),
        ("push", "mailto://a:b@example.org", "mailto:// is not known here"),
        ("push", "syslog://", "syslog:// is not known here"),
        ("push", "ntfys://ntfy.sh/topic, syslog://", "Enter one URL only."),
        ("voice", "ntfys://ntfy.sh/topic", "not known here as Phone call"),
        ("sms", "twilio://incomplete", "incomplete"),
        ("push", "", "Enter the URL"),
    ],
)
def test_a_url_that_cannot_ring_is_refused_in_the_form(as_role, kind, url, problem):
    html = shown(as_role("admissions"), page("phone", "add"), name="Mine", kind=kind, url=url)

    assert problem in html
    assert not Phone.objects.exists()


# --- whose phone


def test_staff_see_and_change_their_own_phones_and_managers_all(as_role, nurse):
    phone = make_phone(nurse)

    other = as_role("front_desk")
    assert "Work phone" not in shown(other, page("phone"))
    for name in ("test", "remove"):
        assert other.post(page("phone", "object_action", phone.pk, name)).status_code == 404
    data = {"person": nurse.pk, "name": "Taken over", "kind": "push", "url": ""}
    other.post(page("phone", "change", phone.pk), data)
    manager = as_role("manager")
    assert "Work phone" in shown(manager, page("phone"))
    shown(manager, page("phone", "object_action", phone.pk, "remove"), yes="1")

    phone.refresh_from_db()
    assert (phone.name, phone.locked_url, bool(phone.removed_at)) == ("Work phone", "", True)


def test_a_code_is_guessed_five_times_at_most(as_role):
    client = as_role("admissions")
    phone = make_phone(client.user, confirmed_at=None)
    test = PhoneTest.objects.create(phone=phone)
    PhoneTest.objects.update(code_hash=phones.code_hash(test, "123456"))

    def guess(code):
        return shown(client, page("phone", "object_action", phone.pk, "confirm"), **{"confirm-code": code})

    for _ in range(phones.MAX_GUESSES):
        assert "This is not the code" in guess("123450")
    assert "no longer valid" in guess("123456")
    phone.refresh_from_db()
    assert phone.confirmed_at is None


def test_a_new_url_has_to_be_proved_again(as_role, service):
    client = as_role("admissions")
    phone = make_phone(client.user)

    shown(client, page("phone", "change", phone.pk), name="Mine", kind="push", url=f"json://{service.address}/x")

    assert not Phone.objects.ringing().exists()
    assert PhoneTest.objects.count() == 1


# --- what goes to the service, without one


@pytest.fixture
def rings(monkeypatch):
    """What the processes that send would get; each message is taken."""
    rings = []

    def run(command, *, input, **options):
        rings.append(SimpleNamespace(**json.loads(input)))
        return subprocess.CompletedProcess(command, 0, '[""]\n', "")

    monkeypatch.setattr(subprocess, "run", run)
    return rings


def test_a_text_message_holds_the_words_and_a_link(nurse, rings):
    make_phone(nurse, "twilio://account:token@5550100/5550101", Phone.Kind.SMS)
    call = store(**CANARIES)

    send_alerts()

    [ring] = rings
    assert ring.urls == ["twilio://account:token@5550100/5550101"]
    assert ring.title == f"Urgent: A new request is waiting: {call.reference}"
    assert LINK.fullmatch(ring.body)
    assert ring.is_guarded


def test_a_phone_call_is_acknowledged_by_its_key(nurse, rings):
    make_phone(nurse, "twilio://account:token@5550100/5550101", Phone.Kind.VOICE)
    call = store()
    send_alerts()
    [ring] = rings
    assert parse_qs(urlsplit(ring.urls[0]).query) == {"method": ["call"]}

    spoken = ElementTree.fromstring(ring.body)

    gather = spoken.find("Gather")
    assert gather.find("Say").text.startswith(f"A new request is waiting. Reference: {', '.join(call.reference)}.")
    path = LINK.fullmatch(gather.get("action"))[1]
    for digits in ("2", "", None):
        answer = Client().post(path, {} if digits is None else {"Digits": digits})
        assert ElementTree.fromstring(answer.content).find("Say").text == "The alerts go on."
    assert CallForHelp.objects.get().status == "new"
    answer = Client(enforce_csrf_checks=True).post(path, {"Digits": "1"})
    assert "Thank you" in ElementTree.fromstring(answer.content).find("Say").text
    assert CallForHelp.objects.get().claimed_by == nurse


# --- acknowledging


@pytest.fixture
def rung(nurse, rings):
    """Two colleagues whose phones rang for the same request: its row, and the path of each one's link."""
    other = make_user("admissions", first_name="Olga")
    for person in (nurse, other):
        make_phone(person, f"ntfys://ntfy.sh/{person.pk}")
    call = store(**CANARIES)
    send_alerts()
    paths = {ring.urls[0].partition("?")[0].rpartition("/")[2]: LINK.search(ring.body)[1] for ring in rings}
    return SimpleNamespace(call=call, other=other, first=paths[str(nurse.pk)], second=paths[str(other.pk)])


def test_opening_the_link_changes_nothing_and_reveals_nothing(rung):
    page_of_link = Client().get(rung.first)
    Client().head(rung.first)

    assert CallForHelp.objects.get().status == "new"
    assert rung.call.reference not in page_of_link.content.decode()
    for canary in ("canary", "Canary", "0199", "Nora", "Olga"):
        assert canary not in page_of_link.content.decode()
    assert "no-store" in page_of_link.headers["Cache-Control"]
    assert page_of_link.headers["Referrer-Policy"] == "no-referrer"


def test_the_second_to_press_reads_who_is_on_it(rung):
    press(rung.first)

    answer = press(rung.second)

    assert (answer.status_code, "Nora is on it" in text_of(answer)) == (409, True)
    assert "Nora is on it" in text_of(Client().get(rung.second))
    assert CallForHelp.objects.get().claimed_by.first_name == "Nora"
    assert Delivery.objects.exclude(acknowledged_at=None).count() == 1


def test_a_link_claims_once_and_the_escalation_begins_again_after_the_claim(rung, rings):
    assert [press(rung.first).status_code for _ in range(2)] == [200, 200]
    rings.clear()

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        again = press(rung.first)
        send_alerts()
        newest = next(LINK.search(ring.body)[1] for ring in rings if str(rung.other.pk) in ring.urls[0])

        assert (again.status_code, "no longer needed" in text_of(again)) == (409, True)
        assert "You are on it, Olga" in text_of(press(newest))


def test_a_link_that_expired_is_of_a_disabled_account_or_wrong_opens_nothing(rung, nurse):
    for path in (f"{rung.first[:-3]}xx/", "/ack/x/"):
        assert press(path).status_code == 404
    nurse.is_active = False
    nurse.save()
    assert press(rung.first).status_code == 404
    with time_machine.travel(timezone.now() + acknowledgement_links.LINK_LIFE + timedelta(minutes=1)):
        assert press(rung.second).status_code == 404

    assert CallForHelp.objects.get().status == "new"


def test_a_request_that_is_done_is_not_claimed_again(rung, nurse):
    services.claim(rung.call.pk, by=rung.other)
    services.record_attempt(rung.call.pk, by=rung.other, outcome="reached", unsafe="They asked for it.")
    assert press(rung.first).status_code == 409
    services.close(rung.call.pk, by=rung.other, outcome=Outcome.REFERRED)

    assert press(rung.first).status_code == 409
    assert "no longer needed" in text_of(Client().get(rung.first))


def test_an_acknowledgement_does_not_say_that_it_is_no_spam(rung):
    CallForHelp.objects.update(is_quarantined=True)

    press(rung.first)

    call = CallForHelp.objects.get()
    assert (call.status, call.is_quarantined) == ("calling", True)


def test_the_token_is_in_no_row_and_no_log(rung, caplog):
    token = rung.first.split("/")[2]
    Client().put(rung.first)
    press(rung.first)

    kept = json.dumps([*AcknowledgementLink.objects.values(), *Delivery.objects.values()], default=str)
    assert token not in kept
    assert "/ack/…" in caplog.text
    assert token not in caplog.text


# --- quiet hours

NEW_YORK = ZoneInfo("America/New_York")
NIGHT = {"starts": time(22), "ends": time(6)}


def at(*moment):
    return datetime(*moment, tzinfo=NEW_YORK)


@pytest.fixture
def shifts(db):
    """Nina works nights, Dan days, all days of the week; Sven is second by day; Olga has no shift; Mia manages."""
    people = {name: make_user("admissions", first_name=name) for name in ("Nina", "Dan", "Sven", "Olga")}
    people["Mia"] = make_user("manager", first_name="Mia")
    on_duty(people["Nina"], **NIGHT)
    on_duty(people["Dan"], time(6), time(22))
    on_duty(people["Sven"], time(6), time(22), is_second=True)
    for name, person in people.items():
        make_phone(person, f"ntfys://ntfy.sh/{name}")
    return people


def rung_at(rings, moment, *, minutes=0):
    """Whose phones ring at a time for a request that came in ``minutes`` before, not those of earlier steps."""
    with time_machine.travel(moment - timedelta(minutes=minutes), tick=False) as traveller:
        store(phone="(212) 555-0123")
        for passed in range(minutes + 1):
            rings.clear()
            traveller.move_to(moment - timedelta(minutes=minutes - passed))
            send_alerts()
    return sorted(re.search(r"ntfy\.sh/(\w+)", ring.urls[0])[1] for ring in rings)


@pytest.mark.parametrize(
    ("moment", "names"),
    [
        (at(2026, 11, 30, 3), ["Nina"]),
        (at(2026, 11, 30, 5, 59), ["Nina"]),
        (at(2026, 11, 30, 6), ["Dan"]),
        (at(2026, 11, 30, 21, 59), ["Dan"]),
        (at(2026, 11, 30, 22), ["Nina"]),
        (at(2026, 3, 8, 1, 59), ["Nina"]),  # a minute before the clocks go forward to 3
        (at(2026, 3, 8, 5, 59), ["Nina"]),
        (at(2026, 3, 8, 6), ["Dan"]),
        (at(2026, 11, 1, 1, 30), ["Nina"]),
        (at(2026, 11, 1, 1, 30).replace(fold=1), ["Nina"]),  # the hour that comes twice
        (at(2026, 11, 1, 6), ["Dan"]),
    ],
)
def test_only_the_phone_of_the_person_on_duty_rings_at_once(shifts, rings, moment, names):
    assert rung_at(rings, moment) == names


def test_the_escalation_breaks_quiet_hours_where_no_one_claimed(shifts, rings):
    noon = at(2026, 11, 30, 12)

    assert rung_at(rings, noon, minutes=3) == ["Sven"]
    assert rung_at(rings, noon, minutes=5) == ["Dan", "Nina", "Olga", "Sven"]
    assert rung_at(rings, noon, minutes=10) == ["Mia"]


def test_at_night_without_a_second_person_everyone_rings_in_their_place(shifts, rings):
    assert rung_at(rings, at(2026, 11, 30, 3), minutes=3) == ["Dan", "Nina", "Olga", "Sven"]


def test_a_step_for_everyone_at_once_leaves_those_off_duty_asleep(shifts, rings):
    services_step = escalation.EscalationStep.objects.get(after=0)
    services_step.who = "everyone"
    services_step.save()

    assert rung_at(rings, at(2026, 11, 30, 3)) == ["Nina"]
    quiet = Delivery.objects.filter(state="dropped").values_list("problem", flat=True)
    assert set(quiet) == {phone_messages.QUIET}
    assert len(mail.outbox) == 4


def test_while_no_one_is_on_call_everyone_rings(shifts, rings):
    Shift.objects.all().delete()

    assert rung_at(rings, at(2026, 11, 30, 3)) == ["Dan", "Nina", "Olga", "Sven"]


def test_a_retry_after_the_end_of_the_shift_does_not_ring(shifts, rings):
    with time_machine.travel(at(2026, 11, 30, 5, 59, 50), tick=False) as traveller:
        store()
        escalation._take_due_steps(timezone.now())
        traveller.move_to(at(2026, 11, 30, 6, 0, 10))
        send_alerts()

    assert rings == []
    assert Delivery.objects.get(phone__person=shifts["Nina"]).problem == phone_messages.QUIET


# --- what fails


def test_a_dead_service_backs_off_shows_and_recovers(as_role, nurse, service):
    make_phone(nurse, f"json://{service.address}/canary-secret")
    service.statuses = [503]
    call = store()

    send_alerts()

    delivery = Delivery.objects.exclude(phone=None).get()
    assert (delivery.state, delivery.tries, delivery.problem) == ("waiting", 1, "ServiceFailed 503")
    assert delivery.next_try_at > timezone.now()
    client = as_role("manager")
    assert "1 phone that alerts cannot ring" in shown(client, "/admin/")
    for path in (page("phone"), page("shift"), page("callforhelp", "change", call.pk), page("delivery")):
        html = client.get(path).content.decode()
        assert "ServiceFailed 503" in html
        assert "canary-secret" not in html
    assert [message.to for message in mail.outbox] == [[nurse.email]]

    Delivery.objects.update(next_try_at=timezone.now())
    run_until("alerts", lambda: Delivery.objects.filter(state="sent").count() == 2)
    assert len({LINK.search(message.fields["message"])[1] for message in service.received}) == 2
    assert "phone that alerts cannot ring" not in shown(client, "/admin/")


def test_what_a_service_refuses_fails_at_once(nurse, service):
    make_phone(nurse, f"json://{service.address}/x")
    service.statuses = [403]
    store()

    send_alerts()

    delivery = Delivery.objects.exclude(phone=None).get()
    assert (delivery.state, delivery.problem) == ("failed", "ServiceRefused 403")
    assert Phone.objects.failing().exists()


def test_a_service_that_hangs_delays_no_email(nurse, service):
    make_phone(nurse, f"json://{service.address}/x")
    service.hold.clear()
    store()

    run_until("alerts", lambda: mail.outbox)

    assert Delivery.objects.get(phone=None).state == "sent"
    assert Delivery.objects.exclude(phone=None).get().state == "waiting"
    service.hold.set()
    send_alerts()


def test_a_url_that_can_no_longer_be_read_fails_and_says_so(nurse, settings):
    phone = make_phone(nurse)
    settings.SECRET_KEY = "another key of the same length"
    store()

    send_alerts()

    phone.refresh_from_db()
    assert phone.problem == "Unreadable"
    assert Delivery.objects.exclude(phone=None).get().state == "failed"


def test_a_phone_that_is_removed_or_not_proved_gets_nothing(nurse, rings):
    make_phone(nurse, confirmed_at=None)
    phones.remove(make_phone(nurse).pk, by=nurse)
    store()

    send_alerts()

    assert rings == []
    assert Delivery.objects.count() == 1
