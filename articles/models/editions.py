"""The numbered editions of articles and pages."""

import math

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format

from detoxsite.core.text_fields import TidyCharField, TidyTextField

from . import triggers
from .articles import Article
from .people import Person
from .search import search_form

WORDS_PER_MINUTE = 180  # a tired reader's pace
REVIEW_INTERVAL = timezone.timedelta(days=365)


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    SIGNED_OFF = "signed_off", "Signed off"
    WITHDRAWN = "withdrawn", "Withdrawn"


OPEN_STATES = [State.DRAFT, State.IN_REVIEW]


class EditionQuerySet(models.QuerySet):
    def published(self, now=None):
        """Signed off and due for publication at ``now`` (aware); includes superseded editions."""
        return self.filter(state=State.SIGNED_OFF, publish_at__lte=now or timezone.now())

    def live(self, now=None):
        """The one edition of each article that readers see."""
        newer = Edition.objects.published(now).filter(article=OuterRef("article"), number__gt=OuterRef("number"))
        return self.published(now).filter(~Exists(newer)).order_by("-publish_at", "-pk")

    def open(self):
        """Drafts, besides those that were put aside, and what waits to be signed off."""
        return self.filter(state__in=OPEN_STATES, archived_at=None)

    def drafts(self):
        return self.open().filter(state=State.DRAFT)

    def sent_back(self):
        """Drafts with the note of whoever read them and did not sign."""
        return self.drafts().exclude(note="")

    def coming(self):
        """What readers may come to see: open editions, and those that wait for their date."""
        return self.open() | self.filter(state=State.SIGNED_OFF, publish_at__gt=timezone.now())

    def visible_at(self, moment):
        """What readers saw at a past ``moment`` (aware), even if it has been withdrawn since."""
        visible = Edition.objects.filter(
            Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=moment), signed_off_at__lte=moment, publish_at__lte=moment
        )
        newer = visible.filter(article=OuterRef("article"), number__gt=OuterRef("number"))
        return self.filter(pk__in=visible.filter(~Exists(newer)).values("pk"))

    def newest(self):
        """The latest edition of each article, in any state, besides archived drafts."""
        kept = Edition.objects.filter(archived_at=None)
        newer = kept.filter(article=OuterRef("article"), number__gt=OuterRef("number"))
        return self.filter(~Exists(newer), archived_at=None)

    def archived(self):
        return self.filter(archived_at__isnull=False)

    def overdue(self, today=None):
        return self.filter(review_due_on__lt=today or timezone.localdate())

    def with_tables_checked_before(self, day):
        """With a table of prices or plans that nobody has checked since ``day``."""
        unchecked = Edition.objects.filter(articles_comparison_set__checked_on__lt=day).order_by()
        return self.filter(pk__in=unchecked.values("pk"))  # without DISTINCT, which would compare their whole texts

    def without_search_columns(self):
        return self.select_related("article__topic").defer("text", "search")


