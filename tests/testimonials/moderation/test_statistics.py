"""The table of recent decisions comes from counters kept by triggers: they are what a count of reviews gives."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from testimonials.models import DecisionCounter, ReviewEvent, Status, Testimonial
from testimonials.moderation import statistics
from testimonials.services import author, lifecycle, moderation, reports
from tests.factories import make_review, make_user

pytestmark = pytest.mark.django_db

ZONES = ["America/New_York", "UTC", "Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu", "Pacific/Chatham"]


def counted() -> Counter:
    found = Counter()
    for row in DecisionCounter.objects.exclude(n=0):
        found[row.stars, row.status, row.is_sample] += row.n
    return found


def count_anew() -> Counter:
    by_staff = ReviewEvent.objects.filter(kind="withdrawn", by__isnull=False).values("review")
    decided = Testimonial.objects.filter(decided_at__isnull=False)
    rows = [*decided.filter(status__in=["published", "declined"]), *decided.filter(status="withdrawn", pk__in=by_staff)]
    return Counter((review.stars or 0, review.status, review.is_sample) for review in rows)


def test_after_each_change_of_a_review_the_counters_are_what_a_full_count_gives():
    staff = make_user("moderator")
    shown = [make_review(Status.PUBLISHED, stars=stars) for stars in (1, 1, None, 5, 4)]
    declined = make_review(Status.DECLINED, stars=2)
    steps = [
        lambda: author.withdraw(shown[0].pk, how="on the phone", by=staff),
        lambda: author.withdraw(shown[1].pk, how="the private link"),
        lambda: lifecycle.expire(shown[2].pk),
        lambda: author.appeal(declined.pk, note="Please."),
        lambda: reports.hide(shown[3].pk, by=staff),
        lambda: moderation.propose(shown[4].pk, by=staff, version=1, reason="fake"),
        lambda: moderation.decline(shown[4].pk, by=make_user("moderator"), version=1),
        lambda: Testimonial.objects.filter(pk=shown[3].pk).update(stars=3, is_sample=True),
        lambda: Testimonial.objects.update(decided_at=timezone.now() - timedelta(days=9)),
    ]
    expected = Counter({(1, "published", False): 2, (0, "published", False): 1, (5, "published", False): 1})
    assert counted() == count_anew() == expected + Counter({(4, "published", False): 1, (2, "declined", False): 1})

    for number, step in enumerate(steps):
        step()
        assert counted() == count_anew(), number


def test_an_event_that_is_recorded_after_the_status_counts_once():
    review = make_review(Status.WITHDRAWN, stars=2, decided_at=timezone.now())
    assert not counted()

    for _ in range(2):
        ReviewEvent.objects.create(review=review, kind=ReviewEvent.Kind.WITHDRAWN, by=make_user("moderator"))

    assert counted() == count_anew() == Counter({(2, "withdrawn", False): 1})


@pytest.mark.parametrize("zone", ZONES)
def test_decisions_around_midnight_are_in_the_week_of_the_center(zone):
    now, moments = timezone.now(), []
    review = make_review(Status.PUBLISHED, stars=4)
    with timezone.override(ZoneInfo(zone)):
        monday = timezone.localdate(now) - timedelta(days=timezone.localdate(now).weekday())
        for weeks in (1, 2, 3):
            day = monday - timedelta(weeks=weeks)
            midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
            moments += [midnight + timedelta(seconds=seconds) for seconds in (-1, 0, 1)]
        _decide_again(review, moments)
        expected = Counter(timezone.localdate(at) - timedelta(days=timezone.localdate(at).weekday()) for at in moments)

        found = {week: sum(cell.shown for cell in cells) for week, cells in statistics.RecentDecisions().weeks}

        assert {week: n for week, n in found.items() if n} == expected


def _decide_again(review: Testimonial, moments: list[datetime]) -> None:
    """Copies of a review, one decided at each moment; it is itself out of the table."""
    copies = []
    for number, at in enumerate(moments):
        review.pk, review.key, review.decided_at = None, f"copy-{number}", at
        copies.append(Testimonial(**{field.attname: getattr(review, field.attname) for field in review._meta.fields}))
    Testimonial.objects.update(decided_at=moments[0] - timedelta(weeks=30))
    Testimonial.objects.bulk_create(copies)
