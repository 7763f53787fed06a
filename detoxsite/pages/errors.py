"""Error pages: each says what to do next, with the phone number."""

import logging

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpResponseServerError
from django.shortcuts import render

from detoxsite.core import typed_text
from detoxsite.core.page_metadata import Page

from .close_pages import close_to

RETRY_AFTER = 120  # seconds
BUSY_RETRY_AFTER = 5
TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
TITLES = {
    400: "We could not read that",
    403: "You do not have access to this page",
    404: "We cannot find that page",
    410: "This page is gone",
    413: "That is too large to send",
    500: "Something went wrong",
    503: "The website is down. The phone is not.",
}


def _error(request, code, **context):
    known = code if code in TITLES else 400
    page = Page(TITLES[known], "Call us, or ask for help in writing.", index=False)
    return render(request, f"{known}.html", {"page": page, "code": code, **context}, status=code)


def bad_request(request, exception=None):
    return _error(request, 413 if isinstance(exception, TOO_LARGE) else 400)


def refused(request, status):
    """What the web server refused: too large, or not HTTP as we understand it."""
    return _error(request, status)


def permission_denied(request, exception=None):
    return _error(request, 403)


def csrf_failure(request, reason=""):
    """Signing in changes the token: what a page from before it sends comes back, to be copied."""
    if typed_text.is_form_of_staff(request) and request.user.is_authenticated and not typed_text.is_sign_out(request):
        return typed_text.not_saved(request, "You signed in again since you opened this page.", status=403)
    return _error(request, 403)


def not_found(request, exception=None):
    return _error(request, 404, close=close_to(request))


def gone(request):
    return _error(request, 410)


def replaced(request, target):
    """A page that was taken down, with the address of the one in its place: nobody takes the one for the other."""
    page = Page("We took this page down", "This page was taken down. Another one is in its place.", index=False)
    return render(request, "replaced.html", {"page": page, "code": 410, "target": target}, status=410)


def server_error(request):
    try:
        return _error(request, 500)
    except Exception:
        logging.getLogger(__name__).exception("The error page failed")
        return HttpResponseServerError("Something went wrong on our side. In danger right now? Call 911 or 988.")


def service_unavailable(request):
    response = _error(request, 503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def busy(request):
    """For staff, while all threads for their pages are taken. A form that was sent is on the page, to be sent again."""
    typed = {} if _holds_password(request) else dict(request.POST.lists())
    fields = [(name, value) for name, values in typed.items() for value in values]
    response = render(request, "busy.html", {"fields": fields, "has_files": bool(request.FILES)}, status=503)
    response.headers["Retry-After"] = str(BUSY_RETRY_AFTER)
    return response


def _holds_password(request) -> bool:
    return request.path_info.startswith("/accounts/") or any("password" in name for name in request.POST)
