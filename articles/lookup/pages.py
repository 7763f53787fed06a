"""Pages and articles to link to, by the words of their titles or by their address."""

from dataclasses import dataclass

from django.db.models import Q

from detoxsite.core.redirects.addresses import path_of

from ..models import Edition
from ..rich_text import links

MAX_FOUND = 12
MIN_TYPED = 2  # characters


@dataclass(frozen=True)
class Target:
    title: str
    url: str
    is_live: bool  # a link to what readers do not see yet is found by the checks


def find(typed: str) -> list[Target]:
    """The newest editions whose title has all words, or the beginnings of words; what readers see comes first.

    ``typed``: words of a title, or an address of this site, whole or in part.
    """
    typed = typed.strip()
    if len(typed) < MIN_TYPED:
        return []
    matching = Q(title__icontains=typed)
    if address := path_of(links.tidy(typed) or "").strip("/"):
        matching |= Q(article__path__icontains=address)
    rows = Edition.objects.newest().filter(matching).select_related("article").defer("text", "search")
    found = list(rows.order_by("title", "pk")[: 4 * MAX_FOUND])
    live = Edition.objects.live().order_by().filter(article__in=[edition.article_id for edition in found])
    is_live = set(live.values_list("article", flat=True))
    targets = [Target(one.title, one.get_absolute_url(), one.article_id in is_live) for one in found]
    return sorted(targets, key=lambda target: not target.is_live)[:MAX_FOUND]
