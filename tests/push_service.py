"""A push service on this machine: takes what ntfy and Apprise's json:// send, and answers as it is told."""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Message:
    headers: dict[str, str]
    body: bytes

    @property
    def fields(self) -> dict:
        return json.loads(self.body)

    @property
    def everything(self) -> str:
        return f"{self.headers} {self.body.decode()}"


class PushService(ThreadingHTTPServer):
    """A context manager. ``statuses``: of the next answers, then 200; ``hold``: set it to answer at all."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[Message] = []
        self.statuses: list[int] = []
        self.hold = threading.Event()
        self.hold.set()

    @property
    def port(self) -> int:
        return self.server_address[1]

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self):
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.hold.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request, client_address):
        """Ignore clients that hang up."""


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(Message(dict(self.headers), body))
        self.server.hold.wait()
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass
