"""Renderings: what readers can see of a signed-off edition, finished, in one narrow row."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from detoxsite.core.public_changes import changes_of

from .articles import Article
from .editions import Edition
from .topics import Topic

# pages, which the standard menus list, and articles that a menu of the center's own names
IN_A_MENU = "topic_id IS NULL OR article_id IN (SELECT document_id FROM articles_menuentry)"
MAX_VERSION = 16  # characters of ``renderer``


class RenderingQuerySet(models.QuerySet):
    def outdated(self, renderer: str):
        """Made by another version of the renderer, or not yet. Two ranges, so that an index finds them."""
        return self.filter(Q(renderer__lt=renderer) | Q(renderer__gt=renderer))


class Rendering(models.Model):
    """The finished page of one signed-off edition, with slots for what changes elsewhere.

    A trigger of the database (triggers.EDITION) adds the row when an edition is signed off and deletes it when the
    edition is withdrawn; others keep the copied columns. So readers can see an edition if and only if it has a row
    here whose time has come, and no newer one has. ``renderer`` is empty until the page is finished.
    """

    edition = models.OneToOneField(Edition, models.CASCADE, primary_key=True, related_name="rendering")
    article = models.ForeignKey(Article, models.CASCADE, related_name="+", db_index=False)
    topic = models.ForeignKey(  # of the article; a copy. None: a page, which is in no list
        Topic, models.PROTECT, null=True, related_name="+", db_index=False
    )
    number = models.PositiveIntegerField()  # of the edition; a copy
    publish_at = models.DateTimeField()  # of the edition; a copy
    renderer = models.CharField(max_length=MAX_VERSION, db_default="")  # version that made what follows
    log = ArrayField(models.PositiveIntegerField(), db_default=[])  # numbers of the editions under "What changed"
    entry = models.TextField(db_default="")  # HTML of the entry in lists
    facts = models.JSONField(db_default={})  # for the head of the page, the feed and structured data
    links = ArrayField(models.CharField(max_length=250), db_default=[])  # paths of this site that the page links to
    html = models.TextField(db_default="")  # the main part of the page
    overdue_html = models.TextField(db_default="")  # the same while the review is overdue; empty if no doses are hidden

    objects = RenderingQuerySet.as_manager()

    class Meta:
        triggers = [
            *changes_of("articles", "*"),
            *changes_of("center", "edition_id", "publish_at", "topic_id", "article_id", where=IN_A_MENU),
        ]
        indexes = [
            models.Index("renderer", name="rendering_outdated"),
            GinIndex("links", name="rendering_links"),
            models.Index("publish_at", "edition", name="rendering_newest", include=["article", "number", "topic"]),
            models.Index("topic", "publish_at", "edition", name="rendering_by_topic", include=["article", "number"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "number"], name="rendering_numbered_once", include=["publish_at"]
            ),
        ]

    def __str__(self):
        return f"Rendering of edition {self.pk}"
