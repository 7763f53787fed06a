"""Which live editions need somebody, and what is in one person's hands."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from ..models import Edition, Picture, State

MAX_OWN = 100  # of one sort in a person's hands
SOON = timedelta(days=30)


def review_due(until: date) -> QuerySet[Edition]:
    """Live editions whose review is due until a day, the longest overdue first."""
    return Edition.objects.live().filter(review_due_on__lte=until).order_by("review_due_on", "pk")


def ageing(before: datetime) -> QuerySet[Edition]:
    """Live editions that readers have had since before a moment, the oldest first."""
    return Edition.objects.live().filter(publish_at__lt=before).order_by("publish_at", "pk")


def with_owners(editions: QuerySet[Edition]) -> QuerySet[Edition]:
    """What the two reports say of some editions. ``has_draft``: somebody is writing the next edition."""
    drafts = Edition.objects.open().filter(article=OuterRef("article"))
    owner = (f"article__owner__{name}" for name in ("first_name", "last_name", "email"))
    shown = editions.select_related("article__owner", "article__topic")
    return shown.only("title", "publish_at", "review_due_on", "article__topic__name", *owner).annotate(
        has_draft=Exists(drafts)
    )


def without_use(pictures: QuerySet[Picture]) -> QuerySet[Picture]:
    """Pictures that nothing shows: no block of any edition, no person, topic or video."""
    uses = [relation for relation in Picture._meta.related_objects if relation.field.concrete]
    unused = [~Exists(use.related_model.objects.filter(**{use.field.name: OuterRef("pk")}).order_by()) for use in uses]
    return pictures.filter(*unused)


@dataclass(frozen=True)
class Task:
    """What one person has to do with an edition. ``at``: since when, or the day on which it is due."""

    what: str
    edition: Edition
    at: datetime | date | None = None


def work_of(user) -> tuple[list[Task], list[str]]:
    """What is in a person's hands, what others wait for first: at most MAX_OWN of a sort, and the sorts with more."""
    tasks, more = [], []
    mine = Edition.objects.filter(Q(created_by=user) | Q(article__owner=user), archived_at=None)
    for what, editions, moment in (
        ("Sent back to you", mine.sent_back(), "created_at"),
        ("To sign off", Edition.objects.filter(state=State.IN_REVIEW, assigned_to=user), "created_at"),
        ("Review due", _due_of(user), "review_due_on"),
        ("Draft", mine.drafts().filter(note=""), "created_at"),
        ("In review", mine.filter(state=State.IN_REVIEW), "created_at"),
        ("Scheduled", mine.filter(state=State.SIGNED_OFF, publish_at__gt=timezone.now()), "publish_at"),
    ):
        rows = list(editions.without_search_columns().order_by(moment, "pk")[: MAX_OWN + 1])
        tasks += [Task(what, edition, getattr(edition, moment)) for edition in rows[:MAX_OWN]]
        more += [what] if len(rows) > MAX_OWN else []
    return tasks, more


def _due_of(user) -> QuerySet[Edition]:
    soon = timezone.localdate() + SOON
    return Edition.objects.live().filter(article__owner=user, review_due_on__lte=soon)
