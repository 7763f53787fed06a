"""Who of the staff had a request's content before them: a row for every view, and who else has it open now."""

from django.db.models import Q
from django.utils import timezone

from ..models import AccessLogEntry, CallForHelp

ONE_VIEW = timezone.timedelta(minutes=10)  # the same person again within this time: still the same view
BEATING = timezone.timedelta(minutes=2)  # since the last sign of a page that sends them
OPENED = timezone.timedelta(minutes=5)  # since a page was opened, where no script sends signs


def note(call: CallForHelp, *, by) -> None:
    now = timezone.now()
    same = AccessLogEntry.objects.filter(call=call, by=by, seen_at__gt=now - ONE_VIEW)
    if not same.update(seen_at=now):
        AccessLogEntry.objects.create(call=call, by=by, opened_at=now, seen_at=now)


def others(call: CallForHelp, user) -> list[str]:
    """Names of colleagues who have it open."""
    now = timezone.now()
    lately = Q(seen_at__gt=now - BEATING) | Q(opened_at__gt=now - OPENED)
    names = AccessLogEntry.objects.filter(lately, call=call).exclude(by=user).order_by("by_name").values_list("by_name")
    return list(dict.fromkeys(name for (name,) in names))
