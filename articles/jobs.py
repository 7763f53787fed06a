"""Scheduled jobs for articles: reminders of reviews, pages to finish, missing files, and the end of old autosaves."""

import logging
import time
from datetime import timedelta

from django.db import DatabaseError
from django.db.models import Case, Exists, F, OuterRef, Value, When
from django.utils import timezone

from detoxsite.core import jobs

from . import held_pictures, notice_emails, reminders, schedule, versions
from .content import finished
from .models import CenterFacts, DraftAutosave, Edition, PdfFile, Reminder, Rendering, Video

SOON = timedelta(days=30)
AUTOSAVE_RETENTION = timedelta(days=30)
FINISHING_TIME = 5.0  # seconds in one run, so that other jobs are not kept waiting
BATCH_SIZE = 50  # editions rendered from one query
MINUTES_OF_A_WEEK = 7 * 24 * 60
SHORT_PERIOD, MINUTE, HOUR = timedelta(seconds=15), timedelta(minutes=1), timedelta(hours=1)

logger = logging.getLogger(__name__)


def register() -> None:
    jobs.register("review reminders", queue_reminders, every=SHORT_PERIOD)
    jobs.register("review reminder emails", send_reminders, every=SHORT_PERIOD)
    jobs.register("scheduled publications", schedule.announce_live, every=SHORT_PERIOD)
    jobs.register("workflow emails", notice_emails.send_due, every=SHORT_PERIOD)
    jobs.register("workflow email retention", notice_emails.delete_old, every=HOUR)
    jobs.register("version retention", versions.delete_old, every=HOUR)
    jobs.register("finish renderings", finish_renderings, every=SHORT_PERIOD)
    jobs.register("compare renderings", compare_renderings, every=MINUTE)
    jobs.register("autosave retention", delete_old_autosaves, every=HOUR)
    jobs.register("held picture retention", held_pictures.delete_old, every=HOUR)
    jobs.register("missing files", find_missing_files, every=HOUR)


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


def finish_renderings(seconds: float = FINISHING_TIME) -> int:
    """Finish editions whose page another version of the renderer made, or none yet, newest first.

    It stops after ``seconds``; the next run goes on, since what is finished is not outdated any more. Until then
    readers see the older page, whole. An edition that cannot be rendered is logged and left for the next run.
    Returns how many were finished.
    """
    outdate_by_date()
    until, count, outdated = time.monotonic() + seconds, 0, Rendering.objects.outdated(finished.renderer_version())
    batch = _batch(outdated)
    while batch:
        count += _finish(batch)
        batch = _batch(outdated.filter(pk__lt=batch[-1])) if time.monotonic() < until else []
    return count


def outdate_by_date(today=None) -> int:
    """Outdate pages with facts about the center on the day on which time changes what they say of them.

    Until it is finished again, within a quarter of a minute, readers see the older page. Returns how many.
    """
    pages = Rendering.objects.filter(pk__in=CenterFacts.objects.values("parent"))
    today = today or timezone.localdate()
    return pages.filter(facts__changes_on__lte=today.isoformat()).exclude(renderer="").update(renderer="")


def compare_renderings(now=None) -> int:
    """Compare what is stored for readers with what was signed off: a few editions each minute, all of them in a week.

    What is stored could be altered by hand in the database, and readers would see words that nobody signed off. An
    edition that differs is rendered again. Returns how many did.
    """
    outdate_by_date()  # what time alone has changed is no difference
    minute = int((now or timezone.now()).timestamp()) // 60 % MINUTES_OF_A_WEEK
    due = Rendering.objects.alias(turn=F("pk") % MINUTES_OF_A_WEEK).filter(
        turn=minute, renderer=finished.renderer_version()
    )
    found = []
    for edition_id in due.values_list("pk", flat=True):
        found += finished.altered(edition_id)
    for edition_id in found:
        logger.error(
            "The stored page of edition %s was not what had been signed off; it was rendered again.", edition_id
        )
        finished.finish(edition_id)
    return len(found)


def _batch(outdated) -> list[int]:
    return list(outdated.order_by("-pk").values_list("pk", flat=True)[:BATCH_SIZE])


def _finish(edition_ids: list[int]) -> int:
    try:
        return finished.finish(*edition_ids)
    except DatabaseError:
        raise
    except Exception:
        if len(edition_ids) > 1:
            return sum(_finish([edition_id]) for edition_id in edition_ids)
        logger.exception("The page of edition %s could not be rendered.", *edition_ids)
        return 0


def delete_old_autosaves() -> int:
    """Delete unsaved text, and who had which edition open, after AUTOSAVE_RETENTION. Returns how many rows."""
    return DraftAutosave.objects.filter(seen_at__lt=timezone.now() - AUTOSAVE_RETENTION).delete()[0]


def find_missing_files() -> int:
    """Note which PDF files and videos are gone from the storage, or are back. Returns for how many that changed.

    Pages leave out what is missing, and the dashboard says so.
    """
    count = 0
    for row in [*PdfFile.objects.all(), *Video.objects.defer("transcript")]:
        files = [getattr(row, name) for name in row.file_fields]
        is_missing = not all(file.storage.exists(file.name) for file in files if file)
        if is_missing != row.is_missing:
            type(row).objects.filter(pk=row.pk).update(is_missing=is_missing)
            count += 1
    return count
