"""A rendered page, and the answers made of it: plain or compressed, whole, or "not modified"."""

import time
from functools import cached_property

from django.utils.http import http_date, parse_etags

from . import encoding
from .areas import State, are_current
from .holes import fill

HELD = 2.0  # seconds before a page says when it was last modified; see Page.last_modified
OVERHEAD = 2048  # bytes of a page besides its body: headers, key, objects
ABOUT_CONTENT = {"content-length", "content-type", "content-encoding"}

Answer = tuple[str, list[tuple[str, str]], bytes]
"""Status line, headers and body of a WSGI response."""


class Page:
    """What Django answered, in parts around its holes."""

    def __init__(
        self,
        status: str,
        headers: list[tuple[str, str]],
        parts: list,
        states: tuple[State, ...],
        except_cookie: str = "",
    ) -> None:
        """``parts``: bytes, and at every second place a hole (holes.Recording.split)."""
        self.status, self.headers, self.parts, self.states = status, headers, parts, states
        self.except_cookie = except_cookie  # as in finished_page
        self.made_at = time.time()
        said = {name.lower(): value for name, value in headers}
        self.etag = said.get("etag", "")
        self._is_dated = bool(self.etag) and "last-modified" not in said  # some views, such as feeds, say it themselves
        self._encoded: dict[str, bytes] = {}  # of a page without holes, by encoding
        self._blocks: list[bytes] = []  # of a page with holes, deflated

    @property
    def is_current(self) -> bool:
        return are_current(self.states)

    @property
    def size(self) -> int:
        """Bytes in memory, about."""
        fixed = sum(map(len, self.parts[::2]))
        return OVERHEAD + fixed + sum(map(len, self._encoded.values())) + sum(map(len, self._blocks))

    @cached_property
    def is_compressible(self) -> bool:
        headers = {name.lower(): value for name, value in self.headers}
        return (
            "content-encoding" not in headers
            and headers.get("content-type", "").startswith(encoding.COMPRESSIBLE)
            and sum(map(len, self.parts[::2])) >= encoding.MIN_SIZE
        )

    @property
    def last_modified(self) -> float:
        """Seconds since the epoch, or 0 while it is too young to say.

        The header has whole seconds. A process learns within a second of a change; so a page that says a second was
        made before it, in any process, differs from no other page that says the same.
        """
        return self.made_at if self._is_dated and time.time() - self.made_at >= HELD else 0.0

    def answer(self, environ) -> Answer:
        """The answer to a GET or HEAD with these headers."""
        if self.status.startswith("200") and self._is_known(environ):
            kept = [(name, value) for name, value in self.headers if name.lower() not in ABOUT_CONTENT]
            return "304 Not Modified", self._dated(kept), b""
        for name in encoding.preferred(environ.get("HTTP_ACCEPT_ENCODING", "")) if self.is_compressible else ():
            if (body := self._in(name)) is not None:
                return self.status, self._dated(self._with_length(body, name)), body
        body = self.parts[0] if len(self.parts) == 1 else self._filled()[0]
        headers = self.headers if len(self.parts) == 1 else self._with_length(body)
        return self.status, self._dated(headers), body

    def _is_known(self, environ) -> bool:
        """Whether the visitor has this very page. Its tag decides; only without one, its date."""
        if not self.etag:
            return False
        if tags := environ.get("HTTP_IF_NONE_MATCH"):
            plain = self.etag.removeprefix("W/")
            return any(tag == "*" or tag.removeprefix("W/") == plain for tag in parse_etags(tags))
        since = environ.get("HTTP_IF_MODIFIED_SINCE")
        return bool(since and self.last_modified) and since == http_date(self.last_modified)

    def _in(self, name: str) -> bytes | None:
        """The body in an encoding, made at the first visit that needs it; None where it would not be shorter."""
        if len(self.parts) > 1:
            return self._gzip_around_holes() if name == "gzip" else None
        if name not in self._encoded:
            body = self.parts[0]
            packed = encoding.brotli_of(body) if name == "br" else encoding.gzip_of(body)
            self._encoded[name] = packed if len(packed) < len(body) else b""
        return self._encoded[name] or None

    def _gzip_around_holes(self) -> bytes:
        """The fixed parts are compressed once. Brotli has no such form: its parts refer back across a hole."""
        if not self._blocks:
            self._blocks = [encoding.deflated(part) for part in self.parts[::2]]
        body, fillings = self._filled()
        blocks = [self._blocks[0]]
        for filling, block in zip(fillings, self._blocks[1:], strict=True):
            blocks += (encoding.stored(filling), block)
        return encoding.join_gzip(blocks, body)

    def _filled(self) -> tuple[bytes, list[bytes]]:
        """The body for one visitor, and what fills its holes."""
        parts = [fill(part).encode() if place % 2 else part for place, part in enumerate(self.parts)]
        return b"".join(parts), parts[1::2]

    def _with_length(self, body: bytes, name: str = "") -> list[tuple[str, str]]:
        headers = [
            (header, str(len(body)) if header.lower() == "content-length" else value) for header, value in self.headers
        ]
        return [*headers, ("Content-Encoding", name)] if name else headers

    def _dated(self, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        moment = self.last_modified
        return [*headers, ("Last-Modified", http_date(moment))] if moment else list(headers)
