"""Scheduled jobs for reviews: emails to authors, renewal, expiry, retention.

Each run handles a few reviews, and checks again that each is due once it has locked the row. Jobs that look through
all reviews, or through a folder, run once an hour.
"""

import contextlib
import logging
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from detoxsite.core import compaction, jobs
from detoxsite.core.encryption import sealing

from . import author_mail, pending_photos
from .models import OutgoingEmail, Photo, ReviewEvent, Status, Testimonial, Version
from .services import lifecycle, reports

SHORT_PERIOD, HOUR = timedelta(seconds=15), timedelta(hours=1)
BATCH_SIZE, HOURLY_BATCH_SIZE = 20, 200  # reviews in one run
CONFIRM_WITHIN = timedelta(days=14)  # an unconfirmed review is erased after that
RETENTION = timedelta(days=2 * 365)  # since it was last written, where no one may read it
MIN_PICTURE_AGE = timedelta(hours=1)  # a file may be there before its row says so

LEAVES_DEAD_ROWS = (  # events that leave readable words, or sealed content, behind in the files of the tables
    *(ReviewEvent.Kind.EDITED, ReviewEvent.Kind.PART_WITHDRAWN, ReviewEvent.Kind.DECLINED),
    *(ReviewEvent.Kind.WITHDRAWN, ReviewEvent.Kind.EXPIRED, ReviewEvent.Kind.ERASED),
)

logger = logging.getLogger(__name__)


def register() -> None:
    every = timedelta(seconds=2)
    jobs.register("author emails", send_emails, every=every, has_own_thread=True, is_needed=sealing.holds_private_key)
    jobs.register("review renewals", ask_to_renew, every=SHORT_PERIOD)
    jobs.register("hidden reviews", show_hidden_again, every=SHORT_PERIOD)
    jobs.register("unsent photos", delete_unsent_photos, every=SHORT_PERIOD)
    jobs.register("unconfirmed reviews", erase_unconfirmed, every=HOUR)
    jobs.register("review retention", erase_old, every=HOUR)
    jobs.register("orphaned pictures", delete_orphaned_pictures, every=HOUR)
    compaction.register("reviews", _tables, _erased_since)


def send_emails() -> None:
    author_mail.send_due()


def ask_to_renew() -> None:
    _each(due_for_renewal(timezone.now()), lifecycle.ask_to_renew, BATCH_SIZE)


def show_hidden_again() -> None:
    _each(hidden_for_long(timezone.now()), reports.show_again, BATCH_SIZE)


def delete_unsent_photos() -> None:
    Photo.objects.filter(review=None, at__lt=timezone.now() - pending_photos.HOLD_PERIOD).delete()


def erase_unconfirmed() -> None:
    _each(never_confirmed(timezone.now()), _expire_and_erase, HOURLY_BATCH_SIZE)


def erase_old() -> None:
    _each(kept_long_enough(timezone.now()), lifecycle.erase, HOURLY_BATCH_SIZE)


def delete_orphaned_pictures() -> None:
    """Delete the pictures of reviews that no row points to: a step that failed half way leaves them behind."""
    try:
        _, files = default_storage.listdir("reviews")
    except FileNotFoundError:  # none was ever shown
        return
    lost = {f"reviews/{file}" for file in files}
    shown = Testimonial.objects.exclude(shown_photo="").values_list("shown_photo", flat=True)
    for name in shown.iterator(chunk_size=2000) if lost else ():
        lost.discard(name)
    for name in lost:
        if _is_old(name):
            default_storage.delete(name)


def _is_old(name: str) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return default_storage.get_modified_time(name) < timezone.now() - MIN_PICTURE_AGE
    return False


# --- which reviews are due -------------------------------------------------------------------------------------------


def hidden_for_long(now: datetime):
    """Reviews hidden for someone's safety that two people have not withheld in the time allowed."""
    return Testimonial.objects.hidden().filter(hidden_at__lte=now - reports.HIDDEN_FOR)


def due_for_renewal(now: datetime):
    """Published reviews whose author is to be asked, or has not answered in time."""
    return Testimonial.objects.filter(status=Status.PUBLISHED, renewal_due_at__lte=now).order_by("renewal_due_at")


def never_confirmed(now: datetime):
    return Testimonial.objects.filter(status=Status.UNCONFIRMED, submitted_at__lt=now - CONFIRM_WITHIN, erased_at=None)


def kept_long_enough(now: datetime):
    """Reviews not shown, not to be decided on, not written for RETENTION. An import counts from its arrival here."""
    may_not_be_read = Q(status=Status.PENDING, allow_words=False)
    written = Version.objects.filter(review=OuterRef("pk"), at__gte=now - RETENTION)
    old = Testimonial.objects.filter(submitted_at__lt=now - RETENTION, erased_at=None).filter(~Exists(written))
    return old.filter(may_not_be_read | Q(status__in=[Status.DECLINED, Status.EXPIRED]))


def _each(due, service, limit: int) -> None:
    """Call a service with each review that is due. One that fails is logged and does not hold up the others."""
    for pk in list(due.values_list("pk", flat=True)[:limit]):
        try:
            with transaction.atomic():
                if due.select_for_update(of=["self"], skip_locked=True).filter(pk=pk).first():
                    service(pk)
        except (OperationalError, InterfaceError):
            raise
        except Exception as exc:
            logger.error("A review could not be processed by %s: %s", service.__name__, type(exc).__name__)


def _expire_and_erase(review_id: int) -> None:
    lifecycle.expire(review_id)
    lifecycle.erase(review_id)


# --- compaction ------------------------------------------------------------------------------------------------------


def _tables() -> list:
    return [Testimonial, OutgoingEmail, *compaction.sealed_models("testimonials")]


def _erased_since(moment: datetime) -> bool:
    return ReviewEvent.objects.filter(kind__in=LEAVES_DEAD_ROWS, at__gt=moment).exists()
