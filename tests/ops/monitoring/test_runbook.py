"""Each fault of docs/runbook.md is provoked here, and the rule that tells of it fires, while nothing else does."""

import os
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import OperationalError, ProgrammingError, connection
from django.utils import timezone

from articles.models import Reminder
from detoxsite.core import db_timeout, jobs, leases
from detoxsite.core.models import JobRun, WorkerHeartbeat
from detoxsite.ops.backup import last_backup
from detoxsite.ops.monitoring import collector
from intake.alerting import escalation, phone_messages
from intake.assurance import reconciliation, synthetic_check
from intake.models import Alert
from intake.reception import journal, spool, spool_import
from tests.factories import CONSENT, make_call, make_live, make_user
from tests.intake.alerting.test_phones import make_phone, send_alerts

from .samples import firing, samples, value

LATER = timedelta(minutes=30)


def test_where_nothing_is_wrong_no_rule_fires(well):
    assert firing() == set()
    assert {sample.value for sample in samples() if sample.name == "detoxsite_collector_failed"} == {0}


def test_no_worker(well):
    WorkerHeartbeat.objects.update(at=timezone.now() - 2 * leases.LIFE)

    assert firing() == {"WorkerDown"}


def refuse(*_):
    raise OperationalError("away")


def test_the_database_is_away_and_the_disk_is_still_told_of(well):
    with connection.execute_wrapper(refuse):
        assert firing() == {"DatabaseDown"}
        assert value("detoxsite_spool_writable") == 1


def old_file(path):
    os.utime(path, (0, 0))


def test_requests_stay_on_the_disk(well):
    spool.put(make_call(), CONSENT["sha256"])
    assert firing() == set()

    [path] = spool.pending_files()
    old_file(path)

    assert firing() == {"SpoolNotDrained"}
    assert value("detoxsite_spool_requests") == 1


def test_a_request_on_the_disk_is_unreadable(well):
    spool.folder().mkdir(parents=True, exist_ok=True)
    (spool.folder() / "x.json").write_bytes(b"{")
    spool_import.drain()

    assert firing() == {"SpoolFileBroken"}


@pytest.mark.parametrize("folder", [spool.folder, journal.folder])
def test_the_disk_takes_no_request(well, folder):
    folder().parent.mkdir(parents=True, exist_ok=True)
    if folder().exists():
        folder().rename(folder().with_name("before"))
    folder().write_text("a file where the folder should be")

    assert "DiskNotWritable" in firing()


def test_the_disk_is_almost_full(well, monkeypatch):
    usage = type("Usage", (), {"free": 900_000_000, "total": 10**11})
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)

    assert firing() == {"DiskAlmostFull"}


def test_the_last_backup_is_old_or_there_is_none(well):
    last_backup.save(timezone.now() - timedelta(hours=27), 1)
    assert firing() == {"BackupOld"}

    (well / "backup.json").unlink()
    assert firing() == {"BackupOld"}


def test_the_index_key_is_wrong(well, settings):
    settings.INDEX_KEY = "another"

    assert firing() == {"IndexKeyWrong"}


def test_a_job_does_not_succeed(well):
    name = jobs.registered()[0].name
    long_ago = timezone.now() - timedelta(days=400)
    JobRun.objects.filter(name=name).update(last_succeeded_at=long_ago, watched_since=long_ago)
    jobs.record(name, error="ValueError")

    assert firing() == {"JobOverdue"}
    assert value("detoxsite_job_failures", job=name) == 1
    assert value("detoxsite_job_age_seconds", job=name) > timedelta(days=399).total_seconds()


class Refusing(BaseEmailBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError


def test_the_mail_server_refuses(well, settings, nurse):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    call = make_call()
    Alert.objects.create(call=call, due_at=timezone.now() - timedelta(minutes=2))

    escalation.send_due()

    assert not mail.outbox
    assert firing() == {"AlertsLate"}
    assert value("detoxsite_outbox_messages", outbox="intake.delivery", state="retried") == 1


def test_a_phone_of_staff_cannot_be_rung(well, nurse, monkeypatch):
    monkeypatch.setattr(phone_messages, "TIMEOUT", 300.0)  # seconds: a busy machine changes no result
    make_phone(nurse, "json://127.0.0.1:1/x")  # not in PUSH_SERVICES_INSIDE
    call = make_call()
    Alert.objects.create(call=call)

    send_alerts()

    assert firing() == {"PhoneFailing", "MessagesGivenUp"}


def test_the_synthetic_check_fails(well, settings):
    settings.SYNTHETIC_ORIGIN = "http://127.0.0.1:1"

    synthetic_check.send_if_due()

    assert firing() == {"SyntheticCheckFailed"}


def test_an_acknowledged_request_is_missing(well):
    call = make_call()
    call.reference = "MSSNG234"
    journal.acknowledge(call, "database")
    reconciliation.save_result(reconciliation.reconcile(timezone.now() + timedelta(minutes=1)))

    assert firing() == {"RequestMissing"}


def test_nobody_is_on_duty_to_be_alerted(well):
    call = make_call()
    Alert.objects.create(call=call, due_at=timezone.now() - timedelta(minutes=2))

    escalation.send_due()

    assert firing() == {"NobodyAlerted"}


def test_a_request_is_waiting_and_nobody_claims_it(well):
    make_call(created_at=timezone.now() - LATER)

    assert firing() == {"RequestUnclaimed"}
    assert value("detoxsite_requests_open", status="unclaimed") == 1
    assert value("detoxsite_request_wait_seconds", event="attempt", quantile="0.5") == float("inf")


def test_the_outbox_gave_up(well):
    Reminder.objects.create(edition=make_live(), kind=Reminder.Kind.DUE, state=Reminder.State.FAILED)

    assert firing() == {"MessagesGivenUp"}


def test_a_group_of_metrics_that_cannot_be_read_says_so_and_hides_no_other(well):
    def forbid(execute, sql, *args):
        if "intake_delivery" in sql:
            raise ProgrammingError("permission denied")
        return execute(sql, *args)

    with connection.execute_wrapper(forbid):
        assert firing() == {"MetricsIncomplete"}
        assert value("detoxsite_collector_failed", group="alerts") == 1
        assert value("detoxsite_requests_open", status="unclaimed") == 0


def sleep():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")
    return []


def test_a_query_that_takes_too_long_ends_and_no_request_of_a_visitor_fails_for_it(well, monkeypatch):
    monkeypatch.setattr(collector, "STATEMENT_TIMEOUT", 50)
    monkeypatch.setattr(collector, "IN_DATABASE", {"slow": sleep})

    assert value("detoxsite_collector_failed", group="slow") == 1
    assert db_timeout._suspected == {}


@pytest.mark.parametrize("sample", [True, False])
def test_samples_and_synthetic_requests_are_not_counted(well, sample):
    make_user("admissions")
    make_call(**{"is_sample" if sample else "is_synthetic": True}, created_at=timezone.now() - LATER)

    assert firing() == set()
    assert value("detoxsite_requests_open", status="unclaimed") == 0


def test_the_public_half_reads_nothing_that_its_database_role_may_not(well, settings):
    settings.SITES = {"public"}
    (well / "backup.json").unlink()  # backups are made by the staff half

    asked = []
    with connection.execute_wrapper(lambda execute, sql, *args: asked.append(sql) or execute(sql, *args)):
        assert firing() == set()

    assert {sample.name for sample in samples()} >= {"detoxsite_spool_requests", "detoxsite_worker_up"}
    assert asked
    assert [sql for sql in asked if "intake_" in sql or "testimonials_" in sql] == []
