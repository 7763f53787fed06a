"""The centre's details as pages need them: read once for many requests, and there when the database is not."""

import json
import logging
import os
import time

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core import serializers
from django.db import DatabaseError, InterfaceError
from django.db.models import Count, F
from django.db.models.functions import JSONObject

from articles.models import Edition, Synonym, Topic
from .models import ConsentText, Purpose
from intake.models import Shift
from intake.records.consent_texts import CONSENT
from testimonials.consent_texts import PERMISSIONS

from . import db_timeout
from .models import Centre

FRESH = 5.0  # seconds; how long a change made in another process may take to show
PATIENCE = 1.0  # seconds to wait for the database before the copy is good enough
LISTS = ("topics", "synonyms", "consents", "rota")

_kept: Centre | None = None
_read_at = -FRESH
_copied = ""  # what this process last wrote to the disk


def current() -> Centre:
    """The centre with LISTS of dicts; ``consent``, the text that a call for help is sent with; and ``permissions``, by
    part of a review, those that a writer reads.

    A topic has name, slug, icon, intro and ``live``, the number of articles; a synonym ``typed`` and ``means``; a
    consent ``sha256``, ``purpose``, ``language`` and ``body``; a shift of the rota ``weekday``, ``starts``, ``ends``,
    ``second``.

    One query at most every FRESH seconds. While the database does not answer: what was last read, by this process or
    an earlier one (a copy on the disk), or defaults.
    """
    global _kept, _read_at
    kept = _kept
    if kept is None or time.monotonic() - _read_at > FRESH:
        _read_at = time.monotonic()  # the others go on with what there is while one of them asks
        try:
            with db_timeout.up_to(PATIENCE):
                kept = _kept = _read()
            _copy(kept)
        except (DatabaseError, InterfaceError):
            kept = _kept = kept or _from_disk() or _unread()
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
    consents = ConsentText.objects.exclude(purpose=Purpose.SHARE).order_by("-effective_from")
    consents = consents.values(entry=JSONObject(sha256="sha256", purpose="purpose", language="language", body="body"))
    rota = Shift.objects.filter(person__is_active=True).order_by()
    rota = rota.values(entry=JSONObject(weekday="weekday", starts="starts", ends="ends", second=F("is_second")))
    found = Centre.objects.annotate(
        topics=ArraySubquery(topics),
        counts=ArraySubquery(counts),
        synonyms=ArraySubquery(synonyms),
        consents=ArraySubquery(consents),
        rota=ArraySubquery(rota),
    ).first()
    if found is None:
        return _unread()
    live = {count["topic"]: count["live"] for count in found.counts}
    found.topics = [{**topic, "live": live.get(topic["pk"], 0)} for topic in found.topics]
    return _with_consent(found)


def _with_consent(centre: Centre) -> Centre:
    english = [text for text in centre.consents if text["language"] == "en"]

    def newest(shipped):
        return next(
            (text for text in english if text.get("purpose", CONSENT["purpose"]) == shipped["purpose"]), shipped
        )

    centre.consent = newest(CONSENT)
    centre.permissions = {part: newest(shipped) for part, shipped in PERMISSIONS.items()}
    return centre


def _unread() -> Centre:
    centre = Centre()
    for name in LISTS:
        setattr(centre, name, [])
    return _with_consent(centre)


# --- the copy on the disk --------------------------------------------------------------------------------------------


def _file():
    return settings.VAR / "centre.json"


def _copy(centre: Centre) -> None:
    """Keep what was read for a process that starts while the database is away."""
    global _copied
    lists = {name: getattr(centre, name) for name in LISTS}
    text = json.dumps({"centre": serializers.serialize("json", [centre]), **lists}, sort_keys=True)
    if text == _copied:
        return
    try:
        new = _file().with_name(f".centre.{os.getpid()}")
        new.write_text(text)
        new.rename(_file())
        _copied = text
    except OSError as refusal:
        logging.getLogger(__name__).warning("The copy of the centre's details was not written: %s", refusal.strerror)


def _from_disk() -> Centre | None:
    try:
        copy = json.loads(_file().read_text())
        centre = next(serializers.deserialize("json", copy["centre"])).object
        for name in LISTS:
            setattr(centre, name, copy[name])
    except (OSError, ValueError, KeyError, StopIteration, serializers.base.DeserializationError):
        return None
    return _with_consent(centre)
