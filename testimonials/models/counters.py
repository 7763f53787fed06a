"""How many reviews there are, counted by the database as they change, so that no page has to count a million."""

import pgtrigger
from django.db import models

_BY = ("status", "stars", "reason", "allow_words", "source")
_COLUMNS = ", ".join(_BY)
_OF = "status, COALESCE(stars, 0) AS stars, reason, allow_words, source"


def _counting(changes: str) -> str:
    """Adds up ``changes`` (a table of _BY and n) in one order everywhere, so that no two changes block each other."""
    return f"""
        INSERT INTO testimonials_reviewcounter AS tally ({_COLUMNS}, n)
        SELECT {_COLUMNS}, SUM(n) FROM ({changes}) AS changes
        GROUP BY {_COLUMNS} HAVING SUM(n) <> 0 ORDER BY {_COLUMNS}
        ON CONFLICT ({_COLUMNS}) DO UPDATE SET n = tally.n + EXCLUDED.n;
        RETURN NULL;
    """  # noqa: S608 names of our own columns


def _rows(table: str, n: int) -> str:
    return f"SELECT {_OF}, {n} AS n FROM {table}"  # noqa: S608 names of our own


def _trigger(operation, changes: str, **referencing) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=f"counted_{str(operation).lower()}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**referencing) if referencing else None,
        func=_counting(changes),
    )


COUNTED = [
    _trigger(pgtrigger.Insert, _rows("later", 1), new="later"),
    _trigger(pgtrigger.Delete, _rows("earlier", -1), old="earlier"),
    _trigger(pgtrigger.Update, f"{_rows('earlier', -1)} UNION ALL {_rows('later', 1)}", old="earlier", new="later"),
]


class ReviewCounter(models.Model):
    """``n`` reviews have this status, these stars (0: none), this reason. Written by triggers on Testimonial alone."""

    status = models.CharField(max_length=12)
    stars = models.SmallIntegerField()
    reason = models.CharField(max_length=14)
    allow_words = models.BooleanField()
    source = models.CharField(max_length=8)
    n = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=list(_BY), name="tally_once")]

    def __str__(self):
        return f"{self.n} {self.status}"
