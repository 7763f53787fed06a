"""Leases: which worker lives, and which of several runs a job now. Rows that expire, by the clock of the database.

A lock of a database session would be simpler, but behind PgBouncer a session outlives the worker that locked in it
(docs/decisions/0031-start-up.md). A worker renews what it holds every few seconds (ops/worker.py); what a dead one
held is free after LIFE. One that was held up for longer, and wakes in the middle of a job, cannot go on with it.
"""

import contextlib
import time
import uuid
from datetime import timedelta

from django.db import OperationalError, connection

from .models import JobRun, WorkerHeartbeat

LIFE = timedelta(seconds=20)
RENEW_EVERY = timedelta(seconds=4)
FORGOTTEN_AFTER = timedelta(days=1)  # a worker that died

_RUNS, _WORKERS = JobRun._meta.db_table, WorkerHeartbeat._meta.db_table

_TAKE = f"""
    INSERT INTO {_RUNS} (name, watched_since, last_error, consecutive_failures, note, leased_by, leased_until)
    VALUES (%(job)s, now(), '', 0, '', %(holder)s, now() + %(life)s)
    ON CONFLICT (name) DO UPDATE SET leased_by = EXCLUDED.leased_by, leased_until = EXCLUDED.leased_until
    WHERE {_RUNS}.leased_until IS NULL OR {_RUNS}.leased_until < now() OR {_RUNS}.leased_by = EXCLUDED.leased_by
"""  # noqa: S608 our own tables
_RENEW = f"""
    UPDATE {_RUNS} SET leased_until = now() + %(life)s
    WHERE leased_by = %(holder)s AND name = ANY(%(jobs)s) RETURNING name
"""  # noqa: S608
_BEAT = f"""
    INSERT INTO {_WORKERS} (worker, at) VALUES (%(holder)s, now()) ON CONFLICT (worker) DO UPDATE SET at = now()
"""  # noqa: S608


class LeaseLost(OperationalError):
    """Another worker may be running this job by now."""


class Leases:
    """What one worker holds. Each method that asks the database raises its errors while it is away."""

    def __init__(self) -> None:
        self.holder = str(uuid.uuid4())
        self._until: dict[str, float] = {}  # time.monotonic(), by job that this worker is running

    def take(self, job: str) -> bool:
        """Take the lease of a job unless another worker holds it. Returns whether it is ours."""
        until = time.monotonic() + LIFE.total_seconds()
        if not self._execute(_TAKE, job=job):
            return False
        self._until[job] = until
        return True

    def release(self, job: str) -> None:
        if self._until.pop(job, None) is not None:
            JobRun.objects.filter(name=job, leased_by=self.holder).update(leased_by=None, leased_until=None)

    @contextlib.contextmanager
    def guard(self, job: str):
        """Refuse every statement of the calling thread inside, with LeaseLost, once the lease is not ours for sure."""

        def execute_if_held(execute, *args):
            if self._until.get(job, 0.0) < time.monotonic():
                raise LeaseLost(job)
            return execute(*args)

        with connection.execute_wrapper(execute_if_held):
            yield

    def renew(self) -> None:
        """Say that this worker lives, and that it is still running its jobs."""
        self._execute(_BEAT)
        if held := list(self._until):
            until = time.monotonic() + LIFE.total_seconds()
            with connection.cursor() as cursor:
                cursor.execute(_RENEW, {"holder": self.holder, "life": LIFE, "jobs": held})
                renewed = [name for (name,) in cursor.fetchall()]
            self._until.update({job: until for job in renewed if job in self._until})

    def end(self) -> None:
        """Give back everything: this worker stops."""
        self._until.clear()
        JobRun.objects.filter(leased_by=self.holder).update(leased_by=None, leased_until=None)
        WorkerHeartbeat.objects.filter(worker=self.holder).delete()
        self._execute(f"DELETE FROM {_WORKERS} WHERE at < now() - %(forgotten)s", forgotten=FORGOTTEN_AFTER)  # noqa: S608

    def _execute(self, sql: str, **parameters) -> int:
        with connection.cursor() as cursor:
            cursor.execute(sql, {"holder": self.holder, "life": LIFE, **parameters})
            return cursor.rowcount


def is_any_worker_alive() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {_WORKERS} WHERE at > now() - %s)", [LIFE])  # noqa: S608
        return cursor.fetchone()[0]
