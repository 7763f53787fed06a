"""What every answer is told, and what is answered when the database is not there."""

import threading

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.module_loading import import_string

from . import db_timeout

STAFF_PATHS = ("/admin/", "/accounts/")
TIMEOUT, STAFF_TIMEOUT = 3.0, 10.0  # seconds
MAX_DESKS = 5  # of the eight threads of a process may be at the desk's pages; the others are for who asks for help
desks = threading.BoundedSemaphore(MAX_DESKS)


def headers(get_response):
    """Headers that differ between the public pages and those of the staff.

    Staff forms rest on Django's CSRF check, which needs the browser to name its origin; under ``no-referrer`` it
    sends "null". Their pages may send a referrer within the site, and never leave a copy in a cache.
    """

    def middleware(request):
        response = get_response(request)
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if request.path_info.startswith(STAFF_PATHS):
            response.headers["Referrer-Policy"] = "same-origin"
            response._csp_update = settings.STAFF_CSP
            patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware


def patient(get_response):
    """Gives each request so long to wait for the database in all; the help pages must not queue behind a frozen one."""

    def middleware(request):
        if request.encoding and request.encoding.lower() not in ("utf-8", "utf8"):
            request.encoding = "utf-8"  # the only one our forms are sent in; others hold what cannot be written again
        if not request.path_info.startswith(STAFF_PATHS):
            with db_timeout.up_to(TIMEOUT):
                return get_response(request)
        if not desks.acquire(blocking=False):
            return HttpResponse("Busy. Try again in a moment.\n", status=503, headers={"Retry-After": "2"})
        try:
            with db_timeout.up_to(STAFF_TIMEOUT):
                return get_response(request)
        finally:
            desks.release()

    return middleware


def unavailable(get_response):
    """Answers 503 with the phone numbers, and when to come back, while the database does not answer."""

    def middleware(request):
        return get_response(request)

    def process_exception(request, exception):
        if isinstance(exception, (OperationalError, InterfaceError)):
            return import_string(settings.SERVICE_UNAVAILABLE_VIEW)(request)
        return None

    middleware.process_exception = process_exception
    return middleware
