"""The statistics page for staff: each statistic as sentences, as a chart, and as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil, inf, isinf

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from detoxsite.core import charts

from ..models import Status
from . import statistics
from .statistics import PART_HOURS, PARTS, WaitSummary, WaitTimes

PERIODS = (4, 13, 52)  # weeks
DEFAULT_PERIOD = 13
MIN_DRAWN = 4  # parts of the week with requests, from which on a grid shows a pattern
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
UNITS = (("minute", 1, 120), ("hour", 60, 48 * 60), ("day", 24 * 60, inf))  # name, minutes, used for less than
SHADES = ((5, "up to 5 min"), (15, "up to 15 min"), (60, "up to 1 hour"), (240, "up to 4 hours"), (inf, "longer"))
LEGEND = [*((number, label) for number, (_, label) in enumerate(SHADES, 1)), (0, "under half")]
STATUS_LABELS = {
    Status.NEW: "Unclaimed",
    Status.CALLING: "Claimed",
    Status.UNREACHED: "Not reached yet",
    Status.REACHED: "Reached, still open",
}


@dataclass(frozen=True)
class Section:
    """One section of the page. The table holds every number of the chart."""

    name: str
    title: str
    sentences: Sequence[str]
    chart: SafeString
    headers: Sequence[str]
    rows: Sequence[Sequence]


def may_view(user) -> bool:
    """Allow everyone who answers requests or reviews the records: the page has no personal content."""
    return user.has_perm("intake.view_statistics")


def page(request):
    if not may_view(request.user):
        raise PermissionDenied
    weeks, now = _weeks(request.GET.get("weeks")), timezone.now()
    requests, are_samples = statistics.counted_requests()
    overall, by_slot = statistics.wait_times(requests, now - timedelta(weeks=weeks))
    by_status = statistics.open_by_status(requests, now)
    context = {
        **admin.site.each_context(request),
        "title": "Statistics",
        "weeks": weeks,
        "periods": PERIODS,
        "are_samples": are_samples,
        "tiles": _tiles(overall, by_status),
        "sections": [
            _attempts(overall, by_slot, weeks),
            _conversations(overall, by_slot, weeks),
            _open(by_status, now),
            _days(statistics.per_day(requests, timezone.localdate(now, statistics.zone()))),
        ],
    }
    return render(request, "admin/intake/statistics.html", context)


def _weeks(value: str | None) -> int:
    return next((weeks for weeks in PERIODS if str(weeks) == value), DEFAULT_PERIOD)


def _tiles(overall: WaitSummary, by_status: dict) -> list[tuple[int, str]]:
    """The numbers above the sections, each with its label."""
    return [
        (overall.requests, "request" if overall.requests == 1 else "requests"),
        (overall.attempt.count, "had a first attempt"),
        (overall.conversation.count, "had a conversation"),
        (sum(number for number, _ in by_status.values()), "open now"),
    ]


# --- waiting times ---------------------------------------------------------------------------------------------------


def _attempts(overall: WaitSummary, by_slot: dict[int, WaitSummary], weeks: int) -> Section:
    waits = {slot: (summary.requests, summary.attempt) for slot, summary in by_slot.items()}
    sentences = _wait_sentences(
        overall.requests, overall.attempt, weeks, "a first attempt to reach the person", "no attempt"
    )
    return _wait_section("attempt", "Waiting for the first attempt", sentences, waits)


def _conversations(overall: WaitSummary, by_slot: dict[int, WaitSummary], weeks: int) -> Section:
    waits = {slot: (summary.requests, summary.conversation) for slot, summary in by_slot.items()}
    sentences = _wait_sentences(
        overall.requests, overall.conversation, weeks, "a first live conversation", "no conversation"
    )
    if 0 < overall.conversation.count < overall.requests:
        sentences.append(
            f"Of those that have had one, half had it within {duration(overall.conversation.median_of_had)}."
        )
    return _wait_section("conversation", "Waiting for the first live conversation", sentences, waits)


def _wait_sentences(requests: int, times: WaitTimes, weeks: int, event: str, no_event: str) -> list[str]:
    if not requests:
        return [f"No request came in the last {weeks} weeks."]
    if isinf(times.median):
        first = f"Fewer than half of the requests of the last {weeks} weeks have had {event} so far."
    else:
        within, share = duration(times.median), _share("9 of 10", times.percentile_90)
        first = f"Half of the requests of the last {weeks} weeks had {event} within {within}, {share}."
    without = requests - times.count
    second = f"{without:,} {'has' if without == 1 else 'have'} had {no_event}: {times.open:,} still open, "
    second += f"{without - times.open:,} closed without one"
    return [first, f"Of {requests:,} in all, {second if without else 'all have had one'}."]


def _share(share: str, minutes: float) -> str:
    return f"fewer than {share} have had one so far" if isinf(minutes) else f"{share} within {duration(minutes)}"


def _wait_section(name: str, title: str, sentences: list[str], waits: dict[int, tuple[int, WaitTimes]]) -> Section:
    cells = {divmod(slot, len(PARTS)): _cell(slot, *found) for slot, found in waits.items()}
    label = f"{title}, by weekday and part of the day in which the request came in"
    days = [day[:3] for day in DAY_NAMES]
    described = " ".join(sentences)
    chart = charts.grid(name, label, described, columns=PARTS, rows=days, cells=cells, legend=LEGEND)
    if 0 < len(waits) < MIN_DRAWN:
        sentences, chart = [*sentences, "Too few to draw by weekday: the table has them."], SafeString()
    rows = [
        (_slot(slot, 3), number, duration(times.median), duration(times.percentile_90), number - times.count)
        for slot, (number, times) in sorted(waits.items())
    ]
    headers = ("Came in", "Requests", "Half within", "9 of 10 within", "Not yet")
    return Section(name, title, sentences, chart, headers, rows)


def _cell(slot: int, requests: int, times: WaitTimes) -> charts.Cell:
    shares = f"{_share('half', times.median)}, {_share('9 of 10', times.percentile_90)}"
    tooltip = f"{_slot(slot)}: {shares}. Requests: {requests}."
    return charts.Cell(_shade(times.median), short_duration(times.median), str(requests), tooltip)


def _slot(slot: int, letters: int | None = None) -> str:
    """The name of a slot, such as "Monday, morning (6 am to 12 pm)", with so many letters of its day."""
    day, part = divmod(slot, len(PARTS))
    start = part * PART_HOURS
    hours = f"{_hour(start)} to {_hour(start + PART_HOURS)}"
    return f"{DAY_NAMES[day][:letters]}, {PARTS[part].lower()} ({hours})"


def _hour(hour: int) -> str:
    return f"{hour % 12 or 12} {'am' if hour % 24 < 12 else 'pm'}"


def _shade(minutes: float) -> int:
    return 0 if isinf(minutes) else next(number for number, (limit, _) in enumerate(SHADES, 1) if minutes <= limit)


def duration(minutes: float) -> str:
    """Such as "7 minutes"; "too few" for an infinite wait."""
    if isinf(minutes):
        return "too few"
    number, unit = _amount(minutes)
    return _count(number, unit)


def short_duration(minutes: float) -> str:
    """Such as "7m"."""
    if isinf(minutes):
        return "<½"
    number, unit = _amount(minutes)
    return f"{number}{unit[0]}"


def _amount(minutes: float) -> tuple[int, str]:
    """Round up, so that "within" stays true."""
    name, size = next((name, size) for name, size, below in UNITS if minutes < below)
    return max(1, ceil(minutes / size)), name


# --- open, and per day -----------------------------------------------------------------------------------------------


def _open(by_status: dict, now) -> Section:
    numbers = [(STATUS_LABELS[status], number) for status, (number, _) in by_status.items()]
    total = sum(number for _, number in numbers)
    sentence = f"{f'{total:,}' if total else 'No'} {'request is' if total == 1 else 'requests are'} open."
    rows = [
        (STATUS_LABELS[status], number, timesince(oldest, now) if oldest else "")
        for status, (number, oldest) in by_status.items()
    ]
    title = "Open now, by status"
    chart = charts.bars("open", title, sentence, numbers)
    return Section("open", title, [sentence], chart, ("Status", "Requests", "Oldest has waited"), rows)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _days(days: list[statistics.DayCount]) -> Section:
    received, attempts, conversations = (sum(column) for column in list(zip(*days, strict=True))[1:])
    title = f"Received and answered per day, last {len(days)} days"
    sentence = (
        f"{_count(received, 'request')} came in. {_count(attempts, 'first attempt')} and "
        f"{_count(conversations, 'first conversation')} took place on these days, some for earlier requests."
    )
    chart = charts.columns(
        "days",
        title,
        sentence,
        series=("Received", "First attempts"),
        days=[charts.Day(date_format(day.day, "M j"), day.received, day.first_attempts) for day in days],
    )
    rows = [(date_format(day.day, "D, M j"), *day[1:]) for day in reversed(days)]
    headers = ("Day", "Received", "First attempts", "First conversations")
    return Section("days", title, [sentence], chart, headers, rows)
