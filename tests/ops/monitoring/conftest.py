"""A center where nothing is wrong: each test then breaks one thing."""

import pytest
from django.db import connections
from django.utils import timezone

from detoxsite.core import jobs
from detoxsite.ops import worker
from detoxsite.ops.backup import last_backup
from detoxsite.ops.monitoring import collector
from intake.assurance import reconciliation


@pytest.fixture
def well(db, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(collector, "STATEMENT_TIMEOUT", 60_000)  # milliseconds: a busy machine changes no result
    settings.VAR = tmp_path
    (tmp_path / "calls").mkdir()
    last_backup.save(timezone.now(), 1)
    reconciliation.save_result(reconciliation.reconcile())
    for job in jobs.registered():
        jobs.record(job.name)
    with running_worker():
        yield tmp_path


class running_worker:
    """Another session that holds a worker's lock."""

    def __enter__(self):
        self.connection = connections.create_connection("default")
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [worker.LOCK_FAMILY, worker.lock_key("alive")])

    def __exit__(self, *_):
        self.connection.close()
