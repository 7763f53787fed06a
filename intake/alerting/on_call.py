"""Who is on call now, from the cached site profile."""

from datetime import datetime, time

from django.utils import timezone

from ..models.week import Span, covers, span


def first_shifts(site) -> list[Span]:
    """Return the shifts of the first person on call, from the cached site profile: no query."""
    return [
        span(shift["weekday"], time.fromisoformat(shift["starts"]), time.fromisoformat(shift["ends"]))
        for shift in site.shifts
        if not shift["second"]
    ]


def is_anyone_on_call(site, now: datetime | None = None) -> bool | None:
    """Whether anyone is on call; None without a schedule."""
    if not site.shifts:
        return None
    now = now or timezone.now()
    return any(covers(shift, now) for shift in first_shifts(site))
