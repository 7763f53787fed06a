"""Requests that reached the database after a backup's snapshot of it: they go into the backup as files of the spool.

A dump of a large center takes minutes. Someone who read "received" meanwhile must be in the backup, and a file of the
spool is a whole request that any database takes in, once.
"""

from collections.abc import Iterator

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from ..models import AnswersRevision, CallForHelp, Consent
from ..reception import spool


def late_files(horizon: str, snapshot) -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of the file of each request, or new version of one, that ``snapshot`` does not show.

    ``snapshot``: a cursor in the transaction of the dump; ``horizon``: the oldest transaction it may not see.
    """
    for call in _late(CallForHelp.objects.real().filter(is_sample=False), horizon, snapshot):
        yield spool.file_name(call), spool.encode(call, _consent(call))
    revisions = AnswersRevision.objects.select_related("call").filter(call__is_synthetic=False, call__is_sample=False)
    for revision in _late(revisions, horizon, snapshot):
        call = _as_sent(revision)
        yield spool.file_name(call), spool.encode(call, _consent(call))


def _late(rows, horizon: str, snapshot) -> Iterator:
    table = rows.model._meta.db_table
    # age() counts back from now, so it compares transactions across the wraparound of their numbers
    is_recent = RawSQL(f'age("{table}".xmin) <= age(%s::xid)', [horizon], BooleanField())  # noqa: S611 our own table
    recent = rows.filter(is_recent).exclude(sealed=b"").values_list("pk", "fingerprint")
    recent = {(pk, bytes(fingerprint)) for pk, fingerprint in recent}
    snapshot.execute(
        f"SELECT id, fingerprint FROM {table} WHERE id = ANY(%s::uuid[])",  # noqa: S608 our own table
        [[str(pk) for pk, _ in recent]],
    )
    seen = {(pk, bytes(fingerprint)) for pk, fingerprint in snapshot.fetchall()}
    return rows.filter(pk__in=[pk for pk, _ in recent - seen]).iterator()


def _as_sent(revision: AnswersRevision) -> CallForHelp:
    """The request as it was sent with these answers."""
    call = revision.call
    call.created_at, call.fingerprint = revision.at, revision.fingerprint
    call.sealed, call.sealed_for_author = revision.sealed, revision.sealed_for_author
    return call


def _consent(call: CallForHelp) -> str:
    """The hash of the text that was agreed to last; "": none."""
    given = call.consents.filter(act=Consent.Act.GIVEN).order_by("at").values_list("text_id", flat=True)
    return given.last() or ""
