"""Admin of the on-call schedule, escalation steps, webhooks and deliveries: permissions and wording."""

import re
from datetime import time

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from detoxsite.core import site_profile
from detoxsite.core.encryption import sealing, symmetric
from intake.alerting import escalation, webhook_admin, webhooks
from intake.models import (
    Alert,
    Delivery,
    EscalationStep,
    Shift,
    Webhook,
)
from tests.factories import make_call, make_user
from tests.intake.alerting.test_webhooks import make_webhook, store

pytestmark = pytest.mark.django_db


def page(model, name="changelist", *args):
    return reverse(f"admin:intake_{model}_{name}", args=args)


def shown(client, path, **data):
    answer = client.post(path, data, follow=True) if data else client.get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


# --- schedule --------------------------------------------------------------------------------------------------------


def test_a_shift_is_entered_for_many_days_at_once_and_shows_at_once(as_role):
    client, nurse = as_role("manager"), make_user("admissions", first_name="Nora")
    site_profile.current()
    data = {"person": nurse.pk, "weekdays": ["0", "2"], "starts": "22:00", "ends": "06:00"}

    html = shown(client, page("shift", "add"), **data)

    assert list(Shift.objects.values_list("weekday", "starts", "ends", "is_second")) == [
        (0, time(22), time(6), False),
        (2, time(22), time(6), False),
    ]
    assert len(site_profile.current().shifts) == 2
    for text in (
        "10 PM to midnight: Nora",
        "midnight to 6 AM: Nora",
        "No one: midnight to 10 PM",
        "No one: all day",
    ):
        assert text in html


def test_the_schedule_begins_with_who_is_on_call_now_and_next(as_role):
    client, jo = as_role("admissions"), make_user("admissions", first_name="Jo")
    day, night = {"starts": time(7), "ends": time(19)}, {"starts": time(19), "ends": time(7)}
    Shift.objects.create(person=jo, weekday=0, is_second=True, **day)
    Shift.objects.create(person=client.user, weekday=0, **day)
    Shift.objects.create(person=jo, weekday=0, **night)
    Shift.objects.create(person=client.user, weekday=2, **day)
    with time_machine.travel("2026-03-02T08:30:00-05:00"):  # a Monday
        client.force_login(client.user)
        html = client.get(page("shift")).content.decode()

    rows = re.findall(r'<li><span>(.*?)</span> <span class="when">(.*?)</span>', html)
    assert [(re.sub("<.*?>", "", who), when) for who, when in rows] == [
        ("You", "until 7 PM"),
        ("Jo, as the second person", "until 7 PM"),
        ("Next: Jo", "from 7 PM"),
    ]
    assert re.findall(r">(\w+) <span class=\"chip\">Today", html) == ["Monday"]
    assert 'id="result_list"' not in html, "the same once more, which only managers can change"


@pytest.mark.parametrize(
    ("shifts", "following"),
    [
        ([(0, 8, 9)], [("you", "from next Monday, 8 AM")]),  # a week away
        ([(0, 8, 9), (0, 22, 6)], [("you", "from 10 PM")]),
        ([(1, 0, 6)], [("you", "from Tuesday, midnight")]),
        ([(0, 8, 8)], []),  # the only one is running
    ],
)
def test_the_next_shift_says_its_day_unless_it_is_today(as_role, shifts, following):
    client = as_role("admissions")
    for weekday, starts, ends in shifts:
        Shift.objects.create(person=client.user, weekday=weekday, starts=time(starts), ends=time(ends))
    with time_machine.travel("2026-03-02T10:00:00-05:00"):  # a Monday
        client.force_login(client.user)
        html = client.get(page("shift")).content.decode()

    rows = re.findall(r"<li><span>Next: <b>(.*?)</b></span> <span class=\"when\">(.*?)</span>", html)
    assert rows == following


@pytest.mark.parametrize("query", ["?o=2", "?p=1", "?weekday__exact=0", "?all="])
def test_the_list_of_all_shifts_stays_open_when_it_is_sorted_or_paged(as_role, query):
    client = as_role("manager")
    Shift.objects.create(person=make_user("admissions"), weekday=0, starts=time(8), ends=time(20))

    assert '<details class="folded">' in client.get(page("shift")).content.decode()
    assert '<details class="folded" open>' in client.get(page("shift") + query).content.decode()


