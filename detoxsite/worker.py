"""The background worker: carries out queued tasks, takes up those of a dead worker, and does the regular chores.

django-tasks-db leaves a task of a killed worker RUNNING for ever. Here every worker holds an advisory lock for as
long as it lives. A running task whose worker's lock is free belongs to the dead and goes back into the queue.
"""

import logging
import threading
import time
import uuid
import zlib

from django.db import connection, connections, transaction
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker as DatabaseWorker
from django_tasks_db.models import DBTaskResult

from intake import tasks as intake_tasks

LOCK_FAMILY = 7001  # the first half of the advisory lock's key; the second half is the worker's
MOST_ATTEMPTS = 5
FIRST_PAUSE = timezone.timedelta(seconds=5)  # after the first failure; each further one is four times as long
CHORES_EVERY = 15  # seconds
KEEP_RESULTS = timezone.timedelta(days=7)

logger = logging.getLogger(__name__)


def _half(worker_id: str) -> int:
    """A worker's name as a signed 32-bit number."""
    return zlib.crc32(worker_id.encode()) - 2**31


class Worker(DatabaseWorker):
    """One worker process. ``worker_id`` is new at every start, so that a dead one is never taken for a living."""

    def __init__(self, interval: float = 1.0) -> None:
        super().__init__(
            queue_names=["*"],
            interval=interval,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=uuid.uuid4().hex,
            excluded_queue_names=[],
        )

    def run(self) -> None:
        # on a connection of its own, which Django does not close between tasks; gone when the process is
        self.pulse = connections.create_connection("default")
        with self.pulse.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_FAMILY, _half(self.worker_id)])
        threading.Thread(target=self._do_chores, daemon=True).start()
        super().run()

    def _do_chores(self) -> None:
        while self.running:
            try:
                chores()
            except Exception:  # the next round may go better; a chore must not end the worker
                logger.exception("Chores failed")
            finally:
                connections.close_all()  # this thread's
            time.sleep(CHORES_EVERY)


def chores() -> None:
    """What is due every few seconds, in any worker, safe to do twice."""
    rescue()
    intake_tasks.chase()
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEEP_RESULTS).delete()


def rescue() -> int:
    """Put back the tasks of workers that died, and retry failed ones with growing pauses. Returns how many."""
    count = 0
    with transaction.atomic(), connection.cursor() as cursor:
        held = DBTaskResult.objects.select_for_update(skip_locked=True)
        for result in held.filter(status__in=[TaskResultStatus.RUNNING, TaskResultStatus.FAILED]):
            attempts = len(result.worker_ids)
            if attempts >= MOST_ATTEMPTS:
                continue
            pause = FIRST_PAUSE * 4 ** (attempts - 1)
            if result.status == TaskResultStatus.RUNNING:
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_FAMILY, _half(result.worker_ids[-1])])
                if not cursor.fetchone()[0]:
                    continue  # its worker lives
                pause = timezone.timedelta()
            result.status, result.run_after = TaskResultStatus.READY, timezone.now() + pause
            result.save(update_fields=["status", "run_after"])
            count += 1
    return count


def is_running() -> bool:
    """Whether some worker is alive: whether its lock is held."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [LOCK_FAMILY],
        )
        return cursor.fetchone()[0]
