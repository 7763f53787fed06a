"""The path of a request while the database is down, slow or read-only, and while the disk is full."""

import base64
import errno
import json
import os
import time

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test import Client

from detoxsite.core import db_timeout, jobs, models, site_profile
from intake import services
from intake.models import CallForHelp
from intake.portal import services as portal_services
from intake.reception import journal, spool, spool_import
from intake.reception import receive as reception
from intake.reception.identifiers import Identity
from intake.records.consent_texts import CONSENT
from tests.core.public_forms.test_forms import HELP, form, send
from tests.factories import make_user, open_portal, receive

pytestmark = pytest.mark.django_db

STORY = "canary story of mine"


@pytest.fixture
def down(monkeypatch):
    """A database that refuses everything as long as ``down.is_so``."""

    class Down:
        is_so = True

    insert = reception.insert

    def refuse(*args, **kwargs):
        if Down.is_so:
            raise OperationalError("the database system is starting up")
        return insert(*args, **kwargs)

    monkeypatch.setattr(reception, "insert", refuse)
    return Down


def test_a_file_of_an_earlier_version_is_imported(client, down):
    """Until version 0.6, a file had one digest of the phone number and one of the address, or null."""
    send(client, HELP, {"phone": "(212) 555-0177"})
    [path] = spool.pending_files()
    record = json.loads(path.read_text())
    [phone] = record.pop("contact_digests")
    path.write_text(json.dumps({**record, "phone_index": phone, "email_index": None}))
    down.is_so = False

    assert spool_import.drain() == 1
    assert list(map(bytes, CallForHelp.objects.get().contact_digests)) == [base64.b64decode(phone)]


def test_while_the_database_is_down_the_visitor_gets_the_same_page_and_a_reference_that_stays_valid(client, down):
    data = {**form(client, HELP), "phone": "1", "story": STORY}

    response = client.post(HELP, data)

    reference = Identity.of(data["key"]).reference
    assert response.headers["Location"].startswith("/help/sent/?")
    assert reference in client.get("/help/sent/").content.decode()
    assert not CallForHelp.objects.exists()
    down.is_so = False
    assert spool_import.drain() == 1
    call = CallForHelp.objects.get()
    assert (call.reference, call.payload["story"]) == (reference, STORY)
    assert (call.alerts.count(), call.consents.count()) == (1, 1)
    assert (spool.pending_files(), spool_import.drain()) == ([], 0)


def test_nothing_on_the_disk_can_be_read(client, down, disk):
    send(client, HELP, {"story": STORY, "name": "Canary Name", "phone": "(212) 555-0199"})

    files = [path for path in disk.rglob("*") if path.is_file()]
    assert len(files) == 2  # the request and the journal
    for path in files:
        content = path.read_bytes().lower() + path.name.encode()
        assert not any(word in content for word in (b"canary", b"5550199", b"555-0199"))
        assert path.stat().st_mode & 0o077 == 0


def test_the_same_form_again_while_the_database_is_down_is_one_request(client, down):
    data = {**form(client, HELP), "phone": "1"}
    for _ in range(3):
        client.post(HELP, data)

    assert len(spool.pending_files()) == 1
    down.is_so = False
    client.post(HELP, data)
    spool_import.drain()
    assert CallForHelp.objects.count() == 1


def test_other_answers_on_the_disk_count_in_the_order_in_which_they_were_given(down):
    receive(story="first")
    receive(story="second")
    down.is_so = False
    receive(story="third")

    spool_import.drain()

    assert CallForHelp.objects.get().current_answers()["story"] == "third"
    assert CallForHelp.objects.get().revisions.count() == 2


def test_a_worker_that_is_killed_between_storing_and_removing_makes_no_second_request(down):
    receive(story=STORY)
    down.is_so = False
    [path] = spool.pending_files()
    call, consent = spool.read(path)
    reception.store_request(call, consent=consent)

    assert spool_import.drain() == 1
    assert CallForHelp.objects.get().alerts.count() == 1
    assert not CallForHelp.objects.get().revisions.exists()


def test_one_request_that_the_database_refuses_does_not_hold_up_the_others(down, monkeypatch):
    for number in range(3):
        receive(key=f"{number}" * 20)
    down.is_so = False
    store, odd = reception.store_request, spool.read(spool.pending_files()[0])[0].pk

    def refuse(call, **kwargs):
        if call.pk == odd:
            raise DatabaseError
        store(call, **kwargs)

    monkeypatch.setattr(reception, "store_request", refuse)

    assert spool_import.drain() == 2
    assert len(spool.pending_files()) == 1


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b'{"id": "x"}'])
def test_a_file_that_is_no_request_is_set_aside_and_seen(content, disk, client):
    receive()
    spool.folder().mkdir(parents=True, exist_ok=True)
    (spool.folder() / "x.json").write_bytes(content)

    assert spool_import.drain() == 0
    assert [path.name for path in spool.broken_files()] == ["x.json"]
    assert client.get("/readyz").json()["spool"] is False


