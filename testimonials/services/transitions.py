"""Which steps are allowed from which status, the lock they take, and the event each of them adds."""

import hashlib

from django.utils import timezone

from detoxsite.core.exceptions import Refused
from detoxsite.core.locking import locked

from ..models import ReviewEvent, Status, Testimonial

UNDECIDED = {Status.UNCONFIRMED, Status.PENDING}
_PUBLISHED = {Status.PUBLISHED}
_NOT_WITHDRAWN = {*UNDECIDED, *_PUBLISHED, Status.DECLINED, Status.EXPIRED}
ALLOWED_FROM = {
    **dict.fromkeys(("approve", "propose", "decline", "reject_proposal"), {Status.PENDING, Status.PUBLISHED}),
    "record_consent": {Status.PENDING},
    **dict.fromkeys(("reply", "report", "hide", "keep_published", "show_again", "ask_to_renew"), _PUBLISHED),
    **dict.fromkeys(("withdraw_parts", "withdraw", "edit"), _NOT_WITHDRAWN),
    "renew": {Status.PUBLISHED, Status.EXPIRED},
    "appeal": {Status.DECLINED},
    "expire": {Status.UNCONFIRMED, Status.PUBLISHED},
}
"""From which statuses each step may be taken."""


def lock_for(step: str, review_id: int) -> Testimonial:
    """The review, locked until the transaction ends. Raises Refused if its status does not allow ``step``."""
    review = locked(Testimonial.objects, review_id)
    if review.erased_at:
        raise Refused("The content of this review has been erased.")
    if review.status not in ALLOWED_FROM[step]:
        raise Refused(f"This review is now {review.get_status_display().lower()}.")
    return review


def record_event(review: Testimonial, kind: str, *, by=None, reason="", note="", text_hash="") -> None:
    event = ReviewEvent(review=review, kind=kind, by=by, reason=reason, text_hash=text_hash)
    if note:
        event.seal({"note": note})
    event.save(force_insert=True)


def record_decision(review: Testimonial, status: Status, by) -> None:
    review.status, review.decided_by, review.decided_at = status, by, timezone.now()


def clear_proposal(review: Testimonial) -> None:
    review.proposed_at = review.proposed_by = None
    review.proposed_reason = ""


def text_hash(text: str) -> str:
    """SHA-256 of what readers saw, to prove later which text an event was about."""
    return hashlib.sha256(text.encode()).hexdigest()