class Edition(models.Model):
    """One numbered version of an article's content: a draft, what readers see, or what they saw."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="editions", editable=False)
    number = models.PositiveIntegerField(editable=False)
    title = TidyCharField(max_length=90)
    summary = TidyCharField(
        max_length=160,
        help_text="One or two sentences, shown in lists, in search results and at the top of the page.",
    )
    author = models.ForeignKey(Person, models.PROTECT, related_name="written_editions", verbose_name="written by")
    reviewer = models.ForeignKey(
        Person,
        models.PROTECT,
        related_name="reviewed_editions",
        null=True,
        editable=False,
        verbose_name="medically reviewed by",
    )
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT, editable=False)
    changes = TidyTextField(
        "what changed",
        max_length=500,
        blank=True,
        help_text="For readers, at the end of the page: what is new in this edition. Not needed for the first edition.",
    )
    note = TidyTextField("requested changes", blank=True, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)  # number of saves; detects edit conflicts
    based_on = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    contributors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", editable=False)
    assigned_to = models.ForeignKey(  # who is asked to sign off; anyone else who may sign still can
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )
    archived_at = models.DateTimeField(null=True, editable=False)  # a draft that was put aside
    signed_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )
    signed_off_at = models.DateTimeField(null=True, editable=False)
    signed_as = models.CharField(max_length=140, blank=True, editable=False)  # the signer's name at the time
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)  # of the snapshot that was signed
    publish_at = models.DateTimeField(null=True, editable=False)
    reviewed_on = models.DateField(null=True, editable=False)
    review_due_on = models.DateField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    card = models.CharField(max_length=100, blank=True, editable=False)  # path of the stored social card
    is_sample = models.BooleanField(default=False, editable=False)
    text = models.TextField(editable=False, default="")
    word_count = models.PositiveIntegerField(editable=False, default=0)
    search = models.GeneratedField(
        expression=SearchVector(search_form("title"), weight="A", config="english")
        + SearchVector(search_form("summary"), weight="B", config="english")
        + SearchVector(search_form("text"), weight="C", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "article"
        permissions = [
            ("sign_off_edition", "Can sign off an edition"),
            ("sign_off_house_edition", "Can sign off a house page"),
            ("comment_edition", "Can comment on the words of a draft"),
        ]
        triggers = triggers.EDITION
        indexes = [
            GinIndex(fields=["search"], name="edition_search"),
            GinIndex(
                SearchVector(search_form("title"), config="english"),
                name="edition_title_search",
                condition=Q(state=State.SIGNED_OFF),
            ),
            models.Index("publish_at", name="edition_published", condition=Q(state=State.SIGNED_OFF)),
            models.Index("article", name="edition_archived", condition=Q(archived_at__isnull=False)),
            # what ``newest`` and ``live`` compare, without reading the wide rows
            models.Index(
                fields=["article", "number"], include=["id"], name="edition_kept", condition=Q(archived_at__isnull=True)
            ),
            models.Index(
                fields=["article", "number"],
                include=["publish_at", "review_due_on", "id"],
                name="edition_signed_off",
                condition=Q(state=State.SIGNED_OFF),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="edition_numbered_once"),
            models.UniqueConstraint(
                fields=["article"],
                name="one_open_draft",
                condition=Q(state__in=OPEN_STATES),
                violation_error_message="This article has an open draft already.",
            ),
            models.CheckConstraint(
                name="edition_signed_off_in_full",
                condition=Q(state__in=OPEN_STATES)
                | Q(
                    reviewer__isnull=False,
                    signed_off_by__isnull=False,
                    signed_off_at__isnull=False,
                    publish_at__isnull=False,
                    reviewed_on__isnull=False,
                    review_due_on__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="edition_withdrawn_with_a_date",
                condition=Q(state=State.WITHDRAWN, withdrawn_at__isnull=False)
                | (~Q(state=State.WITHDRAWN) & Q(withdrawn_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="only_drafts_are_archived", condition=Q(state=State.DRAFT) | Q(archived_at__isnull=True)
            ),
            models.CheckConstraint(
                name="reviewer_is_not_author",
                condition=Q(reviewer__isnull=True) | ~Q(reviewer=F("author")),
                violation_error_message="The person who signs off must not be the author.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return self.article.get_absolute_url()

    @property
    def reference(self) -> str:
        """Names the edition without a word of it: "12-3" is edition 3 of document 12."""
        return f"{self.article_id}-{self.number}"

    @property
    def status_text(self) -> str:
        """The status in a few words, with the publication time while that lies ahead."""
        if self.state == State.SIGNED_OFF and self.publish_at > timezone.now():
            return f"signed off, scheduled for {date_format(timezone.localtime(self.publish_at), 'M j, Y, g:i A')}"
        if self.archived_at:
            return "draft, archived"
        if self.state == State.DRAFT and self.note:
            return "draft, sent back"
        return self.get_state_display().lower()

    @property
    def asked_to_sign(self):
        """The person who is asked to sign it off while it waits for that, if anyone in particular is."""
        return self.assigned_to if self.state == State.IN_REVIEW else None

    @property
    def is_open(self):
        """As ``open()`` of the queryset, for an edition at hand."""
        return self.state in OPEN_STATES and self.archived_at is None

    @property
    def is_editable(self):
        """Only drafts are: what a clinician is reviewing must not change while they read it."""
        return self.state == State.DRAFT and self.archived_at is None

    @property
    def reading_minutes(self):
        return reading_minutes(self.word_count)

    @property
    def is_overdue(self) -> bool:
        """Whether the next medical review is past due."""
        return self.review_due_on is not None and self.review_due_on < timezone.localdate()


def reading_minutes(word_count: int) -> int:
    """Minutes a tired reader needs, at least one."""
    return max(1, math.ceil(word_count / WORDS_PER_MINUTE))
