"""Search: from the text of the search box to the rows of a page.

Two prepared statements (core/prepared.py): one turns words into text queries (words.py), one finds and ranks articles
and fetches those of one page. Where no article matches all the words, it runs again for those that match some. No SQL
is made from what was typed, so that a search plans nothing.

A common word is in nearly every article, and ranking them all would take as long as reading them all. So at most
MAX_RESULTS articles are ranked: those with the words in their title first.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.utils import timezone

from detoxsite.core.prepared import fetch

from ..models import MARK_END, MARK_START, reading_minutes, url_of
from ..published import IS_LIVE
from ..published.lists import NEWEST_FIRST
from .index import LETTERS
from .live import LIVE
from .plain_form import INVISIBLE, REFERENCE, SIGNS
from .query import ParsedQuery
from .words import both, resolved

MAX_RESULTS = 200  # articles that are ranked and can be paged through
MAX_CHECKED = 2_000  # articles that are read to find a phrase, or common words
PROBED = 48  # articles that are read to find out whether words are common
INDEX_IS_SLOW = 20_000  # articles times the square of the share that has the words; measured
LEAD, WINDOW, SHORT_WINDOW, MAX_TEXT = 100, 1500, 450, 1_000_000  # characters; see ``statement``


def corrected(text: str, corrections: dict[str, str]) -> str:
    """The text with each misspelled word corrected; empty where there is nothing to correct."""
    return LETTERS.sub(lambda word: corrections.get(word[0].lower(), word[0]), text) if corrections else ""


@dataclass
class SearchResult:
    """One row of the results. In ``title`` and ``snippet``, matches are between MARK_START and MARK_END."""

    path: str
    title: str
    snippet: str
    topic: str  # "": a page
    word_count: int
    publish_at: datetime
    total: int  # of the whole list, up to MAX_RESULTS
    has_more: bool  # whether there are more than MAX_RESULTS
    is_partial: bool  # whether no article matches all the words
    corrections: dict[str, str]  # misspelled words, and what was searched for instead

    @property
    def reading_minutes(self) -> int:
        return reading_minutes(self.word_count)

    def get_absolute_url(self) -> str:
        return url_of(self.path)


class SearchResults:
    """The live articles and pages that match a text, best first. Slicing runs two statements, or three, or none."""

    def __init__(self, text: str, synonyms: list[dict[str, str]]) -> None:
        """``synonyms``: dicts of ``typed`` and ``means``, each with words or phrases separated by commas."""
        self.query = ParsedQuery(text, synonyms)

    def __getitem__(self, part: slice) -> list[SearchResult]:
        if not self.query.required or part.start >= MAX_RESULTS:
            return []
        now = timezone.now()
        found = resolved(self.query, now)
        if not found.any_of:
            return []
        start, stop = part.start, min(part.stop, MAX_RESULTS)
        several = len(self.query.required) > 1
        window = WINDOW if several else SHORT_WINDOW
        rows, is_partial = _rows(found.all_of, found.none_of, start, stop, window, now), False
        if not rows and several and not (start and _rows(found.all_of, found.none_of, 0, 1, window, now)):
            rows, is_partial = _rows(found.any_of, found.none_of, start, stop, window, now), True
        return [SearchResult(*row, is_partial=is_partial, corrections=found.corrections) for row in rows]


def _rows(required: str, excluded: str, start: int, stop: int, window: int, now: datetime) -> list[tuple]:
    """The rows of a part of the list of articles that match ``required``, and have nothing that is excluded.

    Snippets come from ``window`` characters of the text.
    """
    loose = _OPERATOR.sub(lambda token: "&" if token[0].startswith("<") else token[0], required)
    has_phrase = loose != required
    params = {
        "now": now,
        "query": both(required, excluded),
        "required": required,
        "loose": loose,
        "excluded": excluded,
        "beginning": _beginning(required),
        "window": window,
        "start": start,
        "count": stop - start,
    }
    return fetch(statement(has_phrase=has_phrase, has_exclusion=bool(excluded)), params)


_OPERATOR = re.compile(r"'(?:[^']|'')*'|<(?:-|\d+)>")  # of a phrase; or a lexeme, in which it does not count
_LEXEMES = re.compile(r"'[^']+'(?: <(?:-|\d+)> '[^']+')*")  # one, or those of a phrase
_LEXEME = re.compile(r"(?:<(-|\d+)> )?'([^']+)'")  # with its distance from the one before


def _beginning(query: str) -> str:
    """A regular expression for the beginning of a word with one of the query's stems, or of one of its phrases."""
    return rf"\m({'|'.join(map(_words_with, _LEXEMES.findall(query)))})"


