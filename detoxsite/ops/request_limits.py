"""Requests that are too large or unreadable, answered by the site's own pages.

waitress answers them itself, with a line of bare text, and closes the connection while the browser is still sending.
Here a body is received to its end. Of a file in a form only as much is kept as shows that it is too large: the form is
complete otherwise, so its page comes back with every word and an error beside the file. What is too large in any other
way, or no HTTP at all, becomes a request for an error page (core/middleware.py, pages/errors.py). A body that says that
it is longer than MAX_RECEIVED is answered at once, and nothing of it is received.

Only staff send more than a photo: a video, with a pass (core/upload_pass.py). waitress keeps such a body in a temporary
file that has no name, so that it takes no memory and is gone with the request.
"""

import contextlib
import io
import time

from django.conf import settings
from django.utils.http import parse_header_parameters
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask
from waitress.utilities import RequestEntityTooLarge

from detoxsite.core import upload_pass
from detoxsite.core.http_cache import REFUSED
from detoxsite.core.images import MAX_SIZE

MEGABYTE = 1024 * 1024
MAX_PART = MAX_SIZE + MEGABYTE  # bytes kept of each part of a form
MAX_BODY = MAX_PART + 2 * MEGABYTE  # bytes kept of a body
MAX_RECEIVED = 1024 * MEGABYTE  # bytes read, and mostly dropped, before the connection is closed


class LimitedBody:
    """A buffer for waitress that keeps ``max_part`` bytes between two boundaries of a form, and 2 MB more in all."""

    def __init__(self, buffer, boundary: bytes, max_part: int = MAX_PART):
        self._buffer = buffer
        self._max_part, self._max_body = max_part, max_part + 2 * MEGABYTE
        self._delimiter = b"\r\n--" + boundary if boundary else b""
        self._tail = b""  # may be the beginning of a delimiter
        self._part_size = 0
        self.is_too_large = False

    def append(self, data: bytes) -> None:
        if not self._delimiter:
            self._keep(data)
            return
        *parts, rest = (self._tail + data).split(self._delimiter)
        for part in parts:
            self._keep_part(part)
            self._keep(self._delimiter)
            self._part_size = 0
        whole = max(0, len(rest) - len(self._delimiter) + 1)
        self._keep_part(rest[:whole])
        self._tail = rest[whole:]

    def finish(self) -> None:
        """Call when the body is complete."""
        self._keep_part(self._tail)
        self._tail = b""

    def _keep_part(self, data: bytes) -> None:
        self._keep(data[: max(0, self._max_part - self._part_size)])
        self._part_size += len(data)

    def _keep(self, data: bytes) -> None:
        self.is_too_large = self.is_too_large or len(self._buffer) + len(data) > self._max_body
        if not self.is_too_large:
            self._buffer.append(data)

    def __len__(self):
        return len(self._buffer)

    def getfile(self):
        return self._buffer.getfile()

    def close(self):
        self._buffer.close()


class RequestParser(HTTPRequestParser):
    def __init__(self, adj):
        super().__init__(adj)
        self.started_at = time.time()

    def parse_header(self, header_plus):
        super().parse_header(header_plus)
        if self.body_rcv is not None:
            kind, options = parse_header_parameters(self.headers.get("CONTENT_TYPE", ""))
            boundary = options.get("boundary", "") if kind == "multipart/form-data" else ""
            self.body_rcv.buf = LimitedBody(self.body_rcv.buf, boundary.encode("latin-1", "replace"), self._max_part())

    def _max_part(self) -> int:
        if self.path == upload_pass.PATH and upload_pass.is_valid(self.headers.get("COOKIE", "")):
            return (settings.VIDEO_MAX_MB + 1) * MEGABYTE
        return MAX_PART

    def received(self, data):
        consumed = super().received(data)
        if self.completed and self.body_rcv is not None and self.error is None:
            body = self.body_rcv.getbuf()
            body.finish()
            self.headers["CONTENT_LENGTH"] = str(len(body))
            if body.is_too_large:
                self.error = RequestEntityTooLarge("")
        return consumed


class ErrorPageTask(WSGITask):
    """Requests the page for an error of waitress from the site; nothing of the refused request reaches it."""

    def execute(self):
        self.set_close_on_finish()
        super().execute()

    def get_environment(self):
        return {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/",
            "SCRIPT_NAME": "",
            "QUERY_STRING": "",
            "REMOTE_ADDR": self.channel.addr[0],
            "SERVER_NAME": settings.SYNTHETIC_HOST,
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(),
            REFUSED: self.request.error.code,
        }


class Channel(HTTPChannel):
    parser_class = RequestParser
    error_task_class = ErrorPageTask

    def handle_close(self):
        """Read what has arrived: closed with unread data, the connection is reset and the browser drops the answer."""
        if self.socket is not None:  # it was closed before: waitress calls this twice when a visitor hangs up early
            with contextlib.suppress(OSError):
                for _ in range(64):
                    self.socket.recv(64 * 1024)
        super().handle_close()
