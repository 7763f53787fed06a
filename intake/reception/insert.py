"""The one statement that stores a request: the person waits for it before the page says "received".

Request, consent and alert go in together in a single round trip to the database, without a transaction around it, and
PostgreSQL plans the statement once for each connection. Columns that a new request leaves empty are part of its text.
"""

import functools

from django.db import connection

from detoxsite.core import prepared

from ..models import Alert, CallForHelp, Consent
from ..records.consents import how_given

GIVEN = (
    "id",
    "reference",
    "fingerprint",
    "sealed",
    "return_key",
    "sealed_for_author",
    "contact_digests",
    "urgency",
    "goes_first",
    "arrived_with",
    "channel",
    "spam_signals",
    "is_quarantined",
    "created_at",
    "stored_at",
    "is_synthetic",
    "is_sample",
)
"""The columns in which new requests differ."""


def insert(call: CallForHelp, *, consent: str, alert_at) -> bool:
    """Store a sealed request with its first consent (the text's hash; none if it is unknown) and its first alert.

    Returns whether it was stored; False where its row exists already. All three rows are written, or none.
    """
    connection.health_check_done = True  # a dead connection shows when it is used; the spool is there for that
    values = {name: getattr(call, name) for name in GIVEN}  # as they are: the driver takes bytes, lists and enums
    values |= {"act": Consent.Act.GIVEN, "how": how_given(call), "consent": consent, "alert_at": alert_at}
    return prepared.fetch(_statement(), values) == [(1,)]


@functools.cache
def _statement() -> str:
    others = [field for field in CallForHelp._meta.concrete_fields if field.name not in GIVEN]
    names = ", ".join([*GIVEN, *(connection.ops.quote_name(field.column) for field in others)])
    values = ", ".join([*(f"%({name})s" for name in GIVEN), *map(_default, others)])
    call, given, alert = (model._meta.db_table for model in (CallForHelp, Consent, Alert))
    text = Consent._meta.get_field("text").related_model._meta.db_table
    return f"""
        WITH stored AS (INSERT INTO {call} ({names}) VALUES ({values}) ON CONFLICT (id) DO NOTHING RETURNING id),
        agreed AS (
            INSERT INTO {given} (call_id, at, act, how, text_id)
            SELECT stored.id, %(created_at)s, %(act)s, %(how)s, known.sha256
            FROM stored, {text} known WHERE known.sha256 = %(consent)s
        ),
        alerted AS (
            INSERT INTO {alert} (call_id, round, after, due_at)
            SELECT stored.id, 1, 0, %(alert_at)s::timestamptz FROM stored
        )
        SELECT count(*) FROM stored
    """  # noqa: S608 names of our own tables and columns


def _default(field) -> str:
    """What a new row has in this column, in SQL."""
    with connection.cursor() as cursor:
        return cursor.mogrify("%s", [field.get_db_prep_save(field.get_default(), connection)]).decode()
