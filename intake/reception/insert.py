"""The one statement that stores a request: the person waits for it before the page says "received".

Request, consent and alert go in together in a single round trip to the database, without a transaction around it:
about a third of the time of three inserts through the ORM (script/bench acknowledge).
"""

import functools

from django.db import connection

from ..models import Alert, CallForHelp, Consent
from ..records.consents import how_given


def insert(call: CallForHelp, *, consent: str, alert_at) -> bool:
    """Store a sealed request with its first consent (the text's hash; none if it is unknown) and its first alert.

    Returns whether it was stored; False where its row exists already. All three rows are written, or none.
    """
    columns = [_prepared(field, getattr(call, field.attname)) for field in CallForHelp._meta.concrete_fields]
    given = [call.created_at, Consent.Act.GIVEN, how_given(call), consent]
    connection.health_check_done = True  # a dead connection shows when it is used; the spool is there for that
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [*columns, *given, alert_at])
        return cursor.fetchone()[0] == 1


def _prepared(field, value):
    """The value as the driver takes it; most of a new request's are empty, which each field leaves as they are."""
    if value is None or value is True or value is False or value == "":
        return value
    return field.get_db_prep_save(value, connection)


@functools.cache
def _statement() -> str:
    names = ", ".join(connection.ops.quote_name(field.column) for field in CallForHelp._meta.concrete_fields)
    places = ", ".join(["%s"] * len(CallForHelp._meta.concrete_fields))
    call, given, alert = (model._meta.db_table for model in (CallForHelp, Consent, Alert))
    text = Consent._meta.get_field("text").related_model._meta.db_table
    return f"""
        WITH stored AS (INSERT INTO {call} ({names}) VALUES ({places}) ON CONFLICT (id) DO NOTHING RETURNING id),
        agreed AS (
            INSERT INTO {given} (call_id, at, act, how, text_id)
            SELECT stored.id, %s, %s, %s, known.sha256 FROM stored, {text} known WHERE known.sha256 = %s
        ),
        alerted AS (
            INSERT INTO {alert} (call_id, round, after, due_at) SELECT stored.id, 1, 0, %s FROM stored
        )
        SELECT count(*) FROM stored
    """  # noqa: S608 names of our own tables and columns
