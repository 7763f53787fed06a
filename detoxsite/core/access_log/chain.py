"""The chain of the access log: finds the first entry that was changed or removed.

Whoever owns the database could remove the newest entries, or write the whole chain anew. So each machine notes the
newest hash in a file every hour (HEADS), and the weekly report carries it: ``first_gap`` looks for these too. A backup
carries the file as it was at its snapshot, so that a restored chain has to end where the backup said.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from ..models import SealedAccess
from ..models.access_log import COVERED

HEADS = "access_log_heads"  # in DETOX_VAR: a line "number hash" for each time, "restored number hash" for a restore
RESTORED = "restored "
GAP = f"""
    SELECT number FROM (
        SELECT number, hash, lag(number) OVER chain AS number_before, lag(hash) OVER chain AS hash_before,
               {COVERED.format(row="entry")} AS covered
        FROM detoxsite_sealedaccess AS entry WINDOW chain AS (ORDER BY number)
    ) AS entries
    WHERE number IS DISTINCT FROM COALESCE(number_before, 0) + 1
       OR hash IS DISTINCT FROM sha256(COALESCE(hash_before, '') || convert_to(covered, 'UTF8'))
    ORDER BY number LIMIT 1
"""  # noqa: S608 our own parts


@dataclass(frozen=True)
class Head:
    """The newest entry of the chain at some time. ``hash`` is hexadecimal."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number} {self.hash}"

    @classmethod
    def parse(cls, text: str) -> "Head | None":
        found = re.fullmatch(r"(\d{1,18}) ([0-9a-f]{64})", text.strip())
        return cls(int(found[1]), found[2]) if found else None


def head() -> Head | None:
    with connection.cursor() as cursor:
        return head_of(cursor)


def head_of(cursor) -> Head | None:
    """The newest entry that a cursor sees: of a snapshot, that of the backup."""
    cursor.execute("SELECT number, hash FROM detoxsite_sealedaccess ORDER BY number DESC LIMIT 1")
    last = cursor.fetchone()
    return Head(last[0], bytes(last[1]).hex()) if last else None


def first_gap(known: tuple[Head, ...] = ()) -> int | None:
    """Number of the first entry that is missing or is not what it was; None while the chain is whole.

    ``known``: heads of earlier times that have to be in it, beside those of the file.
    """
    with connection.cursor() as cursor:
        cursor.execute(GAP)
        row = cursor.fetchone()
    gaps = [row[0]] if row else []
    gaps += [one.number for one in (*_noted(), *known) if not _is_in_chain(one)]
    return min(gaps, default=None)


def _is_in_chain(one: Head) -> bool:
    return SealedAccess.objects.filter(number=one.number, hash=bytes.fromhex(one.hash)).exists()


def _file() -> Path:
    return Path(settings.VAR) / HEADS


def _lines() -> list[str]:
    try:
        return _file().read_text().splitlines()
    except FileNotFoundError:
        return []


def _noted() -> list[Head]:
    return [one for line in _lines() if (one := Head.parse(line.removeprefix(RESTORED)))]


def note_head() -> None:
    """Job: note the newest entry in the file, unless it is the last line already."""
    newest, noted = head(), _noted()
    if newest and (not noted or noted[-1] != newest):
        _append(newest)


def _append(*lines: object) -> None:
    with _file().open("a") as file:
        file.writelines(f"{line}\n" for line in lines)


# --- backup and restore ----------------------------------------------------------------------------------------------


def heads_until(newest: Head | None) -> list[str]:
    """What was noted up to an entry, which is the last one: for a backup whose snapshot ends there."""
    known = [one for one in _noted() if newest and one.number < newest.number]
    return [str(one) for one in (*known, *([newest] if newest else []))]


def note_restored(heads: list[str]) -> None:
    """Note the heads of the backup that this database was restored from; its last one says where the chain ended."""
    if heads:
        _append(*heads[:-1], f"{RESTORED}{heads[-1]}")


def restored_head() -> Head | None:
    """Where the chain ended in the backup that was restored last; None where none was."""
    ends = [line for line in _lines() if line.startswith(RESTORED)]
    return Head.parse(ends[-1].removeprefix(RESTORED)) if ends else None
