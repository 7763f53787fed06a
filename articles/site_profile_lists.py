"""Lists that articles add to the site profile: topics with the number of live articles, pages at the root, whether the
center has a first page of its own, the menus, people, and search synonyms.
"""

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from detoxsite.core import site_profile

from .menus import shown
from .models import PAGE_KINDS, Article, Edition, MenuEdition, MenuEntry, Person, Rendering, Synonym, Topic
from .models.topics import ENTRY as TOPIC_ENTRY

MAX_PAGES = 12  # in the standard menu
MAX_PEOPLE = 500


def register() -> None:
    site_profile.register("topics", _topics)
    site_profile.register("topic_counts", _topic_counts)
    site_profile.register("pages", _pages)
    site_profile.register("first_page", _first_page)
    site_profile.register("menu_entries", _menu_entries)
    site_profile.register("people", _people)
    site_profile.register("synonyms", _synonyms)
    site_profile.register_completion(_count_topics)
    site_profile.register_completion(_add_menus)


def _topics() -> QuerySet:
    return Topic.objects.values(entry=JSONObject(**TOPIC_ENTRY))


def _topic_counts() -> QuerySet:
    """From an index of the renderings alone: an article is live from when the first of its renderings is."""
    published = Rendering.objects.filter(publish_at__lte=timezone.now()).order_by()
    earlier = published.filter(article=OuterRef("article"), number__lt=OuterRef("number"))
    first = published.filter(Q(number=1) | ~Exists(earlier))  # nearly all are number 1, and need no look at others
    counts = first.exclude(topic=None).values("topic").annotate(live=Count("pk"))
    return counts.values(entry=JSONObject(topic="topic", live="live"))


def _pages() -> QuerySet:
    """The live pages at the root, in the order in which they were made."""
    roots = Edition.objects.live().filter(article__kind__in=PAGE_KINDS, article__parent=None)
    entry = JSONObject(path="article__path", title="title", document="article_id")
    return roots.order_by("article").values(entry=entry)[:MAX_PAGES]


def _first_page() -> QuerySet:
    """Whether readers see a first page that the center has signed off: one entry, or none."""
    live = Rendering.objects.filter(article=OuterRef("pk"), publish_at__lte=timezone.now())
    return Article.objects.filter(Exists(live), path="").values(entry=JSONObject(pk="pk"))


def _menu_entries() -> QuerySet:
    return shown.rows(MenuEntry.objects.filter(edition__in=MenuEdition.objects.on_the_site().values("pk")))


def _people() -> QuerySet:
    """Those with a page, for the search and the sitemap."""
    shown = Person.objects.filter(has_page=True)[:MAX_PEOPLE]
    return shown.values(entry=JSONObject(name="name", slug="slug", credentials="credentials", role="role"))


def _synonyms() -> QuerySet:
    return Synonym.objects.values(entry=JSONObject(typed="typed", means="means"))


def _count_topics(profile) -> None:
    """Add ``live`` to each topic: the number of its live articles."""
    live = {count["topic"]: count["live"] for count in profile.topic_counts}
    profile.topics = [{**topic, "live": live.get(topic["pk"], 0)} for topic in profile.topics]


def _add_menus(profile) -> None:
    profile.menus = shown.Menus(profile, profile.menu_entries)
