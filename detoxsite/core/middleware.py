"""Response headers; time limits; pages for a database outage and for what the web server refused."""

import threading

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.module_loading import import_string

from . import db_timeout

REFUSED = "detoxsite.refused"  # in the WSGI environment: the status of a request that the web server refused
STAFF_PATHS = ("/admin/", "/accounts/")
DB_LIMIT, STAFF_DB_LIMIT = 3.0, 10.0  # seconds of waiting for the database, per request
MAX_STAFF_REQUESTS = 5  # of a process's eight threads; the others stay free for people asking for help
staff_slots = threading.BoundedSemaphore(MAX_STAFF_REQUESTS)


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
            patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware


def request_time_limit(get_response):
    """Limit how long each request waits for the database; the help pages must not queue behind a frozen one."""

    def middleware(request):
        if request.encoding and request.encoding.lower() not in ("utf-8", "utf8"):
            request.encoding = "utf-8"  # the only charset our forms use; text in another might not round-trip
        if not request.path_info.startswith(STAFF_PATHS):
            with db_timeout.time_limit(DB_LIMIT):
                return get_response(request)
        if not staff_slots.acquire(blocking=False):
            return HttpResponse("Busy. Try again in a moment.\n", status=503, headers={"Retry-After": "2"})
        try:
            with db_timeout.time_limit(STAFF_DB_LIMIT):
                return get_response(request)
        finally:
            staff_slots.release()

    return middleware


def service_unavailable(get_response):
    """Answer 503, with the phone numbers and Retry-After, while the database is unavailable."""

    def middleware(request):
        return get_response(request)

    def process_exception(request, exception):
        if isinstance(exception, (OperationalError, InterfaceError)):
            return import_string(settings.SERVICE_UNAVAILABLE_VIEW)(request)
        return None

    middleware.process_exception = process_exception
    return middleware


def refused_request(get_response):
    """Answer what the web server refused, such as a body that is too large, with a page of ours."""

    def middleware(request):
        if status := request.META.get(REFUSED):
            return import_string(settings.REFUSED_REQUEST_VIEW)(request, status)
        return get_response(request)

    return middleware
