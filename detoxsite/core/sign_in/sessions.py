"""Sessions of staff: how long they last, and whether someone signed in a moment ago."""

import time

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import F
from django.utils import timezone

IDLE_LIMIT = 30 * 60  # seconds without a request that a person made
LIFETIME = 12 * 60 * 60  # seconds since the sign-in, whatever someone does
DELETED_EVERY = 60 * 60  # seconds; the rows of sessions that are over
NOTED_EVERY = 60  # seconds; the last request is noted no more often
BACKGROUND = "X-Background"  # header of requests that scripts send by themselves: they keep no session alive
SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"  # in the session, in seconds since 1970


def start(sender, request, user, **kwargs) -> None:
    """Receiver of ``user_logged_in``: the times of a new session."""
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = time.time()


def end_reason(session) -> str:
    """Why the session is over, for the person who had it; "" while it is not."""
    now = time.time()
    if session.get(SIGNED_IN_AT, 0) <= now - LIFETIME:
        return "Every sign-in ends after 12 hours."
    if session[SEEN_AT] <= now - IDLE_LIMIT:
        return "You were signed out because nothing happened for 30 minutes."
    return ""


def note_activity(request) -> None:
    """Note that the person is there."""
    if BACKGROUND in request.headers or request.session[SEEN_AT] > time.time() - NOTED_EVERY:
        return
    request.session[SEEN_AT] = time.time()
    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())


def is_sign_in_recent(request) -> bool:
    """Whether the person signed in, or confirmed who they are, within ACCOUNT_REAUTHENTICATION_TIMEOUT."""
    signed_in_at = request.session.get(SIGNED_IN_AT, 0)
    is_new = signed_in_at > time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return is_new or did_recently_reauthenticate(request)


def require_recent_sign_in(request) -> None:
    """For pages with roles, keys or exports: ask who it is, unless they signed in a moment ago.

    Raises ReauthenticationRequired; allauth's middleware shows the page that asks, and goes on with the request.
    """
    if not is_sign_in_recent(request):
        raise ReauthenticationRequired


def delete_ended() -> None:
    """Job: delete the rows of sessions that are over, and what was noted of the devices that had them."""
    SessionStore.clear_expired()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def end_all(user) -> None:
    """End every session of the account, also of devices that sign in by a link or are known."""
    get_user_model().objects.filter(pk=user.pk).update(session_version=F("session_version") + 1)
    for session in UserSession.objects.filter(user=user):
        session.end()
