"""The drill: fill, back up, lose everything, restore, and compare byte for byte."""

import os
import secrets
import stat
import threading
import time

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from detoxsite.core.access_log import chain, recording
from detoxsite.core.encryption import sealing
from detoxsite.ops.backup import contents, create, postgres_tools, restore
from intake.assurance import reconciliation
from intake.models import AnswersRevision, CallForHelp
from intake.reception import spool, spool_import
from intake.reception.identifiers import Identity
from tests.factories import receive

from .conftest import STORY, files, put_on_disk, tables

LATER = timezone.timedelta(minutes=1)
IDENTITY = pyrage.x25519.Identity.generate()


@pytest.fixture
def identity_file(tmp_path):
    path = tmp_path / "key.txt"
    path.write_text(f"# created: today\n# public key: {IDENTITY.to_public()}\n{IDENTITY}\n")
    return path


def test_an_encrypted_backup_is_restored_byte_for_byte(center, elsewhere, folders, tmp_path, identity_file):
    file = tmp_path / "center.backup"
    call_command("backup", file, recipient=[str(IDENTITY.to_public())])
    rows, media, calls = tables(), files(folders / "media"), files(folders / "calls")
    assert len(media) > 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["center", "center.backup", "key.txt"]
    assert b"manifest" not in file.read_bytes()

    with elsewhere() as var:
        with pytest.raises(CommandError, match="--identity FILE"):
            call_command("restore", file)
        call_command("restore", file, identity=identity_file)

        assert tables() == rows
        assert files(var / "media") == media
        restored = files(var / "calls")
        [day] = [name for name in calls if restored[name] != calls[name]]
        assert " restored " in restored.pop(day).removeprefix(calls.pop(day)).decode()
        assert restored == calls
        assert not (var / "restoring").exists()
        assert {call.payload["story"] for call in CallForHelp.objects.all()} == {STORY}


def test_after_a_restore_the_disk_is_imported_and_nothing_is_missing(center, elsewhere, tmp_path, capsys):
    rows = tables()
    create.create(tmp_path / "center.backup")

    with elsewhere():
        restore.restore(tmp_path / "center.backup")
        assert tables() == rows
        assert spool_import.drain() == 1
        (spool.folder() / "broken" / "torn.json").unlink()
        result = reconciliation.reconcile()

        assert (result.acknowledged, result.stored) == (2, 2)
        assert (result.missing, result.broken, result.gaps) == ([], [], {})
        assert result.is_complete
        call_command("reconcile")
        said = capsys.readouterr().out
        assert "Restored at " in said
        assert "Nothing is missing that the journal knows of." in said


def test_a_restored_access_log_ends_where_the_backup_said(center, elsewhere, tmp_path, capsys, monkeypatch):
    """What the center noted after the snapshot belongs to another chain than the restored one."""
    call = CallForHelp.objects.first()
    recording.add_entry(None, "read", call)
    chain.note_head()
    recording.add_entry(None, "read", call)
    end = chain.head()
    add_dump = create._add_dump

    def noted_meanwhile(*args):
        recording.add_entry(None, "read", call)
        chain.note_head()
        add_dump(*args)

    monkeypatch.setattr(create, "_add_dump", noted_meanwhile)
    create.create(tmp_path / "center.backup")

    with elsewhere():
        restore.restore(tmp_path / "center.backup")
        assert chain.head() == end
        capsys.readouterr()
        call_command("verify_log")
        assert f"ended where the backup said: at entry {end.number}." in capsys.readouterr().out

        recording.add_entry(None, "read", call)
        call_command("verify_log")
        with connection.cursor() as cursor:  # as someone who owns the database
            cursor.execute("ALTER TABLE detoxsite_sealedaccess DISABLE TRIGGER USER")
            cursor.execute("DELETE FROM detoxsite_sealedaccess WHERE number >= %s", [end.number])
        with pytest.raises(CommandError, match=f"entry {end.number} was removed"):
            call_command("verify_log")


