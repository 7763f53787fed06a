"""The reviews of a JSON file one after the other: however long the file is, one is in memory at a time.

A review that is no JSON is handed out all the same, for whoever reads it to refuse, and the next one follows. No
library for streams does that: ijson ends at the first wrong value, makes "?" of characters it cannot hold, and its
parser in C ends the whole process over a number of 5,000 digits.
"""

import re
from collections.abc import Iterable, Iterator

MAX_LENGTH = 4 * 2**20  # bytes of one review
TAIL = 64  # bytes kept of what is too long, to see which key a list belongs to
_MARK = re.compile(rb'["{}\[\],]')
_IN_STRING = re.compile(rb'["\\\n]')
_OF_A_PAGE = re.compile(rb'"reviews"\s*:\s*$')
_BETWEEN = b" \t\r\n,"


class BrokenOff(Exception):
    """Brackets or quotes do not add up at byte ``at``; nothing behind it can be told apart."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class _Piece:
    """What was read of one value so far."""

    def __init__(self) -> None:
        self.text, self.is_whole = bytearray(), True

    def add(self, text: bytes) -> None:
        self.text += text
        if len(self.text) > MAX_LENGTH:
            self.is_whole = False
            del self.text[:-TAIL]

    def take(self) -> bytes | None:
        """All of it, or None where that is too long. Begins anew."""
        taken = bytes(self.text).strip() if self.is_whole else None
        self.__init__()
        return taken

    def is_nothing(self) -> bool:
        return not self.text.strip(_BETWEEN)


def _marks(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, int, bytes, int]]:
    """Chunk, place in it, mark and place in the file of each bracket and comma outside strings; "" ends a chunk."""
    base, in_string, is_escaped = 0, False, False
    for chunk in chunks:
        at = 0
        while at < len(chunk):
            if is_escaped:
                at, is_escaped = at + 1, False
                continue
            found = (_IN_STRING if in_string else _MARK).search(chunk, at)
            if found is None:
                break
            at, mark = found.end(), found[0]
            if mark == b"\n":
                raise BrokenOff(base + at - 1)
            if mark == b"\\":
                is_escaped = True
            elif mark == b'"':
                in_string = not in_string
            else:
                yield chunk, at - 1, mark, base + at - 1
        base += len(chunk)
        yield chunk, len(chunk), b"", base
    if in_string:
        raise BrokenOff(base)


def values(chunks: Iterable[bytes]) -> Iterator[bytes | None]:
    """What stands in a list, in the list "reviews" of a page, or else each object; None for one over MAX_LENGTH.

    Raises BrokenOff, after all before it were handed out.
    """
    piece, depth, begin, place = _Piece(), 0, 0, 0
    list_depth, is_page, has_begun = 0, False, False  # list_depth: of the list whose items are wanted, 0 outside
    for chunk, at, mark, place in _marks(chunks):
        if not mark:
            piece.add(chunk[begin:])
            begin = 0
        elif mark in b"{[":
            piece.add(chunk[begin:at])
            begin, depth, has_begun = at, depth + 1, True
            if depth == 1 and not piece.is_nothing():
                raise BrokenOff(place)
            if depth == 1 or mark == b"[" and depth == 2 and not list_depth and _OF_A_PAGE.search(piece.text[-TAIL:]):
                is_page = depth == 2
                piece.take()
                if mark == b"[":
                    list_depth, begin = depth, at + 1
        elif depth == 0:
            if mark != b",":
                raise BrokenOff(place)
        elif depth == list_depth:
            if mark == b"}":
                raise BrokenOff(place)
            piece.add(chunk[begin:at])
            begin, value = at + 1, piece.take()
            if value != b"":
                yield value
            if mark == b"]":
                depth, list_depth = depth - 1, 0
        elif mark != b",":
            depth -= 1
            if depth == 0:
                piece.add(chunk[begin : at + 1])
                begin, value = at + 1, piece.take()
                if not is_page:
                    yield value
    if depth or not has_begun or not piece.is_nothing():
        raise BrokenOff(place)
