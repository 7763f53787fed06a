"""The metrics port: every web process listens on it, and whichever takes a scrape answers for all of them."""

import errno
import logging
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from . import page_cache_counts
from .collector import new_registry

PUBLISH_EVERY = 2.0  # seconds between two additions of the page cache's counts
READ_TIMEOUT = 5.0  # seconds for a client to send its request; one is answered at a time

logger = logging.getLogger(__name__)


def start(listener: socket.socket) -> None:
    """Answer scrapes in a thread of this process."""
    server = MetricsServer(listener, new_registry())
    threading.Thread(target=server.serve_forever, args=[PUBLISH_EVERY], name="metrics", daemon=True).start()


class MetricsServer(HTTPServer):
    def __init__(self, listener: socket.socket, registry: CollectorRegistry) -> None:
        super().__init__(listener.getsockname()[:2], MetricsHandler, bind_and_activate=False)
        self.socket.close()
        self.socket, self.registry = listener, registry
        listener.settimeout(0)  # another process may have been quicker

    def service_actions(self) -> None:
        """Called after each scrape and every PUBLISH_EVERY."""
        page_cache_counts.publish()

    def get_request(self):
        try:
            return super().get_request()
        except OSError as exc:
            if exc.errno == errno.EINVAL:  # web_server.py has ended the listening, in all processes at once
                raise SystemExit from exc
            raise

    def handle_error(self, request, client_address) -> None:
        logger.exception("A scrape could not be answered")


class MetricsHandler(BaseHTTPRequestHandler):
    timeout = READ_TIMEOUT

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != "/metrics":
            self.send_error(404)
            return
        page_cache_counts.publish()
        body = generate_latest(self.server.registry)
        self.send_response(200)
        self.send_header("Content-Type", CONTENT_TYPE_LATEST)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        """A scrape every few seconds is nothing to log."""
