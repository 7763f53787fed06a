"""The web server alone, with an application of the test: kept pages, slow visitors, the end of a process."""

import contextlib
import re
import socket
import threading
import time

import pytest
from django.utils.module_loading import import_string

from detoxsite.core.page_cache.wsgi import PageCache
from detoxsite.ops import http_server

PAGE = b"<p>finished</p>" * 1000
NOT_MODIFIED = ("304 Not Modified", [("ETag", '"e1"')], b"")


class Application:
    """Keeps the page of every address that begins with /kept; all others wait until ``go_on`` is set."""

    def __init__(self):
        self.go_on, self.in_threads = threading.Event(), threading.Semaphore(0)
        self.page, self.keeps_pages = PAGE, True
        self.seen = []  # the WSGI environments of requests in threads

    def kept_answer(self, environ):
        if not (self.keeps_pages and environ["PATH_INFO"].startswith("/kept")):
            return None
        if environ.get("HTTP_IF_NONE_MATCH") == '"e1"':
            return NOT_MODIFIED
        return "200 OK", headers(environ, self.page), self.page

    def __call__(self, environ, start_response):
        self.seen.append(environ)
        self.in_threads.release()
        if environ["PATH_INFO"] == "/wait":
            self.go_on.wait()
        answer = NOT_MODIFIED if environ.get("HTTP_IF_NONE_MATCH") else ("200 OK", headers(environ, PAGE), PAGE)
        start_response(*answer[:2])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer[2]]


def headers(environ, body):
    return [("Content-Type", "text/html"), ("Content-Length", str(len(body))), ("X-Path", environ["PATH_INFO"])]


@pytest.fixture
def application():
    application = Application()
    yield application
    application.go_on.set()


@pytest.fixture
def server(start_server, application):
    server = start_server(application)
    yield server
    application.go_on.set()


@pytest.fixture
def connect(server):
    """A function that opens a connection and sends what it is given."""
    with contextlib.ExitStack() as stack:

        def open_(*sent):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=30))
            for data in sent:
                connection.sendall(data)
            return connection

        yield open_


def request(path, *headers, method="GET", version="1.1"):
    return "\r\n".join([f"{method} {path} HTTP/{version}", "Host: x", *headers, "", ""]).encode()


def read_answer(connection, has_body=True):
    """The next answer on a connection: (head, body)."""
    data = b""
    while b"\r\n\r\n" not in data:
        received = connection.recv(65536)
        assert received, data
        data += received
    head, body = data.split(b"\r\n\r\n", 1)
    length = re.search(rb"Content-Length: (\d+)", head)
    while has_body and length and len(body) < int(length[1]):
        body += connection.recv(65536)
    return head.decode(), body


def read_all(connection):
    return b"".join(iter(lambda: connection.recv(65536), b""))


def occupy_threads(application, connect):
    for _ in range(http_server.THREADS):
        connect(request("/wait"))
    for _ in range(http_server.THREADS):
        assert application.in_threads.acquire(timeout=30)


def test_a_kept_page_takes_no_thread(application, connect):
    occupy_threads(application, connect)

    assert read_answer(connect(request("/kept")))[1] == PAGE


@pytest.mark.parametrize(
    ("method", "version", "headers"),
    [
        ("GET", "1.1", []),
        ("HEAD", "1.1", []),
        ("GET", "1.0", []),
        ("GET", "1.0", ["Connection: keep-alive"]),
        ("GET", "1.1", ["Connection: close"]),
        ("GET", "1.1", ['If-None-Match: "e1"']),
        ("HEAD", "1.1", ['If-None-Match: "e1"', "Connection: close"]),
    ],
)
def test_the_loop_and_a_thread_answer_with_the_same_bytes(application, connect, method, version, headers):
    def answer():
        connection = connect(request("/kept", *headers, method=method, version=version))
        head, body = read_answer(connection, has_body=method == "GET")
        if "Connection: close" in head:
            assert read_all(connection) == b""
        else:
            connection.sendall(request("/kept", "Connection: close"))
            assert read_answer(connection)[1] == PAGE
        return re.sub("Date: .*", "", head), body

    at_once = answer()
    assert application.in_threads.acquire(blocking=False) is False
    application.keeps_pages = False

    assert at_once == answer()
    assert application.in_threads.acquire(blocking=False)


def test_a_kept_page_that_fails_is_left_to_a_thread(application, connect, monkeypatch, caplog):
    monkeypatch.setattr(application, "page", None)  # has no length

    assert read_answer(connect(request("/kept")))[1] == PAGE
    assert "could not be answered" in caplog.text


def test_a_malformed_header_of_the_proxy_is_refused(connect):
    head, _ = read_answer(connect(request("/kept", "X-Forwarded-Proto: gopher,http")))

    assert head.startswith("HTTP/1.1 400 ")


