"""Prepared statements: SQL that a connection parses and plans once.

Planning a query of several tables takes longer than running it. psycopg2 prepares nothing by itself, so this does: the
first use on a connection sends PREPARE, later ones EXECUTE. One plan serves all values: by itself PostgreSQL would go
on planning where it takes a plan for particular values to be cheaper, without counting what planning costs. Nor is a
plan compiled to machine code (JIT): its costs are guesses, and compiling takes longer than any of these queries.

A pooler that hands each transaction to another connection keeps no such statement: there each use is planned.
"""

import hashlib
import re
import weakref
from functools import cache

from django.db import connections

from . import read_replica

_PARAMETER = re.compile(r"%\((\w+)\)s")
_PERCENT = re.compile(r"%(?!\(\w+\)s)")  # of an operator
_prepared: "weakref.WeakKeyDictionary[object, set[str]]" = weakref.WeakKeyDictionary()  # names, by connection


def fetch(sql: str, params: dict) -> list[tuple]:
    """The rows of a query. ``sql`` is one of a few of ours, with ``%(name)s``, cast where PostgreSQL cannot tell."""
    connection = connections[read_replica.alias()]
    with connection.cursor() as cursor:
        if connection.keeps_session:
            _execute_prepared(connection, cursor, sql, params)
        else:
            cursor.execute(_unprepared(sql), params)
        return cursor.fetchall()


def _execute_prepared(connection, cursor, sql: str, params: dict) -> None:
    name, statement, names = _statement(sql)
    known = _prepared.setdefault(connection.connection, set())
    if name not in known:
        with connection.wrap_database_errors:  # the driver's own cursor: signs of percent are left alone
            cursor.cursor.execute(f"{statement}; SET plan_cache_mode = force_generic_plan; SET jit = off")
        known.add(name)
    values = f" ({', '.join(['%s'] * len(names))})" if names else ""
    cursor.execute(f"EXECUTE {name}{values}", [params[each] for each in names])


@cache
def _statement(sql: str) -> tuple[str, str, list[str]]:
    """A name for the statement, its PREPARE, and its parameters in order."""
    name = f"detoxsite_{hashlib.sha256(sql.encode()).hexdigest()[:16]}"
    return name, f"PREPARE {name} AS {numbered(sql)}", _names(sql)


@cache
def _unprepared(sql: str) -> str:
    """The statement as the driver fills it in, with the setting in the same message, so in the same transaction."""
    return "SET LOCAL jit = off; " + _PERCENT.sub("%%", sql)


def numbered(sql: str) -> str:
    """The SQL with ``$1`` in place of ``%(name)s``."""
    names = _names(sql)
    return _PARAMETER.sub(lambda match: f"${names.index(match[1]) + 1}", sql)


def _names(sql: str) -> list[str]:
    return list(dict.fromkeys(_PARAMETER.findall(sql)))
