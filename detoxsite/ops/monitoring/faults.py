"""The technical faults that the operator is alerted to. Requests for help that wait are the staff's, and not here.

deploy/prometheus/alerts.yml has a rule of the same name for each, and more (tests/ops/monitoring/test_rules.py compares
them). docs/runbook.md has a heading for each.
"""

import operator
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from prometheus_client import Metric

HOUR = 60 * 60
_COMPARE = {"==": operator.eq, ">": operator.gt, "<": operator.lt}


@dataclass(frozen=True, eq=False)
class Fault:
    """``summary`` holds while a sample of ``metric`` with these labels compares so with ``limit``, for ``lasting``."""

    name: str
    summary: str
    metric: str
    comparison: str
    limit: int
    lasting: timedelta
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def expression(self) -> str:
        """The same in PromQL."""
        labels = ", ".join(f'{name}="{value}"' for name, value in self.labels.items())
        return f"{self.metric}{{{labels}}} {self.comparison} {self.limit}".replace("{}", "")

    def is_present(self, families: Iterable[Metric]) -> bool | None:
        """None where no sample tells: most come from the database, which may be away."""
        samples = [
            sample
            for family in families
            for sample in family.samples
            if sample.name == self.metric and self.labels.items() <= sample.labels.items()
        ]
        compare = _COMPARE[self.comparison]
        return any(compare(sample.value, self.limit) for sample in samples) if samples else None


def _minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


FAULTS = (
    Fault("WorkerDown", "No worker is running.", "detoxsite_worker_up", "==", 0, _minutes(2)),
    Fault("DatabaseDown", "The database does not answer.", "detoxsite_database_up", "==", 0, _minutes(2)),
    Fault("SpoolNotDrained", "Requests stay on the disk.", "detoxsite_spool_oldest_seconds", ">", 120, _minutes(1)),
    Fault("SpoolFileBroken", "A file of a request is unreadable.", "detoxsite_spool_broken_files", ">", 0, _minutes(0)),
    Fault("DiskNotWritable", "The disk takes no request.", "detoxsite_spool_writable", "==", 0, _minutes(1)),
    Fault("DiskAlmostFull", "The disk is almost full.", "detoxsite_disk_free_bytes", "<", 1_000_000_000, _minutes(5)),
    Fault("BackupOld", "The last good backup is old.", "detoxsite_backup_age_seconds", ">", 26 * HOUR, _minutes(60)),
    Fault("IndexKeyWrong", "INDEX_KEY is wrong.", "detoxsite_index_key_right", "==", 0, _minutes(0)),
    Fault("JobOverdue", "A scheduled job does not succeed.", "detoxsite_job_overdue", "==", 1, _minutes(5)),
    Fault("AlertsLate", "Alerts to staff do not arrive.", "detoxsite_alerts_late", ">", 0, _minutes(3)),
    Fault("PhoneFailing", "Alerts cannot ring a phone of staff.", "detoxsite_phones_failing", ">", 0, _minutes(3)),
    Fault("SyntheticCheckFailed", "The synthetic check fails.", "detoxsite_synthetic_check_ok", "==", 0, _minutes(5)),
    Fault(
        "RequestMissing",
        "An acknowledged request is missing.",
        "detoxsite_reconciliation_faults",
        ">",
        0,
        _minutes(0),
        {"fault": "missing"},
    ),
)
