"""The HTTP server of a web process: waitress, which answers kept pages in its event loop and ends without a loss.

waitress reads requests and writes responses without blocking a thread on a slow visitor, and passes a request to
Django only when it is complete. Before that, an application with a method ``kept_answer(environ)``, such as the page
cache, is asked in the loop itself: it returns ``(status, headers, body)`` of a page that it keeps, or None, and never
waits for anything (docs/decisions/0025-web-server.md).
"""

import logging
import os
import socket
import threading
import time

from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer
from waitress.task import WSGITask

from . import request_limits
from .request_threads import RequestThreads

THREADS = 16
MAX_CONNECTIONS = 1000  # of a process; further visitors wait in the accept queue
IDLE_TIMEOUT = 20  # seconds without a byte, or with an unfinished header, until a connection is closed
IDLE_GRACE = 1.0  # seconds in which a stopping process still answers the next request of an idle connection
TRANSLATED = "detoxsite.translated"  # in the WSGI environment: the headers of the proxy were read in the event loop
STOP_TIMEOUT = 30.0  # seconds that a stopping process has for the requests under way

logger = logging.getLogger(__name__)


def _in_loop(*_) -> None:
    """Take the place of ``start_response`` when the event loop asks for a kept page."""
    raise AssertionError("A kept answer is returned, not started.")


class Task(WSGITask):
    def build_response_header(self):
        if self.channel.server.stopping_since is not None:
            self.set_close_on_finish()
        return super().build_response_header()

    def set_close_on_finish(self):
        """Keep the connection after a 304 or 204: waitress takes the missing length for a reason to close it."""
        is_asked_for = self.version == "1.0" or self.request.headers.get("CONNECTION", "").lower() == "close"
        if self.has_body or is_asked_for or self.channel.server.stopping_since is not None:
            super().set_close_on_finish()

    def send_answer(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        """Send a whole response from the event loop."""
        self.start()
        self.complete, self.status, self.response_headers = True, status, list(headers)
        self.content_length = len(body) if self.has_body else None
        head, self.wrote_header = self.build_response_header(), True
        self.channel.write_now(head + body if self.has_body and self.request.command != "HEAD" else head)


class Channel(request_limits.Channel):
    @staticmethod
    def task_class(channel, request) -> Task:
        """The task of a request in a thread: the one that the event loop made, with its environment, or a new one."""
        return request.__dict__.pop("task", None) or Task(channel, request)

    def answer_if_kept(self) -> bool:
        """Answer the request that just arrived if the application keeps its page. Only for the event loop."""
        request = self.requests[0]
        if request.error or request.command not in ("GET", "HEAD") or self.total_outbufs_len:
            return False
        task = Task(self, request)
        try:
            answer = self.server.application(task.get_environment(), _in_loop)
        except Exception:  # the thread meets it again, where it is answered
            logger.exception("A kept page could not be answered")
            return False
        if not isinstance(answer, tuple):  # None, or the refusal of a malformed header of the proxy
            if answer is None:
                request.task = task
            return False
        self.requests.pop(0)
        request.close()
        task.send_answer(*answer)
        self.close_when_flushed = task.close_on_finish
        return True

    def write_now(self, data: bytes) -> None:
        """Write what the socket takes; the loop sends the rest when there is room."""
        sent = self.send(data, do_close=False)
        if sent < len(data):
            self.write_soon(data[sent:])

    def is_idle(self) -> bool:
        """Whether nothing of a request or an answer is under way, also not in the socket."""
        if self.requests or self.request is not None or self.total_outbufs_len:
            return False
        try:
            self.socket.recv(1, socket.MSG_PEEK)
        except OSError:  # nothing has arrived, or the connection is broken
            return True
        return False


class Server(TcpWSGIServer):
    channel_class = Channel
    stopping_since: float | None = None  # time.monotonic()
    loop_thread: int | None = None

    def __init__(self, application, listener: socket.socket, adjustments: Adjustments):
        super().__init__(
            _with_kept_answers(application),
            map={},
            _sock=listener,
            dispatcher=RequestThreads(adjustments.threads),
            adj=adjustments,
            sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
            bind_socket=False,
        )
        self.application = _translated_once(self.application, _with_kept_answers(application))

    def run(self):
        self.loop_thread = threading.get_ident()
        super().run()

    def add_task(self, task):
        if threading.get_ident() != self.loop_thread or not task.answer_if_kept():
            super().add_task(task)

    def stop(self) -> None:
        """Accept no connection from now on; answer what is under way; then end ``run``. Safe in a signal handler."""
        if self.stopping_since is None:
            self.stopping_since = time.monotonic()
            self.pull_trigger()

    def readable(self):
        """Whether to accept connections. The loop asks this in every round, and at least once a second."""
        accepts = super().readable()
        if self.stopping_since is None:
            return accepts
        waited = time.monotonic() - self.stopping_since
        for channel in self.active_channels.values():
            if waited > IDLE_GRACE and channel.is_idle():
                channel.will_close = True
        if not self.active_channels or waited > STOP_TIMEOUT:
            raise SystemExit
        return False

    def maintenance(self, now):
        """Also close connections whose request header does not end: a byte at a time keeps them from being silent."""
        super().maintenance(now)
        for channel in self.active_channels.values():
            request = channel.request
            if request is not None and not request.headers_finished and request.started_at < now - IDLE_TIMEOUT:
                channel.will_close = True


def _with_kept_answers(application):
    kept_answer = getattr(application, "kept_answer", lambda environ: None)

    def call(environ, start_response):
        if start_response is not _in_loop:
            return application(environ, start_response)
        environ[TRANSLATED] = True
        return kept_answer(environ)

    return call


def _translated_once(translating, application):
    """``translating``, which reads the headers of a trusted proxy and calls ``application``, at most once a request.

    They change the address of the client: read a second time, they would be those of a visitor.
    """

    def call(environ, start_response):
        return (application if TRANSLATED in environ else translating)(environ, start_response)

    return call


def make_server(application, listener: socket.socket) -> Server:
    """The server on a listening socket. Django has to be set up."""
    adjustments = Adjustments(
        sockets=[listener],
        threads=THREADS,
        connection_limit=MAX_CONNECTIONS,
        asyncore_use_poll=True,  # select ends at 1,024 descriptors
        channel_timeout=IDLE_TIMEOUT,
        cleanup_interval=5,
        max_request_header_size=32 * 1024,
        max_request_body_size=request_limits.MAX_RECEIVED,
        # never spill to a temporary file: it would hold a visitor's text
        inbuf_overflow=2 * request_limits.MAX_BODY,
        outbuf_overflow=2 * request_limits.MAX_BODY,
        ident=None,
        trusted_proxy=os.environ.get("TRUSTED_PROXY") or "127.0.0.1",
        trusted_proxy_headers={"x-forwarded-proto", "x-forwarded-for"},
    )
    return Server(application, listener, adjustments)
