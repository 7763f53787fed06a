"""The operator's channel: technical faults, once, again after hours, and when they are over; nothing about anyone."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail
from django.db import OperationalError, connection
from django.utils import timezone

from detoxsite.ops.backup import last_backup
from detoxsite.ops.monitoring import operator_channel
from detoxsite.ops.monitoring.operator_alerts import REPEAT_AFTER, Watch
from tests.factories import make_call

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def sent():
    return []


@pytest.fixture
def watch(well, sent):
    return Watch(well / "operator_alerts.json", lambda *message: sent.append(message) or True)


def names(sent):
    return [subject.partition(": ")[2] for subject, _ in sent]


def test_while_all_is_well_nobody_is_told_anything(watch, sent):
    make_call(created_at=timezone.now() - HOUR)  # one that waits is the staff's to know

    watch.look(timezone.now())

    assert sent == []


def test_a_fault_is_told_once_again_after_hours_and_when_it_is_over(watch, sent, settings):
    now, right = timezone.now(), settings.INDEX_KEY
    settings.INDEX_KEY = "another"
    for after in (0 * HOUR, MINUTE, REPEAT_AFTER - MINUTE, REPEAT_AFTER, REPEAT_AFTER + HOUR):
        watch.look(now + after)
    settings.INDEX_KEY = right
    watch.look(now + REPEAT_AFTER + 2 * HOUR)
    watch.look(now + REPEAT_AFTER + 3 * HOUR)

    assert names(sent) == ["IndexKeyWrong", "IndexKeyWrong", "over: IndexKeyWrong"]
    assert "docs/runbook.md, IndexKeyWrong" in sent[0][1]


def test_what_lasts_only_briefly_is_not_told(watch, sent):
    now = timezone.now()
    last_backup.save(now - 27 * HOUR, 1)
    watch.look(now)
    watch.look(now + 59 * MINUTE)
    assert sent == []

    watch.look(now + HOUR)

    assert names(sent) == ["BackupOld"]


def test_a_restart_tells_nothing_again(watch, sent, settings):
    settings.INDEX_KEY = "another"
    watch.look(timezone.now())

    Watch(watch.file, watch.send).look(timezone.now() + HOUR)

    assert names(sent) == ["IndexKeyWrong"]


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"since": {"x": 1}, "told_at": {}}', '{"since": [], "told_at": []}']
)
def test_a_damaged_note_is_as_none(watch, sent, settings, content):
    watch.file.write_text(content)
    settings.INDEX_KEY = "another"

    Watch(watch.file, watch.send).look(timezone.now())

    assert names(sent) == ["IndexKeyWrong"]


def test_what_no_channel_took_is_sent_at_the_next_look(watch, sent, settings):
    settings.INDEX_KEY = "another"
    taken = watch.send
    watch.send = lambda *message: False
    watch.look(timezone.now())
    watch.send = taken
    watch.look(timezone.now() + MINUTE)

    assert names(sent) == ["IndexKeyWrong"]


def away(*_):
    raise OperationalError("away")


def test_while_the_database_is_away_no_fault_of_it_is_over(watch, sent, settings):
    now = timezone.now()
    settings.INDEX_KEY = "another"
    watch.look(now)
    with connection.execute_wrapper(away):
        watch.look(now + MINUTE)
        watch.look(now + 4 * MINUTE)
    watch.look(now + 5 * MINUTE)

    assert names(sent) == ["IndexKeyWrong", "DatabaseDown", "over: DatabaseDown"]


# --- the channel


class Service(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def service():
    server = HTTPServer(("127.0.0.1", 0), Service)
    server.received = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_operator_gets_email_and_push_with_the_same_words(settings, service):
    port = service.server_address[1]
    settings.OPERATOR_ALERTS = ["ops@example.org", f"json://127.0.0.1:{port}/secret-part"]

    assert operator_channel.send("host: WorkerDown", "WorkerDown: No worker is running.\n")

    [email], [push] = mail.outbox, service.received
    assert (email.to, email.subject) == (["ops@example.org"], "host: WorkerDown")
    assert (push["title"], push["message"]) == (email.subject, email.body.strip())


def test_where_one_channel_takes_it_the_others_are_logged_without_their_secrets(settings, service, caplog):
    port = service.server_address[1]
    settings.OPERATOR_ALERTS = [f"json://127.0.0.1:{port}/", "json://127.0.0.1:1/secret-part", "no-such-service://x"]

    assert operator_channel.send("host: WorkerDown", "text")

    assert "2 of 3 services in OPERATOR_ALERTS took no message" in caplog.text
    assert "secret-part" not in caplog.text


def test_where_none_takes_it_it_is_not_sent(settings, caplog):
    settings.OPERATOR_ALERTS = ["json://127.0.0.1:1/"]

    assert not operator_channel.send("host: WorkerDown", "text")
