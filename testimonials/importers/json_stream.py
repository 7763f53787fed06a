"""Splits a JSON file into its reviews: one is in memory at a time, however long the file is.

A review that is not valid JSON is yielded like any other, for the caller to reject, and the next one follows. ijson
cannot do that: both its backends stop at the first invalid value, and a number of 5,000 digits crashes the process in
the C backend and stops the Python one (ijson 3.6.0). So this module only matches brackets; ``json`` parses each review.
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


def split_values(chunks: Iterable[bytes]) -> Iterator[bytes | None]:
    """The items of a list, of the list "reviews" of a page, or else each object; None for one over MAX_VALUE.

    Raises BrokenJson after everything before the break was yielded.
    """
    buffer, depth, begin, place = _Buffer(), 0, 0, 0
    list_depth, is_page, has_begun = 0, False, False  # list_depth: of the list whose items are wanted, 0 outside
    for chunk, at, token, place in _tokens(chunks):
        if not token:
            buffer.add(chunk[begin:])
            begin = 0
        elif token in b"{[":
            buffer.add(chunk[begin:at])
            begin, depth, has_begun = at, depth + 1, True
            if depth == 1 and not buffer.is_blank():
                raise BrokenJson(place)
            is_reviews = token == b"[" and depth == 2 and not list_depth and _REVIEWS_KEY.search(buffer.data[-TAIL:])
            if depth == 1 or is_reviews:
                is_page = depth == 2
                buffer.take()
                if token == b"[":
                    list_depth, begin = depth, at + 1
        elif depth == 0:
            if token != b",":
                raise BrokenJson(place)
        elif depth == list_depth:
            if token == b"}":
                raise BrokenJson(place)
            buffer.add(chunk[begin:at])
            begin, value = at + 1, buffer.take()
            if value != b"":
                yield value
            if token == b"]":
                depth, list_depth = depth - 1, 0
        elif token != b",":
            depth -= 1
            if depth == 0:
                buffer.add(chunk[begin : at + 1])
                begin, value = at + 1, buffer.take()
                if not is_page:
                    yield value
    if depth or not has_begun or not buffer.is_blank():
        raise BrokenJson(place)
