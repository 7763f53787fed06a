"""Reconciliation: acknowledged = stored = alerted = claimed; and the synthetic check."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from detoxsite.core.encryption import sealing
from intake import services
from intake.alerting import escalation
from intake.assurance import reconciliation, synthetic_check
from intake.models import CallForHelp, Consent
from intake.reception import journal, spool
from intake.reception import receive as reception
from intake.reception.identifiers import Identity
from intake.records.consent_texts import CONSENT
from tests.factories import make_call, make_user, receive

pytestmark = pytest.mark.django_db
MINUTE = timezone.timedelta(minutes=1)


def later(minutes=0):
    return timezone.now() + minutes * MINUTE


def test_with_nothing_missing_reconciliation_passes():
    call = receive()
    CallForHelp.objects.update(notified_at=timezone.now())

    found = reconciliation.reconcile(later(5))

    assert (found.acknowledged, found.stored, list(found.faults())) == (1, 1, [])
    assert call.reference not in str(found)


def test_an_acknowledged_request_that_was_lost_is_named(capsys):
    journal.acknowledge(reception.seal_request({"phone": "1"}, Identity.of("k" * 20)), "database")
    reference = Identity.of("k" * 20).reference

    assert reconciliation.reconcile().missing == []  # it may still be in progress
    assert reconciliation.reconcile(later(1)).missing == [reference]


def test_the_command_lists_what_is_missing_and_ends_with_one(capsys, time_machine):
    journal.acknowledge(reception.seal_request({"phone": "1"}, Identity.of("k" * 20)), "database")
    time_machine.move_to(later(5))

    with pytest.raises(SystemExit) as ended:
        call_command("reconcile")

    assert ended.value.code == 1
    assert Identity.of("k" * 20).reference in capsys.readouterr().out


def test_a_request_on_the_disk_is_not_missing_but_must_not_stay_there():
    call = reception.seal_request({"phone": "1"}, Identity.of("k" * 20))
    spool.put(call, CONSENT["sha256"])
    journal.acknowledge(call, "disk")

    assert reconciliation.reconcile(later(1)).is_complete
    assert reconciliation.reconcile(later(5)).waiting == [call.reference]


def test_a_request_that_was_not_alerted_or_not_claimed_is_named():
    call = receive()

    assert reconciliation.reconcile(later(5)).unalerted == [call.reference]
    CallForHelp.objects.update(notified_at=timezone.now())
    assert reconciliation.reconcile(later(5)).is_complete
    assert reconciliation.reconcile(later(25)).unclaimed == [call.reference]
    services.claim(call.pk, by=make_user("admissions"))
    assert reconciliation.reconcile(later(25)).is_complete


def test_samples_and_erased_requests_do_not_count():
    make_call(is_sample=True, created_at=later(-60))
    call = receive()
    services.erase(call.pk)

    assert reconciliation.reconcile(later(60)).is_complete


def test_without_the_journal_it_says_what_cannot_be_known(capsys, time_machine):
    """As after a restore of the database alone: the rows are older than the journal."""
    make_call(created_at=later(-3 * 24 * 60), stored_at=later(-3 * 24 * 60), notified_at=later(), key="a" * 20)
    result = reconciliation.reconcile()
    assert (result.has_all, result.is_complete, result.before_journal) == (True, False, 1)
    assert [sentence for sentence in result.unknowns() if "has no line" in sentence]

    receive()
    CallForHelp.objects.update(notified_at=timezone.now())
    with pytest.raises(SystemExit) as ended:
        call_command("reconcile")

    assert ended.value.code == 1
    said = capsys.readouterr().out
    assert f"begins on {timezone.now():%Y-%m-%d}, and 1 stored requests are older" in said
    assert "Nothing is missing" not in said


def test_a_restore_is_told_for_thirty_days(time_machine):
    journal.note_restored(later(-60))
    receive()
    CallForHelp.objects.update(notified_at=timezone.now())

    result = reconciliation.reconcile()
    assert (result.is_complete, result.gaps) == (True, {})
    [sentence] = result.unknowns()
    assert "what was acknowledged between cannot be known" in sentence
    assert list(reconciliation.reconcile(later(31 * 24 * 60)).unknowns()) == []


def test_readyz_is_red_while_something_is_missing_and_while_the_result_is_old(client, time_machine):
    def calls():
        return client.get("/readyz").json()["calls"]

    assert calls() is False
    reconciliation.save_result(reconciliation.reconcile())
    assert calls() is True
    receive()
    reconciliation.save_result(reconciliation.reconcile(later(5)))
    assert calls() is False
    CallForHelp.objects.update(notified_at=timezone.now())
    reconciliation.save_result(reconciliation.reconcile())
    time_machine.move_to(later(11))
    assert calls() is False


# --- the synthetic request -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", "synthetic-", "synthetic-1700000000-00000000-" + "0" * 32, "k" * 20])
def test_no_one_else_can_send_a_synthetic_request(key):
    assert not synthetic_check.is_synthetic_key(key)


def test_a_synthetic_key_is_valid_for_ten_minutes(time_machine):
    key = synthetic_check.new_key()

    assert synthetic_check.is_synthetic_key(key)
    assert not synthetic_check.is_synthetic_key(key[:-1] + ("0" if key[-1] != "0" else "1"))
    time_machine.move_to(later(11))
    assert not synthetic_check.is_synthetic_key(key)


@pytest.mark.django_db(transaction=True)
def test_the_synthetic_check_takes_the_whole_path_and_cleans_up(live_server, settings, monkeypatch, mailoutbox):
    settings.SYNTHETIC_ORIGIN, settings.SYNTHETIC_HOST = live_server.url, "127.0.0.1"
    make_user("admissions")
    monkeypatch.setattr(synthetic_check.time, "sleep", lambda seconds: escalation.send_due())

    synthetic_check.send_if_due()

    assert synthetic_check.is_well()
    assert not CallForHelp.objects.exists()
    assert not Consent.objects.exists()
    assert mailoutbox == []
    assert reconciliation.reconcile(later(60)).is_complete
    assert not synthetic_check.is_well(later(36))


@pytest.mark.django_db(transaction=True)
def test_if_the_path_is_broken_readyz_says_so(live_server, settings, monkeypatch, client):
    settings.SYNTHETIC_ORIGIN, settings.SYNTHETIC_HOST = "http://127.0.0.1:9", "127.0.0.1"

    synthetic_check.send_if_due()

    assert not synthetic_check.is_well()
    assert client.get("/readyz").json()["synthetic"] is False


def test_after_the_fault_the_next_look_sends_another_and_readyz_recovers(monkeypatch, client):
    def fail():
        raise synthetic_check.Failed("POST /help/: 503")

    monkeypatch.setattr(synthetic_check, "send", fail)
    synthetic_check.send_if_due()
    assert client.get("/readyz").json()["synthetic"] is False

    monkeypatch.setattr(synthetic_check, "send", lambda: "ABCD2345")
    synthetic_check.send_if_due(later(0.25))

    assert client.get("/readyz").json()["synthetic"] is True


def test_a_torn_result_is_no_success(disk, client):
    disk.mkdir(parents=True)
    (disk / "synthetic.json").write_text('{"at": "20')

    assert client.get("/readyz").json()["synthetic"] is False
    assert synthetic_check._last()["problem"]


def test_a_lost_second_submission_is_reported_missing():
    receive()
    sent = reception.seal_request({"phone": "2"}, Identity.of("k" * 20))
    journal.acknowledge(sent, "disk")

    assert reconciliation.reconcile(later(minutes=1)).missing == [sent.reference]


def test_requests_that_no_key_here_opens_are_named(settings):
    settings.SEALING_PUBLIC_KEY = sealing.derive_public_key(sealing.new_private_key())

    call = receive()

    assert reconciliation.reconcile().unreadable == [call.reference]
