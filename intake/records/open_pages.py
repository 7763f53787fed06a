"""Access log: a row for every view of a request's content by staff, and who else has it open now."""

from django.utils import timezone

from detoxsite.core import presence

from ..models import AccessLogEntry, CallForHelp

SAME_VIEW = timezone.timedelta(minutes=10)  # within this time the same person continues the same view
HEARTBEAT_TIMEOUT = timezone.timedelta(minutes=2)  # since the last sign of life of a page with JavaScript
OPENED_TIMEOUT = timezone.timedelta(minutes=5)  # since a page without it was opened


def record_view(call: CallForHelp, *, by) -> None:
    now = timezone.now()
    same = AccessLogEntry.objects.filter(call=call, by=by, seen_at__gt=now - SAME_VIEW)
    if not same.update(seen_at=now):
        AccessLogEntry.objects.create(call=call, by=by, opened_at=now, seen_at=now)


def others(call: CallForHelp, user) -> list[str]:
    """Names of colleagues who have the request open."""
    rows = AccessLogEntry.objects.filter(call=call).order_by("by_name")
    return presence.others(
        rows, user, actor="by", name="by_name", timeout=HEARTBEAT_TIMEOUT, opened_timeout=OPENED_TIMEOUT
    )
