"""Counts of redirects followed and of addresses asked for in vain, by day, without persons.

A visit adds to a count in memory; the thread of the page cache writes what has come together, twice a minute. So a
visit writes no row, and says neither who it was nor when. A process that ends takes its last counts with it.
"""

import re
import threading
import time
from collections import Counter
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone

from .. import db_timeout
from ..address_words import is_made_of_words
from ..models import RedirectHits, VainAddress

FLUSH_EVERY = 30.0  # seconds
TIMEOUT = 1.0  # seconds for writing
MAX_HITS, MAX_VAIN = 2000, 200  # redirects and addresses counted in one process before they are written
MAX_VAIN_A_DAY = 1000  # addresses
KEPT_FOR = timedelta(days=90)

_NOT_NOTED = re.compile(
    r"/(?:people/|wp-|wordpress|xmlrpc|phpmyadmin|cgi|vendor|admin|login|index\.php)"
)  # names, scanners

_hits: Counter[int] = Counter()  # by the key of the redirect
_vain: Counter[str] = Counter()  # by path
_lock = threading.Lock()
_flushed_at = 0.0  # time.monotonic


def note_hit(redirect: int) -> None:
    with _lock:
        if redirect in _hits or len(_hits) < MAX_HITS:
            _hits[redirect] += 1


def note_vain(path: str) -> None:
    """Count an address that no page has, if it is made of words: not what may be a secret or a person."""
    if _NOT_NOTED.match(path) or not is_made_of_words(path):
        return
    with _lock:
        if path in _vain or len(_vain) < MAX_VAIN:
            _vain[path] += 1


def flush_if_due() -> None:
    """For the thread that looks for changes, at each look."""
    if (_hits or _vain) and time.monotonic() - _flushed_at >= FLUSH_EVERY:
        flush()


def flush() -> None:
    """Add what was counted to the rows of today. What cannot be written is tried again the next time."""
    global _hits, _vain, _flushed_at
    with _lock:
        hits, vain, _hits, _vain = _hits, _vain, Counter(), Counter()
        _flushed_at = time.monotonic()
    try:
        with db_timeout.time_limit(TIMEOUT, kind="redirects", fails_fast=False), transaction.atomic():
            _add_hits(hits)
            _add_vain(vain)
    except (DatabaseError, InterfaceError):
        with _lock:
            _hits.update(hits)
            _vain.update(vain)


def _add_hits(hits: Counter) -> None:
    """In one order, so that two processes cannot deadlock. A redirect that was deleted meanwhile is left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO detoxsite_redirecthits AS kept (redirect_id, day, n) "
            "SELECT id, %s, n FROM unnest(%s::bigint[], %s::int[]) AS seen (redirect, n) "
            "JOIN detoxsite_redirect ON id = redirect ORDER BY id "
            "ON CONFLICT (redirect_id, day) DO UPDATE SET n = kept.n + EXCLUDED.n",
            [timezone.localdate(), list(hits), list(hits.values())],
        )


def _add_vain(vain: Counter) -> None:
    """Addresses that are new today only up to MAX_VAIN_A_DAY: whoever asks for made-up ones fills no disk."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH today AS (SELECT path FROM detoxsite_vainaddress WHERE day = %(day)s), "
            "seen AS (SELECT * FROM unnest(%(paths)s::text[], %(n)s::int[]) AS seen (path, n)), "
            "fresh AS (SELECT * FROM seen WHERE path NOT IN (SELECT path FROM today) "
            "LIMIT greatest(0, %(max)s - (SELECT count(*) FROM today))), "
            "kept AS (SELECT * FROM seen WHERE path IN (SELECT path FROM today) UNION ALL SELECT * FROM fresh) "
            "INSERT INTO detoxsite_vainaddress AS kept (path, day, n) "
            "SELECT path, %(day)s, n FROM kept ORDER BY path "
            "ON CONFLICT (path, day) DO UPDATE SET n = kept.n + EXCLUDED.n",
            {
                "day": timezone.localdate(),
                "paths": list(vain),
                "n": list(vain.values()),
                "max": MAX_VAIN_A_DAY,
            },
        )


def delete_old() -> int:
    """Erase counts older than KEPT_FOR. Returns how many rows."""
    first = timezone.localdate() - KEPT_FOR
    old = (RedirectHits.objects.filter(day__lt=first), VainAddress.objects.filter(day__lt=first))
    return sum(rows.delete()[0] for rows in old)
