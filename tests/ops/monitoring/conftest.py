"""A center where nothing is wrong: each test then breaks one thing."""

import uuid

import pytest
from django.utils import timezone

from detoxsite.core import jobs
from detoxsite.core.models import WorkerHeartbeat
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
    WorkerHeartbeat.objects.create(worker=uuid.uuid4(), at=timezone.now())
    return tmp_path
