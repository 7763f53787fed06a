"""Search: from the text of the search box to the rows of a page, in one query including any corrections.

Each word is looked up among the words of signed-off editions (SearchWord). A word that no edition has is taken as a
prefix of longer words or, failing that, corrected to the most similar one (by trigrams); but the name of a medicine,
also on the street, is never corrected. The last word always counts as a prefix too, since people stop typing. Synonyms
kept by staff add alternatives. Where no article matches all the words, those that match some are shown.

A common word is in nearly every article, and ranking them all would take as long as reading them all. So at most
MAX_RESULTS articles are ranked: those with the words in their title first.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from django.db import connection
from django.utils import timezone

from ..models import MARK_END, MARK_START, Edition, article_url, reading_minutes
from .index import LETTERS
from .plain_form import INVISIBLE, REFERENCE, SIGNS
from .query import MIN_CORRECTABLE, ParsedQuery

MAX_RESULTS = 200  # articles that are ranked and can be paged through
LEAD, WINDOW, MAX_TEXT = 100, 1500, 1_000_000  # characters; see the snippet at the end of SQL
MIN_SIMILARITY = 0.25  # by trigrams, from 0 to 1
MAX_COMPLETIONS = 20  # words that a prefix may stand for
MAX_CANDIDATES = 5  # most similar words that are tried as the correction of a misspelled one


def corrected(text: str, corrections: dict[str, str]) -> str:
    """The text with each misspelled word corrected; empty where there is nothing to correct."""
    return LETTERS.sub(lambda word: corrections.get(word[0].lower(), word[0]), text) if corrections else ""


@dataclass
class SearchResult:
    """One row of the results. In ``title`` and ``snippet``, matches are between MARK_START and MARK_END."""

    slug: str
    title: str
    snippet: str
    topic: str
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
        return article_url(self.slug)


class SearchResults:
    """The live articles that match a text, best first. Slicing runs one query, or none."""

    def __init__(self, text: str, synonyms: list[dict[str, str]]) -> None:
        """``synonyms``: dicts of ``typed`` and ``means``, each with words or phrases separated by commas."""
        self.query = ParsedQuery(text, synonyms)

    def __getitem__(self, part: slice) -> list[SearchResult]:
        if not self.query.required or part.start >= MAX_RESULTS:
            return []
        with connection.cursor() as cursor:  # not prepared: one plan for all words is many times slower
            cursor.execute(*self.statement(part.start, min(part.stop, MAX_RESULTS)))
            return [SearchResult(*row, corrections=json.loads(pairs)) for *row, pairs in cursor.fetchall()]

    def statement(self, start: int, stop: int) -> tuple[str, list]:
        """The SQL that fetches a part of the list, and its parameters in order."""
        query, now = self.query, timezone.now()
        live, live_params = _live_sql()
        all_of, any_of, none_of, term_params = query.sql()
        sql = SQL.format(
            live=live, all_of=all_of, any_of=any_of, none_of=none_of, exclusion=EXCLUSION if query.excluded else ""
        )
        is_single = len(query.required) == 1
        return sql, [
            *(now if param is FAR_FUTURE else param for param in live_params),
            *(query.last_term, query.fuzzy_terms, [word in query.names for word in query.fuzzy_terms]),
            *term_params,
            *(is_single, stop - start, start),
            *HEADLINE_OPTIONS,
        ]


FAR_FUTURE = datetime.max.replace(tzinfo=UTC)


@cache
def _live_sql() -> tuple[str, list]:
    """SQL of the live editions and its parameters, compiled once, with FAR_FUTURE as placeholder for the present."""
    live = Edition.objects.live(FAR_FUTURE).order_by().values("id", "title", "search")
    sql, params = live.query.sql_with_params()
    return sql, [FAR_FUTURE if value == FAR_FUTURE else value for value in params]


HEADLINE_OPTIONS = [
    f'StartSel="{MARK_START}", StopSel="{MARK_END}", HighlightAll=true',
    f'StartSel="{MARK_START}", StopSel="{MARK_END}", MaxWords=32, MinWords=18',
]


EXCLUSION = "AND search @@ (SELECT none_of FROM parsed)"  # of words that the title does not have but the text has


def _candidates(name: str, query: str) -> str:
    """SQL of two tables: articles that match in the title, then others until there are more than MAX_RESULTS."""
    return f"""
{name}_in_title AS MATERIALIZED (
    SELECT id FROM live
    WHERE to_tsvector('english'::regconfig, COALESCE(articles_search_form(title), '')) @@ ({query}) {{exclusion}}
    LIMIT {MAX_RESULTS} + 1
),
{name}_in_text AS MATERIALIZED (
    SELECT id FROM live WHERE search @@ ({query}) AND id NOT IN (TABLE {name}_in_title)
    LIMIT (SELECT {MAX_RESULTS} + 1 - count(*) FROM {name}_in_title)
)"""  # noqa: S608 our own names and numbers


def _headline(text: str) -> str:
    """SQL of a text with its matches marked, as readers see it: without reference marks and invisible letters.

    PostgreSQL takes a quotation mark or a dash for a letter of the word beside it, and marks neither; so each sign
    stands apart, between two control characters, until the words are marked.
    """
    seen = f"regexp_replace({text}, '[{INVISIBLE}]|\\s*{REFERENCE}', '', 'g')"
    apart = f"regexp_replace({seen}, '[{SIGNS}]', chr(1) || '\\&' || chr(1), 'g')"
    return f"translate(ts_headline('english', {apart}, query, %s), chr(1), '')"


_SNIPPET = r"substring(part FROM '\s(.*)\s')"

# A snippet is cut from a window of the text that starts shortly before the first word with a matching stem, since
# reading whole texts takes longer than everything else. Only a phrase needs the whole text: its words may occur apart
# from each other earlier on.
SQL = rf"""
WITH live AS NOT MATERIALIZED ({{live}}),
typed AS (
    SELECT word, is_name, word = %s AS is_last, ts_lexize('english_stem', word) AS lexemes
    FROM unnest(%s::text[], %s::boolean[]) AS given (word, is_name)
),
resolved AS MATERIALIZED (
    SELECT
        typed.word,
        nearest.word AS correction,
        CASE
            WHEN nearest.word IS NOT NULL THEN plainto_tsquery('english', nearest.word)
            WHEN completed.query IS NOT NULL THEN plainto_tsquery('english', typed.word) || completed.query
            WHEN is_known THEN plainto_tsquery('english', typed.word)
            ELSE to_tsquery('english', typed.word || ':*')
        END AS query
    FROM typed
    CROSS JOIN LATERAL (
        SELECT is_name OR lexemes = '{{{{}}}}' OR EXISTS (
            SELECT FROM articles_searchword WHERE lexeme = lexemes[1]
        ) AS is_known
        OFFSET 0
    ) AS looked_up
    CROSS JOIN LATERAL (
        SELECT string_agg(quote_literal(lexeme), ' | ')::tsquery AS query
        FROM (
            SELECT lexeme FROM articles_searchword
            WHERE lexemes <> '{{{{}}}}' AND (is_last OR NOT is_known)
                AND word LIKE typed.word || '%%' AND lexeme IS NOT NULL
            ORDER BY length(word), word LIMIT {MAX_COMPLETIONS}
        ) AS completions
    ) AS completed
    LEFT JOIN LATERAL (
        SELECT word FROM (
            SELECT word, lexeme, score FROM articles_searchword, similarity(word, typed.word) AS score
            WHERE NOT is_known AND completed.query IS NULL AND length(typed.word) >= {MIN_CORRECTABLE}
                AND (word %% typed.word OR word LIKE left(typed.word, 2) || '%%') AND score >= {MIN_SIMILARITY}
            ORDER BY score DESC, word LIMIT {MAX_CANDIDATES}
        ) AS candidates
        WHERE EXISTS (SELECT FROM live WHERE search @@ quote_literal(lexeme)::tsquery)  -- never reveals scheduled text
        ORDER BY score DESC, word LIMIT 1
    ) AS nearest ON true
),
parsed AS MATERIALIZED (
    SELECT all_of && none_of AS all_of, any_of && none_of AS any_of, none_of
    FROM (SELECT {{all_of}} AS all_of, {{any_of}} AS any_of, {{none_of}} AS none_of) AS parts
    WHERE numnode(any_of) > 0
),
{_candidates("whole", "SELECT all_of FROM parsed")},
relaxed AS MATERIALIZED (
    SELECT any_of FROM parsed
    WHERE NOT (%s OR EXISTS (TABLE whole_in_title) OR EXISTS (TABLE whole_in_text))
),
{_candidates("partial", "SELECT any_of FROM relaxed")},
final AS MATERIALIZED (
    SELECT any_of AS query, true AS is_partial FROM relaxed
    UNION ALL SELECT all_of, false FROM parsed WHERE NOT EXISTS (TABLE relaxed)
),
matching AS (
    SELECT id, true AS is_titled FROM whole_in_title UNION ALL SELECT id, false FROM whole_in_text
    UNION ALL SELECT id, true FROM partial_in_title UNION ALL SELECT id, false FROM partial_in_text
),
stem AS MATERIALIZED (
    SELECT
        '\m(' || string_agg(regexp_replace(rtrim(lexeme[1], 'i'), '(\W)', '\\\1', 'g'), '|') || ')' AS beginning,
        CASE WHEN max(query::text) LIKE '%%<%%' THEN {MAX_TEXT} ELSE {WINDOW} END AS size
    FROM final, regexp_matches(query::text, '''([^'']+)''', 'g') AS lexeme
),
ranked AS MATERIALIZED (
    SELECT
        edition.id, is_titled, ts_rank(search, query) AS rank, query, is_partial,
        least(count(*) OVER (), {MAX_RESULTS}) AS total, count(*) OVER () > {MAX_RESULTS} AS has_more
    FROM matching
    JOIN articles_edition AS edition USING (id)
    CROSS JOIN final
    ORDER BY is_titled DESC, rank DESC, publish_at DESC, id DESC
    LIMIT %s OFFSET %s
)
SELECT
    article.slug,
    {_headline("title")},
    {_headline(_SNIPPET)},
    topic.name, word_count, edition.publish_at, total, has_more, is_partial,
    (SELECT coalesce(jsonb_object_agg(word, correction), '{{{{}}}}') FROM resolved WHERE correction IS NOT NULL)
FROM ranked
CROSS JOIN stem
JOIN articles_edition AS edition USING (id)
CROSS JOIN LATERAL substr(
    ' ' || text || ' ',
    CASE WHEN size = {WINDOW} THEN greatest(1, regexp_instr(text, beginning, 1, 1, 0, 'i') - {LEAD}) ELSE 1 END,
    size
) AS part
JOIN articles_article AS article ON article.id = article_id
JOIN articles_topic AS topic ON topic.id = topic_id
ORDER BY is_titled DESC, rank DESC, edition.publish_at DESC, edition.id DESC
"""  # noqa: S608 our own numbers, and queries without any word of the reader
