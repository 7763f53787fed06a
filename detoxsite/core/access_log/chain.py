"""The chain of the access log: finds the first entry that was changed or removed.

Whoever owns the database could remove the newest entries, or write the whole chain anew. So each machine notes the
newest hash in a file every hour (HEADS), and the weekly report carries it: ``first_gap`` looks for these too.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from ..models import SealedAccess
from ..models.access_log import COVERED

HEADS = "access_log_heads"  # in DETOX_VAR: a line "number hash" for each time
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
    last = SealedAccess.objects.order_by("-number").values_list("number", "hash").first()
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


def _noted() -> list[Head]:
    try:
        lines = _file().read_text().splitlines()
    except FileNotFoundError:
        return []
    return [one for line in lines if (one := Head.parse(line))]


def note_head() -> None:
    """Job: note the newest entry in the file, unless it is the last line already."""
    newest, noted = head(), _noted()
    if newest and (not noted or noted[-1] != newest):
        with _file().open("a") as file:
            file.write(f"{newest}\n")
