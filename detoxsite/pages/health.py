"""Health checks for monitors: /healthz answers for the process, /readyz for everything the site needs."""

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from detoxsite.core import db_timeout, jobs, key_checks
from detoxsite.ops import worker
from detoxsite.ops.backup import last_backup
from intake.assurance import reconciliation, synthetic_check
from intake.reception import journal, spool

READY_TIMEOUT = 1.0  # seconds


@never_cache
@require_safe
def healthz(request):
    """Answer 200 while this process responds."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def readyz(request):
    """Answer 200 when everything works, or 503 with the checks that failed; name overdue jobs and list the last runs.

    Meant for a monitor that pages people. A load balancer should use /healthz instead: the help pages work without
    a database, and an unanswered request is no reason to take the site offline.
    """
    checks, detail = _database()
    checks |= {
        "disk": _is_disk_writable(),
        "spool": spool.is_writable() and journal.is_writable() and not spool.broken_files(),
    }
    report = reconciliation.saved_result()
    checks["calls"] = report is not None and report.has_all
    detail["journal_gaps"] = report.gaps if report else {}
    age = last_backup.age()
    detail["backup_age"] = age and int(age.total_seconds())  # of the last good one made on this machine; null: none
    checks["synthetic"] = synthetic_check.is_well()
    response = JsonResponse({**checks, **detail}, status=200 if all(checks.values()) else 503)
    response._has_been_logged = True  # a failed check is an answer, not an error to log at every poll
    return response


def _database() -> tuple[dict[str, bool], dict]:
    """Return the checks that need the database, and details that fail no check by themselves."""
    try:
        with db_timeout.time_limit(READY_TIMEOUT, kind="readyz"), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            overdue = jobs.overdue()
            checks = {"database": True, "worker": worker.is_running(), "jobs": not overdue}
            checks["keys"] = key_checks.is_index_key_right()
            return checks, {"overdue": overdue, "job_runs": jobs.report()}
    except (DatabaseError, InterfaceError):
        return {"database": False, "worker": False, "jobs": False, "keys": False}, {}


def _is_disk_writable() -> bool:
    try:
        (settings.VAR / "ready").write_text(timezone.now().isoformat())
    except OSError:
        return False
    return True
