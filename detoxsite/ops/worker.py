"""The background worker: carries out queued tasks, takes up those of a dead worker, and does the regular chores.

django-tasks-db leaves a task of a killed worker RUNNING for ever. Here every worker holds an advisory lock for as
long as it lives. A running task whose worker's lock is free belongs to the dead and goes back into the queue.
"""

import logging
import threading
import time
import uuid
import zlib
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, connections, transaction
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker as DatabaseWorker
from django_tasks_db.models import DBTaskResult

from articles import jobs as article_tasks
from detoxsite.core import db_timeout
from intake.alerting import escalation
from intake.assurance import reconciliation, synthetic_check
from intake.reception import spool, spool_import
from intake.records import retention
from testimonials import author_mail, jobs

LOCK_FAMILY = 7001  # the first half of the advisory lock's key; the second half is the worker's
MAX_ATTEMPTS = 5
FIRST_PAUSE = timezone.timedelta(seconds=5)  # after the first failure; each further one is four times as long
BEAT = 2  # seconds between two looks at the lock
CHORES_EVERY = 15  # seconds
PROVE_EVERY = timezone.timedelta(minutes=3)
ATTEND_EVERY = 1.0  # seconds between two looks at the calls for help
LETTERS_EVERY = 2.0  # seconds
ATTEND_TIMEOUT = 20.0  # seconds; then a frozen database is given up, and asked anew
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
        self.pulse = None  # the connection that holds our lock; it belongs to the thread below
        self.locked = threading.Event()
        targets = (self._live, self._attend, self._write)
        self.threads = [threading.Thread(target=target, daemon=True) for target in targets]
        for thread in self.threads:
            thread.start()
        self.locked.wait()
        super().run()

    def _attend(self) -> None:
        """In a thread of its own, so that nothing else delays it: see to the calls for help, every second."""
        self._keep_at(attend, every=ATTEND_EVERY, called="Calls for help")

    def _write(self) -> None:
        """In a thread of its own, so that a mail server that hangs delays nothing else: send letters to writers."""
        self._keep_at(author_mail.send_due, every=LETTERS_EVERY, called="Letters to writers")

    def _keep_at(self, act, *, every: float, called: str) -> None:
        while self.running:
            try:
                act()
            except (DatabaseError, InterfaceError) as exc:
                logger.warning("%s wait for the database: %s", called, type(exc).__name__)
            except Exception:
                logger.exception("%s could not be seen to", called)
            finally:
                connections.close_all()
            time.sleep(every)

    def _live(self) -> None:
        """In a thread: hold the lock, also after the database was gone for a while, and do the chores."""
        due = 0.0
        while self.running:
            try:
                self._hold_lock()
                if time.monotonic() >= due:
                    due = time.monotonic() + CHORES_EVERY
                    chores()
            except (DatabaseError, InterfaceError) as exc:
                logger.warning("The database does not answer: %s", type(exc).__name__)
            except Exception:  # the next round may go better; a chore must not end the worker
                logger.exception("A chore failed")
            finally:
                connections.close_all()  # this thread's own; the pulse is not among them
            time.sleep(BEAT)
        if self.pulse:
            self.pulse.close()

    def _hold_lock(self) -> None:
        try:
            if self.pulse:
                with self.pulse.cursor() as cursor:
                    cursor.execute("SELECT 1")
                return
        except (DatabaseError, InterfaceError):
            self.pulse.close()
        self.pulse = None
        pulse = connections.create_connection("default")
        with pulse.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_FAMILY, _half(self.worker_id)])
        self.pulse = pulse
        self.locked.set()


def attend() -> None:
    """Bring in what waits on the disk, and tell staff what they have to be told. Safe in several workers at once."""
    try:
        with db_timeout.time_limit(ATTEND_TIMEOUT):
            spool_import.drain()
    finally:
        with db_timeout.time_limit(ATTEND_TIMEOUT):
            escalation.send_due()


def chores() -> None:
    """What is due every few seconds, in any worker, safe to do twice."""
    rescue()
    prove()
    article_tasks.chase_reviews()
    article_tasks.forget_old_work()
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEEP_RESULTS).delete()
    jobs.run()
    retention.warn()
    retention.erase_approved()  # these last: they wait for tables that somebody may be reading
    retention.sweep()
    jobs.sweep()


def prove() -> None:
    """Every few minutes: is each call for help where it has to be, and is the way for new ones open?"""
    last = reconciliation.saved_result()
    if last is None or not last.is_complete or datetime.fromisoformat(last.at) < timezone.now() - PROVE_EVERY:
        reconciliation.save_result(reconciliation.reconcile())
        spool.delete_old_journals()
    if "public" in settings.SITES:
        synthetic_check.send_if_due()


def rescue() -> int:
    """Take up the tasks of workers that died, and retry failed ones with growing pauses. Returns how many it moved.

    After MAX_ATTEMPTS a task is left FAILED, for people to look at.
    """
    count = 0
    with transaction.atomic(), connection.cursor() as cursor:
        held = DBTaskResult.objects.select_for_update(skip_locked=True)
        for result in held.filter(status=TaskResultStatus.RUNNING):
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_FAMILY, _half(result.worker_ids[-1])])
            if cursor.fetchone()[0]:  # its worker is dead
                count += _again(result, pause=timezone.timedelta())
        for result in held.filter(status=TaskResultStatus.FAILED):
            count += _again(result, pause=FIRST_PAUSE * 4 ** (len(result.worker_ids) - 1))
    return count


def _again(result: DBTaskResult, *, pause: timezone.timedelta) -> bool:
    """Queue a task once more, or leave it as failed. Returns whether anything changed."""
    before = result.status
    spent = len(result.worker_ids) >= MAX_ATTEMPTS
    result.status = TaskResultStatus.FAILED if spent else TaskResultStatus.READY
    if result.status == before:
        return False
    result.run_after = timezone.now() + pause
    result.finished_at = timezone.now() if spent else None
    result.save(update_fields=["status", "run_after", "finished_at"])
    return True


def is_running() -> bool:
    """Whether some worker is alive: whether its lock is held."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [LOCK_FAMILY],
        )
        return cursor.fetchone()[0]
