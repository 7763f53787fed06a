"""The background worker: runs the scheduled jobs that the apps registered (core/jobs.py).

While it lives it renews its leases (core/leases.py), by which /readyz knows that it is there. No job begins before
the database answers and is migrated.
"""

import logging
import signal
import threading
import time

from django.db import DatabaseError, InterfaceError, connections

from detoxsite.core import db_timeout, jobs, leases

from . import migrating

FIRST_TRY_EVERY = 1.0  # seconds, until the database first answers
RENEW_TIMEOUT = 10.0  # seconds; half the life of a lease
POLL = 1.0  # seconds between two looks at which job is due
STOP_TIMEOUT = 5.0  # seconds that jobs have to end in

logger = logging.getLogger(__name__)


class Worker:
    """One worker process: a thread for the leases, one for each job that nothing may delay, one for all other jobs."""

    def __init__(self) -> None:
        self.leases = leases.Leases()
        self.stopping, self.alive = threading.Event(), threading.Event()
        self.threads: list[threading.Thread] = []

    def stop_on_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stop())

    def stop(self) -> None:
        self.stopping.set()

    def run(self) -> None:
        """Work until ``stop`` is called."""
        self._start_thread(self._keep_leases)
        while not (self.alive.wait(POLL) or self.stopping.is_set()):
            pass
        runners = [jobs.Runner(job, self.leases) for job in jobs.registered()]
        for runner in runners:
            if runner.job.has_own_thread:
                self._start_thread(self._run_jobs, [runner], runner.job.every.total_seconds())
        self._start_thread(self._run_jobs, [runner for runner in runners if not runner.job.has_own_thread], POLL)
        self.stopping.wait()
        deadline = time.monotonic() + STOP_TIMEOUT
        for thread in self.threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._end_leases()

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

    # --- leases

    def _keep_leases(self) -> None:
        """Say every few seconds that this worker lives, and which jobs it is running."""
        while not self.stopping.is_set():
            try:
                with db_timeout.time_limit(RENEW_TIMEOUT, fails_fast=False):
                    self._say_alive()
            except Exception as exc:  # mostly that the database is away
                logger.warning("The worker could not say that it lives: %s", type(exc).__name__)
            finally:
                connections.close_all()  # this thread's own
            self.stopping.wait(leases.RENEW_EVERY.total_seconds() if self.alive.is_set() else FIRST_TRY_EVERY)

    def _say_alive(self) -> None:
        if not self.alive.is_set():
            if not migrating.is_complete():
                return
            jobs.start_watching()
        self.leases.renew()
        self.alive.set()

    def _end_leases(self) -> None:
        try:
            with db_timeout.time_limit(RENEW_TIMEOUT, fails_fast=False):
                self.leases.end()
        except (DatabaseError, InterfaceError) as exc:  # they expire
            logger.warning("The worker's leases were not given back: %s", type(exc).__name__)
        finally:
            connections.close_all()
