"""One review as the site knows it. What was sent stands sealed beside it; only what shows is readable."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from detoxsite.core.models import Purpose

from .counters import COUNTED
from .reports import Report


class Status(models.TextChoices):
    UNCONFIRMED = "unconfirmed", "Address not confirmed"
    PENDING = "pending", "Waiting to be read"
    PUBLISHED = "published", "Published"
    DECLINED = "declined", "Withheld"
    WITHDRAWN = "withdrawn", "Withdrawn by the writer"
    EXPIRED = "expired", "Expired"


class Relationship(models.TextChoices):
    STAYED = "stayed", "I stayed here"
    FAMILY = "family", "Someone close to me stayed here"
    UNSAID = "unsaid", "I would rather not say"
    STAFF = "staff", "I work or worked here, or I am close to someone who does"
    PAID = "paid", "I was offered something for this review"


TIE_SHOWN = {
    Relationship.STAYED: "Stayed here",
    Relationship.FAMILY: "Family",
    Relationship.STAFF: "Works or worked here",
    Relationship.PAID: "Was offered something for this review",
}


class Reason(models.TextChoices):
    """Why a review may be withheld: the criteria of 16 CFR 465.7, and what the law asks for besides. Blind to stars."""

    PERSON = "person", "It holds personal information of another person, or shows them"
    ABUSE = "abuse", "It is defamatory, harassing, abusive or obscene"
    DISCRIMINATES = "discriminates", "It discriminates against people"
    FALSE = "false", "It is clearly false or misleading"
    FAKE = "fake", "There is good reason to think that it is fake"
    ELSEWHERE = "elsewhere", "It has nothing to do with our service: another place, or an ad"
    BUSINESS = "business", "It holds confidential business information"
    UNDISCLOSED = "undisclosed", "The writer works here or was offered something and does not say so"
    UNDERAGE = "underage", "The writer is under 18"


class Source(models.TextChoices):
    """Where a review was written."""

    HERE = "", "On this site"
    GOOGLE = "google", "Google"
    OTHER = "other", "Another site"


PARTS = ("words", "name", "photo")  # each is allowed, and taken back, by itself
PURPOSES = dict(zip(PARTS, (Purpose.REVIEW_WORDS, Purpose.REVIEW_NAME, Purpose.REVIEW_PHOTO), strict=True))


class TestimonialQuerySet(models.QuerySet):
    def shown(self):
        """What readers see, newest first."""
        return self.filter(status=Status.PUBLISHED, hidden_at=None).order_by("-submitted_at", "-pk")

    def hidden(self):
        """Published, and out of sight while somebody's safety is checked."""
        return self.filter(hidden_at__isnull=False)

    def waiting(self):
        """What a moderator has to decide on, longest waiting first: new ones, and those somebody wants withheld."""
        wanted = Q(status=Status.PENDING, allow_words=True) | Q(status=Status.PUBLISHED, proposed_at__isnull=False)
        return self.filter(wanted).order_by("submitted_at", "pk")

    def disputed(self):
        """Published, and somebody wants them withheld."""
        return self.filter(status=Status.PUBLISHED, proposed_at__isnull=False)

    def in_doubt(self):
        """Shown with a reader's remark that nobody has settled, or hidden while it is checked."""
        marked = Report.objects.open().order_by().values("review")
        hidden = self.model.objects.filter(hidden_at__isnull=False).order_by().values("pk")
        return self.filter(pk__in=marked.union(hidden), status=Status.PUBLISHED)

    def for_second(self, user):
        """Somebody other than ``user`` wants these withheld; a second person has to agree or disagree."""
        return self.waiting().filter(proposed_at__isnull=False).exclude(proposed_by=user)

    def withheld(self):
        return self.filter(status=Status.DECLINED)

    def unauthorised(self):
        """Imported, and nobody has permission on file to show them here."""
        return self.filter(status=Status.PENDING, allow_words=False).exclude(source=Source.HERE)

    def for_staff_only(self):
        """Sent to us with no permission to show them: to be read, not decided on."""
        return self.filter(status=Status.PENDING, allow_words=False, source=Source.HERE)

    def locked(self, pk) -> "Testimonial":
        return self.select_for_update().get(pk=pk)


class Testimonial(models.Model):
    """One review. ``status`` moves only through services; ``shown_*`` hold what readers see, and nothing otherwise."""

    key = models.CharField("idempotency key", max_length=64, unique=True, editable=False)
    status = models.CharField(max_length=12, choices=Status, default=Status.UNCONFIRMED, editable=False)
    stars = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    tie = models.CharField("tie to the center", max_length=8, choices=Relationship)
    allow_words = models.BooleanField("the words may be shown", default=False)
    allow_name = models.BooleanField("the name may be shown", default=False)
    allow_photo = models.BooleanField("the photo may be shown", default=False)

    shown_words = models.TextField(blank=True, editable=False)
    shown_name = models.CharField(max_length=40, blank=True, editable=False)
    shown_photo = models.ImageField(upload_to="reviews", blank=True, editable=False)
    hidden_at = models.DateTimeField("hidden while it is checked", null=True, editable=False)

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
    appealed_at = models.DateTimeField("the writer asked us to look again", null=True, editable=False)
    ask_at = models.DateTimeField("next time to ask if it may stay", null=True, editable=False)
    asked = models.PositiveSmallIntegerField("times asked without an answer", default=0, editable=False)
    erased_at = models.DateTimeField("content erased", null=True, editable=False)

    source = models.CharField(max_length=8, choices=Source, default=Source.HERE, blank=True, editable=False)
    source_name = models.CharField("name of the site it was written on", max_length=60, blank=True, editable=False)
    source_id = models.CharField(max_length=200, blank=True, editable=False)

    reply = models.TextField(max_length=1500, blank=True, editable=False)
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
                name="testimonial_unallowed",
                condition=Q(status=Status.PENDING, allow_words=False),
            ),
            models.Index(
                fields=["submitted_at", "id"], name="testimonial_withheld", condition=Q(status=Status.DECLINED)
            ),
            models.Index(fields=["decided_at"], name="testimonial_decided", include=["status", "stars"]),
            models.Index(fields=["ask_at"], name="testimonial_to_ask", condition=Q(ask_at__isnull=False)),
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
                violation_error_message="The writer did not allow this to be shown.",
            ),
            models.CheckConstraint(name="declined_with_a_reason", condition=~Q(status=Status.DECLINED) | ~Q(reason="")),
            models.CheckConstraint(
                name="decided_by_somebody",
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
        triggers = COUNTED

    def __str__(self):
        return f"Review {self.pk}"

    @property
    def is_shown(self):
        """As ``shown()`` asks for it."""
        return self.status == Status.PUBLISHED and self.hidden_at is None

    @property
    def written_on(self):
        """Where it was written, if not here."""
        return self.source_name or self.get_source_display() if self.source else ""

    @property
    def by_line(self):
        """The name a reader sees: the writer's own, if they gave one and allowed it."""
        return self.shown_name or "Someone who wrote to us"

    @property
    def tie_shown(self):
        return TIE_SHOWN.get(self.tie, "")

    @property
    def is_decided(self):
        """Whether stars may be seen by whoever decides."""
        return self.status not in {Status.UNCONFIRMED, Status.PENDING} and self.proposed_at is None
