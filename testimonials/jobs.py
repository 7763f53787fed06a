"""What time does to reviews: may it stay, who never answered, what has been kept for long enough.

A handful in each round, in any worker: whoever holds a row decides again whether it is due. What has to look through
all reviews, or through a folder, is done once an hour.
"""

import contextlib
import logging
import time
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from intake.records import retention

from .models import (
    OutgoingEmail,
    Photo,
    ReviewEvent,
    Status,
    Testimonial,
    Version,
)
from .services import lifecycle, reports

BATCH_SIZE, HOURLY_BATCH_SIZE = 20, 200  # of each kind in one round
UNCONFIRMED = timezone.timedelta(days=14)  # then what was sent is erased
KEPT = timezone.timedelta(days=2 * 365)  # since it was last written, where nobody may read it
HELD = timezone.timedelta(days=1)  # a photo for a form that is not sent
HOUR = 60 * 60.0  # seconds
YOUNG = 60 * 60  # seconds; a picture may be there before its row says so

TAKEN_DOWN = (  # what leaves readable words, or what was sealed, behind in the files of the tables
    *(ReviewEvent.Kind.EDITED, ReviewEvent.Kind.PART_WITHDRAWN, ReviewEvent.Kind.DECLINED),
    *(ReviewEvent.Kind.WITHDRAWN, ReviewEvent.Kind.EXPIRED, ReviewEvent.Kind.ERASED),
)

logger = logging.getLogger(__name__)
_hourly_at = -HOUR


def run() -> None:
    """Safe in several workers at once."""
    global _hourly_at
    now = timezone.now()
    _each(to_ask(now), lifecycle.ask_to_renew, BATCH_SIZE)
    _each(hidden_for_long(now), reports.show_again, BATCH_SIZE)
    Photo.objects.filter(review=None, at__lt=now - HELD).delete()
    if time.monotonic() - _hourly_at > HOUR:
        _hourly_at = time.monotonic()
        _each(never_confirmed(now), _forget, HOURLY_BATCH_SIZE)
        _each(kept_long_enough(now), lifecycle.erase, HOURLY_BATCH_SIZE)
        _sweep_pictures()


def sweep() -> bool:
    """A chore of its own: once a day, where something was taken down since, write the tables anew. In no transaction.

    The list is closed to readers for the moment it takes. Write-ahead logs and backups keep copies until they run out.
    """
    tables = [Testimonial, OutgoingEmail, *retention.sealed_rows("testimonials")]
    taken_down = ReviewEvent.objects.filter(kind__in=TAKEN_DOWN)
    return retention.once_a_day(
        "reviews", lambda since: taken_down.filter(at__gt=since).exists(), lambda: retention.write_anew(tables)
    )


def hidden_for_long(now: datetime):
    """Hidden for somebody's safety, and two people have not withheld them in the time there was."""
    return Testimonial.objects.hidden().filter(hidden_at__lte=now - reports.HIDDEN_FOR)


def to_ask(now: datetime):
    """Those that it is time to ask for, and those that were asked for in vain."""
    return Testimonial.objects.filter(status=Status.PUBLISHED, renewal_due_at__lte=now).order_by("renewal_due_at")


def never_confirmed(now: datetime):
    return Testimonial.objects.filter(status=Status.UNCONFIRMED, submitted_at__lt=now - UNCONFIRMED, erased_at=None)


def kept_long_enough(now: datetime):
    """Not shown, not to be decided on, and nothing written for KEPT. For an import the time runs since it came here."""
    nobody_may = Q(status=Status.PENDING, allow_words=False)
    written = Version.objects.filter(review=OuterRef("pk"), at__gte=now - KEPT)
    old = Testimonial.objects.filter(submitted_at__lt=now - KEPT, erased_at=None).filter(~Exists(written))
    return old.filter(nobody_may | Q(status__in=[Status.DECLINED, Status.EXPIRED]))


def _each(due, act, most: int) -> None:
    for pk in list(due.values_list("pk", flat=True)[:most]):
        try:
            with transaction.atomic():
                if due.select_for_update(of=["self"], skip_locked=True).filter(pk=pk).first():
                    act(pk)
        except (OperationalError, InterfaceError):
            raise
        except Exception as exc:  # the others must not wait for it
            logger.error("The clock could not %s a review: %s", act.__name__.strip("_"), type(exc).__name__)


def _forget(review_id: int) -> None:
    lifecycle.expire(review_id)
    lifecycle.erase(review_id)


def _sweep_pictures() -> None:
    """Delete the pictures of reviews that no row points to: what a step that failed half way left behind."""
    folder = Path(settings.MEDIA_ROOT, "reviews")
    lost = {f"reviews/{file.name}" for file in folder.glob("*") if _is_old(file)}
    shown = Testimonial.objects.exclude(shown_photo="").values_list("shown_photo", flat=True)
    for name in shown.iterator(chunk_size=2000) if lost else ():
        lost.discard(name)
    for name in lost:
        Path(settings.MEDIA_ROOT, name).unlink(missing_ok=True)


def _is_old(file: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return file.is_file() and file.stat().st_mtime < time.time() - YOUNG
    return False
