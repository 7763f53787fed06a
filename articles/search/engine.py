"""Search: from what somebody typed to the rows of a page, in one query whatever has to be put right on the way.

Each word is looked up among the words of signed-off editions (SearchWord). One that no edition has is taken for the
beginning of those that start with it, or else for the nearest one (by trigrams). The last word always counts as a
beginning too, since people stop typing. Synonyms kept by staff add what else to look for. Where no article has all
the words, those that have some of them are shown.

A common word is in nearly every article, and to rank them all would take as long as to read them all. So at most MAX
articles are ranked: those with the words in their title first.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from ..models import (
    MARK_END,
    MARK_START,
    Edition,
    SearchWord,
    reading_minutes,
)
from .query import MIN_MISTAKE, ParsedQuery

MAX_RESULTS = 200  # articles that are ranked and can be paged through
NEAR, WINDOW, MAX_TEXT = 100, 1500, 1_000_000  # characters, see the end of SQL
MIN_LIKENESS = 0.25  # by trigrams, from 0 to 1
ALTERNATIVES = 20  # words that a beginning may stand for
NEAREST = 5  # words that a mistaken one is compared with, as far as readers can find them
MAX_WORD = SearchWord._meta.get_field("word").max_length
_LETTERS = re.compile(r"[^\W\d_]+")


def learn(*editions: Edition) -> None:
    """Remember how the words of signed-off editions are spelled."""
    keep(words_of(*editions))


def words_of(*editions: Edition) -> set[str]:
    texts = (text for one in editions for text in (one.title, one.summary, one.text))
    found = {word for text in texts for word in _LETTERS.findall(text.lower())}
    return {word for word in found if 3 <= len(word) <= MAX_WORD}


def keep(words: set[str]) -> None:
    """In order, so that two at a time do not wait for each other for ever."""
    SearchWord.objects.bulk_create((SearchWord(word) for word in sorted(words)), ignore_conflicts=True, batch_size=2000)


def corrected(typed: str, meant: dict[str, str]) -> str:
    """What was typed with each mistaken word as it was meant; empty where there was none."""
    return _LETTERS.sub(lambda word: meant.get(word[0].lower(), word[0]), typed) if meant else ""


@dataclass
class SearchResult:
    """What a search result shows. In ``title`` and ``snippet`` finds stand between MARK_START and MARK_END."""

    slug: str
    title: str
    snippet: str
    topic: str
    word_count: int
    publish_at: datetime
    total: int  # of the whole list, up to MAX
    has_more: bool  # whether there are more than MAX
    is_partial: bool  # whether no article has all the words
    meant: dict[str, str]  # typed words that no text has, and what was looked for instead

    @property
    def minutes(self) -> int:
        return reading_minutes(self.word_count)

    def get_absolute_url(self) -> str:
        return reverse("articles:article", args=[self.slug])


class SearchResults:
    """The live articles that hold what was typed, best first. A slice of it is one query, or none."""

    def __init__(self, typed: str, synonyms: list[dict[str, str]]) -> None:
        """``synonyms``: dicts of ``typed`` and ``means``, each with words or phrases separated by commas."""
        self.asked = ParsedQuery(typed, synonyms)

    def __getitem__(self, part: slice) -> list[SearchResult]:
        if not self.asked.wanted or part.start >= MAX_RESULTS:
            return []
        with connection.cursor() as cursor:
            cursor.execute(*self.query(part.start, min(part.stop, MAX_RESULTS)))
            return [SearchResult(*row, meant=json.loads(meant)) for *row, meant in cursor.fetchall()]

    def query(self, start: int, stop: int) -> tuple[str, list]:
        """The statement that fetches a part of the list, and its parameters in the order they stand in it."""
        live, moments = _live_sql()
        now = timezone.now()
        live_params = [now if value is FAR_FUTURE else value for value in moments]
        all_of, any_of, without, terms = self.asked.sql()
        sql = SQL.format(live=live, all_of=all_of, any_of=any_of, without=without)
        is_one = len(self.asked.wanted) == 1
        known = [*live_params, self.asked.last, self.asked.words, *terms, is_one]
        return sql, [*known, stop - start, start, *HEADLINES]


FAR_FUTURE = datetime.max.replace(tzinfo=UTC)


@cache
def _live_sql() -> tuple[str, list]:
    """SQL of the live editions and its parameters, with EVER in the place of the present: compiled once."""
    live = Edition.objects.live(FAR_FUTURE).order_by().values("id", "title", "search")
    sql, params = live.query.sql_with_params()
    return sql, [FAR_FUTURE if value == FAR_FUTURE else value for value in params]


HEADLINES = [
    f'StartSel="{MARK_START}", StopSel="{MARK_END}", HighlightAll=true',
    f'StartSel="{MARK_START}", StopSel="{MARK_END}", MaxWords=32, MinWords=18',
]


def _candidates(name: str, query: str) -> str:
    """SQL of two tables: articles with what is looked for in the title, and others as long as there are not MAX."""
    return f"""
{name}_in_title AS MATERIALIZED (
    SELECT id FROM live WHERE to_tsvector('english'::regconfig, COALESCE(title, '')) @@ ({query}) LIMIT {MAX_RESULTS} + 1
),
{name}_in_text AS MATERIALIZED (
    SELECT id FROM live WHERE search @@ ({query}) AND id NOT IN (TABLE {name}_in_title)
    LIMIT (SELECT {MAX_RESULTS} + 1 - count(*) FROM {name}_in_title)
)"""  # noqa: S608 names and numbers of ours


# A snippet is made from a window of the text that begins shortly before the first word with a wanted stem, since to
# read whole texts takes longer than all the rest. Only a phrase, whose words may stand apart before, needs them whole.
SQL = rf"""
WITH live AS NOT MATERIALIZED ({{live}}),
typed AS (
    SELECT word, word = %s AS is_last, ts_lexize('english_stem', word) AS lexemes FROM unnest(%s::text[]) AS word
),
meant AS MATERIALIZED (
    SELECT
        typed.word,
        nearest.word AS instead,
        CASE
            WHEN nearest.word IS NOT NULL THEN plainto_tsquery('english', nearest.word)
            WHEN begun.query IS NOT NULL THEN plainto_tsquery('english', typed.word) || begun.query
            WHEN is_known THEN plainto_tsquery('english', typed.word)
            ELSE to_tsquery('english', typed.word || ':*')
        END AS query
    FROM typed
    CROSS JOIN LATERAL (
        SELECT lexemes = '{{{{}}}}' OR EXISTS (SELECT FROM articles_searchword WHERE lexeme = lexemes[1]) AS is_known
        OFFSET 0
    ) AS looked_up
    CROSS JOIN LATERAL (
        SELECT string_agg(quote_literal(lexeme), ' | ')::tsquery AS query
        FROM (
            SELECT lexeme FROM articles_searchword
            WHERE lexemes <> '{{{{}}}}' AND (is_last OR NOT is_known)
                AND word LIKE typed.word || '%%' AND lexeme IS NOT NULL
            ORDER BY length(word), word LIMIT {ALTERNATIVES}
        ) AS longer
    ) AS begun
    LEFT JOIN LATERAL (
        SELECT word FROM (
            SELECT word, lexeme, likeness FROM articles_searchword, similarity(word, typed.word) AS likeness
            WHERE NOT is_known AND begun.query IS NULL AND length(typed.word) >= {MIN_MISTAKE}
                AND (word %% typed.word OR word LIKE left(typed.word, 2) || '%%') AND likeness >= {MIN_LIKENESS}
            ORDER BY likeness DESC, word LIMIT {NEAREST}
        ) AS near
        WHERE EXISTS (SELECT FROM live WHERE search @@ quote_literal(lexeme)::tsquery)  -- scheduled words stay untold
        ORDER BY likeness DESC, word LIMIT 1
    ) AS nearest ON true
),
asked AS MATERIALIZED (
    SELECT all_of && without AS all_of, any_of && without AS any_of
    FROM (SELECT {{all_of}} AS all_of, {{any_of}} AS any_of, {{without}} AS without) AS parts
    WHERE numnode(any_of) > 0
),
{_candidates("whole", "SELECT all_of FROM asked")},
less AS MATERIALIZED (
    SELECT any_of FROM asked
    WHERE NOT (%s OR EXISTS (TABLE whole_in_title) OR EXISTS (TABLE whole_in_text))
),
{_candidates("partial", "SELECT any_of FROM less")},
wanted AS MATERIALIZED (
    SELECT any_of AS query, true AS is_partial FROM less
    UNION ALL SELECT all_of, false FROM asked WHERE NOT EXISTS (TABLE less)
),
found AS (
    SELECT id, true AS is_titled FROM whole_in_title UNION ALL SELECT id, false FROM whole_in_text
    UNION ALL SELECT id, true FROM partial_in_title UNION ALL SELECT id, false FROM partial_in_text
),
stem AS MATERIALIZED (
    SELECT
        '\m(' || string_agg(regexp_replace(rtrim(found[1], 'i'), '(\W)', '\\\1', 'g'), '|') || ')' AS beginning,
        CASE WHEN max(query::text) LIKE '%%<%%' THEN {MAX_TEXT} ELSE {WINDOW} END AS size
    FROM wanted, regexp_matches(query::text, '''([^'']+)''', 'g') AS found
),
ranked AS MATERIALIZED (
    SELECT
        edition.id, is_titled, ts_rank(search, query) AS rank, query, is_partial,
        least(count(*) OVER (), {MAX_RESULTS}) AS total, count(*) OVER () > {MAX_RESULTS} AS has_more
    FROM found
    JOIN articles_edition AS edition USING (id)
    CROSS JOIN wanted
    ORDER BY is_titled DESC, rank DESC, publish_at DESC, id DESC
    LIMIT %s OFFSET %s
)
SELECT
    article.slug,
    ts_headline('english', title, query, %s),
    ts_headline('english', substring(part FROM '\s(.*)\s'), query, %s),
    topic.name, word_count, edition.publish_at, total, has_more, is_partial,
    (SELECT coalesce(jsonb_object_agg(word, instead), '{{{{}}}}') FROM meant WHERE instead IS NOT NULL)
FROM ranked
CROSS JOIN stem
JOIN articles_edition AS edition USING (id)
CROSS JOIN LATERAL substr(
    ' ' || text || ' ',
    CASE WHEN size = {WINDOW} THEN greatest(1, regexp_instr(text, beginning, 1, 1, 0, 'i') - {NEAR}) ELSE 1 END,
    size
) AS part
JOIN articles_article AS article ON article.id = article_id
JOIN articles_topic AS topic ON topic.id = topic_id
ORDER BY is_titled DESC, rank DESC, edition.publish_at DESC, edition.id DESC
"""  # noqa: S608 numbers of ours, and queries that hold no word of the reader's
