"""Documents by their address: articles, and pages at the root of the site."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import get_script_prefix
from django.utils.functional import cached_property

from detoxsite.core import redirects
from detoxsite.core.root_addresses import is_reserved

from . import triggers
from .topics import Topic

ARTICLES = "articles/"  # where the paths of articles begin
MAX_LEVELS = 3  # of a path; the database refuses a fourth, and with it every circle of parents


class Kind(models.TextChoices):
    """What a document is, which decides its address and who may sign it off (``editorial_gate.SIGNERS``)."""

    ARTICLE = "article", "Article"
    CLINICAL = "clinical", "Clinical page: about care, signed off by a clinician"
    HOUSE = "house", "House page: about the center, signed off by a second person"
    HOME = "home", "First page: the only one at the root itself, signed off by a clinician"


PAGE_KINDS = [Kind.CLINICAL, Kind.HOUSE]  # with addresses that editors choose


class Article(models.Model):
    """The address of a document, whatever its current edition says.

    ``path`` follows from kind, parent and slug, and with it those of all pages below. A trigger of the database keeps
    it (``triggers.ARTICLE``); ``save`` only tells the instance. That of the first page is empty, so there is one at
    most, nothing can be below it, and it never moves.
    """

    kind = models.CharField(max_length=8, choices=Kind, default=Kind.ARTICLE, db_default=Kind.ARTICLE)
    slug = models.SlugField("address", db_index=False, max_length=80, help_text="The last part of the address.")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(  # without the slashes around it
        max_length=250,
        unique=True,
        blank=True,
        editable=False,
        db_default="",
        error_messages={"unique": "A page with this address already exists."},
    )
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, related_name="articles")  # of articles
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Keeps the article up to date and is reminded when its review is due.",
    )

    class Meta:
        verbose_name = "address"
        verbose_name_plural = "addresses"
        ordering = ["path"]
        triggers = triggers.ARTICLE
        indexes = [models.Index("path", name="article_is_page", condition=Q(kind__in=PAGE_KINDS))]
        constraints = [
            models.CheckConstraint(
                name="slug_is_free",
                condition=~Q(kind=Kind.ARTICLE, slug__in=["feed", "topics"]),
                violation_error_message="This address is taken by the site itself. Choose another one.",
            ),
            models.CheckConstraint(
                name="article_has_a_topic",
                condition=Q(kind=Kind.ARTICLE, topic__isnull=False, parent__isnull=True)
                | Q(kind__in=[*PAGE_KINDS, Kind.HOME], topic__isnull=True),
                violation_error_message="An article needs a topic, and only a page can be below another one.",
            ),
            models.CheckConstraint(
                name="path_has_three_levels_at_most",
                condition=Q(kind=Kind.HOME, path="")
                | ~Q(kind=Kind.HOME) & Q(path__regex=rf"^[^/]+(/[^/]+){{0,{MAX_LEVELS - 1}}}$"),
                violation_error_message="Pages can be nested to three levels, and never below themselves.",
            ),
            models.CheckConstraint(
                name="only_articles_are_below_articles",
                condition=Q(kind=Kind.ARTICLE) | ~Q(path__startswith=ARTICLES),
                violation_error_message="This address is taken by the site itself. Choose another one.",
            ),
        ]

    def __str__(self):
        return f"/{self.path}/".replace("//", "/") if self.is_page else self.slug

    def save(self, *args, **kwargs):
        self.path = self.new_path()
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return url_of(self.path)

    @property
    def is_page(self) -> bool:
        return self.kind != Kind.ARTICLE

    def new_path(self) -> str:
        """The path that kind, parent and slug make: what the database will store."""
        if not self.is_page:
            return f"{ARTICLES}{self.slug}"
        return f"{self.parent.path}/{self.slug}" if self.parent else self.slug

    @property
    def is_first_page(self) -> bool:
        return self.kind == Kind.HOME

    @cached_property
    def has_signed_edition(self) -> bool:
        """Whether readers can see, or may have seen, something at this address, or at one below, which moves along."""
        if not self.pk:
            return False
        here = Q(pk=self.pk) | Q(path__startswith=f"{self.path}/") if self.is_page else Q(pk=self.pk)
        return Article.objects.filter(here, editions__signed_off_at__isnull=False).exists()

    @cached_property
    def live_edition_id(self) -> int | None:
        return self.editions.live().values_list("pk", flat=True).first()

    def clean(self):
        """An address that redirects is taken, unless it redirects to this document: then it moves back."""
        stored = Article.objects.filter(pk=self.pk).values_list("path", flat=True).first()
        self.path = self.new_path()
        if self.is_page:
            self._clean_page(stored)
        target = redirects.target_of(self.get_absolute_url())
        if target and (stored is None or target != url_of(stored)):
            raise ValidationError({"slug": f"Old links to this address are sent on to {target}. Choose another one."})

    def _clean_page(self, stored: str | None) -> None:
        """``stored``: the path it has now; None if it is new."""
        if is_reserved(self.path):
            raise ValidationError({"slug": f"The site itself uses /{self.path}/. Choose another address."})
        if stored and self.parent and f"{self.parent.path}/".startswith(f"{stored}/"):
            raise ValidationError({"parent": "A page cannot be below itself."})
        if self.path.count("/") + _levels_below(stored) >= MAX_LEVELS:
            raise ValidationError({"parent": "Pages can be nested to three levels. This would make four."})


def _levels_below(path: str | None) -> int:
    """How many levels of pages there are below the one with this path."""
    if path is None:
        return 0
    below = Article.objects.filter(path__startswith=f"{path}/").values_list("path", flat=True)
    return max((one.count("/") - path.count("/") for one in below), default=0)


def url_of(path: str) -> str:
    """The address of a path (``Article.path``); "" is that of the first page."""
    return f"{get_script_prefix()}{path}/" if path else get_script_prefix()
