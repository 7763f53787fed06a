"""Sends readers on from old addresses: where a page answers "not found" or "gone", and only there.

Where a page was taken down, and a redirect leads on from it, readers are told so before they go on
(docs/decisions/0047-columns-and-tables.md).
"""

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpResponsePermanentRedirect
from django.utils.cache import patch_cache_control
from django.utils.module_loading import import_string

from .. import db_timeout
from ..models.redirects import MAX_PATH, Code
from ..prepared import fetch
from . import counts
from .addresses import is_reserved, normal_path

NO_PAGE = (404, 410)
TIMEOUT = 1.0  # seconds for the one query
_LOOK = "SELECT id, target, code FROM detoxsite_redirect WHERE path = %(path)s"


def redirects(get_response):
    """Middleware inside CommonMiddleware, which would add a slash to the address first."""

    def middleware(request):
        response = get_response(request)
        if response.status_code not in NO_PAGE or is_reserved(request.path_info):
            return response
        return _answer(request, response)

    return middleware


def _answer(request, response):
    """The redirect for the path, or the response. Without the database the page that was not found says so."""
    path, is_visit = normal_path(request.path_info), request.method in ("GET", "HEAD")
    if not path or len(path) > MAX_PATH or not path.isprintable():
        return response
    try:
        with db_timeout.time_limit(TIMEOUT, kind="redirects"):
            rows = fetch(_LOOK, {"path": path})
    except (DatabaseError, InterfaceError):
        return response
    for key, target, code in rows:
        if is_visit:
            counts.note_hit(key)
        if code == Code.GONE:
            return response if response.status_code == Code.GONE else import_string(settings.GONE_VIEW)(request)
        if is_visit and response.status_code == Code.GONE:
            return import_string(settings.REPLACED_VIEW)(request, target)
        return _redirect(target, code) if is_visit or code == Code.MOVED_WITH_FORMS else response
    if is_visit and response.status_code == 404:
        counts.note_vain(path)
    return response


def _redirect(target: str, code: int):
    response = HttpResponsePermanentRedirect(target, preserve_request=code == Code.MOVED_WITH_FORMS)
    patch_cache_control(response, no_cache=True)  # browsers would keep it for good, and the page may come back
    return response
