"""The WSGI wrapper around Django: answers from the kept pages, and keeps what Django renders."""

import threading
import time
from io import BytesIO

from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import get_bytes_from_wsgi, get_path_info
from django.http import QueryDict
from django.urls import Resolver404, resolve

from .. import request_metrics
from . import areas, store, watcher
from .holes import RECORDING, Recording
from .page import Answer, Page
from .policy import Policy
from .statistics import counts

MAX_ADDRESS = 500  # characters of path, query string and host together
MAX_WAIT = 3.0  # seconds behind another thread that renders the same page; then it is rendered here as well
METHODS = ("GET", "HEAD")
KEPT_ENVIRONMENT = ("SCRIPT_NAME", "PATH_INFO", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "HTTP_HOST")

Key = tuple[str, str, str, str]  # scheme, host, path, canonical query string


class Rendering:
    """One thread's rendering of a page, for which others wait."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.page: Page | None = None


class PageCache:
    """A WSGI application: ``application`` with its finished pages kept in this process."""

    def __init__(self, application) -> None:
        self._application = application
        self._renderings: dict[tuple, Rendering] = {}
        self._lock = threading.Lock()

    def __call__(self, environ, start_response):
        answer = self.kept_answer(environ) or self._render(environ)
        if answer is None:
            counts["bypassed"] += 1
            return self._application(environ, start_response)
        status, headers, body = answer
        start_response(status, headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    def kept_answer(self, environ) -> Answer | None:
        """The answer from the kept pages, or None. Runs no view, waits for nothing and asks no database."""
        if not _may_be_kept(environ):
            return None
        watcher.start()
        key, _ = _key(environ)
        page = key and store.pages.get(key)
        if not page:
            return None
        if not page.is_current:
            store.pages.drop(key, page)
            return None
        counts["hits"] += 1
        return _answer(page, environ, key)

    def _render(self, environ) -> Answer | None:
        """Let one thread render the page of this request; None where Django has to answer for itself."""
        key, policy = _key(environ) if _may_be_kept(environ) else (None, None)
        policy = policy or (key and _policy(environ))
        if not policy:
            return None
        states = areas.current(policy.areas)  # read before the view runs: what changes from here on, ends them
        if states is None:
            return None
        with self._lock:
            rendering = self._renderings.get((key, states))
            is_first = rendering is None
            if is_first:
                rendering = self._renderings[key, states] = Rendering()
        if not is_first:
            return self._wait(rendering, environ, key)
        counts["misses"] += 1
        try:
            page, is_finished = self._run(environ, key, states)
            if is_finished:
                rendering.page = page
                if page.is_current:
                    store.pages.put(key, page)
            return _answer(page, environ, key)
        finally:
            with self._lock:
                del self._renderings[key, states]
            rendering.done.set()

    def _wait(self, rendering: Rendering, environ, key: Key) -> Answer | None:
        counts["waits"] += 1
        rendering.done.wait(MAX_WAIT)
        page = rendering.page
        return _answer(page, environ, key) if page and page.is_current else None

    def _run(self, environ, key: Key, states) -> tuple[Page, bool]:
        """What Django answers to a visitor without cookies and headers, and whether it may be kept."""
        recording = Recording()
        request = {name: environ[name] for name in KEPT_ENVIRONMENT if name in environ}
        request |= {name: value for name, value in environ.items() if name.startswith("wsgi.") and name != "wsgi.input"}
        request.pop("wsgi.file_wrapper", None)
        request |= {"REQUEST_METHOD": "GET", "QUERY_STRING": key[3], "wsgi.input": BytesIO(), RECORDING: recording}
        request[request_metrics.MEASURED] = True
        began, started = time.perf_counter(), []
        chunks = self._application(request, lambda *args: started.extend(args))
        try:
            body = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        status, headers = started[0], started[1]
        request_metrics.observe(resolve(get_path_info(environ)), int(status[:3]), time.perf_counter() - began)
        page = Page(status, headers, recording.split(body), states)
        return page, recording.is_finished and status.startswith("200") and _is_the_same_for_all(headers)


def _answer(page: Page, environ, key: Key) -> Answer:
    before = page.size
    answer = page.answer(environ)
    if page.size != before:
        store.pages.resize(key, page)
    if answer[0].startswith("304"):
        counts["not_modified"] += 1
    return answer


def _may_be_kept(environ) -> bool:
    return (
        environ["REQUEST_METHOD"] in METHODS
        and "HTTP_HOST" in environ
        and not environ.get("SCRIPT_NAME")
        and environ.get("CONTENT_LENGTH", "") in ("", "0")
        and "detoxsite.refused" not in environ
        and len(environ.get("PATH_INFO", "")) + len(environ.get("QUERY_STRING", "")) + len(environ["HTTP_HOST"])
        <= MAX_ADDRESS
    )


def _key(environ) -> tuple[Key | None, Policy | None]:
    """The key of a request, and its policy if that was needed to find it; (None, None) where no page can be kept."""
    query, policy = "", None
    if environ.get("QUERY_STRING"):
        policy = _policy(environ)
        if policy is None:
            return None, None
        try:
            query = policy.canonical_query(QueryDict(get_bytes_from_wsgi(environ, "QUERY_STRING", "")))
        except SuspiciousOperation:
            return None, None
    return (environ["wsgi.url_scheme"], environ["HTTP_HOST"], environ.get("PATH_INFO", ""), query), policy


def _policy(environ) -> Policy | None:
    try:
        return getattr(resolve(get_path_info(environ)).func, "finished_page", None)
    except Resolver404:
        return None


def _is_the_same_for_all(headers) -> bool:
    """Whether an answer depends on nothing of the visitor: no cookie is set, none was looked at."""
    found = {name.lower(): value.lower() for name, value in headers}
    return "set-cookie" not in found and found.get("vary", "accept-encoding") == "accept-encoding"
