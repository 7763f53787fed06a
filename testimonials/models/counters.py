"""Counters of reviews, kept up to date by database triggers, so that no page has to count a million rows."""

import pgtrigger
from django.db import models

from detoxsite.core.public_changes import changes_of

_BY = ("status", "stars", "reason", "allow_words", "source", "relationship")
_COLUMNS = ", ".join(_BY)
_OF = "status, COALESCE(stars, 0) AS stars, reason, allow_words, source, relationship"


def _counting(changes: str) -> str:
    """Add up ``changes`` (rows of _BY and n), always in the same order, so that concurrent changes cannot deadlock."""
    return f"""
        INSERT INTO testimonials_reviewcounter AS counter ({_COLUMNS}, n)
        SELECT {_COLUMNS}, SUM(n) FROM ({changes}) AS changes
        GROUP BY {_COLUMNS} HAVING SUM(n) <> 0 ORDER BY {_COLUMNS}
        ON CONFLICT ({_COLUMNS}) DO UPDATE SET n = counter.n + EXCLUDED.n;
        RETURN NULL;
    """  # noqa: S608 only our own column names


def _rows(table: str, n: int) -> str:
    return f"SELECT {_OF}, {n} AS n FROM {table}"  # noqa: S608 only our own names


def _trigger(operation, changes: str, **referencing) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=f"counted_{str(operation).lower()}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**referencing) if referencing else None,
        func=_counting(changes),
    )


COUNTER_TRIGGERS = [
    _trigger(pgtrigger.Insert, _rows("new_rows", 1), new="new_rows"),
    _trigger(pgtrigger.Delete, _rows("old_rows", -1), old="old_rows"),
    _trigger(
        pgtrigger.Update, f"{_rows('old_rows', -1)} UNION ALL {_rows('new_rows', 1)}", old="old_rows", new="new_rows"
    ),
]


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
