"""The search of the list of editions."""

import re

from django.contrib.postgres.search import SearchQuery

from ..models import Edition
from ..search.plain_form import search_form

MAX_RESULTS = 500


def search(queryset, text: str):
    """Filter by the full-text index, up to MAX_RESULTS: counting a word that is in every text would read them all."""
    query = prefix_query(text)
    if query is None:
        return queryset
    matches = Edition.objects.filter(search=SearchQuery(query, search_type="raw", config="english"))
    return queryset.filter(pk__in=matches.order_by().values("pk")[:MAX_RESULTS])


def prefix_query(text: str) -> str | None:
    """All words of the text, each also as a prefix. None where there is nothing to search for."""
    words = re.findall(r"[^\W_]+", search_form(text))[:12]
    return " & ".join(f"{word}:*" for word in words) or None
