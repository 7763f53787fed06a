"""How long requests wait, how many are open, how many come in: counted in the database, in four queries.

Only columns that say nothing of a person are read. Nothing is counted by who of the staff did it.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import inf
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, models
from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay, TruncDate

from ..models import (
    AttemptOutcome,
    CallForHelp,
    ContactAttempt,
    Status,
)

DAYS = 28
OPEN = (Status.NEW, Status.CALLING, Status.UNREACHED, Status.REACHED)  # in the order a request goes through them


class Counted(NamedTuple):
    requests: QuerySet
    are_samples: bool


def counted() -> Counted:
    """The requests that figures speak of: the center's own, or the samples as long as there are no others."""
    requests = (
        CallForHelp.objects.real().filter(is_quarantined=False).order_by()
    )  # what must never count is left out here, and nowhere else
    own = requests.filter(is_sample=False)
    return Counted(own, False) if own.exists() else Counted(requests.filter(is_sample=True), True)


# --- waiting ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clock:
    """How long requests waited for one thing, in minutes. Those that have not had it wait without end.

    So ``half`` is true of all that came in, and is infinite where fewer than half have had it.
    """

    had: int  # requests
    half: float = inf
    nine: float = inf  # nine of ten
    half_of_had: float = inf  # half of those that have had it
    open: int = 0  # requests that have not had it and may still


@dataclass(frozen=True)
class Wait:
    """``requests`` that came in, and how long they waited for a first attempt and for a first conversation."""

    requests: int
    tried: Clock
    spoken: Clock


# percentile_disc: the shortest of the waits that really were, so "half within 7 minutes" is true to the letter
WAITS = """
WITH asked AS ({asked}),
waited AS (
    SELECT hour::int AS hour, is_open, extract(epoch FROM tried)::float8 / 60 AS tried,
        extract(epoch FROM spoken)::float8 / 60 AS spoken
    FROM asked
)
SELECT hour, count(*), {tried}, {spoken} FROM waited GROUP BY GROUPING SETS ((hour), ())
"""
CLOCK = """
    count({0}),
    percentile_disc(array[0.5, 0.9]) WITHIN GROUP (ORDER BY coalesce({0}, 'Infinity')),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY {0}),
    count(*) FILTER (WHERE {0} IS NULL AND is_open)
"""


def waits(requests: QuerySet, since: datetime) -> tuple[Wait, dict[int, Wait]]:
    """How long the requests from ``since`` on waited: all of them, and by the hour of the week in which they came.

    Hour 0 is Monday from midnight to one in the time zone of the center; hours without a request are left out.
    """
    asked, values = _asked(requests.filter(created_at__gte=since)).query.sql_with_params()
    sql = WAITS.format(asked=asked, tried=CLOCK.format("tried"), spoken=CLOCK.format("spoken"))
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        by_hour = {hour: Wait(number, _clock(*row[:4]), _clock(*row[4:])) for hour, number, *row in cursor.fetchall()}
    return by_hour.pop(None), by_hour


def _asked(requests: QuerySet) -> QuerySet:
    """Of each request its hour of the week, whether it is open, and how long it waited (None: it still does)."""
    day, hour = (extract("created_at", tzinfo=zone()) for extract in (ExtractIsoWeekDay, ExtractHour))
    first, spoken = Min("contacts__at"), Min("contacts__at", filter=Q(contacts__outcome=AttemptOutcome.REACHED))
    return requests.annotate(
        hour=(day - 1) * 24 + hour,
        is_open=~Q(status=Status.CLOSED),
        tried=first - F("created_at"),
        spoken=spoken - F("created_at"),
    ).values("hour", "is_open", "tried", "spoken")


def _clock(had, points, half_of_had, still_open) -> Clock:
    return Clock(had, *points, half_of_had, still_open) if had else Clock(0, open=still_open)


# --- open ------------------------------------------------------------------------------------------------------------


def open_by_state(requests: QuerySet, now: datetime) -> dict[str, tuple[int, datetime | None]]:
    """For each status of OPEN how many requests there are, and when the oldest came. A lapsed claim counts as new."""
    nobody = Q(pk__in=requests.unclaimed(now).values("pk"))
    rows = (
        requests.filter(status__in=OPEN)
        .annotate(state=Case(When(nobody, Value(Status.NEW)), default=F("status"), output_field=models.CharField()))
        .values_list("state")
        .annotate(Count("pk"), Min("created_at"))
    )
    found = {state: (number, oldest) for state, number, oldest in rows}
    return {state: found.get(state, (0, None)) for state in OPEN}


# --- per day ---------------------------------------------------------------------------------------------------------


class DayCount(NamedTuple):
    day: date
    received: int
    tried: int  # requests that had their first attempt on this day
    spoken: int  # and their first conversation


def per_day(requests: QuerySet, today: date) -> list[DayCount]:
    """What came in and what was answered on each of the last DAYS days, ``today`` being the last of them."""
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    since = datetime.combine(days[0], time.min, zone())
    contacts = ContactAttempt.objects.order_by().filter(call__in=requests, at__gte=since)
    received = _by_day(requests.filter(created_at__gte=since), "received", "created_at", "pk")
    tried = _by_day(contacts.filter(_is_first()), "tried", "at", "call")
    reached = {"outcome": AttemptOutcome.REACHED}
    spoken = _by_day(contacts.filter(_is_first(**reached), **reached), "spoken", "at", "call")
    found = {(what, day): number for what, day, number in received.union(tried, spoken, all=True)}
    return [DayCount(day, *(found.get((what, day), 0) for what in DayCount._fields[1:])) for day in days]


def _is_first(**kind) -> Exists:
    return ~Exists(ContactAttempt.objects.filter(call=OuterRef("call"), at__lt=OuterRef("at"), **kind))


def _by_day(rows: QuerySet, what: str, moment: str, thing: str) -> QuerySet:
    """(what, day in the time zone of the center, how many different things) for each day that has any."""
    return (
        rows.annotate(what=Value(what), day=TruncDate(moment, tzinfo=zone()))
        .values_list("what", "day")
        .annotate(number=Count(thing, distinct=True))
    )


def zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)
