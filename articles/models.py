"""Articles: the address, the editions of what it says, and the blocks an edition is made of.

``Article`` is the address. ``Edition`` is one numbered state of its content, with its blocks and sources. What
readers see is the newest edition that was signed off and whose moment has come.
"""

import math

from content_editor.models import Region, create_plugin_base
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, SearchVector, SearchVectorField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Value, Window
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from imagefield.fields import ImageField

from detoxsite import images

from . import html, pictures
from .fields import PLAIN_EXTENSIONS, RichTextField

WORDS_A_MINUTE = 180  # a tired reader's pace
REVIEW_EVERY = timezone.timedelta(days=365)


class Icon(models.TextChoices):
    """The drawings of ``static/img/icons.svg`` that may stand beside a topic."""

    GLASS = "glass"
    POPPY = "poppy"
    MOON = "moon"
    BOLT = "bolt"
    PILL = "pill"
    WAVES = "waves"
    PEOPLE = "people"
    CARD = "card"


class TopicQuerySet(models.QuerySet):
    def with_counts(self):
        """Adds ``live``: how many articles readers find in the topic."""
        live = Edition.objects.live().filter(article__topic=OuterRef("pk")).order_by().values("article__topic")
        return self.annotate(live=models.functions.Coalesce(live.values(n=Count("pk")), 0))


class Topic(models.Model):
    name = models.CharField(max_length=40, unique=True)
    slug = models.SlugField(unique=True)
    icon = models.CharField(max_length=10, choices=Icon, default=Icon.WAVES)
    intro = models.CharField(max_length=200, help_text="One or two sentences: what a reader finds here.")
    position = models.PositiveSmallIntegerField(default=0, help_text="Smaller numbers come first.")

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("articles:topic", args=[self.slug])


class Person(models.Model):
    """Somebody whose name stands on articles: a writer or a reviewer, with or without an account."""

    name = models.CharField(max_length=80)
    slug = models.SlugField(unique=True)
    credentials = models.CharField(max_length=40, help_text="Such as RN or MD.")
    role = models.CharField(max_length=80, help_text="Such as “Detox nurse”.")
    bio = models.TextField(max_length=600, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="account",
        help_text="A clinician who signs off needs one: their name goes on what they signed.",
    )

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "people"

    def __str__(self):
        return f"{self.name}, {self.credentials}"


class Picture(models.Model):
    """A picture of the library, with the words that stand in for it."""

    title = models.CharField(max_length=80, help_text="To find it again; readers do not see it.")
    image = ImageField(
        upload_to="pictures/", auto_add_fields=True, formats=pictures.RENDITIONS, help_text="JPEG, PNG or WebP."
    )
    alt = models.CharField(
        "text alternative",
        max_length=200,
        help_text="What the picture shows, for people who cannot see it. One plain sentence.",
    )
    credit = models.CharField(max_length=120, help_text="Who made it, and by what right we show it.")

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                name="picture_has_alt", condition=~Q(alt=""), violation_error_message="Say what the picture shows."
            )
        ]

    def __str__(self):
        return self.title

    def clean_fields(self, exclude=None):
        super().clean_fields(exclude)
        if self.image and not self.image._committed:
            try:
                self.image = images.rewritten(self.image.file)
            except ValidationError as refusal:
                raise ValidationError({"image": refusal}) from None


class Article(models.Model):
    """The address under which an article is found, whatever it says at the moment."""

    slug = models.SlugField(
        "address", unique=True, max_length=80, help_text="The last part of the address: /articles/…/"
    )
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="articles")

    class Meta:
        verbose_name = "address"
        verbose_name_plural = "addresses"
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                name="slug_is_free",
                condition=~Q(slug__in=["feed", "topics"]),
                violation_error_message="This address is taken by the site itself. Choose another one.",
            )
        ]

    def __str__(self):
        return self.slug

    def get_absolute_url(self):
        return reverse("articles:article", args=[self.slug])


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    SIGNED_OFF = "signed_off", "Signed off"
    WITHDRAWN = "withdrawn", "Withdrawn"


OPEN_STATES = [State.DRAFT, State.IN_REVIEW]


