"""Grapheme clusters: what a reader sees as one character, such as an emoji with its joiners or a letter with accents.

The browser finds the same ones (``Intl.Segmenter`` in moderate.js): both follow Unicode Standard Annex 29.
"""

from bisect import bisect_left, bisect_right

import regex

# \X splits two halves of a surrogate pair, which only text from outside UTF-8 can hold.
_CLUSTER = regex.compile(r"[\ud800-\udbff][\udc00-\udfff]|\X")


class Graphemes:
    """Where the grapheme clusters of a text begin and end, as code points."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._boundaries = [0, *(match.end() for match in _CLUSTER.finditer(text))]

    def is_boundary(self, place: int) -> bool:
        index = bisect_left(self._boundaries, place)
        return index < len(self._boundaries) and self._boundaries[index] == place

    def widen(self, start: int, end: int) -> tuple[int, int]:
        """The span without blanks at its ends, then widened to whole clusters. It may be empty: (n, n).

        Places beyond the text count as its ends.
        """
        text = self._text
        start, end = max(0, min(start, len(text))), max(0, min(end, len(text)))
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start >= end:
            return start, start
        first = bisect_right(self._boundaries, start) - 1
        return self._boundaries[first], self._boundaries[bisect_left(self._boundaries, end)]
