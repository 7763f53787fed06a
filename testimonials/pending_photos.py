"""A photo between the form and the review: held, sealed, and named in the form by a signed field."""

from django.core import signing

from detoxsite.core.public_forms.rate_limit import RateLimit

from .models import Photo
from .services import photos

HELD = 24 * 60 * 60  # seconds a held photo can still be sent
_signer = signing.TimestampSigner(salt="testimonials.pending_photos")

too_many = RateLimit(window=600.0, most=10)  # photos from one address


class TooMany(Exception):
    """So many photos came from this address that no more are held for a while."""


class NotHeld(Exception):
    """The form names a photo that is not ours, belongs to another review, or was held for too long."""


def hold(picture, *, key: str, address: str) -> Photo:
    """Keep what somebody chose (as detoxsite.images.rewritten gives it) for the form with this key. Raises TooMany."""
    if too_many.count(address):
        raise TooMany
    return photos.hold(picture, key=key)


def named(photo: Photo) -> str:
    """What the form carries."""
    return _signer.sign(str(photo.pk))


def held(field: str, *, key: str) -> Photo:
    """The photo that a form with this key carries back. Raises NotHeld."""
    try:
        pk = _signer.unsign(field, max_age=HELD)
    except signing.BadSignature:
        raise NotHeld from None
    photo = Photo.objects.filter(pk=pk).select_related("review").first()
    if photo is None or (photo.review and photo.review.key != key):
        raise NotHeld
    return photo


def let_go(photo: Photo) -> None:
    """The writer does not want it any more."""
    Photo.objects.filter(pk=photo.pk, review=None).delete()
