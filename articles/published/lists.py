"""Lists of live articles, newest first: one page by keyset, the newest ones, and all addresses for the sitemap.

Pages have no topic, and are in the sitemap only.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from detoxsite.core.prepared import fetch

from ..content.finished import fill, render_entry
from ..models import Edition, url_of
from . import IS_LIVE, IS_NEWEST

PAGE_SIZE = 10
CHUNK_SIZE = 1000  # addresses of the sitemap read at a time

ROWS = """
SELECT
    rendering.edition_id, rendering.article_id, article.path, topic.name, rendering.publish_at, rendering.entry,
    rendering.facts
FROM articles_rendering AS rendering
JOIN articles_article AS article ON article.id = rendering.article_id
JOIN articles_topic AS topic ON topic.id = rendering.topic_id
"""
NEWEST_FIRST = "ORDER BY rendering.publish_at DESC, rendering.edition_id DESC"
_PLACE = "(rendering.publish_at, rendering.edition_id)"
# The edition may have been withdrawn: its place is where it was. What is scheduled is above the top.
_AFTER = "((SELECT least(publish_at, %(now)s) FROM articles_edition WHERE id = %(after)s::bigint), %(after)s::bigint)"
_IN_TOPIC = "AND rendering.topic_id = %(topic)s::bigint"
_IN_ANY_TOPIC = "AND rendering.topic_id IS NOT NULL"  # where the topic is not joined anyway


@dataclass(frozen=True)
class Entry:
    """A live article as lists show it."""

    edition_id: int
    article_id: int
    path: str
    topic: str
    publish_at: datetime
    html: str  # with ENTRY_SLOTS
    stored_facts: str  # JSON

    @property
    def facts(self) -> dict:
        """The title and the summary, and what else content.finished.facts_of() says."""
        return json.loads(self.stored_facts)

    @property
    def url(self) -> str:
        return url_of(self.path)

    def filled(self) -> SafeString:
        return fill(self.html, {"url": self.url, "topic": self.topic})


class Entries:
    """A part of a list, in its order."""

    rows: list[Entry]

    @property
    def entries(self) -> SafeString:
        """The HTML of all entries."""
        return mark_safe("".join(row.filled() for row in self.rows))  # noqa: S308 each is safe

    @property
    def last(self) -> int:
        """The edition that the next part comes after."""
        return self.rows[-1].edition_id


class ListPage(Entries):
    """One page of the list of live articles, newest first, in one query: at the top, or after an edition.

    ``after``: the key of an edition, which need not be in the list any more. ``topic``: the key of the topic listed.
    """

    def __init__(self, *, after: int | None = None, topic: int | None = None) -> None:
        params = {"now": timezone.now(), "after": after, "topic": topic}
        rows = fetch(_page_sql(is_first=after is None, has_topic=topic is not None), params)
        found = [row[:-2] for row in rows if row[0] is not None]
        self.rows, self.has_older = finished(found[:PAGE_SIZE]), len(found) > PAGE_SIZE
        self.has_newer, self.back = bool(rows and rows[0][-2]), rows[0][-1] if rows else None


@cache
def _page_sql(*, is_first: bool, has_topic: bool) -> str:
    """SQL of the entries of a page and one more, each with what comes before the page: the newest edition there, and
    the one that the page before comes after.

    The index is entered at one bound only: with a second one, "not later than now", it would be read from the top.
    """
    topic = _IN_TOPIC if has_topic else ""
    bound = IS_LIVE if is_first else f"{_PLACE} < {_AFTER} AND {IS_NEWEST}"
    page = f"{ROWS} WHERE {bound} {topic} {NEWEST_FIRST} LIMIT {PAGE_SIZE + 1:d}"
    if is_first:
        return f"SELECT page.*, NULL, NULL FROM ({page}) AS page"  # noqa: S608 our own parts
    newer = f"""
        SELECT rendering.edition_id FROM articles_rendering AS rendering
        WHERE {IS_LIVE} {topic or _IN_ANY_TOPIC} AND {_PLACE} >= {_AFTER}
        ORDER BY rendering.publish_at, rendering.edition_id LIMIT 1
    """  # noqa: S608 our own parts
    return f"SELECT page.*, ({newer}), ({newer} OFFSET {PAGE_SIZE:d}) FROM ({page}) AS page"  # noqa: S608 our own parts


def key_before_page(number: int, *, topic: int | None = None) -> int | None:
    """The edition that page ``number`` (above 1) of the list comes after; None if there is no such page."""
    sql = f"""
        SELECT rendering.edition_id FROM articles_rendering AS rendering
        WHERE {IS_LIVE} {_IN_TOPIC if topic else _IN_ANY_TOPIC} {NEWEST_FIRST} LIMIT 2 OFFSET %(skip)s::bigint
    """  # noqa: S608 our own parts
    rows = fetch(sql, {"now": timezone.now(), "topic": topic, "skip": (number - 1) * PAGE_SIZE - 1})
    return rows[0][0] if len(rows) == 2 else None


def newest(count: int, *, topic: int | None = None) -> list[Entry]:
    """The newest live articles; ``topic``: only those of the topic with this key."""
    sql = f"{ROWS} WHERE {IS_LIVE} {_IN_TOPIC if topic else ''} {NEWEST_FIRST} LIMIT {count:d}"
    return finished(fetch(sql, {"now": timezone.now(), "topic": topic}))


def finished(rows: list[tuple]) -> list[Entry]:
    """Entries of rows of ROWS. Those not finished yet are rendered, from one more query."""
    missing = [row[0] for row in rows if not row[5]]
    editions = Edition.objects.defer("text", "search").in_bulk(missing) if missing else {}
    entries = []
    for edition_id, article_id, path, topic, publish_at, html, facts in rows:
        if edition := editions.get(edition_id):
            html, facts = render_entry(edition), json.dumps({"title": edition.title, "summary": edition.summary})
        entries.append(Entry(edition_id, article_id, path, topic, publish_at, html, facts))
    return entries


# --- the sitemap -----------------------------------------------------------------------------------------------------

# It is among the fixed addresses, whether or not a center has one of its own.
_NOT_FIRST_PAGE = "rendering.article_id IS DISTINCT FROM (SELECT id FROM articles_article WHERE path = '')"


def sitemap_parts(size: int) -> list[int]:
    """The numbers, from 1, of the parts of the sitemap that hold live articles.

    A part holds the articles of a range of ``size`` keys, so an article never moves from one to another. Of each part
    only the first live article is looked up: the first with a rendering whose time has come, the newest or not.
    """
    first = f"""
        SELECT rendering.article_id / %(size)s::bigint + 1 FROM articles_rendering AS rendering
        WHERE rendering.publish_at <= %(now)s AND rendering.article_id >= {{}} AND {_NOT_FIRST_PAGE}
        ORDER BY rendering.article_id LIMIT 1
    """  # noqa: S608 our own parts
    sql = f"""
        WITH RECURSIVE part (number) AS (
            ({first.format("0")})
            UNION ALL
            SELECT ({first.format("part.number * %(size)s::bigint")}) FROM part WHERE part.number IS NOT NULL
        )
        SELECT number FROM part WHERE number IS NOT NULL
    """  # noqa: S608 our own parts
    return [number for (number,) in fetch(sql, {"now": timezone.now(), "size": size})]


def sitemap_entries(part: int, size: int) -> Iterator[tuple[str, datetime]]:
    """The address and time of publication of each live article of a part, read in chunks."""
    sql = f"""
        SELECT rendering.article_id, article.path, rendering.publish_at
        FROM articles_rendering AS rendering JOIN articles_article AS article ON article.id = rendering.article_id
        WHERE {IS_LIVE} AND rendering.article_id >= %(start)s::bigint AND rendering.article_id < %(end)s::bigint
            AND article.path <> ''
        ORDER BY rendering.article_id LIMIT {CHUNK_SIZE:d}
    """  # noqa: S608 our own parts
    start, end, now = (part - 1) * size, part * size, timezone.now()
    while rows := fetch(sql, {"now": now, "start": start, "end": end}):
        yield from ((url_of(path), publish_at) for _, path, publish_at in rows)
        start = rows[-1][0] + 1
