"""The site profile as pages need it: read once for many requests, and there when the database is not.

What pages need of the apps (topics, synonyms, shifts) is read in the same query: each app registers its lists in its
``AppConfig.ready``.
"""

import json
import logging
import os
from collections.abc import Callable

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core import serializers
from django.db import DatabaseError, InterfaceError
from django.db.models import QuerySet
from django.db.models.functions import JSONObject

from . import consent_texts, db_timeout
from .models import ConsentText, Purpose, SiteProfile
from .timed_cache import TimedCache

MAX_AGE = 5.0  # seconds; how long a change made in another process may take to show
DB_TIMEOUT = 1.0  # seconds; then the copy is good enough

_lists: dict[str, Callable[[], QuerySet]] = {}
_completions: list[Callable[[SiteProfile], None]] = []
_copied = ""  # what this process last wrote to the disk

logger = logging.getLogger(__name__)


def register(name: str, entries: Callable[[], QuerySet]) -> None:
    """Read ``entries()`` with the profile, as the list of dicts ``name``. Each row has a JSON value named ``entry``."""
    _lists[name] = entries


def register_completion(complete: Callable[[SiteProfile], None]) -> None:
    """Call ``complete`` with each profile once its lists are filled, wherever they came from."""
    _completions.append(complete)


def current() -> SiteProfile:
    """The profile with the registered lists, and ``consent_texts``: by purpose, the text that people are shown.

    A consent text has ``sha256``, ``purpose``, ``language`` and ``body``. One query at most every MAX_AGE seconds.
    While the database does not answer: what was last read, by this process or an earlier one (a copy on the disk), or
    defaults.
    """
    return _cache.get()


def expire() -> None:
    """Read again at the next request, because somebody has just changed something."""
    _cache.expire()


def _read_or_keep(kept: SiteProfile | None) -> SiteProfile:
    try:
        with db_timeout.time_limit(DB_TIMEOUT):
            profile = _read()
        _copy(profile)
    except (DatabaseError, InterfaceError):
        return kept or _from_disk() or _defaults()
    return profile


_cache = TimedCache(_read_or_keep, seconds=MAX_AGE)


def _consents() -> QuerySet:
    texts = ConsentText.objects.exclude(purpose=Purpose.SHARE).order_by("-effective_from")
    return texts.values(entry=JSONObject(sha256="sha256", purpose="purpose", language="language", body="body"))


register("consents", _consents)


def _read() -> SiteProfile:
    lists = {name: ArraySubquery(entries()) for name, entries in _lists.items()}
    profile = SiteProfile.objects.annotate(**lists).first()
    return _completed(profile) if profile else _defaults()


def _defaults() -> SiteProfile:
    profile = SiteProfile()
    for name in _lists:
        setattr(profile, name, [])
    return _completed(profile)


def _completed(profile: SiteProfile) -> SiteProfile:
    profile.consent_texts = consent_texts.effective_texts(profile.consents)
    for complete in _completions:
        complete(profile)
    return profile


# --- the copy on the disk --------------------------------------------------------------------------------------------


def _file():
    return settings.VAR / "site_profile.json"


def _copy(profile: SiteProfile) -> None:
    """Keep what was read for a process that starts while the database is away."""
    global _copied
    lists = {name: getattr(profile, name) for name in _lists}
    text = json.dumps({"site_profile": serializers.serialize("json", [profile]), **lists}, sort_keys=True)
    if text == _copied:
        return
    try:
        new = _file().with_name(f".site_profile.{os.getpid()}")
        new.write_text(text)
        new.rename(_file())
        _copied = text
    except OSError as exc:
        logger.warning("The copy of the site profile was not written: %s", exc.strerror)


def _from_disk() -> SiteProfile | None:
    try:
        copy = json.loads(_file().read_text())
        profile = next(serializers.deserialize("json", copy["site_profile"])).object
        for name in _lists:
            setattr(profile, name, copy[name])
    except (OSError, ValueError, KeyError, StopIteration, serializers.base.DeserializationError):
        return None
    return _completed(profile)
