"""A review arrives: stored sealed, with its author, consents and photo, and an email to confirm the address."""

import secrets
from collections.abc import Collection, Mapping

from django.db import IntegrityError, transaction

from detoxsite.core.encryption import digests
from detoxsite.core.safety import review_signs

from .. import author_mail, help_requests
from ..models import Author, OutgoingEmail, Photo, ReviewEvent, Source, Status, Testimonial
from . import consents, photos, versions
from .transitions import UNDECIDED, record_event

TOKEN_BYTES = 24  # of an author's private link


@transaction.atomic
def submit(
    *,
    key: str,
    words: str,
    email: str,
    relationship: str,
    stars: int | None = None,
    name: str = "",
    allow: Collection[str] = (),
    photo: Photo | None = None,
    texts: Mapping[str, str] | None = None,
    network: str = "",
    is_sample: bool = False,
) -> Testimonial:
    """Store a review, sealed, and queue the email that asks its author to confirm the address.

    The same ``key`` again updates the same review until someone decides on it. ``allow`` has the PARTS that may be
    shown, ``texts`` the hash of the text that was read for each. Words that show danger now become a request for help
    in the same transaction. ``network``: where it was sent from, which is not kept.
    """
    review, is_open = _created_or_locked(key)
    if not is_open:
        return review
    review.relationship, review.stars = relationship, stars
    is_new_address = _store_author(review, email)
    has_new_photo = photos.attach(review, photo)
    is_new = versions.store(review, words, name, email, has_new_photo=has_new_photo)
    consents.update(review, allow, texts or {})
    review.save()
    if is_new_address:
        author_mail.put(review, OutgoingEmail.Kind.CONFIRM)
    if is_new:
        record_event(review, ReviewEvent.Kind.RECEIVED)
        origin = help_requests.Origin(network=network, is_sample=is_sample)
        alert_if_dangerous(review, words, email, origin)
    return review


def _created_or_locked(key: str) -> tuple[Testimonial, bool]:
    """The review with this key, and whether the form may still change it."""
    review = Testimonial(key=key)
    try:
        with transaction.atomic():
            review.save(force_insert=True)
    except IntegrityError:
        review = Testimonial.objects.select_for_update().get(key=key)
        if review.source != Source.HERE:
            return review, False  # a forged key: imported reviews came through no form
        is_decided = review.status not in UNDECIDED or review.proposed_at or review.decided_at or review.erased_at
        return review, not is_decided  # a photo held for a decided review is swept up later
    return review, True


def _store_author(review: Testimonial, email: str) -> bool:
    """Store who sent the review. Returns whether the address is new.

    A new address ends the earlier private link and has to be confirmed.
    """
    known = Author.objects.filter(review=review).first()
    if known and bytes(known.email_index) == digests.blind_index("email", email):
        review.author = known
        return False
    if known:
        known.delete()
    review.status, review.confirmed_at = Status.UNCONFIRMED, None
    review.author = Author.build(review, email, secrets.token_urlsafe(TOKEN_BYTES))
    review.author.save(force_insert=True)
    return True


def alert_if_dangerous(review: Testimonial, words: str, email: str, origin: help_requests.Origin) -> None:
    """Store the newest version as a request for help as well if its words show that someone is in danger now."""
    if dangers := review_signs.read(words).dangers:
        number = versions.latest_number(review)
        help_requests.submit(review.pk, number, words=words, email=email, dangers=dangers, origin=origin)
