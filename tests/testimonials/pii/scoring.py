"""Precision and recall of the detector on the labeled reviews."""

from collections import Counter
from collections.abc import Iterable

from testimonials.pii import Kind, Match, find_matches
from tests.testimonials.pii.corpus import Record, Span

NAMES = {Kind.NAME, Kind.STAFF}


class Score:
    """Counts over some records, by kind. A staff member's name counts as a name."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.labels, self.found, self.matches, self.right = Counter(), Counter(), Counter(), Counter()
        for record in records:
            self._add(record, find_matches(record.text))

    def _add(self, record: Record, matches: list[Match]) -> None:
        for span in record.spans:
            self.labels[span.kind] += 1
            self.found[span.kind] += is_found(record.text, span, matches)
        for match in matches:
            kind = _kind(match)
            self.matches[kind] += 1
            self.right[kind] += is_right(match, record.spans)

    def recall(self, kind: str) -> float:
        return self.found[kind] / self.labels[kind] if self.labels[kind] else 1.0

    def precision(self, kind: str) -> float:
        return self.right[kind] / self.matches[kind] if self.matches[kind] else 1.0

    def __str__(self) -> str:
        return "\n".join(
            f"{kind:9} recall {self.recall(kind):.3f} of {self.labels[kind]:4}, "
            f"precision {self.precision(kind):.3f} of {self.matches[kind]:4}"
            for kind in sorted(self.labels | self.matches)
        )


def is_found(text: str, span: Span, matches: list[Match]) -> bool:
    """Whether matches of its kind cover every letter and digit of a label; for anything but a name, any part of it."""
    covered = {at for match in matches if _kind(match) == span.kind for at in range(match.start, match.end)}
    letters = {at for at in range(span.start, span.end) if text[at].isalnum()}
    return letters <= covered if span.kind == Kind.NAME else bool(letters & covered)


def is_right(match: Match, spans: Iterable[Span]) -> bool:
    """Whether it overlaps a label of its kind."""
    return any(span.kind == _kind(match) and span.start < match.end and match.start < span.end for span in spans)


def _kind(match: Match) -> str:
    return Kind.NAME.value if match.kind in NAMES else match.kind.value