def test_only_those_who_answer_can_be_on_call(as_role):
    client = as_role("manager")
    for person in (make_user("editor"), make_user("admissions", is_active=False)):
        data = {"person": person.pk, "weekdays": ["0"], "starts": "22:00", "ends": "06:00"}
        assert "Select a valid choice" in shown(client, page("shift", "add"), **data)

    assert not Shift.objects.exists()


def test_a_shift_is_changed_and_removed(as_role):
    client = as_role("manager")
    shift = Shift.objects.create(person=make_user("admissions"), weekday=0, starts=time(8), ends=time(20))
    data = {"person": shift.person_id, "weekday": 6, "starts": "08:00", "ends": "08:00", "is_second": "on"}

    shown(client, page("shift", "change", shift.pk), **data)
    assert [(entry["weekday"], entry["second"]) for entry in site_profile.current().shifts] == [(6, True)]
    shown(client, page("shift", "delete", shift.pk), post="yes")
    assert site_profile.current().shifts == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_on_call_schedule_costs_the_same_with_more_shifts(as_role, django_assert_num_queries, count):
    client = as_role("admissions")
    for _ in range(count):
        Shift.objects.create(person=make_user("admissions"), weekday=0, starts=time(8), ends=time(20))
    site_profile.current()

    with django_assert_num_queries(10):
        client.get(page("shift"))


@pytest.mark.parametrize("model", ["shift", "escalationstep"])
def test_admissions_see_schedule_and_escalation_steps_and_change_neither(as_role, model):
    client = as_role("admissions")
    shift = Shift.objects.create(person=client.user, weekday=0, starts=time(8), ends=time(20))
    one = shift if model == "shift" else EscalationStep.objects.first()

    assert client.get(page(model)).status_code == 200
    assert client.get(page(model, "add")).status_code == 403
    assert client.post(page(model, "change", one.pk), {"after": 1}).status_code == 403
    assert client.post(page(model, "delete", one.pk), {"post": "yes"}).status_code == 403


def test_an_editor_sees_none_of_it(as_role):
    client = as_role("editor")

    models = ("shift", "escalationstep", "webhook", "delivery")
    assert [client.get(page(model)).status_code for model in models] == [403] * 4


# --- escalation ------------------------------------------------------------------------------------------------------


def test_the_last_step_cannot_be_deleted_and_a_missing_first_one_gives_a_warning(as_role):
    client = as_role("manager")
    assert "No step is at 0 minutes" not in shown(client, page("escalationstep"))
    for step in EscalationStep.objects.order_by("after")[:3]:
        assert client.post(page("escalationstep", "delete", step.pk), {"post": "yes"}).status_code == 302

    last = EscalationStep.objects.get()

    assert "No step is at 0 minutes" in shown(client, page("escalationstep"))
    assert client.post(page("escalationstep", "delete", last.pk), {"post": "yes"}).status_code == 403
    assert EscalationStep.objects.exists()


def test_a_step_is_changed(as_role):
    client, step = as_role("manager"), EscalationStep.objects.get(after=3)

    shown(client, page("escalationstep", "change", step.pk), after=4, who="everyone", person="")

    step.refresh_from_db()
    assert (step.after, step.who) == (4, "everyone")


# --- webhooks --------------------------------------------------------------------------------------------------------

DATA = {"name": "Records", "url": "https://hooks.example.org/in", "agreement": "QSOA 12, to 2028"}


def test_a_new_webhook_shows_its_secret_and_token_once(as_role):
    client = as_role("manager")

    html = shown(client, page("webhook", "add"), **DATA)

    webhook = Webhook.objects.get()
    [secret] = webhooks.signing_secrets(webhook)
    token = re.search(r"fetch requests with\. Copy it now\. It will not be shown again\. (\S+)", html)[1]
    assert secret in html
    assert webhook_admin.find_by_token(token) == webhook
    again = shown(client, page("webhook", "change", webhook.pk))
    assert secret not in again
    assert token not in again
    for row in LogEntry.objects.all():
        assert secret not in f"{row.object_repr}{row.change_message}"


@pytest.mark.parametrize(
    "url", ["http://hooks.example.org/", "https://10.0.0.1/", "https://localhost/", "https://a:b@hooks.example.org/"]
)
def test_an_internal_address_is_refused_in_the_form(as_role, url):
    client = as_role("manager")

    client.post(page("webhook", "add"), {**DATA, "url": url})

    assert not Webhook.objects.exists()


