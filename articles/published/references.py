"""What leads to a page, and would lead nowhere without it."""

from django.utils import timezone

from detoxsite.core import redirects

from ..models import Article, Edition, MenuEdition, MenuEntry, Rendering


def references_to(article: Article) -> list[str]:
    """Live documents that link to one or are below it, menus that name it, and old addresses that redirect to it."""
    below = Edition.objects.live().filter(article__parent=article)
    return [
        *_titles(_linking(article) | below),
        *(f"“{label}” in the menus" for label in menu_labels(article)),
        *redirects.paths_to(article.get_absolute_url()),
    ]


def linking_titles(article: Article) -> list[str]:
    """Live documents that link to one."""
    return _titles(_linking(article))


def _linking(article: Article):
    pages = Rendering.objects.filter(links__contains=[article.path], publish_at__lte=timezone.now())
    return Edition.objects.live().filter(pk__in=pages.values("pk")).exclude(article=article)


def _titles(editions) -> list[str]:
    return [f"“{title}”" for title in editions.order_by("title").values_list("title", flat=True)]


def menu_labels(article: Article) -> list[str]:
    """Under which words the menus on the site name a document. They show it whenever readers can see it."""
    on_site = MenuEdition.objects.on_the_site().values("pk")
    named = MenuEntry.objects.filter(edition__in=on_site, document=article).order_by("label")
    return list(named.values_list("label", flat=True).distinct())
