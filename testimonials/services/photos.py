"""The photo of a review: held sealed until the form is sent, shown as a smaller copy, erased."""

import base64
import hashlib
import io
import secrets
import uuid

from django.core.files.base import ContentFile
from django.db import transaction

from detoxsite.core import images
from detoxsite.core.encryption import digests

from ..models import Photo, Testimonial

MAX_SHOWN_SIDE = 480  # pixels, the longer side of the copy that readers get


@transaction.atomic
def hold(picture: ContentFile, *, key: str = "") -> Photo:
    """Keep a photo, sealed, for a form that is not sent yet. ``picture`` comes from images.reencode.

    The same picture in the form with the same ``key`` is one row, however often it is sent.
    """
    file = picture.read()
    fingerprint = digests.keyed("photo", f"{key or secrets.token_hex()}:{hashlib.sha256(file).hexdigest()}")
    photo = Photo(id=uuid.UUID(bytes=fingerprint, version=4))
    photo.seal({"file": base64.b64encode(file).decode(), "kind": picture.name.rsplit(".", 1)[-1]})
    Photo.objects.bulk_create([photo], ignore_conflicts=True)
    return Photo.objects.get(pk=photo.pk)


def attach(review: Testimonial, photo: Photo | None) -> bool:
    """Make a held photo the review's only one. Returns whether moderators have a new photo to look at."""
    if photo is None or photo.review_id is not None:
        return False
    Photo.objects.filter(review=review).delete()
    photo.review = review
    photo.save(update_fields=["review"])
    return True


def show(review: Testimonial) -> None:
    """Write the copy that readers get, under a new random name. Opens the sealed photo."""
    photo = Photo.objects.filter(review=review).first()
    if photo is None:
        return
    hide(review)
    small = images.reencode(io.BytesIO(base64.b64decode(photo.payload["file"])), longest=MAX_SHOWN_SIDE)
    review.shown_photo.save(f"{uuid.uuid4().hex}.{small.name.rsplit('.', 1)[-1]}", small, save=False)


def hide(review: Testimonial) -> None:
    """Delete the copy before the row is saved: a crash between the two leaves a broken picture, not an exposed one."""
    if review.shown_photo:
        review.shown_photo.delete(save=False)
        review.shown_photo = ""


def erase(review: Testimonial) -> bool:
    """Delete the photo and its copy. Returns whether there was one."""
    hide(review)
    return Photo.objects.filter(review=review).delete()[0] > 0
