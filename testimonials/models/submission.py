"""What an author sent: each version of the words, the photo, the address. Sealed to the center and to the author."""

from django.db import models
from django.utils import timezone

from detoxsite.core.encryption import digests, sealing
from detoxsite.core.encryption.sealed_models import SealedModel


class Author(SealedModel):
    """Who wrote a review. ``payload`` has ``email`` and ``token``, the secret of their private link.

    The token opens ``Version.sealed_for_author``, and only the author and the center have it: the readable columns are
    a fingerprint of it and the public key made from it.
    """

    owner_field = "review"

    review = models.OneToOneField("testimonials.Testimonial", models.CASCADE, related_name="author")
    email_index = models.BinaryField(null=True, db_index=True, help_text="Blind index of the address.")
    token_fingerprint = models.BinaryField(unique=True, help_text="Keyed fingerprint that finds the token.")
    return_key = models.BinaryField(default=b"", help_text="Public key made from the token.")

    def __str__(self):
        return f"Author of review {self.review_id}"

    @classmethod
    def build(cls, review, email: str, token: str) -> "Author":
        """A sealed author that is not stored yet."""
        author = cls(review=review, email_index=digests.blind_index("email", email))
        author.token_fingerprint = cls.fingerprint_of(token)
        author.return_key = sealing.PrivateKey.from_return_code(token).public.raw
        author.seal({"email": email, "token": token})
        return author

    @staticmethod
    def fingerprint_of(token: str) -> bytes:
        return digests.keyed("review link", token, 32)


class Version(SealedModel):
    """Words and name as they were sent or changed.

    ``payload`` has ``words``, ``name``, the ``signs`` of danger now, and ``is_worrying``.
    ``removals`` are the spans taken out of the published words: [[start, end, kind], …], no content.
    """

    owner_field = "review"

    review = models.ForeignKey("testimonials.Testimonial", models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now, editable=False)
    fingerprint = models.BinaryField(default=b"", help_text="Keyed fingerprint of words and name.")
    sealed_for_author = models.BinaryField(default=b"", help_text="The same, sealed to the key of the author's link.")
    removals = models.JSONField(default=list)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["review", "number"], name="version_once")]

    def __str__(self):
        return f"Review {self.review_id}, version {self.number}"


class Photo(SealedModel):
    """A photo sent with a review, or held for a form that is not sent yet. ``payload`` has ``file`` (base64), ``kind``.

    Only re-encoded pictures are stored (detoxsite/core/images.py).
    """

    owner_field = "review"

    review = models.OneToOneField("testimonials.Testimonial", models.CASCADE, null=True, related_name="photo")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["at"], name="photo_held", condition=models.Q(review=None))]

    def __str__(self):
        return f"Photo {self.pk}"
