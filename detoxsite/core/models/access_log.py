"""The access log: who read or wrote sealed data, in a chain of hashes."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from ..append_only import APPEND_ONLY
from ..encryption.sealed_models import ActorMixin

# What the hash of an entry covers, as text in which no two entries look alike; {row} is NEW in the trigger.
COVERED = """jsonb_build_array(
    {row}.number, to_char({row}.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), {row}.by_id, {row}.by_name,
    {row}.by_roles, {row}.action, {row}.model, {row}.subjects, {row}."references", {row}.reason
)::text"""
LOCK = 7004, 1  # one writer at a time adds to the chain


class SealedAccess(ActorMixin):
    """One request of one person, or of a partner's system, that opened or sealed content.

    ``number`` counts without gaps; ``hash`` is the SHA-256 of the entry before and of this one. The database sets both
    and changes no entry; ``verify_log`` finds what was changed or removed all the same.
    """

    class Action(models.TextChoices):
        READ = "read", "Read"
        LIST = "list", "Seen in a list"
        WRITE = "write", "Wrote"
        PRINT = "print", "Printed"
        FETCH = "fetch", "Fetched by another system"
        BREAK_GLASS = "break_glass", "Opened in an emergency"

    number = models.BigIntegerField(unique=True, default=0, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    by_roles = models.CharField("role", max_length=200, default="", editable=False)
    action = models.CharField(max_length=12, choices=Action, editable=False)
    model = models.CharField(max_length=60, editable=False)  # label of what was opened
    subjects = ArrayField(models.CharField(max_length=40), editable=False)  # primary keys
    references = ArrayField(models.CharField(max_length=20), default=list, editable=False)  # of requests
    reason = models.CharField(max_length=200, default="", editable=False)  # of an emergency
    hash = models.BinaryField(default=b"", editable=False)

    class Meta:
        ordering = ["-number"]
        verbose_name = "access log entry"
        verbose_name_plural = "access log"
        default_permissions = ("view",)
        indexes = [
            GinIndex(fields=["subjects"], name="access_subjects"),
            GinIndex(fields=["references"], name="access_references"),
            models.Index(fields=["by", "at"], name="access_by"),
        ]
        triggers = [
            *APPEND_ONLY,
            pgtrigger.Trigger(
                name="chained",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("last", "RECORD")],
                func=f"""
                    PERFORM pg_advisory_xact_lock({LOCK[0]}, {LOCK[1]});
                    SELECT number, hash INTO last FROM detoxsite_sealedaccess ORDER BY number DESC LIMIT 1;
                    NEW.number = COALESCE(last.number, 0) + 1;
                    NEW.hash = sha256(
                        COALESCE(last.hash, '') || convert_to({COVERED.format(row="NEW")}, 'UTF8')
                    );
                    RETURN NEW;
                """,  # noqa: S608 our own parts
            ),
        ]

    def __str__(self):
        return f"{self.by_name}, {self.at:%Y-%m-%d %H:%M}"