def test_a_thread_sees_what_the_loop_saw_of_the_proxy(application, connect):
    """The address that the proxy names is not taken for a second proxy."""
    sent = ("X-Forwarded-For: 198.51.100.7, 127.0.0.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example")
    application.keeps_pages = False
    read_answer(connect(request("/kept", *sent)))
    application.keeps_pages = True
    read_answer(connect(request("/thread", *sent)))
    read_answer(connect(request("/thread", "X-Forwarded-For: 203.0.113.5")))

    names = ("REMOTE_ADDR", "wsgi.url_scheme", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST")
    seen = [tuple(environ.get(name) for name in names) for environ in application.seen]
    assert seen == [("127.0.0.1", "https", "127.0.0.1", None)] * 2 + [("203.0.113.5", "http", "203.0.113.5", None)]


def test_requests_sent_in_one_go_are_answered_in_their_order(connect):
    paths = ["/kept/1", "/thread/2", "/kept/3", "/thread/4", "/thread/5", "/kept/6"]
    sent = [request(path, method="HEAD") for path in paths[:-1]]

    answers = read_all(connect(b"".join(sent) + request(paths[-1], "Connection: close", method="HEAD"))).decode()

    assert re.findall("X-Path: (.*)\r", answers) == paths


def test_a_visitor_who_reads_slowly_gets_the_whole_page(application, connect):
    application.page = b"x" * 8_000_000  # more than the buffers of two sockets
    connection = connect(request("/kept", "Connection: close"))
    first = connection.recv(100)

    assert read_answer(connect(request("/kept")))[1] == application.page  # others are served meanwhile
    assert len(read_all(connection)) + len(first) > len(application.page)


def test_slow_headers_and_bodies_hold_no_thread(connect):
    head = request("/thread", "Content-Length: 1000", method="POST")
    for number in range(2 * http_server.THREADS):
        connect(head + b"a" if number % 2 else head[:20])

    assert read_answer(connect(request("/thread")))[1] == PAGE


def test_a_header_that_does_not_end_is_cut_off(server, connect):
    connection = connect(b"GET /thread HTTP/1.1\r\nHost:")
    until(lambda: any(channel.request for channel in server.active_channels.values()))
    later = time.time() + http_server.IDLE_TIMEOUT + 1
    for channel in server.active_channels.values():
        channel.last_activity = later  # as if a byte had just come

    server.maintenance(later)
    server.pull_trigger()

    assert read_all(connection) == b""


def test_a_body_that_comes_slowly_is_not(server, connect):
    connection = connect(request("/thread", "Content-Length: 2", method="POST"), b"a")
    until(lambda: any(channel.request for channel in server.active_channels.values()))
    later = time.time() + http_server.IDLE_TIMEOUT + 1
    for channel in server.active_channels.values():
        channel.last_activity = later

    server.maintenance(later)
    server.pull_trigger()
    connection.sendall(b"b")

    assert read_answer(connection)[1] == PAGE


def until(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_process_that_stops_answers_what_is_under_way(server, application, connect, monkeypatch):
    monkeypatch.setattr(http_server, "IDLE_GRACE", 30.0)
    kept, kept_for_thread = connect(request("/kept")), connect(request("/thread"))
    read_answer(kept)
    read_answer(kept_for_thread)
    sending = connect(request("/thread", "Content-Length: 2", method="POST"), b"a")
    waiting = connect(request("/wait"))
    assert application.in_threads.acquire(timeout=30)
    assert application.in_threads.acquire(timeout=30)

    server.stop()
    kept.sendall(request("/kept"))
    kept_for_thread.sendall(request("/thread"))
    sending.sendall(b"b")
    application.go_on.set()

    for connection in (kept, kept_for_thread, sending, waiting):
        head, body = read_answer(connection)
        assert "Connection: close" in head
        assert body == PAGE
        assert read_all(connection) == b""


def test_a_process_that_stops_closes_idle_connections_and_accepts_no_others(server, connect, monkeypatch):
    monkeypatch.setattr(http_server, "IDLE_GRACE", 0.0)
    idle = connect(request("/kept"))
    read_answer(idle)

    server.stop()

    assert read_all(idle) == b""
    connect(request("/kept"))  # stays in the accept queue, for another process
    assert not server.active_channels


def test_the_site_that_is_served_offers_its_kept_pages_to_the_loop(monkeypatch, settings):
    """A regression: under another name of the method every page took a thread, and nothing failed."""
    monkeypatch.setattr(PageCache, "kept_answer", lambda self, environ: ("200 OK", [], b"kept"))
    site = import_string(settings.WSGI_APPLICATION)

    assert http_server._with_kept_answers(site)({}, http_server._in_loop) == ("200 OK", [], b"kept")
