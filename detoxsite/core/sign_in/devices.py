"""Known devices: browsers from which an account has signed in before.

A cookie proves it. Wrong passwords from a known device are counted for that device alone, so that nobody elsewhere can
keep the owner out (the scheme of "Slow Down Online Guessing Attacks with Device Cookies", OWASP).
"""

import secrets
import time

from ..public_forms.cookies import LockedCookie

MAX_AGE = 365 * 24 * 60 * 60  # seconds since the last sign-in
MAX_ACCOUNTS = 12  # remembered by one browser: colleagues share computers
PATH = "/accounts/"

device_cookie = LockedCookie("known_device", path=PATH, max_age=MAX_AGE)


def remember(request, response, user) -> None:
    """Record in the response that ``user`` has signed in from this browser."""
    device = _read(request)
    accounts = {pk: entry for pk, entry in device["accounts"].items() if pk != str(user.pk)}
    newest = dict(list(accounts.items())[1 - MAX_ACCOUNTS :])
    entry = [int(time.time()), user.session_version]
    device_cookie.set(response, request, {"id": device["id"], "accounts": {**newest, str(user.pk): entry}})


def known_device(request, user) -> str | None:
    """The id of the browser, if ``user`` has signed in from it and the account was not disabled since."""
    device = _read(request)
    signed_in_at, session_version = device["accounts"].get(str(user.pk), (0, None))
    is_known = session_version == user.session_version and signed_in_at > time.time() - MAX_AGE
    return device["id"] if is_known else None


def _read(request) -> dict:
    return device_cookie.read(request) or {"id": secrets.token_urlsafe(12), "accounts": {}}
