"""Compaction: rewriting tables so that no dead page in their files holds what was erased.

Run by ``manage.py compact_tables`` in a maintenance window, because each table is locked for the time it takes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.apps import apps
from django.db import connection
from django.utils import timezone

from . import jobs
from .encryption.sealed_models import SealedModel
from .models import JobRun

LOCK_TIMEOUT = "5s"  # how long others may have to wait behind a table that someone is still reading
NEVER = datetime.fromtimestamp(0, tz=UTC)
DUE = "due: run manage.py compact_tables in a maintenance window"


@dataclass(frozen=True)
class TableGroup:
    """Tables that are compacted together. ``erased_since``: whether anything in them was erased after a moment."""

    name: str
    models: Callable[[], Iterable]
    erased_since: Callable[[datetime], bool]

    @property
    def job_name(self) -> str:
        return f"compaction of {self.name}"

    def is_due(self) -> bool:
        # since it began: a row erased while it ran may be in a table that was rewritten already
        last = JobRun.objects.filter(name=self.job_name).values_list("last_started_at", flat=True).first()
        return self.erased_since(last or NEVER)


_groups: list[TableGroup] = []


def register(name: str, models: Callable[[], Iterable], erased_since: Callable[[datetime], bool]) -> None:
    _groups.append(TableGroup(name, models, erased_since))


def register_job() -> None:
    jobs.register("compaction check", note_what_is_due, every=timedelta(hours=1))


def groups() -> list[TableGroup]:
    return list(_groups)


def note_what_is_due() -> None:
    """Note beside each compaction whether it is due: /readyz must not look through whole tables."""
    for group in _groups:
        JobRun.objects.update_or_create(name=group.job_name, defaults={"note": DUE if group.is_due() else ""})


def sealed_models(app: str) -> list:
    return [model for model in apps.get_app_config(app).get_models() if issubclass(model, SealedModel)]


def compact(group: TableGroup) -> None:
    """Rewrite the group's tables, and record it. Not inside a transaction. Raises OperationalError on a lock time-out.

    Requests for help that arrive meanwhile go to the disk, as whenever the database does not answer in time
    (intake/reception/spool.py). PostgreSQL's write-ahead log and backups keep copies until they are overwritten.
    """
    started_at = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
        try:
            for model in group.models():
                cursor.execute(f"VACUUM FULL {connection.ops.quote_name(model._meta.db_table)}")
        finally:
            cursor.execute("RESET lock_timeout")
    jobs.record(group.job_name, started_at=started_at)
    JobRun.objects.filter(name=group.job_name).update(note="")
