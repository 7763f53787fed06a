"""Scheduled jobs for requests: alerts, proof that none is lost, retention."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from detoxsite.core import jobs

from .alerting import escalation, phone_messages
from .assurance import reconciliation, synthetic_check
from .reception import journal, spool_import
from .records import retention, retention_warnings

RECONCILE_EVERY = timedelta(minutes=3)
SECOND, SHORT_PERIOD, HOUR = timedelta(seconds=1), timedelta(seconds=15), timedelta(hours=1)
DB_TIMEOUT = 20.0  # seconds; then a frozen database is given up, and asked again at the next look


def register() -> None:
    options = {"has_own_thread": True, "timeout": DB_TIMEOUT}
    jobs.register("spool import", import_spool, every=SECOND, is_local=True, **options)
    jobs.register("alerts", send_alerts, every=SECOND, **options)
    jobs.register("phone tests", send_phone_tests, every=timedelta(seconds=5))
    jobs.register("request reconciliation", reconcile, every=SHORT_PERIOD, is_local=True)
    jobs.register("journal retention", delete_old_journals, every=HOUR, is_local=True)
    options |= {"is_needed": _knows_the_public_site}  # it may wait long
    jobs.register("synthetic check", send_synthetic_request, every=SHORT_PERIOD, **options)
    jobs.register("retention warnings", warn_of_erasure, every=SHORT_PERIOD)
    jobs.register("retention warning emails", send_retention_warnings, every=SHORT_PERIOD)
    jobs.register("approved erasures", erase_approved, every=SHORT_PERIOD)


def import_spool() -> None:
    spool_import.drain()


def send_alerts() -> None:
    escalation.send_due()


def send_phone_tests() -> None:
    phone_messages.phone_tests.send_due()


def reconcile() -> None:
    """Look whether each request is where it has to be: every few minutes, and at once while something is missing."""
    last = reconciliation.saved_result()
    if last is None or not last.has_all or datetime.fromisoformat(last.at) < timezone.now() - RECONCILE_EVERY:
        reconciliation.save_result(reconciliation.reconcile())
    journal.empty_reserve()  # last: it raises while the disk is full


def delete_old_journals() -> None:
    journal.delete_old()


def send_synthetic_request() -> None:
    synthetic_check.send_if_due()


def _knows_the_public_site() -> bool:
    return bool(settings.SYNTHETIC_ORIGIN)


def warn_of_erasure() -> None:
    retention.warn()


def send_retention_warnings() -> None:
    retention_warnings.dispatcher.send_due()


def erase_approved() -> None:
    retention.erase_approved()
