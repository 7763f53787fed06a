"""The menus of the site: the line at the top, the sheet behind “Menu”, and the footer, as numbered editions."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from detoxsite.core.text_fields import TidyCharField

from . import menu_triggers
from .articles import Article
from .topics import Topic

MAX_LABEL = 24  # characters; what a first draft takes over may be longer until it is put on the site


class Menu(models.TextChoices):
    TOP = "top", "Top line"
    SHEET = "sheet", "Menu"
    FOOT = "foot", "Footer"


class Route(models.TextChoices):
    """Parts of the site that are there without anyone writing them (addresses: ``menus.shown.ROUTES``)."""

    HELP = "help", "Ask for help"
    REQUEST = "request", "Your request"
    STEPS = "steps", "First page: what detox is like"
    COST = "cost", "First page: cost"
    PLACE = "place", "First page: location and hours"
    HOME = "home", "First page"
    ARTICLES = "articles", "Articles"
    SEARCH = "search", "Search"
    REVIEWS = "reviews", "Reviews"
    WRITE_REVIEW = "write_review", "Write a review"
    HANDLING = "handling", "How we handle reviews"
    PRIVACY = "privacy", "Your privacy"
    ACCESSIBILITY = "accessibility", "Accessibility"


class MenuEditionQuerySet(models.QuerySet):
    def drafts(self):
        return self.filter(state=MenuEdition.State.DRAFT)

    def on_the_site(self):
        """The one that readers see, if any was ever put on the site."""
        return self.filter(state=MenuEdition.State.RELEASED).order_by("-number")[:1]


class MenuEdition(models.Model):
    """One version of all three menus. There is at most one draft; what was closed stays as it was."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        RELEASED = "released", "Put on the site"
        DISCARDED = "discarded", "Discarded"

    number = models.PositiveIntegerField(unique=True, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)  # number of changes; detects conflicts
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = MenuEditionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = "edition of the menus"
        verbose_name_plural = "menus and footer"
        permissions = [
            ("edit_menuedition", "Can edit the draft of the menus"),
            ("release_menuedition", "Can put the menus on the site"),
        ]
        triggers = menu_triggers.EDITION
        constraints = [
            models.UniqueConstraint(fields=["state"], name="one_draft_of_the_menus", condition=Q(state="draft")),
            models.CheckConstraint(
                name="menus_closed_with_a_date",
                condition=Q(state="draft", closed_at__isnull=True) | (~Q(state="draft") & Q(closed_at__isnull=False)),
            ),
        ]

    def __str__(self):
        return f"Edition {self.number}"


_NO_TARGET = {"document__isnull": True, "topic__isnull": True, "route": "", "url": ""}


def _has_only(name: str, **target) -> Q:
    return ~Q(**{name: _NO_TARGET[name]}) & Q(**{key: none for key, none in _NO_TARGET.items() if key != name})


class MenuEntry(models.Model):
    """One line of a menu: a link, or the name of a group, which may be a link too. Links are at most one level down."""

    edition = models.ForeignKey(MenuEdition, models.PROTECT, related_name="entries")
    menu = models.CharField(max_length=5, choices=Menu)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    position = models.PositiveSmallIntegerField(default=0)
    label = TidyCharField(max_length=90)
    document = models.ForeignKey(Article, models.PROTECT, null=True, related_name="menu_entries")
    fragment = models.CharField(max_length=80, blank=True)  # of the document's address
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, related_name="+")
    route = models.CharField(max_length=14, choices=Route, blank=True)
    url = models.CharField(max_length=300, blank=True)  # of another site

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "menu entry"
        verbose_name_plural = "menu entries"
        triggers = menu_triggers.ENTRY
        constraints = [
            models.CheckConstraint(
                name="menu_entry_has_one_target_at_most",
                condition=Q(**_NO_TARGET)
                | _has_only("document__isnull")
                | _has_only("topic__isnull")
                | _has_only("route")
                | _has_only("url"),
            ),
            models.CheckConstraint(name="menu_link_leads_somewhere", condition=Q(parent=None) | ~Q(**_NO_TARGET)),
            models.CheckConstraint(name="menu_entry_is_not_in_itself", condition=~Q(parent=F("pk"))),
            models.CheckConstraint(name="menu_url_is_https", condition=Q(url="") | Q(url__startswith="https://")),
            models.CheckConstraint(
                name="menu_fragment_is_of_a_document", condition=Q(fragment="") | Q(document__isnull=False)
            ),
            models.CheckConstraint(
                name="menu_top_line_has_one_level", condition=~Q(menu=Menu.TOP) | Q(parent=None) & ~Q(**_NO_TARGET)
            ),
        ]

    def __str__(self):
        return self.label

    @property
    def has_target(self) -> bool:
        return bool(self.document_id or self.topic_id or self.route or self.url)


class MenuChange(models.Model):
    """What one person changed in a draft of the menus. Append-only."""

    edition = models.ForeignKey(MenuEdition, models.PROTECT, related_name="changes")
    revision = models.PositiveIntegerField()  # of the edition, after the change
    entries = ArrayField(models.PositiveBigIntegerField(), default=list)  # keys of those changed; some may be gone
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    note = TidyCharField(max_length=300)

    class Meta:
        ordering = ["-revision"]
        triggers = menu_triggers.CHANGE
        constraints = [models.UniqueConstraint(fields=["edition", "revision"], name="menu_change_numbered_once")]

    def __str__(self):
        return self.note
