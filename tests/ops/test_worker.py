"""The worker against real PostgreSQL: it runs the registered jobs and is visible while it runs."""

import threading
import time

import pytest
from django.utils import timezone

from articles.models import Reminder
from detoxsite.core import jobs, leases
from detoxsite.core.models import JobRun, WorkerHeartbeat
from detoxsite.ops import worker
from tests.factories import make_live, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_is_seen_while_it_says_that_it_lives(client):
    one = leases.Leases()
    before = leases.is_any_worker_alive()
    one.renew()
    during = leases.is_any_worker_alive()
    WorkerHeartbeat.objects.update(at=timezone.now() - 2 * leases.LIFE)
    killed = leases.is_any_worker_alive()

    assert (before, during, killed) == (False, True, False)
    assert client.get("/readyz").json()["worker"] is False


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
    assert leases.is_any_worker_alive()


def test_a_worker_that_is_asked_to_stop_exits_and_is_not_seen_any_more(running_worker):
    until(leases.is_any_worker_alive)

    running_worker.stop()

    until(lambda: not leases.is_any_worker_alive())
    assert not any(thread.is_alive() for thread in running_worker.threads)
