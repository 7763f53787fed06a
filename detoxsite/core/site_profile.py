"""The site profile for pages: cached for seconds, and available while the database is not.

Lists that pages need from the apps (topics, synonyms, shifts) are read in the same query: each app registers its own
in ``AppConfig.ready``.
"""

import json
import logging
import os
import threading
from collections.abc import Callable

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core import serializers
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError
from django.db.models import QuerySet
from django.db.models.functions import JSONObject

from . import consent_texts, db_timeout
from .models import ConsentText, Purpose, SiteProfile
from .timed_cache import TimedCache

MAX_AGE = 5.0  # seconds until a change made in another process shows
DB_TIMEOUT = 1.0  # seconds; after that the copy is used

_lists: dict[str, Callable[[], QuerySet]] = {}
_completions: list[Callable[[SiteProfile], None]] = []
_last_copy = ""  # what this process last wrote to disk

logger = logging.getLogger(__name__)


def register(name: str, entries: Callable[[], QuerySet]) -> None:
    """Read ``entries()`` with the profile, as the list of dicts ``name``. Each row has a JSON value named ``entry``."""
    _lists[name] = entries


def register_completion(complete: Callable[[SiteProfile], None]) -> None:
    """Call ``complete`` with each profile once its lists are filled, whatever their source."""
    _completions.append(complete)


def current() -> SiteProfile:
    """The profile with the registered lists and ``consent_texts``: the text in effect, by purpose.

    A consent text has ``sha256``, ``purpose``, ``language`` and ``body``. At most one query every MAX_AGE seconds.
    While the database is down: the last profile read, by this process or an earlier one (a copy on disk), or defaults.
    """
    return _cache.get()


def expire() -> None:
    """Read the profile again at the next request, because something has just changed."""
    _cache.expire()


def refresh() -> None:
    """Read the profile now. Raises a database error where ``current`` would fall back on an old one."""
    _cache.read_with(_read_and_copy)


def clear() -> None:
    """Drop the cached profile, as after a restart of the process."""
    _cache.clear()


def _read_or_fall_back(cached: SiteProfile | None) -> SiteProfile:
    try:
        with db_timeout.time_limit(DB_TIMEOUT, kind="site profile"):
            return _read_and_copy()
    except (DatabaseError, InterfaceError):
        return cached or _read_copy() or _defaults()


def _read_and_copy() -> SiteProfile:
    profile = _read()
    _write_copy(profile)
    return profile


_cache = TimedCache(_read_or_fall_back, seconds=MAX_AGE)


def _consents() -> QuerySet:
    texts = ConsentText.objects.exclude(purpose=Purpose.SHARE).order_by("-effective_from")
    return texts.values(entry=JSONObject(sha256="sha256", purpose="purpose", language="language", body="body"))


register("consents", _consents)


def _read() -> SiteProfile:
    """From the primary: it is kept for all pages of the process, also those that no replica is up to date for."""
    lists = {name: ArraySubquery(entries()) for name, entries in _lists.items()}
    profile = SiteProfile.objects.using(DEFAULT_DB_ALIAS).annotate(**lists).first()
    return _complete(profile) if profile else _defaults()


def _defaults() -> SiteProfile:
    profile = SiteProfile()
    for name in _lists:
        setattr(profile, name, [])
    return _complete(profile)


def _complete(profile: SiteProfile) -> SiteProfile:
    for field in profile._meta.concrete_fields:  # what was stored before staff text was tidied
        setattr(profile, field.attname, field.to_python(getattr(profile, field.attname)))
    profile.consent_texts = consent_texts.effective_texts(profile.consents)
    for complete in _completions:
        complete(profile)
    return profile


# --- the copy on disk ------------------------------------------------------------------------------------------------


def _copy_path():
    return settings.VAR / "site_profile.json"


def _write_copy(profile: SiteProfile) -> None:
    """Keep a copy for a process that starts while the database is down."""
    global _last_copy
    lists = {name: getattr(profile, name) for name in _lists}
    text = json.dumps({"site_profile": serializers.serialize("json", [profile]), **lists}, sort_keys=True)
    if text == _last_copy:
        return
    try:
        own = f"{os.getpid()}.{threading.get_ident()}"  # after a reload several threads are here at once
        new = _copy_path().with_name(f".site_profile.{own}")
        new.write_text(text)
        new.rename(_copy_path())
        _last_copy = text
    except OSError as exc:
        logger.warning("The copy of the site profile could not be written: %s", exc.strerror)


def _read_copy() -> SiteProfile | None:
    try:
        copy = json.loads(_copy_path().read_text())
        profile = next(serializers.deserialize("json", copy["site_profile"])).object
        for name in _lists:
            setattr(profile, name, copy.get(name, []))  # the former version may not have had it
    except (OSError, ValueError, KeyError, StopIteration, serializers.base.DeserializationError):
        return None
    return _complete(profile)