def test_secret_and_token_are_changed_by_object_actions(as_role):
    client, webhook = as_role("manager"), make_webhook()

    def act(name):
        html = shown(client, page("webhook", "object_action", webhook.pk, name), yes="1")
        webhook.refresh_from_db()
        return html

    html = act("secret")
    new, old = webhooks.signing_secrets(webhook)
    assert new in html
    assert old == webhook.secret
    assert old not in html
    assert "both sign" in html
    act("retire")
    assert webhooks.signing_secrets(webhook) == [new]
    assert webhook_admin.find_by_token(webhook.token)
    act("token")
    assert webhook_admin.find_by_token(webhook.token) is None
    act("off")
    assert (webhook.is_active, webhook.disabled_why) == (False, f"By {client.user}.")
    act("on")
    assert (webhook.is_active, webhook.disabled_why) == (True, "")


def test_a_secret_that_can_no_longer_be_read_is_replaced(as_role, settings):
    client, webhook = as_role("manager"), make_webhook()
    Webhook.objects.update(locked_secrets=symmetric.encrypt({"secrets": []}, "another purpose"))

    assert "can no longer be read" in shown(client, page("webhook", "change", webhook.pk))
    shown(client, page("webhook", "object_action", webhook.pk, "secret"), yes="1")

    webhook.refresh_from_db()
    assert len(webhooks.signing_secrets(webhook)) == 1


def test_webhooks_are_for_managers_and_are_not_deleted(as_role):
    webhook = make_webhook()
    assert as_role("admissions").get(page("webhook")).status_code == 403
    assert as_role("admissions").post(page("webhook", "object_action", webhook.pk, "token")).status_code in {
        302,
        403,
        404,
    }
    assert as_role("manager").post(page("webhook", "delete", webhook.pk), {"post": "yes"}).status_code == 403

    assert webhook_admin.find_by_token(webhook.token) == webhook


# --- deliveries ------------------------------------------------------------------------------------------------------


@pytest.fixture
def lost():
    """A message that failed for good."""
    make_user("admissions", email="nora@staff.example")
    call = store(name="Canary Name")
    escalation.send_due()
    Delivery.objects.update(state="failed", problem="SMTPServerDisconnected", tries=78)
    return Delivery.objects.get(alert__call=call)


def test_a_failed_delivery_is_on_the_first_page_and_sent_again_by_hand(as_role, lost, mailoutbox):
    client = as_role("admissions")
    mailoutbox.clear()

    assert "1 failed alert" in shown(client, "/admin/")
    html = shown(client, page("delivery") + "?state__exact=failed")
    assert lost.alert.call.reference in html
    assert "SMTPServerDisconnected" in html
    assert "Canary" not in html
    shown(client, page("delivery", "object_action", lost.pk, "again"), yes="1")
    escalation.send_due()

    assert [message.to for message in mailoutbox] == [["nora@staff.example"]]
    assert "failed alert" not in shown(client, "/admin/")


def test_a_delivery_that_takes_too_long_is_on_the_first_page(as_role, lost):
    hour = timezone.timedelta(hours=1)
    Alert.objects.filter(after=0).update(due_at=timezone.now() - hour)
    Delivery.objects.update(state="waiting", next_try_at=timezone.now() + hour)
    Alert.objects.create(call=lost.alert.call, round=2, due_at=timezone.now() - hour)

    html = shown(as_role("admissions"), "/admin/")

    assert "1 delayed alert" in html
    assert "1 alert that reached no one" in html


def test_compliance_sees_what_was_sent_and_sends_nothing(as_role, lost):
    client = as_role("compliance")

    assert "Send again now" not in shown(client, page("delivery", "change", lost.pk))
    assert client.post(page("delivery", "object_action", lost.pk, "again")).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_deliveries_costs_the_same_with_more_and_opens_nothing(
    as_role, django_assert_num_queries, monkeypatch, count
):
    client = as_role("admissions")
    for number in range(count):
        store(f"form {number}")
    escalation.send_due()
    monkeypatch.setattr(sealing, "unseal", None)
    site_profile.current()

    with django_assert_num_queries(6 + 1) as queries:  # own filters
        client.get(page("delivery"))

    assert not any("sealed" in query["sql"] for query in queries.captured_queries)


def test_uncovered_hours_are_on_the_first_page(as_role):
    client = as_role("manager")
    assert "with no one on call" not in shown(client, "/admin/")
    Shift.objects.create(person=client.user, weekday=0, starts=time(8), ends=time(20))
    site_profile.expire()

    assert "156 hours a week with no one on call" in shown(client, "/admin/")


def test_a_sample_alerts_no_one(as_role):
    make_call(is_sample=True)

    assert escalation.send_due() == 0
