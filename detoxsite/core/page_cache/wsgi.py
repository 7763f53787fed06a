"""The WSGI wrapper around Django: answers from the kept pages, and keeps what Django renders."""

import threading

from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import get_bytes_from_wsgi, get_path_info
from django.http import QueryDict
from django.urls import Resolver404, ResolverMatch, resolve

from ..http_cache import REFUSED
from . import areas, store, watcher
from .page import Answer, Page
from .rendering import Renderer
from .statistics import counts

MAX_ADDRESS = 500  # characters of path, query string and host together
KEY = "detoxsite.page_cache.key"  # in the WSGI environment: what _key found before
MAX_WAIT = 3.0  # seconds behind another thread that renders the same page; then it is rendered here as well
METHODS = ("GET", "HEAD")

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
        self._renderer = Renderer(application)
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
        if not page or _has_cookie(environ, page.except_cookie):
            return None
        if not page.is_current:
            store.pages.drop(key, page)
            return None
        counts["hits"] += 1
        return _answer(page, environ, key)

    def _render(self, environ) -> Answer | None:
        """Let one thread render the page of this request; None where Django has to answer for itself."""
        key, match = _key(environ) if _may_be_kept(environ) else (None, None)
        match = match or (key and _match(environ))
        if not match or _has_cookie(environ, match.func.finished_page.except_cookie):
            return None
        # read before the view runs: what changes from here on, ends them
        states = areas.current(match.func.finished_page.areas)
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
            page, is_finished = self._renderer.render(environ, key[3], match, states)
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
        and REFUSED not in environ
        and len(environ.get("PATH_INFO", "")) + len(environ.get("QUERY_STRING", "")) + len(environ["HTTP_HOST"])
        <= MAX_ADDRESS
    )


def _has_cookie(environ, name: str) -> bool:
    """Whether the visitor sends a cookie of this name; False without a name."""
    cookies = environ.get("HTTP_COOKIE", "").split(";")
    return bool(name) and any(cookie.partition("=")[0].strip() == name for cookie in cookies)


def _key(environ) -> tuple[Key | None, ResolverMatch | None]:
    """The key of a request, and its view if that was needed to find it; (None, None) where no page can be kept."""
    if KEY not in environ:
        environ[KEY] = _found_key(environ)
    return environ[KEY]


def _found_key(environ) -> tuple[Key | None, ResolverMatch | None]:
    query, match = "", None
    if environ.get("QUERY_STRING"):
        match = _match(environ)
        if match is None:
            return None, None
        try:
            query = match.func.finished_page.canonical_query(
                QueryDict(get_bytes_from_wsgi(environ, "QUERY_STRING", ""))
            )
        except SuspiciousOperation:
            return None, None
    return (environ["wsgi.url_scheme"], environ["HTTP_HOST"], environ.get("PATH_INFO", ""), query), match


def _match(environ) -> ResolverMatch | None:
    """The view of an address, if its pages may be kept."""
    try:
        match = resolve(get_path_info(environ))
    except Resolver404:
        return None
    return match if hasattr(match.func, "finished_page") else None
