"""How much of what is labelled in the invented reviews the hints find, and how many hints are right."""

from collections import Counter
from collections.abc import Iterable

from testimonials.pii import Hint, Kind, find
from tests.testimonials.pii.corpus import Record, Span

NAMES = {Kind.NAME, Kind.STAFF}


class Score:
    """Counts over some records, by kind. A staff member's name counts as a name."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.labels, self.found, self.hints, self.right = Counter(), Counter(), Counter(), Counter()
        for record in records:
            self._add(record, find(record.words))

    def _add(self, record: Record, hints: list[Hint]) -> None:
        for span in record.spans:
            self.labels[span.kind] += 1
            self.found[span.kind] += is_found(record.words, span, hints)
        for hint in hints:
            kind = _kind(hint)
            self.hints[kind] += 1
            self.right[kind] += is_right(hint, record.spans)

    def recall(self, kind: str) -> float:
        return self.found[kind] / self.labels[kind] if self.labels[kind] else 1.0

    def precision(self, kind: str) -> float:
        return self.right[kind] / self.hints[kind] if self.hints[kind] else 1.0

    def __str__(self) -> str:
        return "\n".join(
            f"{kind:9} recall {self.recall(kind):.3f} of {self.labels[kind]:4}, "
            f"precision {self.precision(kind):.3f} of {self.hints[kind]:4}"
            for kind in sorted(self.labels | self.hints)
        )


def is_found(words: str, span: Span, hints: list[Hint]) -> bool:
    """Whether hints of its kind cover every letter and digit of a label; for anything but a name, any part of it."""
    covered = {at for hint in hints if _kind(hint) == span.kind for at in range(hint.start, hint.end)}
    letters = {at for at in range(span.start, span.end) if words[at].isalnum()}
    return letters <= covered if span.kind == Kind.NAME else bool(letters & covered)


def is_right(hint: Hint, spans: Iterable[Span]) -> bool:
    """Whether a label of its kind lies at least in part under a hint."""
    return any(span.kind == _kind(hint) and span.start < hint.end and hint.start < span.end for span in spans)


def _kind(hint: Hint) -> str:
    return Kind.NAME.value if hint.kind in NAMES else hint.kind.value
