"""The portal of a review: what its author may read and do behind the private link.

The key made from the link's token opens what was sealed for the author and nothing else, so the portal works in a
process that cannot read what other people wrote. The token is kept nowhere in the clear.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db import transaction
from django.utils import timezone

from detoxsite.core.encryption import digests, sealing
from detoxsite.core.exceptions import Refused
from detoxsite.core.locking import locked
from detoxsite.core.public_forms.portal import CRISIS_STEPS_PERIOD, Portal

from .. import author_mail
from ..crisis_notice import crisis_context
from ..models import (
    PARTS,
    Author,
    OutgoingEmail,
    Photo,
    ReviewEvent,
    Status,
    Testimonial,
    Version,
)
from ..services import author

CHANNEL = "the private link"  # how consents are taken back here
MAX_LINKS = 5  # emails for one address that asks for its links


class Conflict(Exception):
    """The review was changed in another window since the form was shown."""


@dataclass(frozen=True)
class ReviewPortal(Portal):
    """A review, with the key of its author's link at hand."""

    review: Testimonial

    @property
    def is_gone(self) -> bool:
        return self.review.status == Status.WITHDRAWN or self.review.erased_at is not None

    @cached_property
    def was_shown(self) -> bool:
        return self.review.events.filter(kind=ReviewEvent.Kind.PUBLISHED).exists()

    @cached_property
    def version(self) -> Version | None:
        return self.review.versions.last()

    @cached_property
    def payload(self) -> dict:
        """What the author sent: ``words``, ``name`` and ``email``; {} where that is sealed to another link."""
        return self.read(self.version) if self.version else {}

    @property
    def words(self) -> str:
        return self.payload.get("words", "")

    @property
    def name(self) -> str:
        return self.payload.get("name", "")

    @property
    def allowed(self) -> list[str]:
        return [part for part in PARTS if getattr(self.review, f"allow_{part}")]

    @cached_property
    def has_photo(self) -> bool:
        return Photo.objects.filter(review=self.review).exists()

    def fingerprint(self) -> str:
        """A keyed digest of what the author can change, to notice a change since a form was shown."""
        number = self.version.number if self.version else 0
        return digests.keyed("review portal", f"{self.review.pk}:{number}:{self.allowed}", 12).hex()

    def crisis_context(self) -> dict:
        """The crisis steps for what the author wrote lately."""
        is_recent = self.version and self.version.at >= timezone.now() - CRISIS_STEPS_PERIOD
        return crisis_context(self.words if is_recent else "")


def open_portal(token: str) -> ReviewPortal | None:
    author = Author.objects.filter(token_fingerprint=Author.fingerprint_of(token)).select_related("review").first()
    return ReviewPortal(sealing.PrivateKey.from_return_code(token), author.review) if author else None


@transaction.atomic
def change(
    portal: ReviewPortal, *, seen: str, words: str, name: str, allow: Collection[str], texts: Mapping[str, str]
) -> Testimonial:
    """Change words, name and display consents. ``seen``: the fingerprint that the form was shown with.

    Raises Conflict where the review was changed since, unless to the very same; Refused where it is gone.
    """
    now = ReviewPortal(portal.key, locked(Testimonial.objects, portal.review.pk))
    if now.is_gone:
        raise Refused("It is already gone.")
    if (words, name, set(allow)) == (now.payload.get("words"), now.payload.get("name"), set(now.allowed)):
        return now.review
    if now.fingerprint() != seen:
        raise Conflict
    email = now.payload.get("email", "")
    return author.edit(portal.review.pk, words=words, name=name, email=email, allow=allow, texts=texts)


@transaction.atomic
def send_links(email: str) -> None:
    """Queue an email with the private link of each review of this address, at most MAX_LINKS, newest first."""
    known = Testimonial.objects.filter(author__email_index=digests.blind_index("email", email), erased_at=None)
    known = known.exclude(status=Status.WITHDRAWN).select_related("author").order_by("-submitted_at")
    for review in list(known.select_for_update(of=["self"])[:MAX_LINKS]):  # before the lock that an email takes
        author_mail.put(review, OutgoingEmail.Kind.LINK)
