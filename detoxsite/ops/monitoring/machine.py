"""Metrics of this machine's folder: disk, spool, what the last checks of the whole path said, backup."""

import shutil
import time
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from prometheus_client.core import GaugeMetricFamily

from detoxsite.ops.backup import last_backup
from intake.assurance import reconciliation, synthetic_check
from intake.reception import journal, spool

from .families import gauge, labeled_gauge


def disk() -> Iterator[GaugeMetricFamily]:
    usage = shutil.disk_usage(settings.VAR)
    yield gauge("disk_free_bytes", "Free space on the disk of DETOX_VAR.", usage.free)
    yield gauge("disk_size_bytes", "Size of the disk of DETOX_VAR.", usage.total)


def spool_depth() -> Iterator[GaugeMetricFamily]:
    """Requests on this disk. Another process may take a file away between two looks."""
    files = spool.pending_files()
    try:
        oldest = time.time() - files[0].stat().st_mtime if files else 0.0
    except FileNotFoundError:
        oldest = 0.0
    yield gauge("spool_requests", "Requests on the disk, not in the database yet.", len(files))
    yield gauge("spool_oldest_seconds", "How long the oldest of them has been there.", max(0.0, oldest))
    yield gauge("spool_broken_files", "Files of requests that could not be read.", len(spool.broken_files()))
    is_writable = spool.is_writable() and journal.is_writable()
    yield gauge("spool_writable", "1: a request could be written to the disk now.", is_writable)


def checks() -> Iterator[GaugeMetricFamily]:
    report = reconciliation.saved_result()
    faults = {name: len(getattr(report, name)) for name in reconciliation.FAULTS} if report else {}
    yield labeled_gauge("reconciliation_faults", "Requests that are not where they have to be.", "fault", faults)
    age = time.time() - datetime.fromisoformat(report.at).timestamp() if report else float("inf")
    yield gauge("reconciliation_age_seconds", "Age of that result; +Inf where there is none that is valid.", age)
    yield gauge("synthetic_check_ok", "1: the last synthetic request went all the way.", synthetic_check.is_well())


def backup() -> Iterator[GaugeMetricFamily]:
    age = last_backup.age()
    seconds = age.total_seconds() if age is not None else float("inf")
    yield gauge("backup_age_seconds", "Age of the last good backup of this machine; +Inf where there is none.", seconds)
