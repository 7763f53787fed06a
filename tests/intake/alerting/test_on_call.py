"""On-call schedule: nights, whole days, the hours when the clocks change, and what the public page says."""

from datetime import UTC, datetime, time
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from detoxsite.core import site_profile
from intake.alerting import on_call
from intake.models import Shift, week
from tests.core.public_forms.test_forms import send
from tests.factories import make_user

MONDAY, SATURDAY, SUNDAY = 0, 5, 6


def at(text):
    """A moment in New York time."""
    return timezone.make_aware(datetime.fromisoformat(text))


def of(*shifts):
    names = ("weekday", "starts", "ends", "second")
    return SimpleNamespace(shifts=[dict(zip(names, shift, strict=True)) for shift in shifts])


@pytest.mark.parametrize(
    ("shift", "moment", "on_duty"),
    [
        ((MONDAY, "08:00:00", "16:00:00"), "2026-11-23T08:00", True),
        ((MONDAY, "08:00:00", "16:00:00"), "2026-11-23T15:59:59", True),
        ((MONDAY, "08:00:00", "16:00:00"), "2026-11-23T16:00", False),
        ((MONDAY, "08:00:00", "16:00:00"), "2026-11-23T07:59:59", False),
        ((MONDAY, "08:00:00", "16:00:00"), "2026-11-24T09:00", False),
        ((MONDAY, "22:00:00", "06:00:00"), "2026-11-24T05:59", True),
        ((MONDAY, "22:00:00", "06:00:00"), "2026-11-24T06:00", False),
        ((MONDAY, "22:00:00", "06:00:00"), "2026-11-23T05:00", False),
        ((SUNDAY, "22:00:00", "06:00:00"), "2026-11-23T05:00", True),
        ((SUNDAY, "16:00:00", "00:00:00"), "2026-11-22T23:59", True),
        ((SUNDAY, "16:00:00", "00:00:00"), "2026-11-23T00:00", False),
        ((MONDAY, "08:00:00", "08:00:00"), "2026-11-24T07:59", True),
        ((MONDAY, "08:00:00", "08:00:00"), "2026-11-24T08:00", False),
        ((SUNDAY, "00:00:00", "00:00:00"), "2026-11-22T00:00", True),
        ((SUNDAY, "00:00:00", "00:00:00"), "2026-11-23T00:00", False),
    ],
)
def test_a_shift_begins_and_ends_by_the_wall_clock(shift, moment, on_duty):
    here = of((*shift, False))

    assert on_call.is_anyone_on_call(here, at(moment)) is on_duty


@pytest.mark.parametrize(
    ("day", "hours"),
    [(datetime(2026, 3, 8, 3, tzinfo=UTC), 7), (datetime(2026, 11, 1, 2, tzinfo=UTC), 9)],  # Saturday, 22:00
)
def test_the_night_the_clocks_change_is_covered_to_its_end(day, hours):
    night = of((SATURDAY, "22:00:00", "06:00:00", False))

    covered = [
        on_call.is_anyone_on_call(night, day + timezone.timedelta(minutes=minute)) for minute in range(0, 12 * 60, 15)
    ]

    assert covered == [True] * hours * 4 + [False] * (12 - hours) * 4


def test_the_second_person_alone_does_not_count_as_on_call():
    assert on_call.is_anyone_on_call(of((MONDAY, "00:00:00", "00:00:00", True)), at("2026-11-23T12:00")) is False


def test_without_a_schedule_the_answer_is_unknown():
    assert on_call.is_anyone_on_call(of()) is None


def test_uncovered_hours_are_found_across_the_end_of_the_week():
    shifts = [week.span(day, time(8), time(20)) for day in range(7)] + [week.span(SUNDAY, time(20), time(2))]

    nights = [(day * week.DAY + 20 * week.HOUR, (day + 1) * week.DAY + 8 * week.HOUR) for day in range(6)]

    assert week.gaps(shifts) == [(2 * week.HOUR, 8 * week.HOUR), *nights]
    assert week.gaps([]) == [(0, week.WEEK)]
    assert week.gaps([week.span(day, time(9), time(9)) for day in range(7)]) == []


def test_a_night_shows_on_both_of_its_days():
    night = week.span(SUNDAY, time(22), time(6))

    assert week.on_day(night, SUNDAY) == [(22 * week.HOUR, week.DAY)]
    assert week.on_day(night, MONDAY) == [(0, 6 * week.HOUR)]
    assert week.on_day(night, SATURDAY) == []


# --- the public page -------------------------------------------------------------------------------------------------

NO_ONE, SOMEONE = "No one is on duty right now", "Someone is on duty right now"


@pytest.fixture
def daily(db):
    """On duty every day, from 8 to 20."""
    nurse = make_user("admissions")
    for day in range(7):
        Shift.objects.create(person=nurse, weekday=day, starts=time(8), ends=time(20))
    return nurse


def page(client, name, assert_queries):
    site_profile.expire()
    site_profile.current()
    with assert_queries(0):
        return client.get(reverse(f"intake:{name}")).content.decode()


@pytest.mark.parametrize(
    ("moment", "says", "not_says"),
    [("2026-11-23T12:00", SOMEONE, NO_ONE), ("2026-11-23T21:00", NO_ONE, SOMEONE)],
)
def test_the_page_shows_the_truth_without_a_query(client, daily, django_assert_num_queries, moment, says, not_says):
    with time_machine.travel(at(moment)):
        html = page(client, "call", django_assert_num_queries)

    assert says in html
    assert not_says not in html
    if says == NO_ONE:
        for number in ("tel:911", "tel:988", "tel:+18006624357"):
            assert number in html.split(NO_ONE)[1].split("</section>")[0]


@pytest.mark.parametrize(
    ("moment", "says", "not_says"),
    [("2026-11-23T12:00", SOMEONE, NO_ONE), ("2026-11-23T21:00", NO_ONE, SOMEONE)],
)
def test_so_does_the_page_after_sending(client, daily, django_assert_num_queries, moment, says, not_says):
    with time_machine.travel(at(moment), tick=False):
        send(client, reverse("intake:call"), {"phone": "(212) 555-0123"})
        html = page(client, "sent", django_assert_num_queries)

    assert "We have your request" in html
    assert says in html
    assert not_says not in html
    assert "You can still send" not in html


def test_the_page_promises_nothing_without_a_schedule(client, db, django_assert_num_queries):
    html = page(client, "call", django_assert_num_queries)

    assert "on duty" not in html


def test_the_shifts_of_a_disabled_account_do_not_count(client, daily, django_assert_num_queries):
    other = make_user("admissions")
    Shift.objects.create(person=other, weekday=MONDAY, starts=time(20), ends=time(21))
    daily.is_active = False
    daily.save()

    with time_machine.travel(at("2026-11-23T12:00")):
        assert NO_ONE in page(client, "call", django_assert_num_queries)
