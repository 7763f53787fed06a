"""The worker against real PostgreSQL: tasks of the dead are taken up, those of the living are not."""

import pytest
from django.db import connections, transaction
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from articles.jobs import remind
from articles.models import Reminder
from detoxsite.ops import worker
from tests.factories import make_live, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pulse():
    """A connection of another session, which can hold a worker's lock."""
    connection = connections.create_connection("default")
    yield connection
    connection.close()


def hold(connection, worker_id):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [worker.LOCK_FAMILY, worker._half(worker_id)])


def running(worker_id):
    remind.enqueue(0)
    result = DBTaskResult.objects.get()
    result.claim(worker_id)
    return result


def test_a_task_enqueued_in_a_rolled_back_transaction_is_not_there():
    with transaction.atomic():
        remind.enqueue(0)
        transaction.set_rollback(True)

    assert not DBTaskResult.objects.exists()


def test_a_task_of_a_dead_worker_goes_back_into_the_queue():
    result = running("dead")

    assert worker.rescue() == 1

    result.refresh_from_db()
    assert result.status == TaskResultStatus.READY
    assert DBTaskResult.objects.ready().get() == result


def test_a_task_of_a_living_worker_is_left_alone(pulse):
    result = running("alive")
    hold(pulse, "alive")

    assert worker.rescue() == 0

    result.refresh_from_db()
    assert result.status == TaskResultStatus.RUNNING


def test_a_failed_task_is_tried_again_later_but_not_for_ever():
    result = running("one")
    result.set_failed(RuntimeError("mail server down"))

    assert worker.rescue() == 1
    result.refresh_from_db()
    assert result.status == TaskResultStatus.READY
    assert not DBTaskResult.objects.ready().exists()
    DBTaskResult.objects.update(status=TaskResultStatus.FAILED, worker_ids=["w"] * worker.MAX_ATTEMPTS)
    assert worker.rescue() == 0


def test_a_task_whose_workers_keep_dying_is_given_up():
    remind.enqueue(0)
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, worker_ids=["dead"] * worker.MAX_ATTEMPTS)

    assert worker.rescue() == 1
    assert DBTaskResult.objects.get().status == TaskResultStatus.FAILED


def test_a_worker_is_seen_while_it_holds_its_lock(pulse):
    before = worker.is_running()
    hold(pulse, "alive")
    during = worker.is_running()
    pulse.close()

    assert (before, during) == (False, True)


def test_a_worker_carries_out_what_is_queued():
    reminder = Reminder.objects.create(edition=make_live(), kind=Reminder.Kind.DUE)
    make_user("editor")
    remind.enqueue(reminder.pk)
    one = worker.Worker(interval=0)
    one.max_tasks = 1

    one.run()

    one.running = False
    for thread in one.threads:
        thread.join()
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL
