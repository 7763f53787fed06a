"""Renders a page to be kept: its view runs first, and middleware around its outcome unless what that adds is known.

What middleware adds to the answer of a GET without cookies and headers depends on nothing but the headers that the
view set. So it runs once for each set of them (docs/decisions/0028-shell.md), and for whatever is not a finished page.
"""

import time
from io import BytesIO

from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import request_started
from django.http import HttpResponse
from django.urls import ResolverMatch

from .. import db_timeout, read_replica, request_metrics
from .holes import RECORDING, Recording
from .page import Page

KEPT_ENVIRONMENT = ("SCRIPT_NAME", "PATH_INFO", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "HTTP_HOST")
OF_THE_BODY = {"content-length", "etag", "last-modified"}  # headers that differ from page to page
MAX_KNOWN = 200  # sets of headers; several for each host name

Headers = list[tuple[str, str]]


class Renderer:
    """Renders pages with ``application``, Django's own."""

    def __init__(self, application) -> None:
        self._application = application
        self._known: dict[tuple, Headers] = {}  # what middleware made of a set of headers

    def render(self, environ, query: str, match: ResolverMatch, states) -> tuple[Page, bool]:
        """What Django answers to a visitor without cookies and headers, and whether it may be kept."""
        began, recording = time.perf_counter(), Recording()
        environ = _anonymous(environ, query, recording)
        response = self._run_view(environ, match, recording)
        key = response and _key(environ, response)
        headers = self._known.get(key) if key else None
        if headers is None:
            status, headers, body = self._run_middleware(environ)
            may_be_kept = recording.is_finished and status.startswith("200") and _is_the_same_for_all(headers)
            if key and may_be_kept and status == "200 OK" and body == response.content:
                self._learn(key, headers)
        else:
            response.close()
            status, body, may_be_kept = "200 OK", response.content, True
            headers = _of_this_page(headers, response)
        request_metrics.observe(match, int(status[:3]), time.perf_counter() - began)
        except_cookie = match.func.finished_page.except_cookie
        return Page(status, headers, recording.split(body), states, except_cookie), may_be_kept

    def _run_view(self, environ, match: ResolverMatch, recording: Recording) -> HttpResponse | None:
        """The view's response if it is a finished page. Whatever it returned or raised is noted for the middleware.

        What is not a finished page is never the last word of a replica: an article may have been published just now.
        """

        def run() -> HttpResponse:
            recording.reset()
            request = WSGIRequest(environ)
            request.resolver_match = match
            response = match.func(request, *match.args, **match.kwargs)
            if not getattr(response, "is_rendered", True):
                response.render()
            return response

        request_started.send(sender=self.__class__, environ=environ)
        try:
            with db_timeout.public_limit(environ["PATH_INFO"]):
                response = read_replica.read(run, is_final=lambda made: recording.is_finished)
        except Exception as exception:
            recording.outcome = exception
            return None
        recording.outcome = response
        return response if recording.is_finished and not response.streaming else None

    def _run_middleware(self, environ) -> tuple[str, Headers, bytes]:
        started: list = []
        chunks = self._application(environ, lambda *args: started.extend(args))
        try:
            body = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        return started[0], started[1], body

    def _learn(self, key: tuple, headers: Headers) -> None:
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known[key] = headers


def _anonymous(environ, query: str, recording: Recording) -> dict:
    """The environment of a GET that says nothing of the visitor."""
    kept = {name: environ[name] for name in KEPT_ENVIRONMENT if name in environ}
    kept |= {name: value for name, value in environ.items() if name.startswith("wsgi.")}
    kept.pop("wsgi.file_wrapper", None)
    kept |= {RECORDING: recording, request_metrics.MEASURED: True}
    return kept | {"REQUEST_METHOD": "GET", "QUERY_STRING": query, "wsgi.input": BytesIO()}


def _key(environ, response) -> tuple:
    """All that middleware sees: scheme and host, and the headers that the view set."""
    said = ((name, "" if name.lower() in OF_THE_BODY else value) for name, value in response.headers.items())
    return environ["wsgi.url_scheme"], environ["HTTP_HOST"], *said


def _of_this_page(headers: Headers, response) -> Headers:
    length = str(len(response.content))
    own = {"content-length": length} | {name.lower(): value for name, value in response.headers.items()}
    # the others are the same objects for all pages, so thousands of kept pages are little to look through for garbage
    return [(each[0], own[each[0].lower()]) if each[0].lower() in OF_THE_BODY else each for each in headers]


def _is_the_same_for_all(headers: Headers) -> bool:
    """Whether an answer depends on nothing of the visitor: no cookie is set, none was looked at."""
    found = {name.lower(): value.lower() for name, value in headers}
    return "set-cookie" not in found and found.get("vary", "accept-encoding") == "accept-encoding"
