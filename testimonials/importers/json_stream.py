"""Splits a JSON file into its reviews: one is in memory at a time, however long the file is.

A review that is not valid JSON is yielded like any other, for the caller to reject, and the next one follows. ijson
cannot do that: both its backends stop at the first invalid value, and on a number of 5,000 digits the C backend crashes
the process and the Python backend stops (ijson 3.6.0). So this module only matches brackets; ``json`` parses a review.
"""

import re
from collections.abc import Iterable, Iterator

MAX_VALUE = 4 * 2**20  # bytes of one review
TAIL = 64  # bytes kept of a value that is too long, to recognize the key of a list
_STRUCTURAL = re.compile(rb'["{}\[\],]')
_IN_STRING = re.compile(rb'["\\\n]')
_REVIEWS_KEY = re.compile(rb'"reviews"\s*:\s*$')
_SEPARATORS = b" \t\r\n,"


class BrokenJson(Exception):
    """Brackets or quotes are unbalanced at byte ``position``; what follows cannot be split."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


class _Buffer:
    """The part of one value that was read so far."""

    def __init__(self) -> None:
        self.data, self.is_whole = bytearray(), True

    def add(self, data: bytes) -> None:
        self.data += data
        if len(self.data) > MAX_VALUE:
            self.is_whole = False
            del self.data[:-TAIL]

    def take(self) -> bytes | None:
        """The value, or None if it was too long. Empties the buffer."""
        value = bytes(self.data).strip() if self.is_whole else None
        self.__init__()
        return value

    def is_blank(self) -> bool:
        return not self.data.strip(_SEPARATORS)


def _tokens(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, int, bytes, int]]:
    """Chunk, place in it, token and place in the file of each bracket and comma outside strings; b"" ends a chunk."""
    base, in_string, is_escaped = 0, False, False
    for chunk in chunks:
        at = 0
        while at < len(chunk):
            if is_escaped:
                at, is_escaped = at + 1, False
                continue
            match = (_IN_STRING if in_string else _STRUCTURAL).search(chunk, at)
            if match is None:
                break
            at, token = match.end(), match[0]
            if token == b"\n":
                raise BrokenJson(base + at - 1)
            if token == b"\\":
                is_escaped = True
            elif token == b'"':
                in_string = not in_string
            else:
                yield chunk, at - 1, token, base + at - 1
        base += len(chunk)
        yield chunk, len(chunk), b"", base
    if in_string:
        raise BrokenJson(base)


class _Splitter:
    """Follows the nesting of brackets and collects the value that is being read."""

    def __init__(self) -> None:
        self.buffer, self.begin = _Buffer(), 0  # begin: of what is not yet in the buffer, in the chunk
        self.depth = self.list_depth = 0  # list_depth: of the list whose items are wanted, 0 outside
        self.is_page = self.has_begun = False

    def end_chunk(self, chunk: bytes) -> None:
        self.buffer.add(chunk[self.begin :])
        self.begin = 0

    def open_bracket(self, chunk: bytes, at: int, token: bytes, place: int) -> None:
        self.buffer.add(chunk[self.begin : at])
        self.begin, self.depth, self.has_begun = at, self.depth + 1, True
        if self.depth == 1 and not self.buffer.is_blank():
            raise BrokenJson(place)
        if self.depth == 1 or (token == b"[" and self._is_reviews()):
            self.is_page = self.depth == 2
            self.buffer.take()
            if token == b"[":
                self.list_depth, self.begin = self.depth, at + 1

    def _is_reviews(self) -> bool:
        """Whether the list that opens is "reviews" of a page."""
        return self.depth == 2 and not self.list_depth and bool(_REVIEWS_KEY.search(self.buffer.data[-TAIL:]))

    def end_item(self, chunk: bytes, at: int, token: bytes) -> bytes | None:
        """The item of the list that a comma or the end of the list completes; b"" for none."""
        self.buffer.add(chunk[self.begin : at])
        self.begin = at + 1
        if token == b"]":
            self.depth, self.list_depth = self.depth - 1, 0
        return self.buffer.take()

    def close_bracket(self, chunk: bytes, at: int) -> bytes | None:
        """The object that is complete outside any list; b"" for none."""
        self.depth -= 1
        if self.depth:
            return b""
        self.buffer.add(chunk[self.begin : at + 1])
        self.begin, value = at + 1, self.buffer.take()
        return b"" if self.is_page else value

    def is_incomplete(self) -> bool:
        return bool(self.depth) or not self.has_begun or not self.buffer.is_blank()


def split_values(chunks: Iterable[bytes]) -> Iterator[bytes | None]:
    """The items of a list, of the list "reviews" of a page, or else each object; None for one over MAX_VALUE.

    Raises BrokenJson after everything before the break was yielded.
    """
    splitter, place = _Splitter(), 0
    for chunk, at, token, place in _tokens(chunks):
        value = b""
        if not token:
            splitter.end_chunk(chunk)
        elif token in b"{[":
            splitter.open_bracket(chunk, at, token, place)
        elif splitter.depth == 0 or (splitter.depth == splitter.list_depth and token == b"}"):
            if token != b",":
                raise BrokenJson(place)
        elif splitter.depth == splitter.list_depth:
            value = splitter.end_item(chunk, at, token)
        elif token != b",":
            value = splitter.close_bracket(chunk, at)
        if value != b"":
            yield value
    if splitter.is_incomplete():
        raise BrokenJson(place)
