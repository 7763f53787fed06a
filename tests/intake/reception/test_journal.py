"""The journal on a disk that is really full, and what ``reconcile`` says of it."""

import contextlib
import errno
import os
import secrets
import subprocess
import threading

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from intake import jobs
from intake.assurance import reconciliation
from intake.models import CallForHelp
from intake.reception import journal, spool, spool_import
from intake.reception import receive as reception
from intake.reception.identifiers import Identity
from tests.core.public_forms.test_forms import HELP, form

pytestmark = pytest.mark.django_db

BLOCK = 4096
MONTH_13 = b"2026-13-28T10:00:00+00:00 ABCD2345 0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a disk"


@pytest.fixture
def small_disk(settings, tmp_path):
    """A file system of 640 kB for calls. Mounting it takes root."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=640k", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no really full disk: a file system cannot be mounted here ({mounted.stderr.strip()})")
    settings.VAR = folder
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@contextlib.contextmanager
def filled(folder, *, spare=0):
    """Fill the disk up to ``spare`` blocks."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * BLOCK)
    os.truncate(filler, filler.stat().st_size - spare * BLOCK)
    yield
    filler.unlink()


def seal(number=None):
    return reception.seal_request(
        {"phone": "1"}, Identity.of(f"{secrets.token_hex(4) if number is None else number}-key-0123456789")
    )


def noted():
    return journal.read(timezone.now() - timezone.timedelta(days=1))


def references(found):
    return [each.reference for each in found.acknowledgments]


def reconcile(capsys) -> tuple[bool, str]:
    """Whether the command ends well, and what it says."""
    try:
        call_command("reconcile")
    except SystemExit:
        return False, capsys.readouterr().out
    return True, capsys.readouterr().out


