"""Response headers; time limits; turns of staff pages; pages for a database outage and for what was refused.

The policy headers of public pages are made once (docs/decisions/0028-shell.md, with the cost of each middleware). The
web server imports this before Django is set up: what needs models is in staff_middleware.py.
"""

import logging
import threading

from csp.constants import HEADER as CSP_HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.middleware.gzip import GZipMiddleware
from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from psycopg2 import errorcodes

from . import db_timeout, http_cache
from .exceptions import MediaUnavailable
from .http_cache import REFUSED, STAFF_PATHS

STAFF_DB_LIMIT = 10.0  # seconds of waiting for the database, per request of staff
MAX_STAFF_REQUESTS = 12  # of a process's sixteen threads; the others stay free for people asking for help
MAX_STAFF_RUNNING = 5  # of those at once, so that they leave processor time too; the others wait for their turn
STAFF_TURN_LIMIT = 10.0  # seconds of waiting for it
MISSING = {errorcodes.UNDEFINED_TABLE, errorcodes.UNDEFINED_COLUMN, errorcodes.UNDEFINED_FUNCTION}
staff_places = threading.BoundedSemaphore(MAX_STAFF_REQUESTS)
staff_turns = threading.BoundedSemaphore(MAX_STAFF_RUNNING)

logger = logging.getLogger(__name__)


class ContentSecurityPolicy(CSPMiddleware):
    """Public pages all have the same policy, without a nonce: it is built once, in an order all processes share."""

    @cached_property
    def public_policy(self) -> str:
        return "; ".join(sorted(build_policy().split("; ")))

    def __call__(self, request):
        if settings.DEBUG or request.path_info.startswith(STAFF_PATHS):
            return super().__call__(request)
        response = self.get_response(request)
        response.headers.setdefault(CSP_HEADER, self.public_policy)
        return response


class Compression(GZipMiddleware):
    """Leaves alone what is sent in parts: they are counted in bytes of the file, and the web server sends them."""

    def process_response(self, request, response):
        return response if "Accept-Ranges" in response.headers else super().process_response(request, response)


def security_headers(get_response):
    """Set the headers that differ between public and staff pages.

    Staff forms rely on Django's CSRF check, which needs the browser to name its origin; under ``no-referrer`` it
    sends "null". So staff pages send a referrer within the site. They are never cached.
    """

    def middleware(request):
        response = get_response(request)
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if request.path_info.startswith(STAFF_PATHS):
            response.headers["Referrer-Policy"] = "same-origin"
            response._csp_update = settings.STAFF_CSP
            http_cache.cache_nowhere(response)
        return response

    return middleware


def cache_policy(get_response):
    """Let every answer say who may keep it and for how long; also what other middleware answers."""

    def middleware(request):
        response = get_response(request)
        http_cache.set_default(request, response)
        return response

    return middleware


def request_time_limit(get_response):
    """Limit how long each request waits for the database; the help pages must not queue behind a frozen one."""

    def middleware(request):
        if request.encoding and request.encoding.lower() not in ("utf-8", "utf8"):
            request.encoding = "utf-8"  # the only charset our forms use; text in another might not round-trip
        if request.path_info.startswith(STAFF_PATHS):
            return get_response(request)  # see staff_turn
        with db_timeout.public_limit(request.path_info):
            return get_response(request)

    return middleware


def staff_turn(get_response):
    """Let a staff page wait for its turn, within the threads that staff may occupy; answer with a page when all are."""

    def middleware(request):
        if not request.path_info.startswith(STAFF_PATHS):
            return get_response(request)
        if not staff_places.acquire(blocking=False):
            return _busy(request)
        try:
            if not staff_turns.acquire(timeout=STAFF_TURN_LIMIT):
                return _busy(request)
            try:
                part = db_timeout.part_of_site(request.path_info, steps=3)
                with db_timeout.time_limit(STAFF_DB_LIMIT, kind=part):
                    return get_response(request)
            finally:
                staff_turns.release()
        finally:
            staff_places.release()

    return middleware


def _busy(request):
    with db_timeout.time_limit(db_timeout.PUBLIC_LIMIT):  # this thread is one of those for people asking for help
        return import_string(settings.BUSY_VIEW)(request)


def service_unavailable(get_response):
    """Answer 503, with the phone numbers and Retry-After, while the database or the pictures are away, or it is not
    migrated yet.
    """

    def middleware(request):
        return get_response(request)

    def process_exception(request, exception):
        if is_not_migrated(exception):
            logger.error("The database lacks what a page asked for: %s", type(exception.__cause__).__name__)
        if isinstance(exception, (OperationalError, InterfaceError, MediaUnavailable)) or is_not_migrated(exception):
            return import_string(settings.SERVICE_UNAVAILABLE_VIEW)(request)
        return None

    middleware.process_exception = process_exception
    return middleware


def is_not_migrated(exception: BaseException) -> bool:
    """Whether a table, column or function is missing: it is, from a start without the database until that is there."""
    code = getattr(exception.__cause__, "pgcode", None)
    return isinstance(exception, ProgrammingError) and code in MISSING


def refused_request(get_response):
    """Answer what the web server refused, such as a body that is too large, with a page of ours."""

    def middleware(request):
        if status := request.META.get(REFUSED):
            return import_string(settings.REFUSED_REQUEST_VIEW)(request, status)
        return get_response(request)

    return middleware
