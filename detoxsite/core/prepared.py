"""Prepared statements: SQL that a connection parses and plans once.

Planning a query of several tables takes longer than running it. psycopg2 prepares nothing by itself, so this does: the
first use on a connection sends PREPARE, later ones EXECUTE. PostgreSQL keeps a plan for all values once it has seen
that plans for particular ones are not better.
"""

import hashlib
import re
import weakref
from functools import cache

from django.db import connection

_PARAMETER = re.compile(r"%\((\w+)\)s")
_prepared: "weakref.WeakKeyDictionary[object, set[str]]" = weakref.WeakKeyDictionary()  # names, by connection


def fetch(sql: str, params: dict) -> list[tuple]:
    """The rows of a query, prepared. ``sql``: with ``%(name)s`` and, where PostgreSQL needs it, a cast."""
    name, statement, names = _statement(sql)
    with connection.cursor() as cursor:
        known = _prepared.setdefault(connection.connection, set())
        if name not in known:
            cursor.cursor.execute(statement)
            known.add(name)
        cursor.execute(f"EXECUTE {name} ({', '.join(['%s'] * len(names))})", [params[each] for each in names])
        return cursor.fetchall()


@cache
def _statement(sql: str) -> tuple[str, str, list[str]]:
    """A name for the statement, its PREPARE, and its parameters in order."""
    names = list(dict.fromkeys(_PARAMETER.findall(sql)))
    numbered = _PARAMETER.sub(lambda match: f"${names.index(match[1]) + 1}", sql).replace("%%", "%")
    name = f"detoxsite_{hashlib.sha256(sql.encode()).hexdigest()[:16]}"
    return name, f"PREPARE {name} AS {numbered}", names
