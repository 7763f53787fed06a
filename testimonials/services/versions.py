"""Versions of what an author sent: words and name, sealed to the center and to the author's private link."""

from django.db.models import Max

from detoxsite.core.encryption import digests, sealing
from detoxsite.core.exceptions import Refused
from detoxsite.core.safety import review_signs

from ..models import Testimonial, Version


def fingerprint_of(words: str, name: str) -> bytes:
    """Keyed digest that recognizes the same words and name without opening them."""
    return digests.keyed("review", f"{len(words)}:{words}{name}", 32)


def build(review: Testimonial, words: str, name: str, *, number: int = 1) -> Version:
    """A sealed version that is not stored yet."""
    version = Version(review=review, number=number, fingerprint=fingerprint_of(words, name))
    reading = review_signs.read(words)
    content = {"words": words, "name": name, "signs": list(reading.dangers), "is_worrying": reading.is_worrying}
    version.seal(content)
    return version


def store(review: Testimonial, words: str, name: str, email: str, *, has_new_photo: bool = False) -> bool:
    """Store what was sent as the newest version, unless nothing changed. Returns whether it is a new version.

    A new photo alone makes a new version too: a moderator who has the page open must not publish a photo unseen.
    """
    last = review.versions.last()
    is_same = last and last.sealed_for_author and bytes(last.fingerprint) == fingerprint_of(words, name)
    if is_same and not has_new_photo:
        _seal_for_author(review, last, words, name, email)
        last.save(update_fields=["sealed_for_author"])
        return False
    version = build(review, words, name, number=last.number + 1 if last else 1)
    _seal_for_author(review, version, words, name, email)
    version.save(force_insert=True)
    return True


def _seal_for_author(review: Testimonial, version: Version, words: str, name: str, email: str) -> None:
    """Seal to the key of the private link, which changes with the address."""
    author = getattr(review, "author", None)
    if author:
        content = {"words": words, "name": name, "email": email}
        key = sealing.PublicKey(bytes(author.return_key))
        version.sealed_for_author = key.seal(content, version.sealing_context("sealed_for_author"))


def current(review_id: int, number: int) -> Version:
    """The newest version. Raises Refused if it is not version ``number``, the one that the moderator has read."""
    version = Version.objects.filter(review=review_id).last()
    if version is None or version.number != number:
        raise Refused("The author has changed this review since you opened it. Read it again.")
    return version


def latest_number(review: Testimonial) -> int:
    return review.versions.aggregate(last=Max("number"))["last"] or 0
