"""The area of public content that pages of articles show, and when time alone changes it."""

from datetime import datetime, timedelta

from django.db.models import Min, Q
from django.utils import timezone

from detoxsite.core.page_cache import register_area

from .models import Edition, MenuEntry, Rendering, State


def register() -> None:
    register_area("articles", next_change=next_change)
    register_area("center", next_change=next_page)  # the menu, on every page


def next_change(now: datetime) -> datetime | None:
    """When the next edition takes over, or the next review is overdue: the day after it was due."""
    found = Edition.objects.filter(state=State.SIGNED_OFF).aggregate(
        publish_at=Min("publish_at", filter=Q(publish_at__gt=now)),
        due_on=Min("review_due_on", filter=Q(review_due_on__gte=timezone.localdate(now))),
    )
    overdue_at = _midnight(found["due_on"] + timedelta(days=1)) if found["due_on"] else None
    return min(filter(None, (found["publish_at"], overdue_at)), default=None)


def next_page(now: datetime) -> datetime | None:
    """When the next document takes over that a menu may name."""
    named = Q(topic=None) | Q(article__in=MenuEntry.objects.exclude(document=None).values("document"))
    return Rendering.objects.filter(named, publish_at__gt=now).aggregate(at=Min("publish_at"))["at"]


def _midnight(day) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))
