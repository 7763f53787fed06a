"""What somebody sent: each version of the words, the photo, who they are. Sealed, to the center and to the writer."""

from django.db import models
from django.utils import timezone

from detoxsite.core.encryption import digests, sealing
from detoxsite.core.encryption.sealed_models import SealedModel


class Author(SealedModel):
    """Who wrote a review. ``words`` has ``email`` and ``token``, the secret of their private link.

    The token opens ``Version.sealed_for_author`` and nobody but the author and the center has it: here is
    only what a token is known by, and the public key that belongs to it.
    """

    review = models.OneToOneField("testimonials.Testimonial", models.CASCADE, related_name="writer")
    email_index = models.BinaryField(null=True, db_index=True, help_text="What the address is found by.")
    link = models.BinaryField(unique=True, help_text="What the token is known by.")
    return_key = models.BinaryField(default=b"", help_text="Public key of the token.")

    def __str__(self):
        return f"Author of review {self.review_id}"

    @classmethod
    def of(cls, review, email: str, token: str) -> "Author":
        """Not stored yet."""
        writer = cls(review=review, email_index=digests.blind_index("email", email), link=cls.known_by(token))
        writer.return_key = sealing.PrivateKey.from_return_code(token).public.raw
        writer.seal({"email": email, "token": token})
        return writer

    @staticmethod
    def known_by(token: str) -> bytes:
        return digests.keyed("review link", token, 32)


class Version(SealedModel):
    """The words and the name as they were sent, or sent anew. ``words`` has ``words``, ``name``, ``signs`` of danger.

    ``removals`` are what was taken out of the words when they were shown: [[start, end, kind], …], no content.
    """

    review = models.ForeignKey("testimonials.Testimonial", models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now, editable=False)
    said = models.BinaryField(default=b"", help_text="Keyed fingerprint of words and name.")
    sealed_for_author = models.BinaryField(default=b"", help_text="The same, sealed to the writer's own key.")
    removals = models.JSONField(default=list)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["review", "number"], name="version_once")]

    def __str__(self):
        return f"Review {self.review_id}, version {self.number}"


class Photo(SealedModel):
    """A photo sent with a review, or held for a form that is not sent yet. ``words`` has ``file`` (base64), ``kind``.

    What is stored was decoded and written anew before (detoxsite/core/images.py).
    """

    review = models.OneToOneField("testimonials.Testimonial", models.CASCADE, null=True, related_name="photo")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["at"], name="photo_held", condition=models.Q(review=None))]

    def __str__(self):
        return f"Photo {self.pk}"
