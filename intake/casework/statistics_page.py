"""The page of figures at the desk: numbers from figures.py, drawn by charts.py, said in words, and as tables."""

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
from .statistics import Clock, Wait

PERIODS = (4, 13, 52)  # weeks
USUAL = 13
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOUR_NAMES = tuple(f"{hour % 12 or 12} {'am' if hour < 12 else 'pm'}" for hour in range(24))
UNITS = (("minute", 1, 120), ("hour", 60, 48 * 60), ("day", 24 * 60, inf))  # name, minutes, used for less than
SHADES = ((5, "up to 5 min"), (15, "up to 15 min"), (60, "up to 1 hour"), (240, "up to 4 hours"), (inf, "longer"))
LEGEND = [*((number, words) for number, (_, words) in enumerate(SHADES, 1)), (0, "under half")]
STATES = {
    Status.NEW: "Nobody has it",
    Status.CALLING: "Somebody is calling",
    Status.UNREACHED: "Not reached yet",
    Status.REACHED: "Reached, still open",
}


@dataclass(frozen=True)
class Figure:
    """One part of the page: what it shows in sentences, as a drawing, and as a table, which says all of it."""

    name: str
    title: str
    words: Sequence[str]
    drawing: SafeString
    heads: Sequence[str]
    rows: Sequence[Sequence]


def may_see(user) -> bool:
    """Those who answer requests, and those who look after the record. The page says nothing of anybody."""
    return user.has_perm("intake.view_figures")


def page(request):
    if not may_see(request.user):
        raise PermissionDenied
    weeks, now = _weeks(request.GET.get("weeks")), timezone.now()
    requests, are_samples = statistics.counted()
    every, by_hour = statistics.waits(requests, now - timedelta(weeks=weeks))
    context = {
        **admin.site.each_context(request),
        "title": "Figures",
        "weeks": weeks,
        "periods": PERIODS,
        "are_samples": are_samples,
        "figures": [
            _tried(every, by_hour, weeks),
            _spoken(every, by_hour, weeks),
            _open(statistics.open_by_state(requests, now), now),
            _days(statistics.per_day(requests, timezone.localdate(now, statistics.zone()))),
        ],
    }
    return render(request, "admin/intake/figures.html", context)


def _weeks(asked: str | None) -> int:
    return next((weeks for weeks in PERIODS if str(weeks) == asked), USUAL)


# --- waiting ---------------------------------------------------------------------------------------------------------


def _tried(every: Wait, by_hour: dict[int, Wait], weeks: int) -> Figure:
    clocks = {hour: (wait.requests, wait.tried) for hour, wait in by_hour.items()}
    words = _waiting_words(every.requests, every.tried, weeks, "a first attempt to reach the person", "no attempt")
    return _waiting("attempt", "Waiting for the first attempt", words, clocks)


def _spoken(every: Wait, by_hour: dict[int, Wait], weeks: int) -> Figure:
    clocks = {hour: (wait.requests, wait.spoken) for hour, wait in by_hour.items()}
    words = _waiting_words(every.requests, every.spoken, weeks, "a first live conversation", "no conversation")
    if 0 < every.spoken.had < every.requests:
        words.append(f"Of those that have had one, half had it within {in_words(every.spoken.half_of_had)}.")
    return _waiting("conversation", "Waiting for the first live conversation", words, clocks)


def _waiting_words(requests: int, clock: Clock, weeks: int, what: str, none: str) -> list[str]:
    if not requests:
        return [f"No request came in the last {weeks} weeks."]
    if isinf(clock.half):
        first = f"Fewer than half of the requests of the last {weeks} weeks have had {what} so far."
    else:
        within, most = in_words(clock.half), _share("9 of 10", clock.nine)
        first = f"Half of the requests of the last {weeks} weeks had {what} within {within}, {most}."
    without = requests - clock.had
    second = f"{without:,} {'has' if without == 1 else 'have'} had {none}: {clock.open:,} still open, "
    second += f"{without - clock.open:,} closed without"
    return [first, f"Of {requests:,} in all, {second if without else 'all have had one'}."]


