"""Health checks for monitors: /healthz answers for the process, /readyz for everything the site needs.

Only the operator learns from /readyz what is wrong: that requests for help are not being answered is nobody else's
business. Operators show READYZ_TOKEN, or, where none is set, ask from this machine.
"""

import contextlib
import hmac
import ipaddress
import os
import shutil
import uuid

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from detoxsite.core import db_timeout, jobs, key_checks, leases
from detoxsite.core.public_forms.rate_limit import client_address
from detoxsite.ops.backup import last_backup
from intake.alerting import deliveries
from intake.assurance import reconciliation, synthetic_check
from intake.reception import journal, spool

READY_TIMEOUT = 1.0  # seconds
MIN_FREE = 50 * 1024 * 1024  # bytes; below, the disk counts as full
PROBE = b"room?" * 10_000
FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_VIA")


@never_cache
@require_safe
def healthz(request):
    """Answer 200 while this process responds."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def readyz(request):
    """Answer 200 when everything works, or 503; to the operator with the checks that failed, overdue jobs, last runs.

    Meant for a monitor that pages people. A load balancer should use /healthz instead: the help pages work without
    a database, and an unanswered request is no reason to take the site offline.
    """
    checks, detail = _database()
    checks |= {
        "disk": _is_disk_writable(),
        "spool": spool.is_writable() and journal.is_writable() and not spool.broken_files(),
        "spool_import": not reconciliation.is_left_on_disk(),
    }
    report = reconciliation.saved_result()
    checks["calls"] = report is not None and report.has_all
    detail["journal_gaps"] = report.gaps if report else {}
    age = last_backup.age()
    detail["backup_age"] = age and int(age.total_seconds())  # of the last good one made on this machine; null: none
    checks["synthetic"] = synthetic_check.is_well()
    is_well = all(checks.values())
    shown = {**checks, **detail} if _is_operator(request) else {"status": "ok" if is_well else "failing"}
    response = JsonResponse(shown, status=200 if is_well else 503)
    response._has_been_logged = True  # a failed check is an answer, not an error to log at every poll
    return response


def _database() -> tuple[dict[str, bool], dict]:
    """Return the checks that need the database, and details that fail no check by themselves."""
    try:
        with db_timeout.time_limit(READY_TIMEOUT, kind="readyz"), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            overdue = jobs.overdue()
            checks = {"database": True, "worker": leases.is_any_worker_alive(), "jobs": not overdue}
            checks["keys"] = key_checks.is_index_key_right()
            checks["mail"] = not deliveries.is_every_email_failing()
            return checks, {"overdue": overdue, "job_runs": jobs.report()}
    except (DatabaseError, InterfaceError):
        return dict.fromkeys(("database", "worker", "jobs", "keys", "mail"), False), {}


def _is_operator(request) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    tokens = (settings.READYZ_TOKEN, settings.MANAGER_TOKEN)
    if any(token and hmac.compare_digest(given, token.encode()) for token in tokens):
        return True
    if settings.READYZ_TOKEN or any(name in request.META for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(client_address(request)).is_loopback
    except ValueError:
        return False


def _is_disk_writable() -> bool:
    """Whether there is room for something new: a file that exists can be written even on a full disk."""
    probe = settings.VAR / f".ready.{uuid.uuid4().hex}"
    try:
        with probe.open("xb") as file:
            file.write(PROBE)
            file.flush()
            os.fsync(file.fileno())
        return shutil.disk_usage(settings.VAR).free >= MIN_FREE
    except OSError:
        return False
    finally:
        with contextlib.suppress(OSError):
            probe.unlink()
