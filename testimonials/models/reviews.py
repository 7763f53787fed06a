"""Reviews. The original is sealed in other tables (submission.py); only what readers see is readable here."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from detoxsite.core.models import Purpose
from detoxsite.core.public_changes import changes_of
from detoxsite.core.text_fields import TidyCharField, TidyTextField

from .counters import COUNTER_TRIGGERS
from .reports import Report


class Status(models.TextChoices):
    UNCONFIRMED = "unconfirmed", "Address not confirmed"
    PENDING = "pending", "Waiting to be read"
    PUBLISHED = "published", "Published"
    DECLINED = "declined", "Withheld"
    WITHDRAWN = "withdrawn", "Withdrawn by the author"
    EXPIRED = "expired", "Expired"


class Relationship(models.TextChoices):
    STAYED = "stayed", "I stayed here"
    FAMILY = "family", "Someone close to me stayed here"
    UNSAID = "unsaid", "I would rather not say"
    STAFF = "staff", "I work or worked here, or I am close to someone who does"
    PAID = "paid", "I was offered something for this review"


RELATIONSHIP_LABELS = {
    Relationship.STAYED: "Stayed here",
    Relationship.FAMILY: "Family",
    Relationship.STAFF: "Works or worked here",
    Relationship.PAID: "Was offered something for this review",
}


CONNECTED = (Relationship.STAFF, Relationship.PAID)
"""Authors with an interest in the center, as they say themselves: their stars are in no average and no table."""


class Reason(models.TextChoices):
    """Why a review may be withheld: the criteria of 16 CFR 465.7 and other legal duties, blind to the stars."""

    PERSON = "person", "It holds personal information of another person, or shows them"
    ABUSE = "abuse", "It is defamatory, harassing, abusive or obscene"
    DISCRIMINATES = "discriminates", "It discriminates against people"
    FALSE = "false", "It is clearly false or misleading"
    FAKE = "fake", "There is good reason to think it is fake"
    ELSEWHERE = "elsewhere", "It has nothing to do with our service: another place, or an ad"
    BUSINESS = "business", "It holds confidential business information"
    UNDISCLOSED = "undisclosed", "The author works here or was offered something and does not say so"
    UNDERAGE = "underage", "The author is under 18"


class Source(models.TextChoices):
    """Where a review was written."""

    HERE = "", "On this site"
    GOOGLE = "google", "Google"
    OTHER = "other", "Another site"


PARTS = ("words", "name", "photo")  # each is allowed and withdrawn separately
PURPOSES = dict(zip(PARTS, (Purpose.REVIEW_WORDS, Purpose.REVIEW_NAME, Purpose.REVIEW_PHOTO), strict=True))


class TestimonialQuerySet(models.QuerySet):
    def shown(self):
        """Published and not hidden, newest first: what readers see."""
        return self.filter(status=Status.PUBLISHED, hidden_at=None).order_by("-submitted_at", "-pk")

    def hidden(self):
        """Published, but hidden from readers while someone's safety is checked."""
        return self.filter(hidden_at__isnull=False)

    def awaiting_decision(self):
        """New reviews and those with a proposal to withhold them, oldest first."""
        wanted = Q(status=Status.PENDING, allow_words=True) | Q(status=Status.PUBLISHED, proposed_at__isnull=False)
        return self.filter(wanted).order_by("submitted_at", "pk")

    def published_with_proposal(self):
        """Published, with a proposal to withhold them."""
        return self.filter(status=Status.PUBLISHED, proposed_at__isnull=False)

    def reported_or_hidden(self):
        """Published, with an unresolved report or hidden while it is checked."""
        reported = Report.objects.open().order_by().values("review")
        hidden = self.model.objects.filter(hidden_at__isnull=False).order_by().values("pk")
        return self.filter(pk__in=reported.union(hidden), status=Status.PUBLISHED)

    def proposed_by_others(self, user):
        """Proposed to be withheld by someone other than ``user``, who can be the second person to decide."""
        return self.awaiting_decision().filter(proposed_at__isnull=False).exclude(proposed_by=user)

    def withheld(self):
        return self.filter(status=Status.DECLINED)

    def imported_without_consent(self):
        """Imported from another site, with no display consent on record."""
        return self.filter(status=Status.PENDING, allow_words=False).exclude(source=Source.HERE)

    def for_staff_only(self):
        """Sent to us without consent to show them: to be read, not decided on."""
        return self.filter(status=Status.PENDING, allow_words=False, source=Source.HERE)


