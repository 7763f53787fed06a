"""What the writer of a review may read and do on their private page.

The key made from the link's token opens what was sealed back to the writer and nothing else, so that all of this works
in a process that cannot read what anybody wrote. The token is kept nowhere in the clear.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db import transaction
from django.utils import timezone

from detoxsite.core.encryption import digests, sealing
from detoxsite.core.exceptions import Refused
from detoxsite.core.safety import crisis_steps, risk_signs

from .. import author_mail, services
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

HOW = "the private link"
LATELY = timezone.timedelta(days=1)  # how long what was written goes on to bring the first steps up
MAX_LINKS = 5  # letters for one address that asks for its links


class Overtaken(Exception):
    """It was changed in another window since the form was shown."""


@dataclass(frozen=True)
class Own:
    """A review, with the key of its writer's link at hand."""

    review: Testimonial
    key: sealing.PrivateKey

    @property
    def is_gone(self) -> bool:
        return self.review.status == Status.WITHDRAWN or self.review.erased_at is not None

    @cached_property
    def was_shown(self) -> bool:
        return self.review.steps.filter(kind=ReviewEvent.Kind.PUBLISHED).exists()

    @cached_property
    def version(self) -> Version | None:
        return self.review.versions.last()

    @cached_property
    def sent(self) -> dict:
        """What the writer sent: words, name, and the email address; {} where that is sealed to another link."""
        try:
            return self.key.open(
                bytes(self.version.sealed_for_author), self.version.sealing_context("sealed_for_author")
            )
        except (sealing.Unreadable, AttributeError):
            return {}

    @property
    def allowed(self) -> list[str]:
        return [part for part in PARTS if getattr(self.review, f"allow_{part}")]

    @cached_property
    def has_photo(self) -> bool:
        return Photo.objects.filter(review=self.review).exists()

    def state(self) -> str:
        """A fingerprint of what can be changed, to tell whether it was since somebody looked."""
        number = self.version.number if self.version else 0
        return digests.keyed("own state", f"{self.review.pk}:{number}:{self.allowed}", 12).hex()

    def steps(self) -> list[str]:
        """The first steps that words written lately call for."""
        if not self.version or self.version.at < timezone.now() - LATELY:
            return []
        return crisis_steps.crisis_steps(risk_signs.find_signs({"story": self.sent.get("words", "")}))


def find(token: str) -> Own | None:
    writer = Author.objects.filter(link=Author.known_by(token)).select_related("review").first()
    return Own(writer.review, sealing.PrivateKey.from_return_code(token)) if writer else None


@transaction.atomic
def change(
    own: Own, *, seen: str, words: str, name: str, allow: Collection[str], texts: Mapping[str, str]
) -> Testimonial:
    """Change words, name and permissions. ``seen``: the state that the form was shown with.

    Raises Overtaken where it was changed since, unless to the very same; Refused where nothing can be changed any more.
    """
    now = Own(Testimonial.objects.locked(own.review.pk), own.key)
    if now.is_gone:
        raise Refused("It is gone already.")
    if (words, name, set(allow)) == (now.sent.get("words"), now.sent.get("name"), set(now.allowed)):
        return now.review
    if now.state() != seen:
        raise Overtaken
    return services.edit(
        own.review.pk, words=words, name=name, email=now.sent.get("email", ""), allow=allow, texts=texts
    )


@transaction.atomic
def send_links(email: str) -> None:
    """Queue a letter with the private link of each review of this address, at most MAX_LINKS, newest first."""
    known = Testimonial.objects.filter(writer__email_index=digests.blind_index("email", email), erased_at=None)
    known = known.exclude(status=Status.WITHDRAWN).select_related("writer").order_by("-submitted_at")
    for review in list(known.select_for_update(of=["self"])[:MAX_LINKS]):  # before the lock that a letter takes
        author_mail.put(review, OutgoingEmail.Kind.LINK)
