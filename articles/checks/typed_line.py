"""A line of text as a reader sees it and as it was typed: checks judge the one, editors are shown the other."""

import functools
from bisect import bisect_right
from dataclasses import dataclass

from detoxsite.core.plain_text import as_seen

MAX_WORD = 100  # characters; a longer one is taken as a whole


@dataclass(frozen=True)
class TypedLine:
    """One line. The words of both texts come in the same order; only the characters in them can differ."""

    seen: str
    typed: str
    words: tuple[tuple[int, int, str], ...] = ()  # start in seen, start in typed, typed; none where the texts are equal

    @functools.cached_property
    def _starts(self) -> list[int]:
        return [seen for seen, _, _ in self.words]

    def as_typed(self, start: int, end: int) -> str:
        """The typed text of a part of the seen one."""
        if not self.words:
            return self.typed[start:end]
        part = self.seen[start:end]
        start += len(part) - len(part.lstrip())
        return self.typed[self._position(start) : self._position(max(start, end - 1), is_end=True)]

    def _position(self, seen_at: int, *, is_end: bool = False) -> int:
        """Where the character at a position of the seen text starts, or ends, in the typed one."""
        start, typed_at, word = self.words[max(0, bisect_right(self._starts, seen_at) - 1)]
        offset = seen_at - start
        if len(word) > MAX_WORD:
            return typed_at + len(word) * is_end
        lengths = (len(as_seen(word[:count])) for count in range(1, len(word) + 1))
        before = next((count for count, length in enumerate(lengths) if length > offset), len(word) - 1)
        return typed_at + before + is_end


def read_line(text: str) -> TypedLine:
    typed_words = text.split()
    typed = " ".join(typed_words)
    if typed.isascii() and typed.isprintable():
        return TypedLine(typed, typed)
    seen_words, words, at_seen, at_typed = [], [], 0, 0
    for word in typed_words:
        if seen := " ".join(as_seen(word).split()):
            words.append((at_seen, at_typed, word))
            seen_words.append(seen)
            at_seen += len(seen) + 1
        at_typed += len(word) + 1
    line = " ".join(seen_words)
    return TypedLine(line, typed) if line == typed else TypedLine(line, typed, tuple(words))