class EditionQuerySet(models.QuerySet):
    def published(self, now=None):
        """Signed off, and their moment has come (``now``: an aware datetime); older editions of an article too."""
        return self.filter(state=State.SIGNED_OFF, publish_at__lte=now or timezone.now())

    def live(self, now=None):
        """The one edition of each article that readers see."""
        newer = Edition.objects.published(now).filter(article=OuterRef("article"), number__gt=OuterRef("number"))
        return self.published(now).filter(~Exists(newer)).order_by("-publish_at", "-pk")

    def light(self):
        """Without the columns that only search reads."""
        return self.select_related("article__topic").defer("text", "search")

    def for_lists(self):
        """With what a list of articles shows, and ``total``: how many the whole list has."""
        return self.light().annotate(total=Window(Count("pk")))

    def with_body(self):
        """Adds all that an article's page shows, so that one query is enough.

        ``body_text``, ``body_figure`` and so on: the blocks of each kind, dicts with ``kind`` and ``ordering``.
        ``source_list``: dicts in order. ``related``: up to three live articles of the same topic, each a dict.
        """
        blocks = {
            f"body_{model.kind}": ArraySubquery(
                model.objects.filter(parent=OuterRef("pk")).values(
                    block=JSONObject(kind=Value(model.kind), ordering="ordering", **model.shown)
                )
            )
            for model in BLOCKS
        }
        related = (
            Edition.objects.live()
            .filter(article__topic=OuterRef("article__topic"))
            .exclude(article=OuterRef("article"))
            .values(entry=JSONObject(title="title", summary="summary", slug="article__slug", words="word_count"))[:3]
        )
        return (
            self.light()
            .select_related("article__topic", "author", "reviewer")
            .annotate(
                **blocks,
                source_list=ArraySubquery(
                    Source.objects.filter(edition=OuterRef("pk"))
                    .order_by("position")
                    .values(
                        entry=JSONObject(
                            **{name: name for name in ("position", "authors", "title", "container", "year", "detail")},
                            **{name: name for name in ("doi", "pmid", "url", "accessed_on")},
                        )
                    )
                ),
                related=ArraySubquery(related),
            )
        )

    def found(self, words):
        """Editions that hold ``words`` (as typed into a search box), best first, with a ``snippet`` of the text.

        Found words stand between the characters MARK_START and MARK_END, in a text that is not yet escaped.
        """
        query = SearchQuery(words, search_type="websearch", config="english")
        return (
            self.filter(search=query)
            .annotate(
                rank=SearchRank(F("search"), query),
                snippet=SearchHeadline(
                    "text",
                    query,
                    config="english",
                    start_sel=MARK_START,
                    stop_sel=MARK_END,
                    max_words=32,
                    min_words=18,
                ),
            )
            .order_by("-rank", "-publish_at", "-pk")
        )


MARK_START, MARK_END = "\ue000", "\ue001"  # private-use characters, which html.text takes out of every text


