"""Scheduled jobs for articles: reminders of reviews that are due, and the end of old autosaves."""

from datetime import timedelta

from django.db.models import Case, Exists, OuterRef, Value, When
from django.utils import timezone

from detoxsite.core import jobs

from . import reminders
from .models import DraftAutosave, Edition, Reminder

SOON = timedelta(days=30)
AUTOSAVE_RETENTION = timedelta(days=30)
SHORT_PERIOD, HOUR = timedelta(seconds=15), timedelta(hours=1)


def register() -> None:
    jobs.register("review reminders", queue_reminders, every=SHORT_PERIOD)
    jobs.register("review reminder emails", send_reminders, every=SHORT_PERIOD)
    jobs.register("autosave retention", delete_old_autosaves, every=HOUR)


def queue_reminders(today=None) -> int:
    """Queue a reminder for every live edition whose review is due within SOON, and one when it is overdue.

    Of two workers at once only one does. Returns how many it queued.
    """
    today = today or timezone.localdate()
    kind = Case(When(review_due_on__lt=today, then=Value(Reminder.Kind.DUE)), default=Value(Reminder.Kind.SOON))
    reminded = Reminder.objects.filter(edition=OuterRef("pk"), kind=OuterRef("due_kind"))
    due = Edition.objects.live().filter(review_due_on__lte=today + SOON).annotate(due_kind=kind)
    count = 0
    for edition_id, due_kind in due.filter(~Exists(reminded)).values_list("pk", "due_kind"):
        count += Reminder.objects.get_or_create(edition_id=edition_id, kind=due_kind)[1]
    return count


def send_reminders() -> int:
    """Returns how many were sent."""
    return reminders.dispatcher.send_due()


def delete_old_autosaves() -> int:
    """Delete unsaved text, and who had which edition open, after AUTOSAVE_RETENTION. Returns how many rows."""
    return DraftAutosave.objects.filter(seen_at__lt=timezone.now() - AUTOSAVE_RETENTION).delete()[0]
