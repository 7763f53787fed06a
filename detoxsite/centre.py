"""The centre's details as pages need them: read once for many requests, and there when the database is not."""

import time

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DatabaseError, InterfaceError
from django.db.models import Count
from django.db.models.functions import JSONObject

from articles.models import Edition, Synonym, Topic

from .models import Centre

FRESH = 5.0  # seconds; how long a change made in another process may take to show

_kept: Centre | None = None
_read_at = -FRESH


def current() -> Centre:
    """The centre with ``topics`` and ``synonyms``, lists of dicts.

    A topic has name, slug, icon, intro and ``live``, the number of articles; a synonym has ``typed`` and ``means``.

    One query at most every FRESH seconds. While the database does not answer: what was last read, or defaults.
    """
    global _kept, _read_at
    kept = _kept
    if kept is None or time.monotonic() - _read_at > FRESH:
        try:
            kept = _kept = _read()
        except (DatabaseError, InterfaceError):
            return kept or _unread()
        _read_at = time.monotonic()
    return kept


def forget() -> None:
    """Read again at the next request, because somebody has just changed something."""
    global _read_at
    _read_at = -FRESH


def _read() -> Centre:
    topics = Topic.objects.values(entry=JSONObject(pk="pk", name="name", slug="slug", icon="icon", intro="intro"))
    counts = Edition.objects.live().order_by().values("article__topic").annotate(live=Count("pk"))
    counts = counts.values(entry=JSONObject(topic="article__topic", live="live"))
    synonyms = Synonym.objects.values(entry=JSONObject(typed="typed", means="means"))
    found = Centre.objects.annotate(
        topics=ArraySubquery(topics), counts=ArraySubquery(counts), synonyms=ArraySubquery(synonyms)
    ).first()
    if found is None:
        return _unread()
    live = {count["topic"]: count["live"] for count in found.counts}
    found.topics = [{**topic, "live": live.get(topic["pk"], 0)} for topic in found.topics]
    return found


def _unread() -> Centre:
    centre = Centre()
    centre.topics = centre.synonyms = []
    return centre
