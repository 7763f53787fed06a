"""The statistics page: waits are counted correctly, no request is left out, no personal content."""

import re
from datetime import UTC, date, datetime, timedelta
from math import inf

import pytest
from django.urls import reverse
from django.utils import timezone

from intake import services
from intake.casework import statistics, statistics_page
from intake.casework.statistics import DayCount, WaitSummary, WaitTimes
from intake.models import CallForHelp, ContactAttempt, Status
from tests.factories import make_call

pytestmark = pytest.mark.django_db

PAGE = "/admin/intake/figures/"
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
SATURDAY, SUNDAY = 5 * 4, 6 * 4
NIGHT, MORNING, AFTERNOON, EVENING = range(4)


@pytest.fixture
def nurse(nurse):
    nurse.last_name = "Nightingale"
    nurse.save()
    return nurse


@pytest.fixture
def ask(nurse):
    """Make a request received at a moment (UTC, as text), with attempts as (minutes later, outcome)."""

    def make(at, *attempts, **fields):
        received = datetime.fromisoformat(at).replace(tzinfo=UTC) if isinstance(at, str) else at
        call = make_call(created_at=received, **fields)
        for minutes, outcome in attempts:
            ContactAttempt.objects.create(
                call=call, by=nurse, at=received + timedelta(minutes=minutes), outcome=outcome
            )
        return call

    return make


def closed():
    return {"status": Status.CLOSED, "closed_at": timezone.now(), "outcome": "not_reached"}


def wait_times(since=ALWAYS):
    return statistics.wait_times(statistics.counted_requests().requests, since)


# --- waiting ---------------------------------------------------------------------------------------------------------


def test_median_and_90th_percentile_are_waits_that_occurred(ask):
    for minutes in (10, 2, 7, 4, 90, 1, 8, 3, 6, 5):
        ask("2026-06-03 16:20", (minutes, "no_answer"), (minutes + 100, "reached"))

    overall, by_slot = wait_times()

    assert overall.attempt == WaitTimes(count=10, median=5, percentile_90=10, median_of_had=5, open=0)
    assert overall.conversation == WaitTimes(count=10, median=105, percentile_90=110, median_of_had=105, open=0)
    assert by_slot == {2 * 4 + AFTERNOON: overall}


def test_the_first_attempt_and_the_first_conversation_stop_their_clocks_whatever_follows(ask):
    ask("2026-06-03 16:20", (30, "reached"), (5, "safe_message"), (60, "reached"), (90, "no_answer"))

    overall, _ = wait_times()

    assert (overall.attempt.median, overall.conversation.median) == (5, 30)


def test_requests_without_an_attempt_or_conversation_wait_without_end(ask):
    ask("2026-06-03 16:20", (5, "reached"))
    ask("2026-06-03 16:30", (6, "no_answer"))
    ask("2026-06-03 16:40")
    ask("2026-06-03 16:50", **closed())

    overall, _ = wait_times()

    assert overall.requests == 4
    assert overall.attempt == WaitTimes(count=2, median=6, percentile_90=inf, median_of_had=5, open=1)
    assert overall.conversation == WaitTimes(count=1, median=inf, percentile_90=inf, median_of_had=5, open=2)


@pytest.mark.parametrize(
    ("at", "slot"),
    [
        ("2026-06-07 03:50", SATURDAY + EVENING),  # ten to midnight, the attempt on Sunday
        ("2026-06-08 03:50", SUNDAY + EVENING),  # the last hour of the week
        ("2026-06-08 04:00", 0),
        ("2026-06-08 09:59", NIGHT),
        ("2026-06-08 10:00", MORNING),  # six
        ("2026-06-08 15:59", MORNING),
        ("2026-06-08 16:00", AFTERNOON),  # noon
        ("2026-06-08 22:00", EVENING),
        ("2026-03-08 06:50", SUNDAY + NIGHT),  # ten to two, when it became three
        ("2026-03-08 09:50", SUNDAY + NIGHT),  # ten to six after the change, ten to five before it
        ("2026-03-08 10:00", SUNDAY + MORNING),
        ("2026-11-01 05:50", SUNDAY + NIGHT),  # ten to two, when it became one
        ("2026-11-01 10:50", SUNDAY + NIGHT),  # ten to six after the change, ten to seven before it
        ("2026-11-01 11:00", SUNDAY + MORNING),
    ],
)
def test_parts_of_day_are_those_of_the_center_and_waits_those_of_the_clock(ask, at, slot):
    ask(at, (20, "reached"))

    _, by_slot = wait_times()

    assert [(found, wait.attempt.median, wait.conversation.median) for found, wait in by_slot.items()] == [
        (slot, 20, 20)
    ]


