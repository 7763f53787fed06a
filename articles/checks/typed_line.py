"""A line of text as a reader sees it and as it was typed: checks judge the one, editors are shown the other."""

import functools
from bisect import bisect_right
from dataclasses import dataclass

from detoxsite.core.plain_text import as_seen


@dataclass(frozen=True)
class TypedLine:
    """One line. The words of both texts come in the same order; only the characters in them can differ."""

    seen: str
    typed: str
    words: tuple[tuple[int, int], ...] = ()  # (start in seen, start in typed) of each word; none if the texts are equal

    @functools.cached_property
    def _starts(self) -> list[int]:
        return [seen for seen, _ in self.words]

    def as_typed(self, start: int, end: int) -> str:
        """The part of the typed line for a part of the seen one, in whole words where the texts differ."""
        if not self.words:
            return self.typed[start:end]
        part = self.seen[start:end]
        start += len(part) - len(part.lstrip())
        first = max(0, bisect_right(self._starts, start) - 1)
        after = bisect_right(self._starts, max(start, end - 1))
        stop = self.words[after][1] if after < len(self.words) else len(self.typed)
        return self.typed[self.words[first][1] : stop].strip()


def read_line(text: str) -> TypedLine:
    typed_words = text.split()
    typed = " ".join(typed_words)
    if typed.isascii() and typed.isprintable():
        return TypedLine(typed, typed)
    seen_words, starts, at_seen, at_typed = [], [], 0, 0
    for word in typed_words:
        if seen := " ".join(as_seen(word).split()):
            starts.append((at_seen, at_typed))
            seen_words.append(seen)
            at_seen += len(seen) + 1
        at_typed += len(word) + 1
    line = " ".join(seen_words)
    return TypedLine(line, typed) if line == typed else TypedLine(line, typed, tuple(starts))
