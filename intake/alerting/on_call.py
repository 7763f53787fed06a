"""Who is on duty: the rota by weekday and hour, as the clock on the center's wall shows them.

A shift is a span of the week in seconds from Monday, 0:00, that may run on into the next week. It is measured against
the wall clock, so that the night the clocks change leaves nobody out: its hours are one fewer or one more.
"""

from collections.abc import Iterable
from datetime import datetime, time

from django.utils import timezone

HOUR = 60 * 60
DAY = 24 * HOUR
WEEK = 7 * DAY

Span = tuple[int, int]


def span(weekday: int, starts: time, ends: time) -> Span:
    """From the start to the next time that the clock shows the end; the same time is a day later."""
    begin = weekday * DAY + _second(starts)
    return begin, begin + ((_second(ends) - _second(starts)) % DAY or DAY)


def covers(shift: Span, now: datetime) -> bool:
    begin, end = shift
    local = timezone.localtime(now, timezone.get_default_timezone())
    return (local.weekday() * DAY + _second(local.time()) - begin) % WEEK < end - begin


def gaps(shifts: Iterable[Span]) -> list[Span]:
    """The spans of the week that none of ``shifts`` covers, in order, none of them longer than up to the week's end."""
    parts = sorted(part for begin, end in shifts for part in ((begin, min(end, WEEK)), (0, end - WEEK)))
    found, covered = [], 0
    for begin, end in [*parts, (WEEK, WEEK)]:
        if begin > covered:
            found.append((covered, begin))
        covered = max(covered, end)
    return found


def within(shift: Span, weekday: int) -> list[Span]:
    """What of a span falls on a day, in seconds of that day. Its end may be DAY."""
    pieces = []
    for begin, end in (shift, (shift[0] - WEEK, shift[1] - WEEK)):
        first, last = max(begin, weekday * DAY), min(end, (weekday + 1) * DAY)
        if first < last:
            pieces.append((first - weekday * DAY, last - weekday * DAY))
    return pieces


def spans(center) -> list[Span]:
    """The shifts of whoever is first on duty, of the center as pages have it (core/site_profile.py): no query."""
    return [
        span(shift["weekday"], time.fromisoformat(shift["starts"]), time.fromisoformat(shift["ends"]))
        for shift in center.shifts
        if not shift["second"]
    ]


def is_anybody_on_duty(center, now: datetime | None = None) -> bool | None:
    """Whether somebody is on duty; None where no rota was entered, so that nothing can be said."""
    if not center.shifts:
        return None
    now = now or timezone.now()
    return any(covers(shift, now) for shift in spans(center))


def _second(moment: time) -> int:
    return (moment.hour * 60 + moment.minute) * 60 + moment.second
