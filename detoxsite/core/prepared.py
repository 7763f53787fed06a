"""Prepared statements: SQL that a connection parses and plans once.

Planning a query of several tables takes longer than running it. psycopg2 prepares nothing by itself, so this does: the
first use on a connection sends PREPARE, later ones EXECUTE. One plan serves all values: by itself PostgreSQL would go
on planning where it takes a plan for particular values to be cheaper, without counting what planning costs.
"""

import hashlib
import re
import weakref
from functools import lru_cache
from itertools import count

from django.db import connection

MAX_STATEMENTS = 100  # kept by a connection; SQL beyond that is planned each time

_PARAMETER = re.compile(r"%(?:\((\w+)\))?s")
_prepared: "weakref.WeakKeyDictionary[object, set[str]]" = weakref.WeakKeyDictionary()  # names, by connection


def fetch(sql: str, params: dict | list) -> list[tuple]:
    """The rows of a query. ``sql`` is ours, with ``%(name)s`` or ``%s``, each cast where PostgreSQL cannot tell."""
    name, statement, names = _statement(sql)
    with connection.cursor() as cursor:
        known = _prepared.setdefault(connection.connection, set())
        if name not in known and len(known) < MAX_STATEMENTS:
            cursor.cursor.execute(f"{statement}; SET plan_cache_mode = force_generic_plan")
            known.add(name)
        if name in known:
            values = [params[each] for each in names] if names else params
            cursor.execute(f"EXECUTE {name} ({', '.join(['%s'] * len(values))})", values)
        else:
            cursor.execute(sql, params)
        return cursor.fetchall()


@lru_cache(maxsize=MAX_STATEMENTS)
def _statement(sql: str) -> tuple[str, str, list[str]]:
    """A name for the statement, its PREPARE, and the names of its parameters in order; none where they have none."""
    names = list(dict.fromkeys(filter(None, _PARAMETER.findall(sql))))
    counter = count(1)
    numbered = _PARAMETER.sub(lambda match: f"${names.index(match[1]) + 1 if match[1] else next(counter)}", sql)
    name = f"detoxsite_{hashlib.sha256(sql.encode()).hexdigest()[:16]}"
    return name, f"PREPARE {name} AS {numbered.replace('%%', '%')}", names
