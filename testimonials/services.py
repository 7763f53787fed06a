"""What happens to a review: sent, approved, declined, replied to. Each moves the status and records who did it."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from .models import Status, Testimonial


class Refused(Exception):
    """The step cannot be taken; the message says why, for the person who asked. Nothing was written."""


def submit(review: Testimonial) -> Testimonial:
    """Store a review. The same ``key`` again gives the row that is there."""
    try:
        with transaction.atomic():
            review.save(force_insert=True)
    except IntegrityError:
        return Testimonial.objects.get(key=review.key)
    return review


def _locked(review_id) -> Testimonial:
    return Testimonial.objects.select_for_update().get(pk=review_id)


def _decide(review: Testimonial, status: Status, by, **fields) -> Testimonial:
    values = {"status": status, "decided_by": by, "decided_at": timezone.now(), **fields}
    for name, value in values.items():
        setattr(review, name, value)
    review.save(update_fields=values)
    return review


@transaction.atomic
def approve(review_id: int, *, by) -> Testimonial:
    """Show a review. Raises Refused where the writer did not allow it or the moment has passed."""
    review = _locked(review_id)
    if review.status not in {Status.PENDING, Status.DECLINED}:
        raise Refused(f"This review is {review.get_status_display().lower()}.")
    if not review.allow_words:
        raise Refused("The writer did not allow these words to be shown.")
    return _decide(review, Status.PUBLISHED, by, reason="", note="")


@transaction.atomic
def decline(review_id: int, *, by, reason: str, note: str = "") -> Testimonial:
    """Withhold a review for one of the reasons on the closed list; ``note`` is for colleagues."""
    review = _locked(review_id)
    if review.status not in {Status.PENDING, Status.PUBLISHED}:
        raise Refused(f"This review is {review.get_status_display().lower()}.")
    return _decide(review, Status.DECLINED, by, reason=reason, note=note)


@transaction.atomic
def reply(review_id: int, *, by, reply: str) -> Testimonial:
    """Put the centre's answer below a published review, or take it away with an empty one."""
    review = _locked(review_id)
    if review.status != Status.PUBLISHED:
        raise Refused("Only a published review can be answered.")
    review.reply, review.replied_at = reply, timezone.now() if reply else None
    review.save(update_fields=["reply", "replied_at"])
    return review
