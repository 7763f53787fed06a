"""What leads to a page, and would lead nowhere without it."""

from django.utils import timezone

from detoxsite.core import redirects

from ..models import Article, Edition, Rendering


def references_to(article: Article) -> list[str]:
    """Live documents that link to one or are below it, by title, and the old addresses that redirect to it."""
    linking = Rendering.objects.filter(links__contains=[article.path], publish_at__lte=timezone.now())
    live = Edition.objects.live().exclude(article=article)
    titles = live.filter(pk__in=linking.values("pk")) | live.filter(article__parent=article)
    return [
        *(f"“{title}”" for title in titles.order_by("title").values_list("title", flat=True)),
        *redirects.paths_to(article.get_absolute_url()),
    ]
