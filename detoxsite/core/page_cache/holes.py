"""Holes: the few characters of a kept page that differ for each visitor, such as the token of a form."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

RECORDING = "detoxsite.page_cache.recording"  # in the WSGI environment while a page is rendered to be kept

_fillers: dict[str, Callable[..., str]] = {}


@dataclass(eq=False)
class Recording:
    """What a rendering tells the cache: whether its answer is a finished page, and where its holes are.

    The marker of a hole holds a secret of this rendering, so that no text on the page can pass for one.
    """

    is_finished: bool = False
    outcome: object = None  # what the view returned or raised, if it ran before the middleware
    holes: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    secret: str = field(default_factory=lambda: secrets.token_hex(8))

    def reset(self) -> None:
        """Forget what the view said before, as it runs once more."""
        self.is_finished = False
        self.holes.clear()

    def mark(self, name: str, args: tuple[str, ...]) -> str:
        self.holes.append((name, args))
        return f"\x02{self.secret}:{len(self.holes) - 1}\x03"

    def take_outcome(self):
        """In place of the view, in the middle of the middleware: return or raise what it did."""
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    def split(self, body: bytes) -> list[bytes | tuple[str, tuple[str, ...]]]:
        """The body in parts: fixed bytes, and between them the holes."""
        if not self.holes:
            return [body]
        first, *rest = body.split(f"\x02{self.secret}:".encode())
        parts: list = [first]
        for part in rest:
            place, _, after = part.partition(b"\x03")
            parts += (self.holes[int(place)], after)
        return parts


def register_hole(name: str, fill: Callable[..., str]) -> None:
    """``fill(*args)``: the text for one visitor. It may hold letters, digits and ``-_.:~`` only: nothing escapes it."""
    _fillers[name] = fill


def hole(request, name: str, *args: str) -> str:
    """Text that is different for each visitor: ``fill(*args)``, or a marker while the page is rendered to be kept."""
    recording = request.META.get(RECORDING)
    return recording.mark(name, args) if recording else fill((name, args))


def fill(found: tuple[str, tuple[str, ...]]) -> str:
    name, args = found
    return _fillers[name](*args)
