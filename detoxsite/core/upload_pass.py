"""A pass to send a video: a signed cookie that the page for it gives to staff.

The web server receives a request before anybody knows who sent it. It keeps a large body only where this cookie is
with it (ops/request_limits.py), so that a stranger cannot fill the disk.
"""

from django.conf import settings
from django.core import signing
from django.http import parse_cookie

PATH = "/admin/articles/video/add/"
COOKIE = "upload_pass"
LIFETIME = 12 * 60 * 60  # seconds; as long as a session lasts
_SALT = "upload pass"


def issue(response) -> None:
    response.set_cookie(
        COOKIE,
        signing.TimestampSigner(salt=_SALT).sign("video"),
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def is_valid(cookies: str) -> bool:
    """Whether the header of cookies of a request holds a pass."""
    try:
        signing.TimestampSigner(salt=_SALT).unsign(parse_cookie(cookies).get(COOKIE, ""), max_age=LIFETIME)
    except signing.BadSignature:
        return False
    return True
