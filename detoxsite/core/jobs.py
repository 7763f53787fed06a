"""Scheduled work: each job has a name and a period, runs apart from the others, and leaves a record of how it went.

Apps register their jobs in ``AppConfig.ready``; the worker runs them (ops/worker.py). A job has to be safe in several
workers at once and safe to repeat: each worker runs all jobs, because some of them look after its own machine's disk.
"""

import contextlib
import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.db.models import F
from django.utils import timezone

from . import db_timeout
from .leases import Leases
from .models import JobRun

GRACE = timedelta(minutes=2)  # a job is overdue after three of its periods and this
RETRY_EVERY = timedelta(seconds=30)  # after a run that failed, or was another worker's, where the period is longer
RECORD_EVERY = timedelta(seconds=30)  # successes of a job that runs every second are recorded this often
RECORD_TIMEOUT = 5.0  # seconds

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    name: str  # shown by /readyz
    run: Callable[[], object]
    every: timedelta
    has_own_thread: bool = False  # where nothing may delay it; it then runs in all workers at the same time
    timeout: float | None = None  # seconds that it waits for the database in one run
    is_needed: Callable[[], bool] = lambda: True  # in a process with these settings
    is_local: bool = False  # about the disk of its machine; a worker of the public half alone runs no others

    @property
    def overdue_after(self) -> timedelta:
        return 3 * self.every + GRACE


_jobs: dict[str, Job] = {}


def register(name: str, run: Callable[[], object], *, every: timedelta, **options) -> None:
    if name in _jobs:
        raise ValueError(f"There are two jobs called {name!r}.")
    _jobs[name] = Job(name, run, every, **options)


def registered() -> list[Job]:
    """The jobs of all apps that this process's settings call for."""
    has_all = "staff" in settings.SITES
    return [job for job in _jobs.values() if (has_all or job.is_local) and job.is_needed()]


# --- running ---------------------------------------------------------------------------------------------------------


class Runner:
    """One job in one worker: runs it whenever its period is over.

    A run that failed is repeated sooner, and so is one that another worker had: it did not look after our disk.
    """

    def __init__(self, job: Job, leases: Leases | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.job, self.leases, self.clock = job, leases, clock
        self.due_at = self.recorded_at = float("-inf")

    def run_if_due(self) -> bool | None:
        """Returns what ``run`` does, or None where the job is not due."""
        now = self.clock()
        if now < self.due_at:
            return None
        is_recorded = now - self.recorded_at >= RECORD_EVERY.total_seconds()
        succeeded = run(self.job, leases=self.leases, record_success=is_recorded)
        pause = self.job.every if succeeded else min(self.job.every, RETRY_EVERY)
        self.due_at = now + pause.total_seconds()
        if succeeded is False:
            self.recorded_at = float("-inf")  # record the recovery at once
        elif is_recorded:
            self.recorded_at = now
        return succeeded


def run(job: Job, *, leases: Leases | None = None, record_success: bool = True) -> bool | None:
    """Run a job now. Whatever it raises is logged and recorded, and reaches no other job.

    ``leases``: the worker's, which renews them. Returns whether it succeeded, or None where another worker is running
    it. A success that could not be recorded is none: the job would stay overdue until its next period.
    """
    started_at, error, leases = timezone.now(), "", leases or Leases()
    try:
        with _db_timeout(job.timeout), _guarded(job, leases) as is_ours:
            if not is_ours:
                return None
            job.run()
    except Exception as exc:
        error = type(exc).__name__
        _log(job, exc)
    finally:
        close_connections()
        _release(job, leases)
    is_recorded = _record(job.name, started_at, error) if error or record_success else True
    return is_recorded and not error


def _db_timeout(seconds: float | None):
    return db_timeout.time_limit(seconds, fails_fast=False) if seconds else contextlib.nullcontext()


@contextlib.contextmanager
def _guarded(job: Job, leases: Leases):
    """Yields whether this worker has the lease. A job with its own thread runs in all workers."""
    if job.has_own_thread:
        yield True
    elif leases.take(job.name):
        with leases.guard(job.name):
            yield True
    else:
        yield False


def _release(job: Job, leases: Leases) -> None:
    try:
        with db_timeout.time_limit(RECORD_TIMEOUT, fails_fast=False):
            leases.release(job.name)
    except (DatabaseError, InterfaceError) as exc:  # it expires
        logger.warning("The lease of job “%s” was not released: %s", job.name, type(exc).__name__)
    finally:
        close_connections()


def close_connections() -> None:
    """Leave no connection to the next job that this one broke or set differently."""
    for each in connections.all(initialized_only=True):
        if not each.in_atomic_block:
            each.close()


def _log(job: Job, exc: Exception) -> None:
    """Log where it failed; not the exception's message, which may quote a row."""
    if isinstance(exc, OperationalError | InterfaceError):
        logger.warning("Job “%s” failed: %s", job.name, type(exc).__name__)
        return
    where = "".join(traceback.format_tb(exc.__traceback__))
    logger.error("Job “%s” failed: %s\n%s", job.name, type(exc).__name__, where)


# --- records ---------------------------------------------------------------------------------------------------------


def _record(name: str, started_at: datetime, error: str) -> bool:
    try:
        with db_timeout.time_limit(RECORD_TIMEOUT, fails_fast=False):
            record(name, started_at=started_at, error=error)
        return True
    except (DatabaseError, InterfaceError) as exc:
        logger.warning("The run of job “%s” was not recorded: %s", name, type(exc).__name__)
        return False
    finally:
        close_connections()


def record(name: str, *, started_at: datetime | None = None, error: str = "") -> None:
    now = timezone.now()
    JobRun.objects.get_or_create(name=name)
    outcome = (
        {"last_error": error[:120], "last_error_at": now, "consecutive_failures": F("consecutive_failures") + 1}
        if error
        else {"last_succeeded_at": now, "consecutive_failures": 0}
    )
    JobRun.objects.filter(name=name).update(last_started_at=started_at or now, **outcome)


def start_watching(now: datetime | None = None) -> None:
    """Expect every job to succeed from now on; a worker calls this when it starts.

    Where jobs ran just before, the time already waited counts: a worker that keeps dying must not hide a job that
    never succeeds.
    """
    now = now or timezone.now()
    names = [job.name for job in registered()]
    JobRun.objects.bulk_create([JobRun(name=name, watched_since=now) for name in names], ignore_conflicts=True)
    ours = JobRun.objects.filter(name__in=names)
    if not ours.filter(last_started_at__gt=now - GRACE).exists():
        ours.update(watched_since=now)


def overdue(now: datetime | None = None) -> list[str]:
    """The names of jobs that have not succeeded for three of their periods and a grace."""
    now = now or timezone.now()
    runs = {run.name: run for run in JobRun.objects.all()}
    return sorted(
        job.name
        for job in registered()
        if (run := runs.get(job.name))
        and max(run.watched_since, run.last_succeeded_at or run.watched_since) < now - job.overdue_after
    )


def report() -> dict[str, dict]:
    """The latest runs by job, without content, as /readyz shows them."""
    fields = ("last_started_at", "last_succeeded_at", "last_error", "last_error_at", "consecutive_failures", "note")
    return {run.pop("name"): run for run in JobRun.objects.order_by("name").values("name", *fields)}
