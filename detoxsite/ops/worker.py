"""The background worker: runs the scheduled jobs that the apps registered (core/jobs.py).

While it lives it holds an advisory lock, by which /readyz knows that it is there.
"""

import logging
import signal
import threading
import time
import uuid
import zlib

from django.db import DatabaseError, InterfaceError, connection, connections

from detoxsite.core import jobs

LOCK_FAMILY = 7001  # the first half of the advisory lock's key; the second half is the worker's
HEARTBEAT = 2.0  # seconds between two looks at the lock
POLL = 1.0  # seconds between two looks at which job is due
STOP_TIMEOUT = 5.0  # seconds that jobs have to end in

logger = logging.getLogger(__name__)


def lock_key(worker_id: str) -> int:
    """A worker's id as a signed 32-bit number."""
    return zlib.crc32(worker_id.encode()) - 2**31


class Worker:
    """One worker process: a thread for the lock, one for each job that nothing may delay, one for all other jobs."""

    def __init__(self) -> None:
        self.id = uuid.uuid4().hex
        self.stopping, self.locked = threading.Event(), threading.Event()
        self.lock_connection = None  # belongs to the thread that holds the lock
        self.threads: list[threading.Thread] = []

    def stop_on_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stop())

    def stop(self) -> None:
        self.stopping.set()

    def run(self) -> None:
        """Work until ``stop`` is called."""
        self._start_thread(self._keep_lock)
        while not (self.locked.wait(HEARTBEAT) or self.stopping.is_set()):
            pass
        runners = [jobs.Runner(job) for job in jobs.registered()]
        for runner in runners:
            if runner.job.has_own_thread:
                self._start_thread(self._run_jobs, [runner], runner.job.every.total_seconds())
        self._start_thread(self._run_jobs, [runner for runner in runners if not runner.job.has_own_thread], POLL)
        self.stopping.wait()
        deadline = time.monotonic() + STOP_TIMEOUT
        for thread in self.threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _start_thread(self, target, *args) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _run_jobs(self, runners: list[jobs.Runner], pause: float) -> None:
        while not self.stopping.wait(pause):
            for runner in runners:
                if not self.stopping.is_set():
                    self._run_one(runner)

    def _run_one(self, runner: jobs.Runner) -> None:
        try:
            runner.run_if_due()
        except Exception as exc:  # of the record, not of the job; it must not end the thread
            logger.error("Job “%s” could not be run or recorded: %s", runner.job.name, type(exc).__name__)

    # --- the lock

    def _keep_lock(self) -> None:
        """Hold the lock until the worker stops; take it again after the database was away."""
        while not self.stopping.is_set():
            try:
                self._hold_lock()
            except Exception as exc:  # mostly that the database does not answer; the next round may succeed
                logger.warning("The worker's lock could not be taken: %s", type(exc).__name__)
            finally:
                connections.close_all()  # this thread's own; the one with the lock is not among them
            self.stopping.wait(HEARTBEAT)
        if self.lock_connection:
            self.lock_connection.close()

    def _hold_lock(self) -> None:
        try:
            if self.lock_connection:
                with self.lock_connection.cursor() as cursor:
                    cursor.execute("SELECT 1")
                return
        except (DatabaseError, InterfaceError):
            self.lock_connection.close()
        self.lock_connection = None
        if not self.locked.is_set():
            jobs.start_watching()
        new = connections.create_connection("default")
        with new.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_FAMILY, lock_key(self.id)])
        self.lock_connection = new
        self.locked.set()


def is_running() -> bool:
    """Whether a worker is alive: whether its lock is held."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [LOCK_FAMILY],
        )
        return cursor.fetchone()[0]
