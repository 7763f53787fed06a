"""What time does to a review: renewal, expiry, erasure. Called by jobs.py, and by the steps that take one down."""

from django.db import transaction
from django.utils import timezone

from detoxsite.core.exceptions import Refused
from detoxsite.core.locking import locked

from .. import author_mail
from ..models import Author, OutgoingEmail, ReviewEvent, Status, Testimonial
from . import photos
from .transitions import clear_proposal, lock_for, record_event

RENEWAL_PERIOD = timezone.timedelta(days=365)  # then the author is asked "still happy to be shown?"
RENEWAL_REMINDER_AFTER = timezone.timedelta(days=30)
MAX_UNANSWERED_RENEWALS = 2  # emails without an answer; then the review expires


@transaction.atomic
def ask_to_renew(review_id: int) -> Testimonial:
    """Email the author to ask if the review may stay; after MAX_UNANSWERED_RENEWALS emails, let it expire."""
    review = lock_for("ask_to_renew", review_id)
    if review.unanswered_renewals >= MAX_UNANSWERED_RENEWALS:
        return expire(review_id)
    if not Author.objects.filter(review=review).exists():
        review.renewal_due_at = timezone.now() + RENEWAL_PERIOD  # imported: staff recorded the consent
    elif author_mail.put(review, OutgoingEmail.Kind.RENEW):
        review.unanswered_renewals += 1
        review.renewal_due_at = timezone.now() + RENEWAL_REMINDER_AFTER
        record_event(review, ReviewEvent.Kind.RENEWAL_ASKED)
    else:
        review.renewal_due_at = timezone.now() + author_mail.OFTEN  # that address gets no more emails today
    review.save()
    return review


@transaction.atomic
def expire(review_id: int) -> Testimonial:
    """Take down a review whose author did not answer. The private link can renew it until it is erased."""
    review = lock_for("expire", review_id)
    was_shown = review.status == Status.PUBLISHED
    take_down(review, Status.EXPIRED)
    review.save()
    record_event(review, ReviewEvent.Kind.EXPIRED)
    if was_shown:
        author_mail.put(review, OutgoingEmail.Kind.EXPIRED)
    return review


@transaction.atomic
def erase(review_id: int) -> Testimonial:
    """Erase the content of an unpublished review. Its events and decisions stay."""
    review = locked(Testimonial.objects, review_id)
    if review.status == Status.PUBLISHED:
        raise Refused("This review is published.")
    if review.erased_at:
        return review
    erase_content(review)
    review.save()
    record_event(review, ReviewEvent.Kind.ERASED)
    return review


def take_down(review: Testimonial, status: Status) -> None:
    """Clear every readable column and any open proposal; the caller saves the row."""
    if status != Status.DECLINED:
        clear_proposal(review)
        review.reason = ""
    photos.hide(review)
    review.shown_words = review.shown_name = review.reply = ""
    review.replied_at = review.hidden_at = review.renewal_due_at = None
    review.unanswered_renewals = 0
    review.status = status


def erase_content(review: Testimonial) -> None:
    """Erase words, notes, reports, photo and address. The private link still opens, to say what happened."""
    photos.erase(review)
    review.versions.update(sealed=b"", sealed_for_author=b"", fingerprint=b"", removals=[])
    review.events.update(sealed=b"")
    review.reports.update(sealed=b"")
    Author.objects.filter(review=review).update(sealed=b"", email_index=None, return_key=b"")
    emails = OutgoingEmail.objects.filter(review=review)
    emails.filter(state=OutgoingEmail.State.WAITING).update(state=OutgoingEmail.State.DROPPED)
    emails.update(email_index=None)
    review.erased_at = timezone.now()
