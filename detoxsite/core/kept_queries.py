"""Kept queries: the SQL that the ORM makes of a queryset, made once in each process.

Making it takes many times as long as sending it. So a queryset is built from placeholders for what differs from use to
use, such as the time, and its SQL is kept and prepared (core/prepared.py). A rule stays where it is, in the method of
the queryset; that takes its ``now`` as an argument.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db import connection
from django.db.models import BigIntegerField, DateField, DateTimeField, Expression, Field, QuerySet

from .prepared import fetch

_PARAMETER = re.compile("%[s%]")  # a value, or a sign of percent


class Placeholder(Expression):
    """Stands for a value in a filter: each use of the kept query names it."""

    def __init__(self, name: str, field: Field) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler, connection):
        return f"%({self.name})s::{self.output_field.db_type(connection)}", []


NOW = Placeholder("now", DateTimeField())
TODAY = Placeholder("today", DateField())
USER = Placeholder("user", BigIntegerField())  # the key of an account


@dataclass(frozen=True)
class KeptQuery:
    """``build`` makes the queryset, without anything that depends on when or for whom it is called."""

    build: Callable[[], QuerySet]

    def rows(self, **values) -> list[tuple]:
        """As ``values_list`` would return them, but as the driver reads them. ``values``: of the placeholders."""
        return fetch(self.sql, values)

    @cached_property
    def sql(self) -> str:
        """Raises TypeError for a moment or a day in the query, which would grow old with the process."""
        sql, values = self.build().query.get_compiler(connection=connection).as_sql()
        if any(isinstance(value, date) for value in values):
            raise TypeError("A kept query takes times from a placeholder.")
        return _with_values(sql, values)


def _with_values(sql: str, values: tuple) -> str:
    """The SQL with its values filled in, as the driver quotes them. Placeholders stay."""
    rest = iter(values)
    with connection.cursor() as cursor:
        return _PARAMETER.sub(
            lambda found: "%" if found[0] == "%%" else cursor.mogrify("%s", [next(rest)]).decode(), sql
        )


# --- many numbers at once ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """Rows to count. ``since``: the column of which the lowest value is read too."""

    build: Callable[[], QuerySet]
    since: str = ""

    def rows(self) -> QuerySet:
        rows = self.build()
        return (rows if rows.query.is_sliced else rows.order_by()).values_list(self.since or "pk")


@dataclass(frozen=True)
class Found:
    count: int
    since: datetime | None = None


class KeptFigures:
    """Several figures that are read in one query."""

    def __init__(self, figures: dict[str, Figure]) -> None:
        self._figures = figures
        self._sql: dict[tuple[str, ...], str] = {}  # by the names that are asked for together

    def read(self, names: Iterable[str], **values) -> dict[str, Found]:
        """What is found for each name. ``values``: of the placeholders, whether or not these figures have them."""
        names = tuple(names)
        if not names:
            return {}
        if names not in self._sql:
            self._sql[names] = " UNION ALL ".join(map(self._part, names))
        return {name: Found(count, since) for name, count, since in fetch(self._sql[names], values)}

    def _part(self, name: str) -> str:
        figure = self._figures[name]
        since = f"MIN(found.{figure.since})" if figure.since else "NULL::timestamptz"
        sql = KeptQuery(figure.rows).sql
        return f"SELECT '{name}', COUNT(*), {since} FROM ({sql}) found"  # noqa: S608 our own names