def _words_with(lexemes: str) -> str:
    found = ""
    for distance, lexeme in _LEXEME.findall(lexemes):
        between = rf"\w*\W+(\w+\W+){{{int(distance.strip('-') or 1) - 1}}}" if distance else ""
        found += between + re.sub(r"(\W)", r"\\\1", lexeme.rstrip("i"))
    return found


_MARKS = f'StartSel="{MARK_START}", StopSel="{MARK_END}"'


def _headline(text: str, options: str) -> str:
    """SQL of a text with its matches marked, as readers see it: without reference marks and invisible letters.

    PostgreSQL takes a quotation mark or a dash for a letter of the word beside it, and marks neither; so each sign
    stands apart, between two control characters, until the words are marked.
    """
    seen = f"regexp_replace({text}, '[{INVISIBLE}]|\\s*{REFERENCE}', '', 'g')"
    apart = f"regexp_replace({seen}, '[{SIGNS}]', chr(1) || '\\&' || chr(1), 'g')"
    return f"translate(ts_headline('english', {apart}, %(required)s::tsquery, '{_MARKS}, {options}'), chr(1), '')"


# The articles that match in their text but not in their title, until there are more than MAX_RESULTS. A word that is in
# nearly every article has an entry in the index for each, and PostgreSQL reads them all before it takes the first. On a
# large site reading the newest articles until enough of them have it is faster. Whether it is depends on the share of
# articles that have the words: among the newest PROBED.
_IN_TEXT = f"""
checked AS MATERIALIZED (SELECT NULL WHERE false),
newest AS NOT MATERIALIZED (
    SELECT rendering.edition_id AS id FROM articles_rendering AS rendering WHERE {IS_LIVE} {NEWEST_FIRST}
),
is_common AS (
    SELECT CASE WHEN reltuples > {INDEX_IS_SLOW} THEN reltuples * power((
        SELECT avg((search @@ %(query)s::tsquery)::int)
        FROM (SELECT id FROM newest LIMIT {PROBED}) AS probed JOIN articles_edition USING (id)
    ), 2) > {INDEX_IS_SLOW} END
    FROM pg_class WHERE oid = 'articles_rendering'::regclass
),
in_newest AS MATERIALIZED (
    SELECT id, search, publish_at
    FROM (SELECT id FROM newest LIMIT {MAX_CHECKED}) AS newest
    CROSS JOIN LATERAL (  -- OFFSET: or it would be joined to all that the index finds
        SELECT search, publish_at FROM articles_edition AS edition WHERE edition.id = newest.id OFFSET 0
    ) AS edition
    WHERE (TABLE is_common) AND search @@ %(query)s::tsquery AND id NOT IN (SELECT id FROM in_title)
    LIMIT (SELECT {MAX_RESULTS} + 1 - count(*) FROM in_title)
),
in_text AS (
    SELECT * FROM in_newest
    UNION ALL (
        SELECT id, search, publish_at FROM live
        WHERE search @@ %(query)s::tsquery
            AND id NOT IN (SELECT id FROM in_title) AND id NOT IN (SELECT id FROM in_newest)
        LIMIT (
            SELECT {MAX_RESULTS} + 1 - count(*) FROM (SELECT FROM in_title UNION ALL SELECT FROM in_newest) AS found
        )
    )
)"""  # noqa: S608 our own names and numbers
# To find a phrase, PostgreSQL reads the text index of each article with all its words: at most MAX_CHECKED, or it could
# take seconds.
_PHRASE_IN_TEXT = f"""
checked AS MATERIALIZED (
    SELECT id, search, publish_at FROM live
    WHERE search @@ %(loose)s::tsquery AND id NOT IN (SELECT id FROM in_title)
    LIMIT {MAX_CHECKED}
),
in_text AS (
    SELECT id, search, publish_at FROM checked WHERE search @@ %(query)s::tsquery
    LIMIT (SELECT {MAX_RESULTS} + 1 - count(*) FROM in_title)
)"""  # noqa: S608 our own names and numbers