def test_the_parts_of_day_follow_the_time_zone_of_the_settings(ask, settings):
    settings.TIME_ZONE = "America/Los_Angeles"
    ask("2026-06-08 06:50")

    assert list(wait_times()[1]) == [SUNDAY + EVENING]


def test_requests_from_before_the_period_are_left_out(ask):
    since = datetime(2026, 6, 3, tzinfo=UTC)
    ask("2026-06-02 23:59", (1000, "reached"))
    ask("2026-06-03 00:00", (1, "reached"))

    overall, by_slot = wait_times(since)

    assert (overall.requests, overall.attempt.median, len(by_slot)) == (1, 1, 1)


def test_without_requests_there_are_no_waits():
    assert wait_times() == (WaitSummary(0, WaitTimes(0), WaitTimes(0)), {})


def test_samples_count_only_while_there_are_no_real_requests(ask):
    ask("2026-06-03 16:20", (5, "reached"), is_sample=True)
    before = statistics.counted_requests()
    ask("2026-06-03 16:30")
    after = statistics.counted_requests()

    assert [before.are_samples, after.are_samples] == [True, False]
    assert [statistics.wait_times(counted.requests, ALWAYS)[0].attempt.count for counted in (before, after)] == [1, 0]
    [received] = [
        day for day in statistics.per_day(after.requests, date(2026, 6, 3)) if day.received or day.first_attempts
    ]
    assert received == DayCount(date(2026, 6, 3), 1, 0, 0)


# --- open, and per day -----------------------------------------------------------------------------------------------


def test_open_requests_are_counted_by_status_with_the_oldest_of_each(ask, nurse):
    now = timezone.now()
    oldest = ask(now - timedelta(hours=3))
    ask(now - timedelta(hours=1))
    held = ask(now)
    services.claim(held.pk, by=nurse)
    unreached = ask(now)
    services.record_attempt(unreached.pk, by=nurse, outcome="no_answer")
    ask(now, **closed())

    states = statistics.open_by_status(statistics.counted_requests().requests, now)

    assert list(states.items()) == [
        ("new", (2, oldest.created_at)),
        ("calling", (1, held.created_at)),
        ("unreached", (1, unreached.created_at)),
        ("reached", (0, None)),
    ]


def test_a_timed_out_claim_counts_as_unclaimed(ask, nurse):
    call = ask(timezone.now())
    services.claim(call.pk, by=nurse)

    states = statistics.open_by_status(CallForHelp.objects.order_by(), timezone.now() + timedelta(minutes=11))

    assert [number for number, _ in states.values()] == [1, 0, 0, 0]


def test_days_begin_at_midnight_in_the_center_and_count_each_request_once(ask):
    today = date(2026, 6, 28)
    hour = 60
    ask("2026-05-31 12:00", (0, "no_answer"), (24 * hour, "reached"))  # tried before the first day
    ask("2026-06-01 04:00", (1, "no_answer"), (2, "safe_message"), (24 * hour, "reached"), (25 * hour, "reached"))
    ask("2026-06-29 03:59", (0, "reached"))
    ask("2026-06-29 04:00", (0, "reached"))  # tomorrow

    days = statistics.per_day(statistics.counted_requests().requests, today)

    assert len(days) == 28
    assert [day for day in days if any(day[1:])] == [
        DayCount(date(2026, 6, 1), 1, 1, 1),
        DayCount(date(2026, 6, 2), 0, 0, 1),
        DayCount(date(2026, 6, 28), 1, 1, 1),
    ]


# --- the page --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"),
    [
        *(("admissions", 200), ("compliance", 200), ("manager", 200)),
        *(("editor", 403), ("clinician", 403), ("moderator", 403)),
    ],
)
def test_people_who_may_view_the_statistics_find_them_on_the_first_page(as_role, role, status):
    client = as_role(role)

    assert client.get(PAGE).status_code == status
    assert (reverse("admin:intake_figures") in client.get("/admin/").content.decode()) == (status == 200)


def test_the_statistics_need_a_sign_in(client):
    response = client.get(PAGE)

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/admin/login/")


def test_the_statistics_are_not_cached(as_role):
    assert "no-store" in as_role("compliance").get(PAGE).headers["Cache-Control"]


@pytest.mark.parametrize("weeks", ["", "x", "0", "-1", "5", "13.0", "13'", "٤", "%00", "9" * 5000])
def test_odd_periods_are_thirteen_weeks(as_role, weeks):
    response = as_role("manager").get(f"{PAGE}?weeks={weeks}")

    assert response.status_code == 200
    assert '<a href="?weeks=13" aria-current="page">' in response.content.decode()


