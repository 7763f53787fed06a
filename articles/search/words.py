"""From the terms of a query to text queries of PostgreSQL: completed, corrected, and combined.

Each word is looked up among the words of signed-off editions (SearchWord). A word that no edition has is taken as a
prefix of longer words or, failing that, corrected to the most similar one (by trigrams); but the name of a medicine,
also on the street, is never corrected. The last word always counts as a prefix too, since people stop typing. Synonyms
kept by staff add alternatives.
"""

from dataclasses import dataclass
from datetime import datetime

from detoxsite.core.prepared import fetch

from .live import LIVE
from .query import MIN_CORRECTABLE, Kind, ParsedQuery, Term

MIN_SIMILARITY = 0.25  # by trigrams, from 0 to 1
MAX_COMPLETIONS = 20  # words that a prefix may stand for
MAX_CANDIDATES = 5  # most similar words that are tried as the correction of a misspelled one

SQL = f"""
WITH live AS NOT MATERIALIZED ({LIVE}),
typed AS (
    SELECT word, is_name, word = %(last)s AS is_last, ts_lexize('english_stem', word) AS lexemes
    FROM unnest(%(words)s::text[], %(names)s::boolean[]) AS given (word, is_name)
)
SELECT
    '{Kind.FUZZY}', typed.word,
    CASE
        WHEN nearest.word IS NOT NULL THEN plainto_tsquery('english', nearest.word)
        WHEN completed.query IS NOT NULL THEN plainto_tsquery('english', typed.word) || completed.query
        WHEN is_known THEN plainto_tsquery('english', typed.word)
        ELSE to_tsquery('english', typed.word || ':*')
    END::text,
    nearest.word
FROM typed
CROSS JOIN LATERAL (
    SELECT is_name OR lexemes = '{{}}' OR EXISTS (
        SELECT FROM articles_searchword WHERE lexeme = lexemes[1]
    ) AS is_known
    OFFSET 0
) AS looked_up
CROSS JOIN LATERAL (
    SELECT string_agg(quote_literal(lexeme), ' | ')::tsquery AS query
    FROM (
        SELECT lexeme FROM articles_searchword
        WHERE lexemes <> '{{}}' AND (is_last OR NOT is_known)
            AND word LIKE typed.word || '%' AND lexeme IS NOT NULL
        ORDER BY length(word), word LIMIT {MAX_COMPLETIONS}
    ) AS completions
) AS completed
LEFT JOIN LATERAL (
    SELECT word FROM (
        SELECT word, lexeme, score FROM articles_searchword, similarity(word, typed.word) AS score
        WHERE NOT is_known AND completed.query IS NULL AND length(typed.word) >= {MIN_CORRECTABLE}
            AND (word % typed.word OR word LIKE left(typed.word, 2) || '%') AND score >= {MIN_SIMILARITY}
        ORDER BY score DESC, word LIMIT {MAX_CANDIDATES}
    ) AS candidates
    WHERE EXISTS (SELECT FROM live WHERE search @@ quote_literal(lexeme)::tsquery)  -- never reveals scheduled text
    ORDER BY score DESC, word LIMIT 1
) AS nearest ON true
UNION ALL
SELECT '{Kind.WORDS}', text, plainto_tsquery('english', text)::text, NULL FROM unnest(%(plain)s::text[]) AS text
UNION ALL
SELECT '{Kind.PHRASE}', text, phraseto_tsquery('english', text)::text, NULL FROM unnest(%(phrases)s::text[]) AS text
"""  # noqa: S608 our own names and numbers


@dataclass
class TextQuery:
    """Texts of tsquery values. Empty if there is nothing to search for, such as stop words only."""

    all_of: str  # every required term
    any_of: str  # at least one of them
    none_of: str  # no excluded term
    corrections: dict[str, str]  # misspelled words, and what is searched for instead


def resolved(query: ParsedQuery, now: datetime) -> TextQuery:
    """The query in stems. Runs one statement."""
    terms = {term for group in [*query.required, query.excluded] for term in group}
    words = query.fuzzy_terms
    params = {
        "now": now,
        "last": query.last_term,
        "words": words,
        "names": [word in query.names for word in words],
        "plain": [text for kind, text in terms if kind == Kind.WORDS],
        "phrases": [text for kind, text in terms if kind == Kind.PHRASE],
    }
    rows = fetch(SQL, params)
    stems: dict[Term, str] = {(kind, word): stem for kind, word, stem, _ in rows}
    groups = [_joined(" | ", [stems[term] for term in group]) for group in query.required]
    return TextQuery(
        all_of=_joined(" & ", groups),
        any_of=_joined(" | ", groups),
        none_of=_joined(" & ", [f"!({stems[term]})" for term in query.excluded if stems[term]]),
        corrections={word: correction for _, word, _, correction in rows if correction},
    )


def _joined(operator: str, parts: list[str]) -> str:
    return operator.join(f"({part})" for part in parts if part)


def both(first: str, second: str) -> str:
    """A query that matches where both do; an empty one matches everywhere."""
    return _joined(" & ", [first, second])
