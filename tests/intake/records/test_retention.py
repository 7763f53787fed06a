"""Retention: how long requests are kept, and that they are then gone from every table and file."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.management import call_command
from django.db import connection, models
from django.utils import timezone

from detoxsite.core import compaction
from detoxsite.core.access_log import recording
from detoxsite.core.exceptions import Refused
from detoxsite.core.models import User
from detoxsite.core.roles import ROLES
from intake import services
from intake.models import (
    AccessLogEntry,
    AnswersRevision,
    CallForHelp,
    Consent,
    ContactAttempt,
    ContactPlan,
    Disclosure,
    ErasureBatch,
    Message,
    Outcome,
    Status,
)
from intake.portal import services as portal_services
from intake.reception import receive as reception
from intake.reception import spool
from intake.reception.identifiers import Identity
from intake.records import legal_hold, retention, retention_warnings
from intake.records.consent_texts import CONSENT
from tests.factories import make_call, make_user

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
CANARIES = {"phone": "+1 212 555 0199 x77", "email": "canary@example.org", "name": "Canary Name"}
MORE = ["canary story of mine", "canary message", "canary note", "canary plan", "(212) 555-0777"]


def closed(outcome="not_reached", *, ago, **fields):
    return make_call(status=Status.CLOSED, outcome=outcome, closed_at=timezone.now() - ago, **fields)


def live_through(days, *, step=timedelta(hours=6), start=None):
    """Let time pass, with a run of the job at every step."""
    now, warnings = start or timezone.now(), []
    for number in range(int(days * DAY / step) + 1):
        count = retention.warn(now + number * step)
        if count:
            warnings.append((number * step, count))
    return warnings


def deliver():
    """Send the emails in the outbox."""
    retention_warnings.dispatcher.send_due()


@pytest.mark.parametrize(
    ("outcome", "period", "first", "second"),
    [
        ("not_reached", 365, 30, 7),
        ("canceled", 365, 30, 7),
        ("admitted", 30, 15, 3),
        ("spam", 7, 3.5, 0.7),
    ],
)
def test_each_outcome_has_its_period_and_two_warnings_before_its_end(outcome, period, first, second):
    now = timezone.now()
    call = make_call(status=Status.CLOSED, outcome=outcome, closed_at=now)
    seen, age = {}, period - first - 2
    while "due" not in seen and age < period + 3:
        moment = now + age * DAY
        retention.warn(moment)
        call.refresh_from_db(fields=["warning_count"])
        seen.setdefault(call.warning_count, age)
        if retention.due(moment).exists():
            seen["due"] = age
        age += 0.25

    assert seen[1] == pytest.approx(period - first, abs=1)
    assert seen[2] == pytest.approx(period - second, abs=1)
    assert seen["due"] == pytest.approx(period, abs=1.3)


def test_every_outcome_has_a_period():
    assert set(retention.PERIODS) == set(Outcome)


def test_open_held_and_unseen_requests_get_no_warning_and_are_never_due():
    long_ago = timezone.now() - 4 * retention.YEAR
    make_call(created_at=long_ago)
    make_call(created_at=long_ago, is_quarantined=True)
    closed(ago=4 * retention.YEAR, hold_reason="Order 12-345")

    assert live_through(60) == []
    assert not retention.due(timezone.now() + 60 * DAY).exists()


def test_after_a_long_outage_both_warnings_still_come_in_time():
    closed(ago=3 * retention.YEAR)

    warnings = live_through(40)

    assert [(moment.days, count) for moment, count in warnings] == [(0, 1), (23, 1)]
    assert not retention.due(timezone.now() + 29 * DAY).exists()
    assert retention.due(timezone.now() + 31 * DAY).count() == 1


def test_managers_get_one_message_a_day_with_numbers_and_a_link_only():
    manager = make_user("manager")
    make_user("manager", is_active=False)
    for _ in range(2):
        closed(ago=340 * DAY, name="Canary Name")
    retention.warn()
    closed(ago=340 * DAY)
    assert retention.warn() == 0
    deliver()

    [message] = mail.outbox
    assert message.to == [manager.email]
    assert "2 requests: kept until" in message.body
    assert "/admin/intake/erasurebatch/" in message.body
    assert "Canary" not in message.subject + message.body
    assert retention.warn(timezone.now() + DAY) == 1


def test_nothing_is_approved_unseen():
    manager = make_user("manager")
    with pytest.raises(Refused, match="Nothing is due"):
        retention.approve(by=manager, expected=0)
    closed(ago=366 * DAY, warning_count=2, warning_sent_at=timezone.now() - 8 * DAY)

    with pytest.raises(Refused, match="number has changed"):
        retention.approve(by=manager, expected=2)

    assert not ErasureBatch.objects.exists()


@pytest.fixture
def full(settings, tmp_path):
    """A request with personal content in every table that can hold it, and its key."""
    settings.VAR = tmp_path
    answers = {**CANARIES, "story": MORE[0]}
    nurse = make_user("admissions")
    call = reception.receive(
        answers, Identity.of("keeping-key-12345678"), consent=CONSENT["sha256"], doubtful=["links"]
    )
    portal = portal_services.open_portal(call.reference, Identity.of("keeping-key-12345678").code)
    portal_services.write(portal, text=MORE[1], key="one")
    call.messages.update(seen_at=timezone.now())
    CallForHelp.objects.filter(pk=call.pk).update(arrived_with=b"a place")
    services.record_attempt(call.pk, by=nurse, outcome="no_answer", note=MORE[2])
    plan = ContactPlan(call=call, by=nurse)
    plan.seal({"notes": MORE[3]})
    plan.save(force_insert=True)
    portal_services.change(portal, answers={"phone": MORE[4]}, key="two")
    AccessLogEntry.objects.create(call=call, by=nurse)
    Disclosure.objects.create(call=call, by=nurse, what="print", to="The person", why="They asked")
    spool.put(call, CONSENT["sha256"])
    return call


def sealed_columns():
    """Every binary column of the app, with its model."""
    for model in apps.get_app_config("intake").get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.BinaryField):
                yield model, field.name


def rows_in_clear():
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT "{table}"::text FROM "{table}"')
            yield from (row for (row,) in cursor.fetchall())


def test_erasing_empties_every_table_and_file(full, django_capture_on_commit_callbacks):
    held = {(model, name) for model, name in sealed_columns() if any(model.objects.values_list(name, flat=True))}
    assert held >= {
        (CallForHelp, "arrived_with"),
        (AnswersRevision, "sealed"),
        (Message, "sealed_for_author"),
        (ContactPlan, "sealed"),
        (ContactAttempt, "sealed"),
    }
    assert spool.pending_files()

    with django_capture_on_commit_callbacks(execute=True):
        services.erase(full.pk)

    left = [(model, name) for model, name in sealed_columns() if any(model.objects.values_list(name, flat=True))]
    assert left == []
    text = "\n".join(rows_in_clear())
    content = [*CANARIES.values(), *MORE]
    assert [word for word in content if word in text or word.encode().hex() in text] == []
    assert spool.pending_files() == []
    call = CallForHelp.objects.get()
    assert (call.outcome, call.spam_signals, call.alerts.filter(done_at=None).count()) == ("canceled", "", 0)
    assert (Disclosure.objects.count(), AccessLogEntry.objects.count(), Consent.objects.count()) == (1, 1, 1)


def test_an_old_file_does_not_restore_an_erased_request(full):
    sent, consent = spool.read(spool.pending_files()[0])
    services.erase(full.pk)

    reception.store_request(sent, consent=consent, waited=True)

    assert not bytes(CallForHelp.objects.get().sealed)


@pytest.mark.django_db(transaction=True)
def test_from_the_first_warning_to_the_last_page_on_the_disk(as_role):
    marked = closed(ago=366 * DAY, warning_count=2, warning_sent_at=timezone.now() - 8 * DAY, name="Canary Name")
    closed("spam", ago=9 * DAY, warning_count=2, warning_sent_at=timezone.now() - 1 * DAY)
    kept = closed("admitted", ago=40 * DAY, warning_count=1)
    client = as_role("manager")
    page = client.get("/admin/intake/erasurebatch/due/").content.decode()
    assert "Erase 2 requests for good" in page
    assert "2</b> requests ready to erase, after your approval" in client.get("/admin/").content.decode()
    before = file_of(CallForHelp)

    response = client.post("/admin/intake/erasurebatch/due/", {"expected": "2"}, follow=True)
    assert "Approved: 2 requests." in response.content.decode()
    assert CallForHelp.objects.filter(erased_at=None).count() == 3
    assert retention.erase_approved() == 2
    assert retention.erase_approved() == 0

    erasure_batch = ErasureBatch.objects.get()
    assert (erasure_batch.counts, erasure_batch.by_name) == ({"not_reached": 1, "spam": 1}, str(client.user))
    assert erasure_batch.erased_at
    assert CallForHelp.objects.get(erased_at=None) == kept
    call_command("compact_tables")
    assert file_of(CallForHelp) != before  # rewritten
    marked.refresh_from_db()
    assert (marked.erasure_batch, bytes(marked.sealed)) == (erasure_batch, b"")
    assert "Spam" not in client.get("/admin/intake/erasurebatch/due/").content.decode()
    html = client.get("/admin/intake/erasurebatch/").content.decode()
    assert "Not reached after all attempts: 1, Not a request: advertising or a robot: 1" in html


def file_of(model):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_filepath(%s)", [model._meta.db_table])
        return cursor.fetchone()[0]


def test_a_request_that_cannot_be_erased_holds_up_no_other(manager, monkeypatch):
    calls = [closed(ago=366 * DAY, warning_count=2, warning_sent_at=timezone.now() - 8 * DAY) for _ in range(3)]
    retention.approve(by=manager, expected=3)
    erase, stuck = services.erase, min(calls, key=lambda call: call.pk)

    def fails_for_one(call_id, **kwargs):
        if call_id == stuck.pk:
            raise ValueError("stuck")
        return erase(call_id, **kwargs)

    monkeypatch.setattr(services, "erase", fails_for_one)
    with pytest.raises(ValueError, match="stuck"):
        retention.erase_approved()
    assert CallForHelp.objects.get(erased_at=None) == stuck
    assert ErasureBatch.objects.get().erased_at is None

    monkeypatch.setattr(services, "erase", erase)
    assert retention.erase_approved() == 1
    assert ErasureBatch.objects.get().erased_at is not None


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_erasure_continues(monkeypatch):
    for _ in range(3):
        closed(ago=366 * DAY, warning_count=2, warning_sent_at=timezone.now() - 8 * DAY)
    retention.approve(by=make_user("manager"), expected=3)
    erase, done = services.erase, []

    def breaks_off(call_id, **kwargs):
        if done:
            raise KeyboardInterrupt
        done.append(call_id)
        return erase(call_id, **kwargs)

    monkeypatch.setattr(services, "erase", breaks_off)
    with pytest.raises(KeyboardInterrupt):
        retention.erase_approved()
    assert ErasureBatch.objects.get().erased_at is None
    monkeypatch.undo()

    assert retention.erase_approved() == 2
    assert ErasureBatch.objects.get().counts == {"not_reached": 3}


def test_a_request_reopened_or_held_after_the_approval_is_kept():
    manager = make_user("manager")
    again, held, gone = (
        closed(ago=366 * DAY, warning_count=2, warning_sent_at=timezone.now() - 8 * DAY) for _ in range(3)
    )
    retention.approve(by=manager, expected=3)
    services.reopen(again.pk, by=manager)
    legal_hold.set_hold(held.pk, by=manager, reason="Order 12-345")

    assert retention.erase_approved() == 1

    assert list(CallForHelp.objects.exclude(erased_at=None)) == [gone]
    assert ErasureBatch.objects.get().counts == {"not_reached": 1}


def test_a_hold_is_set_and_lifted_with_its_reasons_on_record():
    manager = make_user("manager")
    call = closed(ago=366 * DAY, warning_count=2, warning_sent_at=timezone.now() - 8 * DAY)

    legal_hold.set_hold(call.pk, by=manager, reason="Order 12-345")
    with pytest.raises(Refused, match="already"):
        legal_hold.set_hold(call.pk, by=manager, reason="Again")
    with pytest.raises(Refused, match="legal hold"):
        services.erase(call.pk)
    assert not retention.due().exists()
    legal_hold.lift_hold(call.pk, by=manager, reason="Case closed")
    with pytest.raises(Refused, match="not under"):
        legal_hold.lift_hold(call.pk, by=manager, reason="Again")

    assert not retention.due().exists()  # both warnings start again
    entries = LogEntry.objects.order_by("pk").values_list("change_message", "object_repr")
    assert list(entries) == [
        ("Legal hold: Order 12-345", f"Request {call.reference}"),
        ("Hold lifted: Case closed", f"Request {call.reference}"),
    ]


@pytest.mark.django_db(transaction=True)
def test_requests_that_people_erased_leave_the_files_with_the_next_compaction():
    call = make_call(name="Canary Name")
    assert due_for_compaction() == []
    services.erase(call.pk)
    assert due_for_compaction() == ["requests"]
    before = {model: file_of(model) for model in compaction.sealed_models("intake")}

    call_command("compact_tables")

    assert CallForHelp in before
    assert [model for model in before if file_of(model) == before[model]] == []
    assert due_for_compaction() == []


def due_for_compaction():
    return [group.name for group in compaction.groups() if group.is_due()]


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"manager"}))
def test_only_managers_approve(as_role, role):
    closed(ago=366 * DAY, warning_count=2, warning_sent_at=timezone.now() - 8 * DAY)
    client = as_role(role)

    assert client.get("/admin/intake/erasurebatch/due/").status_code == 403
    assert client.post("/admin/intake/erasurebatch/due/", {"expected": "1"}).status_code == 403
    assert not ErasureBatch.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "-1", "2", "1" * 400])
def test_a_forged_number_approves_nothing(as_role, number):
    closed(ago=366 * DAY, warning_count=2, warning_sent_at=timezone.now() - 8 * DAY)

    as_role("manager").post("/admin/intake/erasurebatch/due/", {"expected": number})

    assert not ErasureBatch.objects.exists()


def test_deleting_every_account_that_can_be_deleted_loses_no_request():
    people = {role: make_user(role) for role in ROLES}
    nurse, manager = people["admissions"], people["manager"]
    held, done, noted = make_call(), make_call(), make_call()
    services.claim(held.pk, by=nurse)
    services.close(done.pk, by=nurse, outcome="referred")
    services.record_attempt(noted.pk, by=nurse, outcome="no_answer", note="n")
    AccessLogEntry.objects.create(call=held, by=nurse)
    Disclosure.objects.create(call=held, by=manager, what="print", to="x", why="y")
    closed(ago=366 * DAY, warning_count=2, warning_sent_at=timezone.now() - 8 * DAY)
    retention.approve(by=manager, expected=1)

    assert not CallForHelp.objects.unclaimed().filter(pk=held.pk).exists()
    for person in people.values():
        person.delete()

    assert not User.objects.filter(pk__in=[person.pk for person in people.values() if person.pk]).exists()
    assert CallForHelp.objects.count() == 4
    assert CallForHelp.objects.unclaimed().filter(pk=held.pk).exists()
    assert (ContactAttempt.objects.get().by_name, AccessLogEntry.objects.get().by_name) == (str(nurse), str(nurse))
    assert ErasureBatch.objects.get().by_name == Disclosure.objects.get().by_name == str(manager)
    assert retention.erase_approved() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_the_logs_cost_the_same_with_more_rows_and_read_nothing_sealed(as_role, django_assert_max_num_queries, rows):
    client = as_role("compliance")
    for _ in range(rows):
        call = make_call(name="Canary Name")
        recording.add_entry(client.user, "read", call)
        Disclosure.objects.create(call=call, by=client.user, what="export", to="State", why="Audit")

    for path in ("detoxsite/sealedaccess", "intake/disclosure"):
        with django_assert_max_num_queries(8) as queries:
            html = client.get(f"/admin/{path}/?q={call.reference.lower()}").content.decode()
        assert call.reference in html
        assert "Canary" not in html
        assert not any('"sealed"' in query["sql"] for query in queries.captured_queries)
        pk = apps.get_model(*path.split("/")).objects.first().pk
        assert client.get(f"/admin/{path}/{pk}/change/").status_code == 200
        assert client.get(f"/admin/{path}/add/").status_code == 403
    assert client.get("/admin/intake/disclosure/?what__exact=export").status_code == 200


def test_a_hold_is_set_and_lifted_on_the_page_of_the_request(as_role):
    call = make_call()
    url = f"/admin/intake/callforhelp/{call.pk}/"
    client = as_role("manager")
    assert "Lift the legal hold" not in client.get(f"{url}change/").content.decode()

    client.post(f"{url}act/hold/", {"hold-reason": "Order 12-345"})

    html = client.get(f"{url}change/").content.decode()
    assert "Under legal hold: Order 12-345" in html
    assert "Set a legal hold" not in html
    client.post(f"{url}act/lift-hold/", {"lift-hold-reason": "Case closed"})
    assert CallForHelp.objects.get().hold_reason == ""
    as_role("admissions")
    assert client.post(f"{url}act/hold/", {"hold-reason": "x"}).status_code == 403
