"""A page cache around Django's handler, with a watcher that looks only when a test says so."""

import contextlib
from typing import NamedTuple

import pytest
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from django.test import RequestFactory

from detoxsite.core.page_cache import areas, store, watcher
from detoxsite.core.page_cache.holes import RECORDING
from detoxsite.core.page_cache.wsgi import PageCache


class Response(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


@contextlib.contextmanager
def inside_a_transaction():
    """Leave the connection open at the end of a request, as Django's test client does."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (signals.request_started, signals.request_finished):
            signal.connect(close_old_connections)


class CacheClient:
    """Sends requests through a PageCache; counts those that a view answers in ``rendered``, the others in ``kept``."""

    def __init__(self) -> None:
        self.rendered = self.kept = 0
        self.django, self.seen = WSGIHandler(), []
        self.application = PageCache(self._run_django)
        self.application._renderer.render = self._counted(self.application._renderer.render)
        self.watcher = watcher.Watcher()

    def _counted(self, render):
        def counted(*args):
            self.rendered += 1
            return render(*args)

        return counted

    def _run_django(self, environ, start_response):
        self.rendered += RECORDING not in environ  # otherwise it is counted already
        self.seen.append(environ)
        return self.django(environ, start_response)

    def get(self, path, method="GET", **headers) -> Response:
        """``headers`` as in a WSGI environment, such as ``HTTP_COOKIE``."""
        environ = RequestFactory().generic(method, path, **{"HTTP_HOST": "testserver", **headers}).environ
        environ.pop("HTTP_COOKIE") if "HTTP_COOKIE" not in headers else None
        before, started = self.rendered, []
        with inside_a_transaction():
            chunks = self.application(environ, lambda status, headers, exc_info=None: started.append((status, headers)))
            body = b"".join(chunks)
            if hasattr(chunks, "close"):
                chunks.close()
        self.kept += self.rendered == before
        ((status, found),) = started
        return Response(int(status.split()[0]), dict(found), body)


@pytest.fixture
def cache(monkeypatch):
    monkeypatch.setattr(watcher, "start", lambda: None)
    client = CacheClient()
    client.watcher.look()
    yield client
    areas.forget()
    store.pages.drop_where(lambda page: True)
