"""/readyz: what turns it red, and who learns why."""

import shutil
import subprocess
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from detoxsite.ops import spool_watch
from detoxsite.pages import health
from intake.alerting import deliveries
from intake.models import Alert, CallForHelp, Delivery
from intake.reception import spool
from intake.reception.identifiers import Identity
from intake.reception.receive import seal_request
from tests.factories import make_call, make_user

pytestmark = pytest.mark.django_db

DETAILS = {"database", "worker", "disk", "calls", "mail", "spool_import"}
STRANGER = "192.0.2.7"


@pytest.fixture
def readyz(client):
    """A function that asks as someone does and returns the answer's JSON."""

    def ask(address="127.0.0.1", **headers):
        return client.get("/readyz", REMOTE_ADDR=address, headers=headers).json()

    return ask


def test_a_stranger_learns_nothing_but_the_status(readyz, settings):
    make_call()

    assert readyz(STRANGER) == {"status": "failing"}
    assert readyz("not an address") == {"status": "failing"}
    assert readyz(**{"X-Forwarded-For": STRANGER}) == {"status": "failing"}  # by way of a proxy on this machine
    assert readyz(STRANGER, Authorization="Bearer ") == {"status": "failing"}
    assert readyz().keys() >= DETAILS
    assert readyz("::1").keys() >= DETAILS


def test_where_there_is_a_token_it_alone_shows_the_details(readyz, settings):
    settings.READYZ_TOKEN = "a token"

    assert readyz() == {"status": "failing"}
    assert readyz(Authorization="Bearer another") == {"status": "failing"}
    assert readyz(STRANGER, Authorization="Bearer a token").keys() >= DETAILS


def test_a_full_disk_is_noticed(readyz, settings, tmp_path, monkeypatch):
    """A file system of its own, filled to the last byte: what exists there can still be written again."""
    settings.VAR = tmp_path
    assert readyz()["disk"] is True
    small = tmp_path / "small"
    small.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no disk could be filled, as nothing can be mounted here: {done.stderr.strip()}")
    try:
        settings.VAR = small
        monkeypatch.setattr(health, "MIN_FREE", 0)
        assert readyz()["disk"] is True
        with pytest.raises(OSError, match="No space left"):
            (small / "full").write_bytes(b"x" * 2_000_000)
        assert readyz()["disk"] is False
        assert [file.name for file in small.iterdir() if file.is_file()] == ["full"]
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_disk_that_is_nearly_full_is_noticed(readyz, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=health.MIN_FREE - 1))

    assert readyz()["disk"] is False


# --- email -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def alerted():
    """An alert with a delivery to each of two members of staff."""
    alert = Alert.objects.create(call=make_call(), round=2, after=0, due_at=timezone.now())
    return [Delivery.objects.create(alert=alert, to=make_user("admissions", email=f"{n}@x.test")) for n in "ab"]


def note(delivery, state, **fields):
    Delivery.objects.filter(pk=delivery.pk).update(state=state, **fields)


def test_email_that_reaches_nobody_is_told_with_the_first_try(readyz, alerted, client):
    first, second = alerted
    State = Delivery.State
    assert readyz()["mail"] is True  # not tried yet

    for delivery in alerted:
        note(delivery, State.WAITING, tries=1, problem="SMTPAuthenticationError 535")
    assert readyz()["mail"] is False
    assert deliveries.late().count() == 2  # on the dashboard too, before they are late

    note(second, State.SENT, sent_at=timezone.now())
    assert readyz()["mail"] is True  # one person has it: that is a problem of the other's address

    note(second, State.FAILED, tries=80, next_try_at=timezone.now())
    note(first, State.FAILED, tries=80, next_try_at=timezone.now())
    assert readyz()["mail"] is False


# --- the spool -------------------------------------------------------------------------------------------------------


@pytest.fixture
def spooled(settings, tmp_path):
    settings.VAR = tmp_path
    spool.put(seal_request({"phone": "(212) 555-0123"}, Identity.of("a key of the form")), "")
    (path,) = spool.pending_files()
    return path


def test_without_a_worker_the_web_processes_import_what_lies_in_the_spool(spooled):
    written = spooled.stat().st_mtime

    assert spool_watch.import_left_files(written + 5)  # the worker may be about to
    assert not CallForHelp.objects.exists()

    assert spool_watch.import_left_files(written + 60)
    assert CallForHelp.objects.count() == 1
    assert spool.pending_files() == []


def test_a_request_that_nobody_imports_turns_readyz_red(spooled, readyz, time_machine):
    assert readyz()["spool_import"] is True
    time_machine.move_to(timezone.now() + timedelta(minutes=3))
    assert readyz()["spool_import"] is False
