"""Reviews by people who stayed and by families: as they wrote them, and what was decided."""

import uuid

from django.conf import settings
from django.core.files.storage import storages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Q, Window


class Status(models.TextChoices):
    UNCONFIRMED = "unconfirmed", "Not confirmed"
    PENDING = "pending", "Waiting to be read"
    PUBLISHED = "published", "Published"
    DECLINED = "declined", "Withheld"
    WITHDRAWN = "withdrawn", "Withdrawn by the writer"
    EXPIRED = "expired", "Expired"


class Tie(models.TextChoices):
    STAYED = "stayed", "I stayed here"
    FAMILY = "family", "Someone close to me stayed here"
    UNSAID = "unsaid", "I would rather not say"
    STAFF = "staff", "I work or worked here, or I am close to someone who does"
    PAID = "paid", "I was offered something for this review"


TIE_SHOWN = {
    Tie.STAYED: "Stayed here",
    Tie.FAMILY: "Family",
    Tie.STAFF: "Works or worked here",
    Tie.PAID: "Was offered something for this review",
}


class Reason(models.TextChoices):
    """Why a review may be withheld. The list is closed and blind to stars (16 CFR 465.7)."""

    PERSON = "person", "It names or shows another person"
    ELSEWHERE = "elsewhere", "It is about another place, or not about our service"
    AD = "ad", "It is an ad"
    ABUSE = "abuse", "It is hateful, obscene or harassing"
    FALSE = "false", "It is clearly false, or reasonably believed fake"
    UNDISCLOSED = "undisclosed", "The writer works here or was paid and does not say so"
    UNDERAGE = "underage", "The writer is under 18"
    PERMISSION = "permission", "The writer did not give permission to show it"


def photo_path(testimonial, filename):
    return f"reviews/{uuid.uuid4().hex}.{filename.rsplit('.', 1)[-1]}"


def private_storage():
    return storages["private"]


class TestimonialQuerySet(models.QuerySet):
    def published(self):
        return self.filter(status=Status.PUBLISHED).order_by("-submitted_at", "-pk")

    def for_lists(self):
        """Published ones with what a card shows, never the address; and ``total``, how many there are in all."""
        return self.published().defer("email", "key", "note").annotate(total=Window(Count("pk")))

    def tally(self):
        """How many reviews there are by status, stars and reason: rows of dicts with ``n`` and the ``first`` moment."""
        return (
            self.filter(status__in=[Status.PUBLISHED, Status.DECLINED, Status.PENDING])
            .order_by()
            .values("status", "stars", "reason")
            .annotate(n=Count("pk"), first=models.Min("submitted_at"))
        )


class Testimonial(models.Model):
    """One review. Nobody edits the words; ``status`` moves only through services."""

    key = models.CharField("idempotency key", max_length=64, unique=True)
    words = models.TextField(max_length=5000)
    stars = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    tie = models.CharField("tie to the center", max_length=8, choices=Tie)
    shown_name = models.CharField(max_length=40, blank=True)
    photo = models.ImageField(upload_to=photo_path, storage=private_storage, blank=True)
    allow_words = models.BooleanField("the words may be shown", default=False)
    allow_name = models.BooleanField("the name may be shown", default=False)
    allow_photo = models.BooleanField("the photo may be shown", default=False)
    email = models.EmailField()
    status = models.CharField(max_length=12, choices=Status, default=Status.PENDING, editable=False)
    submitted_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    reason = models.CharField(max_length=12, choices=Reason, blank=True, editable=False)
    note = models.TextField("note to colleagues", blank=True, editable=False)
    reply = models.TextField(max_length=1500, blank=True, editable=False)
    replied_at = models.DateTimeField(null=True, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)

    SENT = (
        *("words", "stars", "tie", "shown_name", "photo", "allow_words", "allow_name", "allow_photo", "email"),
    )  # what its writer gave

    objects = TestimonialQuerySet.as_manager()

    class Meta:
        verbose_name = "review"
        ordering = ["-submitted_at"]
        permissions = [("decide_testimonial", "Can decide on a review")]
        indexes = [models.Index(fields=["status", "-submitted_at", "-id"], name="testimonial_list")]
        constraints = [
            models.CheckConstraint(name="stars_one_to_five", condition=Q(stars=None) | Q(stars__range=(1, 5))),
            models.CheckConstraint(
                name="shown_only_with_permission",
                condition=~Q(status=Status.PUBLISHED) | Q(allow_words=True),
                violation_error_message="The writer did not allow these words to be shown.",
            ),
            models.CheckConstraint(name="declined_with_a_reason", condition=~Q(status=Status.DECLINED) | ~Q(reason="")),
            models.CheckConstraint(
                name="decided_by_somebody",
                condition=~Q(status__in=[Status.PUBLISHED, Status.DECLINED])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"Review {self.pk}"

    @property
    def by_line(self):
        """The name a reader sees: the writer's own, if they gave one and allowed it."""
        return self.shown_name if self.allow_name and self.shown_name else "Someone who wrote to us"

    @property
    def tie_shown(self):
        return TIE_SHOWN.get(self.tie, "")

    @property
    def shows_photo(self):
        return bool(self.photo) and self.allow_photo and self.status == Status.PUBLISHED
