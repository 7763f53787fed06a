"""Pictures of the library by words and tags."""

import re

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.core.paginator import Page, Paginator
from django.db.models import Count, Func, QuerySet, TextField

from detoxsite.core.plain_text import as_seen
from detoxsite.core.timed_cache import TimedCache

from ..models import Picture

PER_PAGE = 24
MAX_WORDS = 8
MAX_TAGS = 100  # offered, the most used first
TAGS_KEPT = 30.0  # seconds; counting reads the whole library
_WORD = re.compile(r"[^\W_]+")
_INDEXED = SearchVector("title", "alt", "credit", "tags", config="simple")  # as the index picture_search


def find(typed: str, tag: str = "", page=1) -> Page:
    """One page of pictures, the newest first; the last for a number beyond it. See ``matching`` and ``tagged``."""
    found = tagged(matching(Picture.objects.all(), typed), tag)
    return Paginator(found.order_by("-pk"), PER_PAGE).get_page(page)


def matching(pictures: QuerySet[Picture], typed: str) -> QuerySet[Picture]:
    """Those whose title, text alternative, credit and tags have all words, or words that begin so."""
    words = _WORD.findall(as_seen(typed).lower())[:MAX_WORDS]
    if not words:
        return pictures.none() if typed.strip() else pictures
    query = " & ".join(f"'{word}':*" for word in words)
    return pictures.alias(words=_INDEXED).filter(words=SearchQuery(query, search_type="raw", config="simple"))


def tagged(pictures: QuerySet[Picture], tag: str) -> QuerySet[Picture]:
    return pictures.filter(tags__contains=[tag]) if tag else pictures


def tags() -> list[tuple[str, int]]:
    """The MAX_TAGS most used tags, by name, each with the number of its pictures, as of up to TAGS_KEPT ago."""
    return kept_tags.get()


def _count_tags(_previous=None) -> list[tuple[str, int]]:
    each = Func("tags", function="jsonb_array_elements_text", output_field=TextField())
    counted = Picture.objects.order_by().annotate(tag=each).values("tag").annotate(count=Count("pk"))
    return sorted(counted.order_by("-count", "tag").values_list("tag", "count")[:MAX_TAGS])


kept_tags = TimedCache(_count_tags, seconds=TAGS_KEPT)
