"""Health checks for monitors: /healthz answers for the process, /readyz for everything the site needs."""

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from detoxsite.core import db_timeout
from detoxsite.ops import worker
from intake.assurance import reconciliation, synthetic_check
from intake.reception import spool

READY_TIMEOUT = 1.0  # seconds


@never_cache
@require_safe
def healthz(request):
    """Whether this process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def readyz(request):
    """Whether the site can do its work: 200, or 503 with what is missing.

    For a monitor that wakes people. What decides whether visitors are sent here is /healthz: the help pages work
    without a database, and a request that nobody answers is no reason to take the site away from the others.
    """
    checks = {**_database(), "disk": _can_write(), "spool": spool.is_writable() and not spool.broken()}
    found = reconciliation.kept()
    checks["calls"] = found is not None and found.holds
    checks["synthetic"] = synthetic_check.is_well()
    response = JsonResponse(checks, status=200 if all(checks.values()) else 503)
    response._has_been_logged = True  # a red light is an answer, not an error to log each time it is looked at
    return response


def _database() -> dict[str, bool]:
    try:
        with db_timeout.up_to(READY_TIMEOUT), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return {"database": True, "worker": worker.is_running()}
    except (DatabaseError, InterfaceError):
        return {"database": False, "worker": False}


def _can_write() -> bool:
    try:
        (settings.VAR / "ready").write_text(timezone.now().isoformat())
    except OSError:
        return False
    return True