def test_if_neither_can_store_it_the_page_says_so_with_numbers_and_keeps_the_answers(client, down, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    response = send(client, HELP, {"story": STORY, "name": "Sam"})

    html = response.content.decode()
    assert response.status_code == 503
    assert "We could not store this" in html
    assert all(kept in html for kept in (STORY, 'value="Sam"', "tel:+18006624357", "tel:911", "tel:988"))
    assert "sent" not in response.cookies
    assert spool.pending_files() == []
    assert list(spool.folder().glob(".*")) == []
    assert journal.read(services.timezone.now() - services.timezone.timedelta(days=1)).acknowledgments == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.time_limits
@pytest.mark.parametrize("state", ["read-only", "slow", "locked"])
def test_a_database_that_is_slow_or_read_only_costs_the_visitor_two_seconds_at_most(state, client, monkeypatch):
    data = {**form(client, HELP), "phone": "1"}
    monkeypatch.setattr(db_timeout, "_suspected", {})
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        if state == "read-only":
            connection.cursor().execute("SET default_transaction_read_only = on")
        if state == "locked":
            cursor.execute("LOCK TABLE intake_callforhelp IN ACCESS EXCLUSIVE MODE")
        if state == "slow":
            statement = reception.insert.__globals__["_statement"]
            slow = statement().replace("SELECT count(*) FROM stored", "SELECT count(*), pg_sleep(60) FROM stored")
            monkeypatch.setitem(reception.insert.__globals__, "_statement", lambda: slow)
        began = time.monotonic()
        response = client.post(HELP, data)
        took = time.monotonic() - began
        cursor.execute("ROLLBACK")
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE wait_event = 'PgSleep' AND datname = current_database()"
        )
    other.close()
    monkeypatch.undo()
    connection.close()

    assert (response.status_code, len(spool.pending_files())) == (302, 1)
    assert took < 30  # on a busy machine; the database could take a minute or more
    assert reception.DATABASE_TIMEOUT < 2
    monkeypatch.setattr(db_timeout, "_suspected", {})
    spool_import.drain()
    assert CallForHelp.objects.get().reference == Identity.of(data["key"]).reference


def test_the_help_pages_make_no_database_query(client, django_assert_num_queries):
    site_profile.current()

    with django_assert_num_queries(0):
        assert client.get("/help/").status_code == 200
        assert client.get("/help/sent/").status_code == 200


def test_a_process_that_starts_without_a_database_shows_the_center_as_last_known(client, monkeypatch, settings):
    models.SiteProfile.objects.update(name="Quiet Cove", phone="(212) 555-0123")
    site_profile.expire()
    client.get("/help/")

    def gone():
        raise OperationalError

    monkeypatch.setattr(site_profile, "_read", gone)
    site_profile.clear()
    html = Client().get("/help/").content.decode()

    assert "Quiet Cove" in html
    assert "tel:+12125550123" in html
    assert CONSENT["body"] in html


def run_jobs(*names):
    """Run registered jobs in this order; return which succeeded."""
    return [jobs.run(job) for name in names for job in jobs.registered() if job.name == name]


def test_an_entry_in_the_spool_that_is_no_file_stops_neither_the_others_nor_the_alerts(mailoutbox):
    make_user("admissions")
    (spool.folder() / "x.json").mkdir(parents=True)
    spool.put(reception.seal_request({"phone": "1"}, Identity.of("k" * 20)), CONSENT["sha256"])

    assert run_jobs("spool import", "alerts") == [True, True]

    assert CallForHelp.objects.count() == 1
    assert len(mailoutbox) == 1


def test_a_drain_that_fails_does_not_hold_up_the_alerts(mailoutbox, monkeypatch):
    make_user("admissions")
    receive()
    monkeypatch.setattr(spool_import, "drain", lambda: 1 / 0)

    assert run_jobs("spool import", "alerts") == [False, True]

    assert len(mailoutbox) == 1


def test_a_request_on_the_disk_does_not_reopen_one_that_was_canceled_since():
    receive()
    spool.put(reception.seal_request({"phone": "2"}, Identity.of("k" * 20)), CONSENT["sha256"])
    time.sleep(0.01)
    portal_services.cancel(open_portal("k" * 20))

    assert spool_import.drain() == 1

    call = CallForHelp.objects.get()
    assert (call.status, call.revisions.count()) == ("closed", 1)
