"""Pending photos: kept sealed between the form and the review, and named in the form by a signed field."""

from datetime import timedelta

from django.core import signing

from detoxsite.core.public_forms.rate_limit import RateLimit

from .models import Photo
from .services import photos

HOLD_PERIOD = timedelta(days=1)  # in which a pending photo can still be sent; then it is deleted
_signer = signing.TimestampSigner(salt="testimonials.pending_photos")

photo_limit = RateLimit("photos", window=600.0, max_hits=10)  # from one address


class TooManyPhotos(Exception):
    """So many photos came from this address that no more are accepted for a while."""


class NoSuchPhoto(Exception):
    """The form names a photo that is not ours, belongs to another review, or was held for too long."""


def hold(picture, *, key: str, address: str) -> Photo:
    """Keep a photo (from images.reencode) for the form with this key. Raises TooManyPhotos."""
    if photo_limit.hit(address):
        raise TooManyPhotos
    return photos.hold(picture, key=key)


def signed_id(photo: Photo) -> str:
    """The value of the form's hidden field."""
    return _signer.sign(str(photo.pk))


def find_held(signed: str, *, key: str) -> Photo:
    """The photo that a form with this key carries back. Raises NoSuchPhoto."""
    try:
        pk = _signer.unsign(signed, max_age=HOLD_PERIOD)
    except signing.BadSignature:
        raise NoSuchPhoto from None
    photo = Photo.objects.filter(pk=pk).select_related("review").first()
    if photo is None or (photo.review and photo.review.key != key):
        raise NoSuchPhoto
    return photo


def discard(photo: Photo) -> None:
    """Delete a photo that the author does not want to send."""
    Photo.objects.filter(pk=photo.pk, review=None).delete()
