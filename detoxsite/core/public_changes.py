"""Public content that changes says so: triggers that note the area, in the transaction that changes it.

They hold for the admin, ``update()`` and hand-written SQL alike. What counts is the *public projection* of a table:
some of its columns, in those of its rows that readers see. A draft that is saved, and a row that is saved unchanged,
is no change.

Each transaction adds at most one row for an area. Rows are only added, under a key that no other transaction has, so
that no transaction waits for another. Old rows are deleted by a job (``delete_old``).
"""

from collections.abc import Iterable
from datetime import timedelta

import pgtrigger
from django.db import connection
from django.utils import timezone

CHANNEL = "detoxsite_public"  # of NOTIFY; the notification says nothing, it only wakes
TABLE = "detoxsite_publicchange"
KEPT_FOR = timedelta(hours=1)  # a process that did not look for so long starts over


def _note(area: str, condition: str) -> str:
    return f"""
        IF {condition} THEN
            INSERT INTO {TABLE} (transaction, area, at)
            VALUES (pg_current_xact_id()::text::bigint, '{area}', now()) ON CONFLICT DO NOTHING;
            PERFORM pg_notify('{CHANNEL}', '');
        END IF;
        RETURN NULL;
    """  # noqa: S608 our own names


def changes_of(area: str, *columns: str, where: str = "true", new_rows: bool = True) -> list[pgtrigger.Trigger]:
    """Triggers of a table that is part of ``area``: ``columns``, of the rows ``where`` (SQL on those columns).

    ``columns`` begin with the primary key. ``new_rows=False``: a row is not public because it exists; something else
    has to change before readers see it, such as an edition that refers to it.
    """
    shown = f"SELECT {', '.join(columns)} FROM {{}} WHERE {where}"  # noqa: S608 our own names
    old, new = shown.format("old_rows"), shown.format("new_rows")
    differ = f"EXISTS ({old} EXCEPT {new}) OR EXISTS ({new} EXCEPT {old})"
    triggers = [
        _trigger(area, pgtrigger.Update, differ, old="old_rows", new="new_rows"),
        _trigger(area, pgtrigger.Delete, f"EXISTS ({old})", old="old_rows"),
        _trigger(area, pgtrigger.Truncate, "true"),
    ]
    if new_rows:
        triggers.append(_trigger(area, pgtrigger.Insert, f"EXISTS ({new})", new="new_rows"))
    return triggers


class AreaTrigger(pgtrigger.Trigger):
    """One of the triggers that note a change of ``area``."""

    area = ""


def _trigger(area: str, operation, condition: str, **referencing) -> AreaTrigger:
    trigger = AreaTrigger(
        name=f"{area}_changed_{str(operation).lower()}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**referencing) if referencing else None,
        func=_note(area, condition),
    )
    trigger.area = area
    return trigger


def areas_of(model) -> set[str]:
    """The areas that note a change of a model's table."""
    return {trigger.area for trigger in getattr(model._meta, "triggers", ()) if isinstance(trigger, AreaTrigger)}


def changes_since(last: tuple[str, str] | None) -> tuple[tuple[str, str], Iterable[str] | None]:
    """What is known now, for the next call, and the areas that changed since ``last``; None: there is no telling.

    Of another server, or one that was started again, a snapshot says nothing: a crash may have taken back what was
    seen before.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOOK, {"snapshot": last[1] if last else None})
        server, snapshot, changed = cursor.fetchone()
    return (server, snapshot), changed if last and last[0] == server else None


LOOK = f"""
SELECT
    pg_postmaster_start_time()::text,
    pg_current_snapshot()::text,
    ARRAY(
        SELECT DISTINCT area FROM {TABLE}
        WHERE transaction >= pg_snapshot_xmin(%(snapshot)s::pg_snapshot)::text::bigint
            AND NOT pg_visible_in_snapshot(transaction::text::xid8, %(snapshot)s::pg_snapshot)
    )
"""  # noqa: S608 our own names


def delete_old() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE at < %s", [timezone.now() - KEPT_FOR])  # noqa: S608 our own names
