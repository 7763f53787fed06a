"""Counters of reviews, kept up to date by database triggers, so that no page has to count a million rows."""

import pgtrigger
from django.db import models

from detoxsite.core.public_changes import changes_of

_BY = ("status", "stars", "reason", "allow_words", "source", "relationship")
_OF = "SELECT status, COALESCE(stars, 0) AS stars, reason, allow_words, source, relationship, {n} AS n FROM {table}"

# The start of the period in which a decision is counted. A week begins at midnight in the center's time zone, which is
# a setting: somewhere between Sunday 10:00 UTC (UTC+14) and Monday 12:00 UTC (UTC-12). In these 26 hours a period is a
# quarter of an hour, the rest of the week is one: so each lies within one week, whatever the time zone.
_WEEK = "date_trunc('week', decided_at AT TIME ZONE 'UTC' + interval '14 hours')"
_IN_WEEK = f"date_bin('15 minutes', decided_at AT TIME ZONE 'UTC' + interval '14 hours', {_WEEK}) - {_WEEK}"
PERIOD = f"({_WEEK} + LEAST({_IN_WEEK}, interval '26 hours') - interval '14 hours') AT TIME ZONE 'UTC'"
_BY_PERIOD = ("period", "stars", "status", "is_sample")
_TAKEN_DOWN = "event.kind = 'withdrawn' AND event.by_id IS NOT NULL"
_DECISIONS = f"""
    SELECT {PERIOD} AS period, COALESCE(stars, 0) AS stars, status, is_sample, {{n}} AS n FROM {{table}} AS review
    WHERE decided_at IS NOT NULL AND (
        status IN ('published', 'declined') OR status = 'withdrawn' AND EXISTS (
            SELECT FROM testimonials_reviewevent AS event WHERE event.review_id = review.id AND {_TAKEN_DOWN}
        )
    )
"""  # noqa: S608 only our own names
_TAKEN_DOWN_AFTERWARDS = f"""
    SELECT {PERIOD} AS period, COALESCE(stars, 0) AS stars, status, is_sample, 1 AS n
    FROM testimonials_testimonial AS review
    WHERE decided_at IS NOT NULL AND status = 'withdrawn'
        AND id IN (SELECT review_id FROM new_rows AS event WHERE {_TAKEN_DOWN})
        AND NOT EXISTS (
            SELECT FROM testimonials_reviewevent AS event
            WHERE event.review_id = review.id AND {_TAKEN_DOWN} AND event.id NOT IN (SELECT id FROM new_rows)
        )
"""  # noqa: S608 only our own names


def _counting(table: str, by: tuple[str, ...], changes: str) -> str:
    """Add up ``changes`` (rows of ``by`` and n), in one order, so that concurrent changes cannot deadlock."""
    columns = ", ".join(by)
    return f"""
        INSERT INTO {table} AS counter ({columns}, n)
        SELECT {columns}, SUM(n) FROM ({changes}) AS changes
        GROUP BY {columns} HAVING SUM(n) <> 0 ORDER BY {columns}
        ON CONFLICT ({columns}) DO UPDATE SET n = counter.n + EXCLUDED.n;
        RETURN NULL;
    """  # noqa: S608 only our own column names


def _triggers(name: str, table: str, by: tuple[str, ...], rows: str) -> list[pgtrigger.Trigger]:
    """Triggers of Testimonial that keep the counters in ``table``. ``rows``: SQL of what counts of a ``table``."""
    new, old = rows.format(table="new_rows", n=1), rows.format(table="old_rows", n=-1)
    return [
        _trigger(f"{name}_insert", pgtrigger.Insert, _counting(table, by, new), new="new_rows"),
        _trigger(f"{name}_delete", pgtrigger.Delete, _counting(table, by, old), old="old_rows"),
        _trigger(
            f"{name}_update",
            pgtrigger.Update,
            _counting(table, by, f"{old} UNION ALL {new}"),
            old="old_rows",
            new="new_rows",
        ),
    ]


def _trigger(name: str, operation, func: str, **referencing) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**referencing),
        func=func,
    )


COUNTER_TRIGGERS = [
    *_triggers("counted", "testimonials_reviewcounter", _BY, _OF),
    *_triggers("decision_counted", "testimonials_decisioncounter", _BY_PERIOD, _DECISIONS),
]
COUNT_TAKEN_DOWN = _trigger(
    "decision_counted_insert",
    pgtrigger.Insert,
    _counting("testimonials_decisioncounter", _BY_PERIOD, _TAKEN_DOWN_AFTERWARDS),
    new="new_rows",
)
"""Trigger of ReviewEvent: the event that says who withdrew a review may come after the review's new status."""


class ReviewCounter(models.Model):
    """``n`` reviews share these values (stars 0: none). Written only by triggers on Testimonial."""

    status = models.CharField(max_length=12)
    stars = models.SmallIntegerField()
    reason = models.CharField(max_length=14)
    allow_words = models.BooleanField()
    source = models.CharField(max_length=8)
    relationship = models.CharField(max_length=8)
    n = models.BigIntegerField()

    class Meta:
        triggers = changes_of("reviews", "*", where="status IN ('published', 'declined', 'pending')")
        constraints = [models.UniqueConstraint(fields=list(_BY), name="counter_once")]

    def __str__(self):
        return f"{self.n} {self.status}"


class DecisionCounter(models.Model):
    """``n`` decisions of one period share these values (stars 0: none). Written only by triggers.

    ``status`` is the review's status now; of withdrawn ones only those are counted that staff withdrew for the author.
    """

    period = models.DateTimeField(help_text="Start of a part of a week: see PERIOD.")
    stars = models.SmallIntegerField()
    status = models.CharField(max_length=12)
    is_sample = models.BooleanField()
    n = models.BigIntegerField()

    class Meta:
        triggers = changes_of("reviews", "*")
        constraints = [models.UniqueConstraint(fields=list(_BY_PERIOD), name="decision_counter_once")]

    def __str__(self):
        return f"{self.n} {self.status} from {self.period}"