@cache
def statement(*, has_phrase: bool, has_exclusion: bool) -> str:
    """The SQL that finds and ranks articles, and fetches the rows of one part of the list.

    A snippet is cut from a window of the text that starts shortly before the first word with a matching stem, since
    reading whole texts takes longer than everything else: a longer one for several words, which need not be together.
    Only a phrase that is not found so needs the whole text, for example one with a hyphen in it.
    """
    exclusion = "AND search @@ %(excluded)s::tsquery" if has_exclusion else ""  # the text may have what the title lacks
    rest = f"CASE place WHEN 0 THEN {MAX_TEXT} ELSE %(window)s::int END"
    return rf"""
WITH live AS NOT MATERIALIZED ({LIVE}),
in_title AS MATERIALIZED (
    SELECT id, search, publish_at FROM live
    WHERE to_tsvector('english'::regconfig, COALESCE(articles_search_form(title), '')) @@ %(query)s::tsquery {exclusion}
    LIMIT {MAX_RESULTS} + 1
),
{_PHRASE_IN_TEXT if has_phrase else _IN_TEXT},
matching AS (
    SELECT *, true AS is_titled FROM in_title UNION ALL SELECT *, false FROM in_text
),
ranked AS MATERIALIZED (
    SELECT
        id, is_titled,
        CASE WHEN is_titled OR (SELECT count(*) FROM in_title) < %(start)s::int + %(count)s::int
            THEN ts_rank(search, %(query)s::tsquery) END AS rank,
        least(count(*) OVER (), {MAX_RESULTS}) AS total,
        count(*) OVER () > {MAX_RESULTS} OR (SELECT count(*) FROM checked) >= {MAX_CHECKED} AS has_more
    FROM matching
    ORDER BY is_titled DESC, rank DESC, publish_at DESC, id DESC
    LIMIT %(count)s OFFSET %(start)s
)
SELECT
    article.path,
    {_headline("title", "HighlightAll=true")},
    {_headline("snippet", "MaxWords=32, MinWords=18")},
    COALESCE(topic.name, ''), word_count, edition.publish_at, total, has_more
FROM ranked
JOIN articles_edition AS edition USING (id)
CROSS JOIN LATERAL (SELECT ' ' || text || ' ' AS whole OFFSET 0) AS read
CROSS JOIN LATERAL (SELECT regexp_instr(whole, %(beginning)s::text, 1, 1, 0, 'i') AS place OFFSET 0) AS found
CROSS JOIN LATERAL substr(
    whole, greatest(1, place - {LEAD}), {rest if has_phrase else "%(window)s::int"}
) AS part
CROSS JOIN LATERAL (SELECT substring(part FROM '\s(.*)\s') AS snippet OFFSET 0) AS cut
JOIN articles_article AS article ON article.id = article_id
LEFT JOIN articles_topic AS topic ON topic.id = topic_id
ORDER BY is_titled DESC, rank DESC, edition.publish_at DESC, edition.id DESC
"""  # noqa: S608 our own names and numbers