def test_without_its_private_key_the_restore_is_refused_and_what_is_sealed_stays_shut(
    center, elsewhere, tmp_path, settings
):
    create.create(tmp_path / "center.backup")
    other = sealing.new_private_key()
    settings.SEALING_PRIVATE_KEYS, settings.SEALING_PUBLIC_KEY = [other], sealing.derive_public_key(other)

    with elsewhere() as var:
        with pytest.raises(CommandError, match="need the private key [0-9a-f]{16}, which is not among"):
            call_command("restore", tmp_path / "center.backup")
        assert is_empty(var)

        with pytest.raises(CommandError, match="sealed rows do not open"):
            call_command("restore", tmp_path / "center.backup", ignore_keys=True)
        with pytest.raises(sealing.Unreadable):
            CallForHelp.objects.first().payload  # noqa: B018


def test_with_another_index_key_the_restore_is_refused(center, elsewhere, tmp_path, settings):
    create.create(tmp_path / "center.backup")
    settings.INDEX_KEY = "another"

    with elsewhere() as var:
        with pytest.raises(CommandError, match="INDEX_KEY is not the one"):
            call_command("restore", tmp_path / "center.backup")
        assert is_empty(var)


def test_a_backup_holds_no_key(center, tmp_path, settings):
    create.create(tmp_path / "center.backup")

    content = (tmp_path / "center.backup").read_bytes()
    for key in (settings.SECRET_KEY, settings.INDEX_KEY, *settings.SEALING_PRIVATE_KEYS):
        assert key.encode() not in content


def test_readyz_tells_how_old_the_last_good_backup_is(center, tmp_path, client, time_machine, capsys):
    assert client.get("/readyz").json()["backup_age"] is None
    call_command("backup", tmp_path / "center.backup")
    assert len(capsys.readouterr().out.splitlines()) == 1

    with pytest.raises(CommandError):
        call_command("backup", tmp_path / "center.backup")  # one that fails changes nothing
    time_machine.move_to(timezone.now() + timezone.timedelta(hours=1))
    assert client.get("/readyz").json()["backup_age"] >= 60 * 60
    call_command("backup", tmp_path / "center.backup", verify=True)
    assert "whole" in capsys.readouterr().out


def test_a_backup_replaces_nothing(center, tmp_path):
    (tmp_path / "center.backup").write_text("the last one")

    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", tmp_path / "center.backup")
    assert (tmp_path / "center.backup").read_text() == "the last one"


def test_a_backup_that_fails_leaves_nothing_behind(center, tmp_path, monkeypatch, settings):
    settings.POSTGRESQL_BIN = str(tmp_path / "nowhere")

    with pytest.raises(CommandError, match="No pg_dump for PostgreSQL .* was found"):
        call_command("backup", tmp_path / "center.backup")
    assert sorted(os.listdir(tmp_path)) == ["center"]


# --- what is not empty is refused ------------------------------------------------------------------------------------


def test_a_database_with_tables_is_refused(center, tmp_path):
    create.create(tmp_path / "center.backup")
    before = tables()

    with pytest.raises(CommandError, match=r"Nothing was restored. The database already has \d+ tables"):
        call_command("restore", tmp_path / "center.backup")
    assert tables() == before


@pytest.mark.parametrize("name", ["media/pictures/one.jpg", "calls/spool/one.json", "calls/acknowledged/2026-01-01"])
def test_a_folder_that_is_not_empty_is_refused(center, elsewhere, tmp_path, name):
    create.create(tmp_path / "center.backup")

    with elsewhere() as var:
        (var / name).parent.mkdir(parents=True)
        (var / name).write_text("something")
        with pytest.raises(CommandError, match="is not empty"):
            call_command("restore", tmp_path / "center.backup")
        assert files(var) == {name: b"something"}
        assert connection.introspection.table_names() == []


def test_what_an_interrupted_restore_left_is_named(center, elsewhere, tmp_path):
    create.create(tmp_path / "center.backup")

    with elsewhere() as var:
        (var / "restoring").mkdir(parents=True)
        with pytest.raises(CommandError, match="An earlier restore was interrupted"):
            call_command("restore", tmp_path / "center.backup")