class Edition(models.Model):
    """One numbered state of an article's content: a draft, what readers see, or what they saw."""

    regions = [Region(key="main", title="Body")]

    article = models.ForeignKey(Article, models.PROTECT, related_name="editions", editable=False)
    number = models.PositiveIntegerField(editable=False)
    title = models.CharField(max_length=90)
    summary = models.CharField(
        max_length=160,
        help_text="One or two sentences: shown in lists, in search results and at the top of the page.",
    )
    author = models.ForeignKey(Person, models.PROTECT, related_name="written", verbose_name="written by")
    reviewer = models.ForeignKey(
        Person, models.PROTECT, related_name="reviewed", null=True, editable=False, verbose_name="medically reviewed by"
    )
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT, editable=False)
    note = models.TextField("what has to change", blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    contributors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", editable=False)
    signed_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )
    signed_off_at = models.DateTimeField(null=True, editable=False)
    publish_at = models.DateTimeField(null=True, editable=False)
    review_due_on = models.DateField(null=True, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)
    text = models.TextField(editable=False, default="")
    word_count = models.PositiveIntegerField(editable=False, default=0)
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config="english")
        + SearchVector("summary", weight="B", config="english")
        + SearchVector("text", weight="C", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "article"
        permissions = [("sign_off_edition", "Can sign off an edition")]
        indexes = [
            GinIndex(fields=["search"], name="edition_search"),
            models.Index("publish_at", name="edition_published", condition=Q(state=State.SIGNED_OFF)),
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
                    review_due_on__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="reviewer_is_not_author",
                condition=Q(reviewer__isnull=True) | ~Q(reviewer=F("author")),
                violation_error_message="The person who signs off must not be the one who wrote it.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return self.article.get_absolute_url()

    @property
    def may_be_edited(self):
        """Only a draft. What waits for a clinician has to stay as they read it."""
        return self.state == State.DRAFT

    @property
    def minutes(self):
        return minutes(self.word_count)

    def blocks(self):
        """Every block in order, as model instances; one query a kind."""
        found = [block for model in BLOCKS for block in model.objects.filter(parent=self)]
        return sorted(found, key=lambda block: block.ordering)

    def refresh_text(self):
        """Bring ``text`` and ``word_count``, which search and lists use, up to date with the blocks. Saves both."""
        self.text = "\n".join(filter(None, (block.words() for block in self.blocks())))
        self.word_count = len(self.text.split())
        self.save(update_fields=["text", "word_count"])


def minutes(words: int) -> int:
    """How many minutes a tired reader needs for so many words, at least one."""
    return max(1, math.ceil(words / WORDS_A_MINUTE))


class Source(models.Model):
    """A numbered source of an edition. Text refers to it as ``[1]``."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="sources")
    position = models.PositiveSmallIntegerField("number", help_text="In the text: [1]")
    authors = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=300)
    container = models.CharField("journal or agency", max_length=200)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    detail = models.CharField("volume, pages", max_length=120, blank=True)
    doi = models.CharField(
        "DOI",
        max_length=120,
        blank=True,
        validators=[RegexValidator(r"^10\.\d{4,9}/\S+$", "A DOI starts with “10.” and has a slash.")],
    )
    pmid = models.CharField(
        "PMID", max_length=9, blank=True, validators=[RegexValidator(r"^\d{1,9}$", "A PMID is a number.")]
    )
    url = models.URLField("web address", blank=True, max_length=300, help_text="Where there is no DOI.")
    accessed_on = models.DateField(null=True, blank=True, help_text="When somebody last read it there.")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "position"],
                name="source_numbered_once",
                violation_error_message="Two sources have this number.",
            )
        ]

    def __str__(self):
        return f"[{self.position}] {self.title}"


Block = create_plugin_base(Edition)


class Text(Block):
    kind, shown = "text", {"body": "body"}

    body = RichTextField()

    class Meta:
        verbose_name_plural = "text"

    def __str__(self):
        return self.words()[:60] or "Text"

    def words(self):
        return html.text(self.body)


class Figure(Block):
    kind = "figure"
    shown = {
        "image": "picture__image",
        "width": "picture__image_width",
        "height": "picture__image_height",
        "ppoi": "picture__image_ppoi",
        "alt": "picture__alt",
        "caption": "caption",
    }

    picture = models.ForeignKey(Picture, models.PROTECT, related_name="figures")
    caption = models.CharField(max_length=300, blank=True)

    def __str__(self):
        return self.caption[:60] or "Figure"

    def words(self):
        return self.caption


class Tone(models.TextChoices):
    DANGER = "danger", "Danger: red, for danger to life only"
    WARNING = "warning", "Warning"
    NOTE = "note", "Note"


class Callout(Block):
    kind, shown = "callout", {"tone": "tone", "title": "title", "body": "body"}

    tone = models.CharField("kind", max_length=8, choices=Tone, default=Tone.NOTE)
    title = models.CharField(max_length=90)
    body = RichTextField(extensions=PLAIN_EXTENSIONS)

    def __str__(self):
        return self.title

    def words(self):
        return f"{self.title}. {html.text(self.body)}"


class KeyFacts(Block):
    kind, shown = "facts", {"title": "title", "rows": "rows"}

    title = models.CharField(max_length=90, default="Key facts")
    rows = models.TextField(help_text="One fact a line: what, a vertical bar, the fact. Such as “Form | Tablet”.")

    class Meta:
        verbose_name = "key facts"
        verbose_name_plural = "key facts"

    def __str__(self):
        return self.title

    def clean(self):
        for line in self.rows.splitlines():
            if line.strip() and "|" not in line:
                raise ValidationError({"rows": f"Each line needs a vertical bar ( | ). This one has none: {line}"})

    def words(self):
        return f"{self.title}. {self.rows.replace('|', ':')}"


class PullQuote(Block):
    kind, shown = "pull", {"quote": "quote", "attribution": "attribution"}

    quote = models.TextField(max_length=500)
    attribution = models.CharField(max_length=160, help_text="Who said it, and where.")

    class Meta:
        verbose_name = "pull quote"

    def __str__(self):
        return self.quote[:60]

    def words(self):
        return f"{self.quote} {self.attribution}"


BLOCKS = [Text, Figure, Callout, KeyFacts, PullQuote]
