"""What an author does with their own review, on the private page or through staff."""

from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils import timezone

from detoxsite.core.exceptions import Refused
from detoxsite.core.locking import locked

from .. import help_requests
from ..models import PARTS, ReviewEvent, Status, Testimonial
from . import consents, lifecycle, photos, versions
from .submission import alert_if_dangerous
from .transitions import lock_for, record_decision, record_event


@transaction.atomic
def confirm(review_id: int) -> Testimonial:
    """The author opened the emailed link and confirmed the address. A second time changes nothing."""
    review = locked(Testimonial.objects, review_id)
    if review.status != Status.UNCONFIRMED:
        return review
    review.status, review.confirmed_at = Status.PENDING, timezone.now()
    review.save()
    record_event(review, ReviewEvent.Kind.CONFIRMED)
    help_requests.confirm(review.pk, review.versions.values_list("number", flat=True))
    return review


@transaction.atomic
def edit(
    review_id: int, *, words: str, name: str, email: str, allow: Collection[str], texts: Mapping[str, str]
) -> Testimonial:
    """Change words, name and display consents. New words take the old ones down until a moderator has read them.

    ``email``: the author's address, as their link opened it.
    """
    review = lock_for("edit", review_id)
    was_shown = review.status == Status.PUBLISHED
    consents.update(review, allow, texts, how="changed it with the private link")
    if not review.allow_photo:
        photos.erase(review)
    if not review.allow_name:
        review.shown_name = ""
    if versions.store(review, words, name, email) or not review.allow_words:
        record_event(review, ReviewEvent.Kind.EDITED)
        is_unconfirmed = review.status == Status.UNCONFIRMED
        origin = help_requests.Origin(is_confirmed=not is_unconfirmed, is_sample=review.is_sample)
        alert_if_dangerous(review, words, email, origin)
        lifecycle.take_down(review, Status.UNCONFIRMED if is_unconfirmed else Status.PENDING)
    elif was_shown and name and review.allow_name and not review.shown_name:
        lifecycle.take_down(review, Status.PENDING)  # the name is newly allowed: a moderator has to read it
    review.save()
    return review


@transaction.atomic
def withdraw_parts(review_id: int, *, parts: Collection[str], how: str, by=None) -> Testimonial:
    """Stop showing ``parts`` ("name", "photo") at once and erase the photo. ``how``: how the author told us."""
    review = lock_for("withdraw_parts", review_id)
    withdrawn = consents.revoke(review, {"name", "photo"} & set(parts), how=how)
    if "name" in parts:
        review.shown_name = ""
    if "photo" in parts:
        withdrawn += ["photo"] * (photos.erase(review) and "photo" not in withdrawn)
    review.save()
    if withdrawn:
        record_event(review, ReviewEvent.Kind.PART_WITHDRAWN, by=by, reason=",".join(withdrawn))
    return review


@transaction.atomic
def withdraw(review_id: int, *, how: str, by=None) -> Testimonial:
    """Take the whole review down for good and erase its content. No reason is asked for."""
    review = lock_for("withdraw", review_id)
    consents.revoke(review, PARTS, how=how)
    lifecycle.take_down(review, Status.WITHDRAWN)
    if by is not None:  # one person says that the author asked: readers learn how many (moderation/statistics.py)
        record_decision(review, Status.WITHDRAWN, by)
    record_event(review, ReviewEvent.Kind.WITHDRAWN, by=by)
    lifecycle.erase_content(review)
    review.save()
    return review


@transaction.atomic
def renew(review_id: int) -> Testimonial:
    """The author agrees that it stays. An expired review has to be read again before it is shown."""
    review = lock_for("renew", review_id)
    if review.status == Status.PUBLISHED and not review.unanswered_renewals:
        return review  # nobody asked, or it was answered before
    review.unanswered_renewals, review.renewal_due_at = 0, timezone.now() + lifecycle.RENEWAL_PERIOD
    if review.status == Status.EXPIRED:
        review.status, review.renewal_due_at = Status.PENDING, None
    review.save()
    record_event(review, ReviewEvent.Kind.RENEWED)
    return review


@transaction.atomic
def appeal(review_id: int, *, note: str) -> Testimonial:
    """The author asks for another look at a withheld review, once for each version."""
    review = lock_for("appeal", review_id)
    if review.appealed_at and review.appealed_at > review.versions.last().at:
        raise Refused("You have already asked us to look again.")
    review.appealed_at, review.reason = timezone.now(), ""
    review.status = Status.PENDING
    review.save()
    record_event(review, ReviewEvent.Kind.APPEALED, note=note)
    return review
