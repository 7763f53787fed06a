"""The area of public content that pages of reviews show, and when time alone changes it."""

from datetime import datetime, timedelta

from django.utils import timezone

from detoxsite.core.page_cache import register_area


def register() -> None:
    register_area("reviews", next_change=next_change)


def next_change(now: datetime) -> datetime:
    """The next midnight: the page on how reviews are handled counts weeks. Everything else is written by a job."""
    day = timezone.localdate(now) + timedelta(days=1)
    return timezone.make_aware(datetime(day.year, day.month, day.day))