def test_on_a_full_disk_every_request_that_the_database_has_is_in_the_proof(small_disk, capsys):
    """600 acknowledgments, the disk full for 530 of them, by eight threads."""
    jobs.journal.empty_reserve()
    calls = [seal(number) for number in range(600)]
    for call in calls[:35]:
        journal.acknowledge(call, "database")

    def acknowledge(some):
        for call in some:
            journal.acknowledge(call, "database")

    with filled(small_disk, spare=1):
        threads = [threading.Thread(target=acknowledge, args=[calls[35 + one : 565 : 8]]) for one in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert len(noted().acknowledgments) == 565
        assert not noted().gaps
        with pytest.raises(OSError, match="No space left"):
            jobs.journal.empty_reserve()
        assert len(set(references(noted()))) == 565
    acknowledge(calls[565:])
    jobs.journal.empty_reserve()

    assert sorted(set(references(noted()))) == sorted({call.reference for call in calls})
    assert not noted().gaps
    assert journal._reserve().read_bytes() == journal._empty()
    result = reconciliation.reconcile(timezone.now() + timezone.timedelta(minutes=1))
    assert (result.acknowledged, len(result.missing)) == (600, 600)
    is_well, said = reconcile(capsys)
    assert (is_well, "600 acknowledged in 30 days, 0 stored." in said) == (True, True)  # they may still be on their way


def test_what_finds_no_room_at_all_is_counted_as_a_fault_of_the_proof(small_disk, capsys, monkeypatch, client):
    monkeypatch.setattr(journal, "RESERVE", BLOCK)
    jobs.journal.empty_reserve()

    with filled(small_disk):
        for number in range(100):
            journal.acknowledge(seal(number), "disk")
        kept = len(noted().acknowledgments)
        assert kept + sum(noted().gaps.values()) == 100
        assert client.get("/readyz").json()["spool"] is False
        is_well, said = reconcile(capsys)
        assert (is_well, f"The journal lacks {100 - kept} lines" in said) == (False, True)
    jobs.journal.empty_reserve()
    is_well, said = reconcile(capsys)

    assert (is_well, f"The journal lacks {100 - kept} lines" in said) == (False, True)
    assert "Nothing is missing" not in said
    assert f"{kept} acknowledged" in said
    answer = client.get("/readyz").json()  # the disk is well again; what it cost is told, and pages nobody for 30 days
    assert (answer["spool"], answer["calls"], list(answer["journal_gaps"].values())) == (True, True, [100 - kept])


def test_without_a_reserve_lines_are_held_until_there_is_room(small_disk):
    journal.acknowledge(seal(), "database")
    with filled(small_disk):
        for _ in range(60):
            journal.acknowledge(seal(), "database")
    journal.acknowledge(seal(), "database")

    assert (len(set(references(noted()))), noted().gaps) == (62, {})


def test_a_request_whose_file_is_torn_is_not_acknowledged(small_disk, monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError

    real = reception.insert
    monkeypatch.setattr(reception, "insert", refuse)
    forms = [form(Client(), HELP) | {"phone": "1", "story": "Quetzalstory. " * 400} for _ in range(6)]
    jobs.journal.empty_reserve()

    with filled(small_disk, spare=8):
        answers = [Client().post(HELP, fields) for fields in forms]

        statuses = [answer.status_code for answer in answers]
        stored = statuses.count(302)
        assert set(statuses) == {302, 503}
        assert len(spool.pending_files()) == len(noted().acknowledgments) == stored
        assert list(spool.folder().glob(".*")) == []
    for fields, answer in zip(forms, answers, strict=True):
        if answer.status_code == 503:
            assert "We could not store this" in answer.content.decode()
            assert fields["story"] in answer.content.decode()
            assert Client().post(HELP, fields).status_code == 302
    monkeypatch.setattr(reception, "insert", real)
    assert spool_import.drain() == 6
    assert CallForHelp.objects.count() == 6
    assert reconciliation.reconcile(timezone.now() + timezone.timedelta(minutes=1)).is_complete


# --- torn lines, on any disk -----------------------------------------------------------------------------------------


def short_writes(monkeypatch, *, fail_after=None):
    """Let each call write seven bytes at most; after ``fail_after`` of them the disk is full."""
    write, left = os.write, [fail_after]

    def short(descriptor, content):
        size = min(7, len(content))
        if left[0] is not None:
            if not left[0]:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            size = min(size, left[0])
            left[0] -= size
        return write(descriptor, content[:size])

    monkeypatch.setattr(os, "write", short)


def test_short_writes_are_continued(monkeypatch):
    short_writes(monkeypatch)
    for number in range(3):
        journal.acknowledge(seal(number), "database")

    assert references(noted()) == [seal(number).reference for number in range(3)]


@pytest.mark.parametrize("place", [1, 2, 30, 60, 76])
def test_a_torn_line_is_no_gap_once_it_is_written_again_and_the_next_is_not_glued_to_it(monkeypatch, place):
    jobs.journal.empty_reserve()
    journal.acknowledge(seal(1), "database")
    short_writes(monkeypatch, fail_after=place)
    journal.acknowledge(seal(2), "database")
    monkeypatch.undo()
    journal.acknowledge(seal(3), "database")

    for _ in range(2):
        assert set(references(noted())) == {seal(number).reference for number in (1, 2, 3)}
        assert not noted().gaps
        jobs.journal.empty_reserve()


@pytest.mark.parametrize(
    "torn", [b"2", b"\xff\x00", b"2026-11-28T10:00:00+00:00 ABCD2345 0a", b"x" * 5000, b"a b c d", MONTH_13]
)
def test_a_line_that_cannot_be_read_is_counted(torn, capsys):
    journal.acknowledge(seal(1), "database")
    with journal._file(timezone.now()).open("ab") as file:
        file.write(b"\n" + torn)
    journal.acknowledge(seal(2), "database")

    assert (len(noted().acknowledgments), sum(noted().gaps.values())) == (2, 1)
    is_well, said = reconcile(capsys)
    assert (is_well, "The journal lacks 1 lines" in said) == (False, True)


def test_a_journal_of_an_earlier_version_is_read():
    line = f"{timezone.now().isoformat(timespec='seconds')} ABCD2345 {'0a' * 16} database\n"
    journal.folder().mkdir(parents=True)
    journal._file(timezone.now()).write_text(line * 2)

    assert (references(noted()), noted().gaps) == (["ABCD2345"] * 2, {})


def test_if_the_result_cannot_be_saved_the_command_still_says_it(capsys, monkeypatch):
    def full(result):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(reconciliation, "save_result", full)

    assert reconcile(capsys) == (True, "0 acknowledged in 30 days, 0 stored.\nNothing is missing.\n")
