"""What a person wrote and reviewed, and who is behind a topic, as readers see it now."""

from dataclasses import dataclass

from django.utils import timezone

from detoxsite.core.page_cache import kept
from detoxsite.core.prepared import fetch

from . import IS_LIVE
from .lists import NEWEST_FIRST, ROWS, Entries, Entry, finished
from .pages import person_values

PAGE_SIZE = 10
MAX_PEOPLE = 6
LOOKED_AT = 50  # newest articles of a topic, to find out who writes and reviews them
COLUMNS = {"wrote": "author_id", "reviewed": "reviewer_id"}


@dataclass(frozen=True)
class Work(Entries):
    """A part of the live articles that a person wrote or reviewed, newest first."""

    rows: list[Entry]
    has_more: bool


def work_of(person: int, kind: str, *, after: int | None = None) -> Work:
    """``kind``: "wrote" or "reviewed". ``after``: the key of an edition, as in ``lists.ListPage``."""
    place = """
        AND (rendering.publish_at, rendering.edition_id)
            < ((SELECT publish_at FROM articles_edition WHERE id = %(after)s::bigint), %(after)s::bigint)
    """
    sql = f"""
        {ROWS} JOIN articles_edition AS edition ON edition.id = rendering.edition_id
        WHERE edition.{COLUMNS[kind]} = %(person)s::bigint AND {IS_LIVE} {place if after else ""}
        {NEWEST_FIRST} LIMIT {PAGE_SIZE + 1:d}
    """  # noqa: S608 our own parts
    rows = fetch(sql, {"person": person, "now": timezone.now(), "after": after})
    return Work(finished(rows[:PAGE_SIZE]), len(rows) > PAGE_SIZE)


def people_of(topic: int) -> dict[str, list[dict]]:
    """Who wrote, and who reviewed, the newest live articles on a topic, those of most of them first.

    By the keys of COLUMNS, as the values of their slots.
    """
    return kept(("people", topic), ("articles",), lambda: _people_of(topic))


def _people_of(topic: int) -> dict[str, list[dict]]:
    rows = fetch(_PEOPLE, {"topic": topic, "now": timezone.now()})
    return {kind: [person_values(*row) for one, *row in rows if one == kind] for kind in COLUMNS}


def _counted(kind: str, column: str) -> str:
    return f"""
        SELECT '{kind}', person.name, person.credentials, person.role, CASE WHEN person.has_page THEN person.slug END
        FROM newest JOIN articles_person AS person ON person.id = newest.{column}
        GROUP BY person.id ORDER BY count(*) DESC, person.id LIMIT {MAX_PEOPLE:d}
    """  # noqa: S608 our own parts


_PEOPLE = f"""
    WITH newest AS (
        SELECT edition.author_id, edition.reviewer_id
        FROM (
            SELECT rendering.edition_id FROM articles_rendering AS rendering
            WHERE {IS_LIVE} AND rendering.topic_id = %(topic)s::bigint {NEWEST_FIRST} LIMIT {LOOKED_AT:d}
        ) AS rendering
        JOIN articles_edition AS edition ON edition.id = rendering.edition_id
    )
    {" UNION ALL ".join(f"({_counted(*each)})" for each in COLUMNS.items())}
"""  # noqa: S608 our own parts
