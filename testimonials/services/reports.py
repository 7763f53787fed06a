"""Readers' reports of a review, and hiding it for a while when someone may be in danger."""

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from detoxsite.core.exceptions import Refused

from ..models import Report, ReviewEvent, Testimonial
from .transitions import lock_for, record_event

HIDDEN_FOR = timezone.timedelta(days=7)  # no single person can keep a review from readers for longer
MAX_HIDDEN_BY_READERS = 3  # reviews hidden at one time because readers reported danger


@transaction.atomic
def submit(review_id: int, *, key: str, kind: str, text: str) -> Testimonial:
    """Store a reader's report. The review stays published while it is checked, unless someone may be in danger.

    Readers cannot hide many: never more than MAX_HIDDEN_BY_READERS at a time, and no words that were checked or
    hidden before.
    """
    review = lock_for("report", review_id)
    report = Report(review=review, key=key, kind=kind)
    report.seal({"text": text})
    try:
        with transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError:
        return review  # the same form again
    record_event(review, ReviewEvent.Kind.REPORTED, reason=kind)
    is_new_danger = kind == Report.Kind.SAFETY and not _had_event(
        review, ReviewEvent.Kind.KEPT, ReviewEvent.Kind.HIDDEN
    )
    if is_new_danger and _may_readers_hide():
        _hide(review)
    return review


def _may_readers_hide() -> bool:
    """Serialized by an advisory lock: until the transaction ends, no other report gets a yes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('readers hide a review'))")
    return Testimonial.objects.hidden().count() < MAX_HIDDEN_BY_READERS


def _had_event(review: Testimonial, *kinds: str) -> bool:
    """Whether the current version has had an event of these kinds."""
    return review.events.filter(kind__in=kinds, at__gt=review.versions.last().at).exists()


def _hide(review: Testimonial, by=None) -> None:
    review.hidden_at = timezone.now()
    review.save(update_fields=["hidden_at"])
    record_event(review, ReviewEvent.Kind.HIDDEN, by=by, reason=Report.Kind.SAFETY)


@transaction.atomic
def hide(review_id: int, *, by) -> Testimonial:
    """Hide a published review at once because someone may be in danger: once, and for HIDDEN_FOR at most."""
    review = lock_for("hide", review_id)
    if _had_event(review, ReviewEvent.Kind.HIDDEN):
        raise Refused("It was hidden once already. Propose to withhold it: a second person has to agree.")
    _hide(review, by)
    return review


@transaction.atomic
def keep_published(review_id: int, *, by, note: str = "") -> Testimonial:
    """Resolve the reports on a review after checking it, and show it again if it was hidden."""
    review = lock_for("keep_published", review_id)
    _unhide(review)
    resolve_all(review, by)
    record_event(review, ReviewEvent.Kind.KEPT, by=by, note=note)
    return review


@transaction.atomic
def show_again(review_id: int) -> Testimonial:
    """Show a hidden review again because nobody decided on it within HIDDEN_FOR. Its reports stay open."""
    review = lock_for("show_again", review_id)
    _unhide(review)
    record_event(review, ReviewEvent.Kind.SHOWN_AGAIN)
    return review


def _unhide(review: Testimonial) -> None:
    review.hidden_at = None
    review.save(update_fields=["hidden_at"])


def resolve_all(review: Testimonial, by) -> None:
    review.reports.open().update(resolved_at=timezone.now(), resolved_by=by)