class Testimonial(models.Model):
    """One review. ``status`` changes only through services; ``shown_*`` are empty unless readers see it."""

    key = models.CharField("idempotency key", max_length=64, unique=True, editable=False)
    status = models.CharField(max_length=12, choices=Status, default=Status.UNCONFIRMED, editable=False)
    stars = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    relationship = models.CharField("relationship to the center", max_length=8, choices=Relationship)
    allow_words = models.BooleanField("the words may be shown", default=False)
    allow_name = models.BooleanField("the name may be shown", default=False)
    allow_photo = models.BooleanField("the photo may be shown", default=False)

    shown_words = models.TextField(blank=True, editable=False)
    shown_name = models.CharField(max_length=40, blank=True, editable=False)
    shown_photo = models.ImageField(upload_to="reviews", blank=True, editable=False)
    hidden_at = models.DateTimeField("hidden while we check it", null=True, editable=False)

    submitted_at = models.DateTimeField("written", default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField("address confirmed", null=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    reason = models.CharField(max_length=14, choices=Reason, blank=True, editable=False)
    proposed_at = models.DateTimeField("proposed to be withheld", null=True, editable=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    proposed_reason = models.CharField(max_length=14, choices=Reason, blank=True, editable=False)
    appealed_at = models.DateTimeField("the author asked us to look again", null=True, editable=False)
    renewal_due_at = models.DateTimeField("next renewal email", null=True, editable=False)
    unanswered_renewals = models.PositiveSmallIntegerField(
        "renewal emails without an answer", default=0, editable=False
    )
    erased_at = models.DateTimeField("content erased", null=True, editable=False)

    source = models.CharField(max_length=8, choices=Source, default=Source.HERE, blank=True, editable=False)
    source_name = TidyCharField("name of the site it was written on", max_length=60, blank=True, editable=False)
    source_id = models.CharField(max_length=200, blank=True, editable=False)

    reply = TidyTextField(max_length=1500, blank=True, editable=False)
    replied_at = models.DateTimeField(null=True, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = TestimonialQuerySet.as_manager()

    class Meta:
        verbose_name = "review"
        ordering = ["-submitted_at"]
        permissions = [("decide_testimonial", "Can decide on a review")]
        indexes = [
            models.Index(
                fields=["-submitted_at", "-id"],
                name="testimonial_shown",
                condition=Q(status=Status.PUBLISHED, hidden_at=None),
            ),
            models.Index(
                fields=["submitted_at", "id"],
                name="testimonial_waiting",
                condition=Q(status=Status.PENDING, allow_words=True)
                | Q(status=Status.PUBLISHED, proposed_at__isnull=False),
            ),
            models.Index(fields=["shown_photo"], name="testimonial_photo", condition=~Q(shown_photo="")),
            models.Index(
                fields=["submitted_at", "id"],
                name="testimonial_proposed",
                condition=Q(proposed_at__isnull=False),
            ),
            models.Index(
                fields=["submitted_at", "id"], name="testimonial_hidden", condition=Q(hidden_at__isnull=False)
            ),
            models.Index(
                fields=["submitted_at", "id"],
                name="testimonial_no_consent",
                condition=Q(status=Status.PENDING, allow_words=False),
            ),
            models.Index(
                fields=["submitted_at", "id"], name="testimonial_withheld", condition=Q(status=Status.DECLINED)
            ),
            models.Index(
                fields=["renewal_due_at"], name="testimonial_to_renew", condition=Q(renewal_due_at__isnull=False)
            ),
            models.Index(fields=["submitted_at"], name="testimonial_to_erase", condition=Q(erased_at=None)),
        ]
        constraints = [
            models.CheckConstraint(name="stars_one_to_five", condition=Q(stars=None) | Q(stars__range=(1, 5))),
            models.CheckConstraint(
                name="readable_only_while_shown",
                condition=Q(status=Status.PUBLISHED) & ~Q(shown_words="")
                | ~Q(status=Status.PUBLISHED) & Q(shown_words="", shown_name="", shown_photo="", reply=""),
            ),
            models.CheckConstraint(
                name="shown_only_with_permission",
                condition=(~Q(status=Status.PUBLISHED) | Q(allow_words=True))
                & (Q(shown_name="") | Q(allow_name=True))
                & (Q(shown_photo="") | Q(allow_photo=True)),
                violation_error_message="The author did not allow this to be shown.",
            ),
            models.CheckConstraint(name="declined_with_a_reason", condition=~Q(status=Status.DECLINED) | ~Q(reason="")),
            models.CheckConstraint(
                name="decided_by_someone",
                condition=~Q(status__in=[Status.PUBLISHED, Status.DECLINED])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="declined_by_two",
                condition=~Q(status=Status.DECLINED)
                | Q(proposed_by__isnull=False) & ~Q(proposed_by=models.F("decided_by")),
            ),
            models.UniqueConstraint(
                fields=["source", "source_id"], name="imported_once", condition=~Q(source=Source.HERE)
            ),
        ]
        triggers = [
            *COUNTER_TRIGGERS,
            *changes_of(
                "reviews",
                *("id", "status", "stars", "relationship", "shown_words", "shown_name", "shown_photo", "hidden_at"),
                *("submitted_at", "decided_at", "reply", "replied_at", "source", "source_name", "is_sample"),
                where="status IN ('published', 'declined', 'withdrawn')",
            ),
        ]

    def __str__(self):
        return f"Review {self.pk}"

    @property
    def is_shown(self):
        """The same condition as ``TestimonialQuerySet.shown``."""
        return self.status == Status.PUBLISHED and self.hidden_at is None

    @property
    def written_on(self):
        """Name of the site it was written on, if not here."""
        return self.source_name or self.get_source_display() if self.source else ""

    @property
    def by_line(self):
        """The name that readers see: the author's, if given and allowed."""
        return self.shown_name or "Someone who wrote to us"

    @property
    def relationship_label(self):
        return RELATIONSHIP_LABELS.get(self.relationship, "")

    @property
    def is_connected(self):
        """Whether its author has an interest in the center, as they say."""
        return self.relationship in CONNECTED

    @property
    def is_decided(self):
        """Whether moderators may see the stars."""
        return self.status not in {Status.UNCONFIRMED, Status.PENDING} and self.proposed_at is None
