"""The addresses and titles of what readers can see, to find those that are close to an address that no page has."""

from django.utils import timezone

from detoxsite.core.prepared import fetch

from ..models import url_of
from . import IS_LIVE
from .lists import NEWEST_FIRST
from .pages import person_url, topic_url

MAX_ARTICLES, MAX_PAGES = 2000, 500


def live_addresses() -> list[tuple[str, str]]:
    """Addresses and titles in one query: of topics with live articles, people with a page, live pages up to MAX_PAGES,
    and the newest live articles up to MAX_ARTICLES.
    """
    url_by_kind = {"topic": topic_url, "person": person_url, "document": url_of}
    rows = fetch(_SQL, {"now": timezone.now()})
    return [(url_by_kind[kind](key), title) for kind, key, title in rows if title]


def _documents(topic: str, most: int) -> str:
    return f"""
        SELECT 'document', article.path, rendering.facts->>'title'
        FROM articles_rendering AS rendering JOIN articles_article AS article ON article.id = rendering.article_id
        WHERE {IS_LIVE} AND rendering.topic_id IS {topic} {NEWEST_FIRST} LIMIT {most:d}
    """  # noqa: S608 our own parts


_SQL = f"""
    SELECT 'topic', slug, name FROM articles_topic AS topic
    WHERE EXISTS (SELECT FROM articles_rendering AS rendering WHERE {IS_LIVE} AND rendering.topic_id = topic.id)
    UNION ALL SELECT 'person', slug, name FROM articles_person WHERE has_page
    UNION ALL ({_documents("NULL", MAX_PAGES)})
    UNION ALL ({_documents("NOT NULL", MAX_ARTICLES)})
"""  # noqa: S608 our own parts
