"""Statistics: how long requests wait, how many are open, how many come in; counted in the database in four queries.

Only columns without personal content are read. Nothing is counted by staff member.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import inf
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, models
from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay, Floor, TruncDate

from ..models import AttemptOutcome, CallForHelp, ContactAttempt, Status

DAYS = 28
OPEN = (Status.NEW, Status.CALLING, Status.UNREACHED, Status.REACHED)  # in the order a request goes through them
PARTS = ("Night", "Morning", "Afternoon", "Evening")
PART_HOURS = 24 // len(PARTS)  # night is midnight to 6 am, and so on


class Counted(NamedTuple):
    requests: QuerySet
    are_samples: bool


def counted_requests() -> Counted:
    """The requests to count: the center's own, or the samples as long as there are no others.

    This is the only place that leaves out what must never count.
    """
    requests = CallForHelp.objects.real().filter(is_quarantined=False).order_by()
    own = requests.filter(is_sample=False)
    return Counted(own, False) if own.exists() else Counted(requests.filter(is_sample=True), True)


# --- waiting times ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WaitTimes:
    """How many minutes requests waited for one event. One without the event counts as waiting without end.

    So ``median`` is true of all requests that came in, and infinite if fewer than half have had the event.
    """

    count: int  # requests that have had it
    median: float = inf
    percentile_90: float = inf
    median_of_had: float = inf  # of the requests that have had it
    open: int = 0  # requests that have not had it and still may


@dataclass(frozen=True)
class WaitSummary:
    """``requests`` that came in, and how long they waited for a first attempt and for a first conversation."""

    requests: int
    attempt: WaitTimes
    conversation: WaitTimes


# percentile_disc takes the shortest wait that really occurred, so "half within 7 minutes" is literally true
WAITS = """
WITH asked AS ({asked}),
waited AS (
    SELECT slot::int AS slot, is_open, extract(epoch FROM attempt)::float8 / 60 AS attempt,
        extract(epoch FROM conversation)::float8 / 60 AS conversation
    FROM asked
)
SELECT slot, count(*), {attempt}, {conversation} FROM waited GROUP BY GROUPING SETS ((slot), ())
"""
WAIT_TIMES = """
    count({0}),
    percentile_disc(array[0.5, 0.9]) WITHIN GROUP (ORDER BY coalesce({0}, 'Infinity')),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY {0}),
    count(*) FILTER (WHERE {0} IS NULL AND is_open)
"""


def wait_times(requests: QuerySet, since: datetime) -> tuple[WaitSummary, dict[int, WaitSummary]]:
    """How long the requests from ``since`` on waited: all of them, and by the slot of the week in which they came in.

    A slot is a part of one weekday: slot 0 is the night of Monday in the center's time zone, slot 1 its morning.
    Slots without a request are left out.
    """
    asked, params = _with_waits(requests.filter(created_at__gte=since)).query.sql_with_params()
    sql = WAITS.format(
        asked=asked, attempt=WAIT_TIMES.format("attempt"), conversation=WAIT_TIMES.format("conversation")
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        by_slot = {
            slot: WaitSummary(number, _wait_times(*row[:4]), _wait_times(*row[4:]))
            for slot, number, *row in cursor.fetchall()
        }
    return by_slot.pop(None), by_slot


def _with_waits(requests: QuerySet) -> QuerySet:
    """Each request's slot of the week, whether it is open, and how long it waited (None: it still does)."""
    day, hour = (extract("created_at", tzinfo=zone()) for extract in (ExtractIsoWeekDay, ExtractHour))
    conversations = Q(contact_attempts__outcome=AttemptOutcome.REACHED)
    return requests.annotate(
        slot=(day - 1) * len(PARTS) + Floor(hour / PART_HOURS),
        is_open=~Q(status=Status.CLOSED),
        attempt=Min("contact_attempts__at") - F("created_at"),
        conversation=Min("contact_attempts__at", filter=conversations) - F("created_at"),
    ).values("slot", "is_open", "attempt", "conversation")


def _wait_times(count, percentiles, median_of_had, still_open) -> WaitTimes:
    return WaitTimes(count, *percentiles, median_of_had, still_open) if count else WaitTimes(0, open=still_open)


# --- open ------------------------------------------------------------------------------------------------------------


def open_by_status(requests: QuerySet, now: datetime) -> dict[str, tuple[int, datetime | None]]:
    """For each status in OPEN the number of requests and when the oldest came in. A timed-out claim counts as new."""
    is_unclaimed = Q(pk__in=requests.unclaimed(now).values("pk"))
    rows = (
        requests.filter(status__in=OPEN)
        .annotate(
            state=Case(When(is_unclaimed, Value(Status.NEW)), default=F("status"), output_field=models.CharField())
        )
        .values_list("state")
        .annotate(Count("pk"), Min("created_at"))
    )
    by_status = {state: (number, oldest) for state, number, oldest in rows}
    return {state: by_status.get(state, (0, None)) for state in OPEN}


# --- per day ---------------------------------------------------------------------------------------------------------


class DayCount(NamedTuple):
    day: date
    received: int
    first_attempts: int
    first_conversations: int


def per_day(requests: QuerySet, today: date) -> list[DayCount]:
    """Requests received and answered on each of the last DAYS days up to ``today``."""
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    since = datetime.combine(days[0], time.min, zone())
    attempts = ContactAttempt.objects.order_by().filter(call__in=requests, at__gte=since)
    received = _by_day(requests.filter(created_at__gte=since), "received", "created_at", "pk")
    first_attempts = _by_day(attempts.filter(_is_first()), "first_attempts", "at", "call")
    reached = {"outcome": AttemptOutcome.REACHED}
    conversations = attempts.filter(_is_first(**reached), **reached)
    first_conversations = _by_day(conversations, "first_conversations", "at", "call")
    rows = received.union(first_attempts, first_conversations, all=True)
    numbers = {(kind, day): number for kind, day, number in rows}
    return [DayCount(day, *(numbers.get((kind, day), 0) for kind in DayCount._fields[1:])) for day in days]


def _is_first(**kind) -> Exists:
    return ~Exists(ContactAttempt.objects.filter(call=OuterRef("call"), at__lt=OuterRef("at"), **kind))


def _by_day(rows: QuerySet, kind: str, moment: str, counted: str) -> QuerySet:
    """Rows of kind, day in the center's time zone, and number of distinct values of ``counted``, for days with any."""
    return (
        rows.annotate(kind=Value(kind), day=TruncDate(moment, tzinfo=zone()))
        .values_list("kind", "day")
        .annotate(number=Count(counted, distinct=True))
    )


def zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)