def _share(share: str, minutes: float) -> str:
    return f"fewer than {share} have had one so far" if isinf(minutes) else f"{share} within {in_words(minutes)}"


def _waiting(name: str, title: str, words: list[str], clocks: dict[int, tuple[int, Clock]]) -> Figure:
    drawing = charts.grid(
        name,
        f"{title}, by the hour of the week in which the request came in",
        " ".join(words),
        columns=[day[:3] for day in DAY_NAMES],
        rows=HOUR_NAMES,
        cells={(hour % 24, hour // 24): _cell(hour, *found) for hour, found in clocks.items()},
        legend=LEGEND,
    )
    rows = [
        (_hour(hour, 3), number, in_words(clock.half), in_words(clock.nine), number - clock.had)
        for hour, (number, clock) in sorted(clocks.items())
    ]
    heads = ("Came in", "Requests", "Half within", "9 of 10 within", "Not yet")
    return Figure(name, title, words, drawing, heads, rows)


def _cell(hour: int, requests: int, clock: Clock) -> charts.Cell:
    shares = f"{_share('half', clock.half)}, {_share('9 of 10', clock.nine)}"
    words = f"{_hour(hour)}: {shares}. Requests: {requests}."
    return charts.Cell(_shade(clock.half), in_short(clock.half), str(requests), words)


def _hour(hour: int, letters: int | None = None) -> str:
    """The hour of the week, with so many letters of its day."""
    return f"{DAY_NAMES[hour // 24][:letters]}, {HOUR_NAMES[hour % 24]}"


def _shade(minutes: float) -> int:
    return 0 if isinf(minutes) else next(number for number, (most, _) in enumerate(SHADES, 1) if minutes <= most)


def in_words(minutes: float) -> str:
    """Such as "7 minutes"; "too few" for a wait without end."""
    if isinf(minutes):
        return "too few"
    number, unit = _amount(minutes)
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def in_short(minutes: float) -> str:
    """Such as "7m"."""
    if isinf(minutes):
        return "<½"
    number, unit = _amount(minutes)
    return f"{number}{unit[0]}"


def _amount(minutes: float) -> tuple[int, str]:
    """Rounded up, so that "within" stays true."""
    name, size = next((name, size) for name, size, below in UNITS if minutes < below)
    return max(1, ceil(minutes / size)), name


# --- open, and per day -----------------------------------------------------------------------------------------------


def _open(states: dict, now) -> Figure:
    numbers = [(STATES[state], number) for state, (number, _) in states.items()]
    total = sum(number for _, number in numbers)
    words = f"{f'{total:,}' if total else 'No'} {'request is' if total == 1 else 'requests are'} open."
    waiting = {state: timesince(oldest, now) if oldest else "" for state, (_, oldest) in states.items()}
    rows = [(STATES[state], number, waiting[state]) for state, (number, _) in states.items()]
    title = "Open now, by state"
    drawing = charts.bars("open", title, words, numbers)
    return Figure("open", title, [words], drawing, ("State", "Requests", "Oldest waits for"), rows)


def _days(days: list[statistics.DayCount]) -> Figure:
    received, tried, spoken = (sum(column) for column in list(zip(*days, strict=True))[1:])
    title = f"Received and answered per day, last {len(days)} days"
    words = (
        f"{received:,} came in. In these days {tried:,} had their first attempt, {spoken:,} their first conversation, "
        "whenever they had come in."
    )
    drawing = charts.columns(
        "days",
        title,
        words,
        series=("Received", "First attempts"),
        days=[charts.Day(date_format(day.day, "M j"), day.received, day.tried) for day in days],
    )
    rows = [(date_format(day.day, "D, M j"), *day[1:]) for day in reversed(days)]
    return Figure("days", title, [words], drawing, ("Day", "Received", "First attempts", "First conversations"), rows)
