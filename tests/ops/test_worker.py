"""The worker against real PostgreSQL: it runs the registered jobs and is visible while it runs."""

import threading
import time

import pytest
from django.db import connections

from articles.models import Reminder
from detoxsite.core import jobs
from detoxsite.core.models import JobRun
from detoxsite.ops import worker
from tests.factories import make_live, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other_session():
    """A connection in another session, which can hold a worker's lock."""
    connection = connections.create_connection("default")
    yield connection
    connection.close()


def hold(connection, worker_id):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [worker.LOCK_FAMILY, worker.lock_key(worker_id)])


def test_a_worker_is_seen_while_it_holds_its_lock(other_session):
    before = worker.is_running()
    hold(other_session, "alive")
    during = worker.is_running()
    other_session.close()

    assert (before, during) == (False, True)


@pytest.fixture
def running_worker():
    one = worker.Worker()
    thread = threading.Thread(target=one.run)
    thread.start()
    yield one
    one.stop()
    thread.join()


def until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_worker_runs_every_job_and_sends_what_is_in_the_outbox(running_worker, settings, tmp_path):
    make_user("editor")
    reminder = Reminder.objects.create(edition=make_live(), kind=Reminder.Kind.DUE)
    names = {job.name for job in jobs.registered()}

    until(lambda: JobRun.objects.filter(name__in=names).exclude(last_started_at=None).count() == len(names))

    reminder.refresh_from_db()
    assert reminder.state == Reminder.State.SENT
    assert worker.is_running()


def test_a_worker_that_is_asked_to_stop_exits_and_releases_its_lock(running_worker):
    until(worker.is_running)

    running_worker.stop()

    until(lambda: not any(thread.is_alive() for thread in running_worker.threads))
    assert not worker.is_running()