def test_a_backup_of_a_newer_version_is_refused(center, elsewhere, tmp_path, monkeypatch):
    monkeypatch.setattr(contents, "migrations", lambda cursor: ["intake.0099_later"])
    create.create(tmp_path / "center.backup")

    with elsewhere() as var:
        with pytest.raises(CommandError, match="which is newer"):
            call_command("restore", tmp_path / "center.backup")
        monkeypatch.setattr(postgres_tools, "server_major", lambda: 14)
        with pytest.raises(CommandError, match="this is 14, which is older"):
            call_command("restore", tmp_path / "center.backup")
        assert is_empty(var)


def is_empty(var) -> bool:
    return not files(var) and connection.introspection.table_names() == []


# --- requests while it runs ------------------------------------------------------------------------------------------


@pytest.fixture
def meanwhile(monkeypatch):
    """``meanwhile(step, act)``: act just before that step of a backup. All steps: STEPS."""

    def add(step, act):
        original = getattr(create, step)

        def wrapped(*args, **kwargs):
            act()
            return original(*args, **kwargs)

        monkeypatch.setattr(create, step, wrapped)

    return add


@pytest.mark.parametrize("is_imported", [False, True])
def test_requests_of_every_moment_are_in_the_backup_once(center, elsewhere, tmp_path, meanwhile, is_imported):
    """Before every step one goes to the disk and one into the database, and answers change; the disk is imported."""
    received = []

    def act():
        number = len(received)
        if is_imported:
            spool_import.drain()
        received.append(put_on_disk(f"disk{number:016}"))
        received.append(receive(f"base{number:016}"))
        receive("a" * 20, story=f"It is worse now, {number}.")

    for step in ("_add_dump", "_has_media_folder", "_add_folder", "_add_late_requests"):
        meanwhile(step, act)
    create.create(tmp_path / "center.backup")
    assert len(received) == 12

    with elsewhere():
        restore.restore(tmp_path / "center.backup")
        while spool_import.drain():
            pass
        after_the_spool = received.pop(-2).pk  # it came after the moment until which the backup claims to have all
        stored = set(CallForHelp.objects.values_list("pk", flat=True))
        assert {call.pk for call in received} <= stored
        assert len(stored) == 2 + len(received)
        assert after_the_spool not in stored
        assert CallForHelp.objects.get(pk=Identity.of("a" * 20).id).current_answers()["story"] == "It is worse now, 10."
        assert AnswersRevision.objects.count() == 6
        assert reconciliation.reconcile(timezone.now() + LATER).missing == []


def test_requests_sent_all_the_time_are_all_in_the_backup(center, elsewhere, tmp_path, monkeypatch):
    """Each "received" before the printed moment is in it, none twice; people send while every step runs."""
    acknowledged, stop = [], threading.Event()

    def send():
        try:
            while not stop.is_set():
                call = receive(secrets.token_hex(10))
                acknowledged.append((timezone.now(), call.pk))
                if len(acknowledged) % 5 == 0:
                    acknowledged.append((timezone.now(), put_on_disk(secrets.token_hex(10)).pk))
                    spool_import.drain()
        finally:
            connection.close()

    thread = threading.Thread(target=send)
    thread.start()
    try:
        wait_until(lambda: len(acknowledged) > 10)
        wait_between_steps(monkeypatch, acknowledged)
        made = create.create(tmp_path / "center.backup")
    finally:
        stop.set()
        thread.join()

    expected = {pk for at, pk in acknowledged if at <= made.received_until}
    assert made.late
    assert len(expected) > 20
    with elsewhere():
        restore.restore(tmp_path / "center.backup")
        while spool_import.drain():
            pass
        assert expected <= set(CallForHelp.objects.values_list("pk", flat=True))
        assert reconciliation.reconcile(made.received_until + LATER).missing == []
        assert not AnswersRevision.objects.exists()


def wait_between_steps(monkeypatch, acknowledged):
    for step in ("_add_dump", "_add_folder", "_add_late_requests"):
        original = getattr(create, step)

        def slow(*args, original=original):
            count = len(acknowledged)
            wait_until(lambda: len(acknowledged) > count + 3)
            return original(*args)

        monkeypatch.setattr(create, step, slow)


def wait_until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
