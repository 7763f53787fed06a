"""Comments of staff on passages of a draft: threads with replies, resolved and reopened. Readers never see them."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from detoxsite.core.append_only import NO_TRUNCATE
from detoxsite.core.text_fields import TidyCharField, TidyTextField

from . import triggers
from .editions import OPEN_STATES, Edition

CONTEXT = 40  # characters of the text kept before and after the quoted words


class CommentQuerySet(models.QuerySet):
    def open(self):
        return self.filter(resolved_at=None)

    def shown_with(self, edition: Edition):
        """The comments on an edition. While it is open, also what earlier ones left open when it was begun."""
        own = Q(edition=edition)
        if edition.state not in OPEN_STATES:
            return self.filter(own)
        earlier = Q(edition__article=edition.article_id, edition__number__lt=edition.number)
        return self.filter(own | (earlier & (Q(resolved_at=None) | Q(resolved_at__gte=edition.created_at))))


class Comment(models.Model):
    """What a person says about some words of a draft.

    The words are found again by what they are (the text quote selector of the W3C Web Annotation Data Model): the text
    holds no mark, so that nothing of it changes. ``quote``, ``prefix`` and ``suffix`` are plain text with single spaces
    and without references (``content.quotes``). ``place``: where the words were, as in ``quotes.names_of``; of
    several passages that fit equally well the nearest is taken.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="comments")
    place = models.CharField(max_length=8, blank=True, editable=False)
    quote = TidyCharField(max_length=500)
    prefix = models.CharField(max_length=CONTEXT, blank=True, editable=False)
    suffix = models.CharField(max_length=CONTEXT, blank=True, editable=False)
    text = TidyTextField(max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    resolved_at = models.DateTimeField(null=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        triggers = [
            pgtrigger.ReadOnly(name="says_what_was_said", exclude=["resolved_by", "resolved_at"]),
            triggers.KEPT_WITH_ITS_EDITION,
            NO_TRUNCATE,
        ]
        constraints = [
            models.CheckConstraint(name="comment_on_some_words", condition=~Q(quote="") & ~Q(text="")),
            models.CheckConstraint(
                name="comment_resolved_by_someone",
                condition=Q(resolved_by__isnull=True, resolved_at__isnull=True)
                | Q(resolved_by__isnull=False, resolved_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"Comment {self.pk}"


class CommentEntry(models.Model):
    """One step in the thread of a comment: a reply, or that it was resolved or reopened. Append-only."""

    class Kind(models.TextChoices):
        REPLIED = "replied", "replied"
        RESOLVED = "resolved", "resolved this"
        REOPENED = "reopened", "reopened this"

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=8, choices=Kind)
    text = TidyTextField(max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update),
            triggers.kept_with("(SELECT edition_id FROM articles_comment WHERE id = OLD.comment_id)"),
            NO_TRUNCATE,
        ]
        constraints = [models.CheckConstraint(name="reply_says_something", condition=~Q(kind="replied", text=""))]

    def __str__(self):
        return self.get_kind_display()
