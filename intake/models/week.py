"""Spans of the week, in seconds from Monday, 0:00, that may run into the next week.

They are compared with the wall clock, so that the night when the clocks change leaves no gap: its hours are one fewer
or one more.
"""

from collections.abc import Iterable
from datetime import datetime, time

from django.utils import timezone

HOUR = 60 * 60
DAY = 24 * HOUR
WEEK = 7 * DAY

Span = tuple[int, int]


def span(weekday: int, starts: time, ends: time) -> Span:
    """Return the span from the start to the next time the clock shows the end; the same time is a day later."""
    begin = weekday * DAY + second_of_day(starts)
    return begin, begin + ((second_of_day(ends) - second_of_day(starts)) % DAY or DAY)


def covers(shift: Span, now: datetime) -> bool:
    begin, end = shift
    local = timezone.localtime(now, timezone.get_default_timezone())
    return (local.weekday() * DAY + second_of_day(local.time()) - begin) % WEEK < end - begin


def until_start(shift: Span, now: datetime) -> int:
    """Seconds from now to the next start of a span."""
    local = timezone.localtime(now, timezone.get_default_timezone())
    return (shift[0] - local.weekday() * DAY - second_of_day(local.time())) % WEEK


def gaps(shifts: Iterable[Span]) -> list[Span]:
    """Return the spans of the week that no shift covers, in order, each ending at the latest with the week."""
    parts = sorted(part for begin, end in shifts for part in ((begin, min(end, WEEK)), (0, end - WEEK)))
    result, covered = [], 0
    for begin, end in [*parts, (WEEK, WEEK)]:
        if begin > covered:
            result.append((covered, begin))
        covered = max(covered, end)
    return result


def on_day(shift: Span, weekday: int) -> list[Span]:
    """Return the pieces of a span that fall on a weekday, in seconds of that day. An end may be DAY."""
    pieces = []
    for begin, end in (shift, (shift[0] - WEEK, shift[1] - WEEK)):
        first, last = max(begin, weekday * DAY), min(end, (weekday + 1) * DAY)
        if first < last:
            pieces.append((first - weekday * DAY, last - weekday * DAY))
    return pieces


def second_of_day(moment: time) -> int:
    return (moment.hour * 60 + moment.minute) * 60 + moment.second
