"""The area of public content that says whether anyone is on call, and when time alone changes it."""

from datetime import datetime, timedelta

from django.utils import timezone

from detoxsite.core import site_profile
from detoxsite.core.page_cache import register_area

from .alerting import on_call
from .models import week

DAY = timedelta(days=1)


def register() -> None:
    register_area("on_call", next_change=next_change)


def next_change(now: datetime) -> datetime | None:
    """The next moment at which a shift begins or ends, on the wall clock; None without a schedule.

    On a day when the clocks change, every full hour is one: a time may be skipped, or come twice.
    """
    shifts = on_call.first_shifts(site_profile.current())
    if not shifts:
        return None
    local = timezone.localtime(now, timezone.get_default_timezone())
    if local.utcoffset() != (now + DAY).astimezone(local.tzinfo).utcoffset():
        return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    second_of_week = local.weekday() * week.DAY + week.second_of_day(local.time())
    seconds = min((second - second_of_week - 1) % week.WEEK + 1 for shift in shifts for second in shift)
    if seconds >= week.DAY:
        return now + DAY
    return now.replace(microsecond=0) + timedelta(seconds=seconds)
