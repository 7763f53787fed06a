"""What happens to a review: sent, approved, declined, replied to.

Who decided stands on the review; the desk records every step.
"""

from django.db import IntegrityError, transaction
from django.utils import timezone

from detoxsite.errors import Refused

from .models import Status, Testimonial

STEPS = {
    "approve": {Status.PENDING, Status.DECLINED},
    "decline": {Status.PENDING, Status.PUBLISHED},
    "reply": {Status.PUBLISHED},
    "take_back": {Status.PENDING, Status.PUBLISHED, Status.DECLINED},
    "withdraw": {Status.UNCONFIRMED, Status.PENDING, Status.PUBLISHED, Status.DECLINED},
}
"""From which statuses each step may be taken."""


def submit(review: Testimonial) -> Testimonial:
    """Store a review. The same ``key`` again gives one row, which says what was sent last until somebody decides."""
    try:
        with transaction.atomic():
            review.save(force_insert=True)
    except IntegrityError:
        return _again(review)
    return review


@transaction.atomic
def _again(sent: Testimonial) -> Testimonial:
    review = Testimonial.objects.select_for_update().get(key=sent.key)
    if review.status != Status.PENDING:
        if sent.photo:
            sent.photo.delete(save=False)  # written before the row was refused; nothing points to it
        return review
    if review.photo:
        review.photo.delete(save=False)
    for name in Testimonial.SENT:
        setattr(review, name, getattr(sent, name))
    review.save(update_fields=Testimonial.SENT)
    return review


def _locked(review_id, step: str) -> Testimonial:
    """The review, locked until the transaction ends. Raises Refused where ``step`` cannot be taken from its status."""
    review = Testimonial.objects.select_for_update().get(pk=review_id)
    if review.status not in STEPS[step]:
        raise Refused(f"This review is {review.get_status_display().lower()} now.")
    return review


def _decide(review: Testimonial, status: Status, by, **fields) -> Testimonial:
    values = {"status": status, "decided_by": by, "decided_at": timezone.now(), **fields}
    for name, value in values.items():
        setattr(review, name, value)
    review.save(update_fields=values)
    return review


@transaction.atomic
def approve(review_id: int, *, by) -> Testimonial:
    """Show a review. Raises Refused where the writer did not allow it."""
    review = _locked(review_id, "approve")
    if not review.allow_words:
        raise Refused("The writer did not allow these words to be shown.")
    return _decide(review, Status.PUBLISHED, by, reason="", note="")


@transaction.atomic
def decline(review_id: int, *, by, reason: str, note: str = "") -> Testimonial:
    """Withhold a review for one of the reasons on the closed list; ``note`` is for colleagues."""
    return _decide(_locked(review_id, "decline"), Status.DECLINED, by, reason=reason, note=note)


@transaction.atomic
def take_back(review_id: int, *, by, parts: list[str]) -> Testimonial:
    """At its writer's wish, no longer show the ``parts`` named: "name", "photo". The photo's file is erased."""
    review = _locked(review_id, "take_back")
    if "name" in parts:
        review.allow_name = False
    if "photo" in parts:
        _erase_photo(review)
    review.save(update_fields=["allow_name", "allow_photo", "photo"])
    return review


@transaction.atomic
def withdraw(review_id: int, *, by) -> Testimonial:
    """At its writer's wish, take the whole review down; it counts as withheld nowhere. The photo's file is erased."""
    review = _locked(review_id, "withdraw")
    _erase_photo(review)
    review.status = Status.WITHDRAWN
    review.save(update_fields=["status", "allow_photo", "photo"])
    return review


def _erase_photo(review: Testimonial) -> None:
    review.allow_photo = False
    if review.photo:
        review.photo.delete(save=False)


@transaction.atomic
def reply(review_id: int, *, by, reply: str) -> Testimonial:
    """Put the centre's answer below a published review, or take it away with an empty one."""
    review = _locked(review_id, "reply")
    review.reply, review.replied_at = reply, timezone.now() if reply else None
    review.save(update_fields=["reply", "replied_at"])
    return review