def test_a_period_can_be_chosen(as_role, ask):
    ask(timezone.now() - timedelta(weeks=20), (5, "reached"))
    client = as_role("manager")

    pages = {weeks: client.get(f"{PAGE}?weeks={weeks}").content.decode() for weeks in (4, 13, 52)}

    assert "No request came in the last 4 weeks." in pages[4]
    assert "No request came in the last 13 weeks." in pages[13]
    assert "Half of the requests of the last 52 weeks had a first attempt to reach the person within 5 min" in pages[52]
    assert pages[52].count("<p>Of 1 in all, all have had one.</p>") == 2
    assert "<li><b>1</b> request</li>" in pages[52]


def test_the_page_says_how_many_had_no_attempt_or_conversation(as_role, ask):
    now = timezone.now() - timedelta(hours=2)
    ask(now, (7, "reached"))
    ask(now, (8, "no_answer"))
    ask(now)
    ask(now, **closed())

    html = as_role("manager").get(PAGE).content.decode()

    assert "within 8 minutes, fewer than 9 of 10 have had one so far." in html
    assert "Of 4 in all, 2 have had no attempt: 1 still open, 1 closed without one." in html
    assert "Fewer than half of the requests of the last 13 weeks have had a first live conversation so far." in html
    assert "Of 4 in all, 3 have had no conversation: 2 still open, 1 closed without one." in html
    assert "Of those that have had one, half had it within 7 minutes." in html
    assert "3 requests are open." in html
    assert re.findall(r"<li><b>(\d+)</b> (.*?)</li>", html) == [
        ("4", "requests"),
        ("2", "had a first attempt"),
        ("1", "had a conversation"),
        ("3", "open now"),
    ]
    assert html.count("Too few to draw by weekday: the table has them.") == 2
    assert html.count('class="chart"') == 2, "no grids"


def test_an_empty_database_has_a_page_too(as_role):
    html = as_role("compliance").get(PAGE).content.decode()

    assert html.count("No request came in the last 13 weeks.</p>") == 2
    assert "No requests are open." in html
    assert "Nothing to show yet" in html


def test_one_of_a_kind_is_not_said_in_the_plural(as_role, ask):
    ask(timezone.now(), (0, "reached"))

    html = as_role("manager").get(PAGE).content.decode()

    assert "1 request came in. 1 first attempt and 1 first conversation took place on these days" in html
    assert not re.search(r"\b1 (requests|first attempts|first conversations)\b", html)


def test_samples_are_called_samples(as_role, ask):
    client, text = as_role("compliance"), "invented ones are counted"
    ask(timezone.now(), is_sample=True)
    before = client.get(PAGE).content.decode()
    ask(timezone.now())
    after = client.get(PAGE).content.decode()

    assert [text in before, text in after] == [True, False]


@pytest.mark.parametrize("requests", [1, 50])
def test_the_page_costs_the_same_for_any_number_of_requests(as_role, ask, django_assert_num_queries, requests):
    for number in range(requests):
        ask(timezone.now() - timedelta(hours=number), (number, "no_answer"), (number + 1, "reached"))
    client = as_role("manager")

    with django_assert_num_queries(9):  # four for the statistics, five for the account and the center
        client.get(PAGE)


def test_the_page_has_no_personal_content(as_role, ask, nurse):
    canaries = {
        **{"phone": "(212) 555-0199", "email": "canary@example.org", "name": "Canary Name"},
        **{"story": "canary story of mine", "outcome": "", "status": Status.CALLING},
    }
    call = ask(timezone.now(), (0, "no_answer"), claimed_by=nurse, claimed_at=timezone.now(), **canaries)
    contact = ContactAttempt.objects.get()
    contact.seal({"note": "canary note"})
    contact.save()

    html = as_role("compliance").get(PAGE).content.decode()

    content = [*(call.payload[name] for name in ("phone", "email", "name", "story")), "+12125550199", "canary note"]
    content += [call.reference, str(call.pk)]
    assert [text for text in [*content, nurse.email, "Nora", "Nightingale"] if text in html] == []
    assert "1 request is open." in html


@pytest.mark.parametrize(
    ("minutes", "text", "short", "shade"),
    [
        (0, "1 minute", "1m", 1),
        (5, "5 minutes", "5m", 1),
        (5.01, "6 minutes", "6m", 2),
        (60, "60 minutes", "60m", 3),
        (119.5, "120 minutes", "120m", 4),
        (120, "2 hours", "2h", 4),
        (241, "5 hours", "5h", 5),
        (48 * 60, "2 days", "2d", 5),
        (inf, "too few", "<½", 0),
    ],
)
def test_waits_are_rounded_up_so_that_within_stays_true(minutes, text, short, shade):
    spelled = (
        statistics_page.duration(minutes),
        statistics_page.short_duration(minutes),
        statistics_page._shade(minutes),
    )

    assert spelled == (text, short, shade)
