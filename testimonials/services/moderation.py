"""Moderators decide: publish a review, withhold it (two people), record a consent, reply to it."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone

from detoxsite.core.exceptions import Refused
from detoxsite.core.plain_text import tidy

from .. import author_mail
from ..models import OutgoingEmail, Reason, ReviewEvent, Source, Status, Testimonial
from ..moderation import reply_policy
from ..moderation.redaction import Removal, redact, to_json
from ..moderation.shown_names import first_name
from ..staff_names import roster
from . import consents, lifecycle, photos, reports, versions
from .transitions import clear_proposal, lock_for, record_decision, record_event, text_hash

MAX_REMOVED_SHARE = 0.5  # of a review's characters; more would be withholding, which takes two people


@transaction.atomic
def approve(
    review_id: int,
    *,
    by,
    version: int,
    seen_decision: str = "",
    removals: Sequence[Removal] = (),
    with_name: bool = True,
    first_name_only: bool = False,
    with_photo: bool = False,
) -> Testimonial:
    """Publish version number ``version`` of a review as its author wrote it, without what ``removals`` take out.

    ``seen_decision``: the ``decision`` that the moderator saw; "": whichever it is. Raises Refused if a colleague has
    decided since, as publishing again would show what they took out; if the author did not allow it or has changed it
    since; or if a removal does not fit the words.
    """
    review = lock_for("approve", review_id)
    current = versions.current(review_id, version)
    if not review.allow_words:
        raise Refused("The author did not allow these words to be shown.")
    shown = _redacted(current.payload["words"], removals)
    name = current.payload["name"] if with_name and review.allow_name else ""
    name = first_name(name) if first_name_only else name
    with_photo = with_photo and review.allow_photo
    if seen_decision and seen_decision != decision(review):
        is_same = (review.shown_words, review.shown_name, bool(review.shown_photo)) == (shown, name, with_photo)
        if review.decided_by == by and is_same:  # pressed twice
            return review
        raise Refused("Someone has decided on this review since you opened it. Read it again, with what they took out.")
    current.removals = to_json(removals)
    current.save(update_fields=["removals"])
    was_shown = review.status == Status.PUBLISHED
    review.shown_words, review.shown_name = shown, name
    if with_photo:
        photos.show(review)
    else:
        photos.hide(review)
    _publish(review, by)
    record_event(review, ReviewEvent.Kind.PUBLISHED, by=by, text_hash=text_hash(shown))
    reports.resolve_all(review, by)
    if not was_shown:
        author_mail.put(review, OutgoingEmail.Kind.PUBLISHED)
    return review


def decision(review: Testimonial) -> str:
    """Tells whether a review was decided on since."""
    return review.decided_at.isoformat() if review.decided_at else "none"


def _redacted(words: str, removals: Sequence[Removal]) -> str:
    try:
        shown = redact(words, removals)
    except ValueError as exc:
        raise Refused("The parts to take out do not match the text. Reload the page.") from exc
    if sum(removal.end - removal.start for removal in removals) > MAX_REMOVED_SHARE * len(words):
        raise Refused("More than half of it would be taken out. Take out less, or propose to withhold it.")
    return shown


def _publish(review: Testimonial, by) -> None:
    clear_proposal(review)
    review.reason, review.hidden_at = "", None
    record_decision(review, Status.PUBLISHED, by)
    if review.renewal_due_at is None:
        review.renewal_due_at = timezone.now() + lifecycle.RENEWAL_PERIOD
    review.save()


@transaction.atomic
def propose(review_id: int, *, by, version: int, reason: str, note: str = "") -> Testimonial:
    """Propose to withhold a review, with the reason. Nothing changes until a second person agrees."""
    review = lock_for("propose", review_id)
    versions.current(review_id, version)
    if not review.allow_words:
        raise Refused("The author did not allow this review to be shown, so there is nothing to withhold.")
    if review.proposed_at:
        raise Refused(f"{review.proposed_by} has already proposed that. Agree or disagree.")
    review.proposed_at, review.proposed_by, review.proposed_reason = timezone.now(), by, Reason(reason).value
    review.save()
    record_event(review, ReviewEvent.Kind.PROPOSED, by=by, reason=reason, note=note)
    return review


@transaction.atomic
def decline(review_id: int, *, by, version: int, reason: str = "") -> Testimonial:
    """Withhold a review as the second person, for the reason that the first one gave, and email its author.

    ``reason``: the one that this person has read.
    """
    review = lock_for("decline", review_id)
    versions.current(review_id, version)
    if not review.proposed_at:
        raise Refused("Nobody has proposed to withhold this review.")
    if review.proposed_by_id == by.pk:
        raise Refused("You proposed this. A second person has to agree.")
    if reason and reason != review.proposed_reason:
        raise Refused("The proposal now gives another reason. Read it first.")
    review.reason = review.proposed_reason
    lifecycle.take_down(review, Status.DECLINED)
    record_decision(review, Status.DECLINED, by)
    review.proposed_at, review.proposed_reason = None, ""  # proposed_by stays: it takes two people
    review.save()
    record_event(review, ReviewEvent.Kind.DECLINED, by=by, reason=review.reason)
    reports.resolve_all(review, by)
    author_mail.put(review, OutgoingEmail.Kind.DECLINED)
    return review


@transaction.atomic
def reject_proposal(review_id: int, *, by, note: str = "") -> Testimonial:
    """Do not withhold it: the second person disagrees, or the first one reconsidered."""
    review = lock_for("reject_proposal", review_id)
    if not review.proposed_at:
        raise Refused("Nobody has proposed to withhold this review.")
    clear_proposal(review)
    review.save()
    record_event(review, ReviewEvent.Kind.PROPOSAL_REJECTED, by=by, note=note)
    return review


@transaction.atomic
def record_consent(review_id: int, *, by, parts: Collection[str], how: str) -> Testimonial:
    """Record that the author of an imported review allows ``parts`` to be shown here. ``how``: how we know."""
    review = lock_for("record_consent", review_id)
    if review.source == Source.HERE:
        raise Refused("The author decides this with the private link.")
    if not review.allow_words and "words" not in parts:
        raise Refused("Without consent for the words, nothing can be shown.")
    consents.update(review, {"words", *parts}, {}, how="put on file by staff")  # ``how`` itself is sealed in the event
    review.save()
    record_event(review, ReviewEvent.Kind.CONSENT_RECORDED, by=by, note=how)
    return review


@transaction.atomic
def reply(review_id: int, *, by, reply: str, seen: str = "") -> Testimonial:
    """Show the center's reply below a published review; an empty one removes it.

    ``seen``: the hash of the reply that the moderator saw; "": whichever it is. Raises Refused if a colleague has
    saved another one since, and for wording that would reveal whether someone was a patient.
    """
    review = lock_for("reply", review_id)
    reply = tidy(reply, multiline=True).strip()
    if seen and seen != text_hash(review.reply) and reply != review.reply:
        current = f"the reply is now “{review.reply}”" if review.reply else "there is no reply now"
        raise Refused(f"Not saved: someone changed the reply since you opened it, and {current}.", field="reply")
    if reply_policy.find_violations(reply, roster(), reply_policy.own_public_text()):
        raise Refused("The reply was not saved. See below which parts have to go, and why.", field="reply")
    review.reply, review.replied_at = reply, timezone.now() if reply else None
    review.save(update_fields=["reply", "replied_at"])
    record_event(review, ReviewEvent.Kind.REPLIED, by=by, text_hash=text_hash(reply) if reply else "")
    return review
