"""Finds all matches of a text, in order and without overlaps."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from detoxsite.core.plain_text import seen_with_spans

from . import east_asian, gazetteers, patterns
from .entities import (
    REDACTION_LABELS,
    Kind,
    Match,
    RosterName,
)
from .names import find_names
from .relatives import find_relatives
from .roster import Roster
from .tokenizer import Gap, Token, tokenize

_DATE_PREPOSITION = re.compile(r"(?:[ ,]{0,3}\b(?:on|in|since|of|by|until|from|en|el))?[ ,]{0,3}$", re.I)


def find_matches(text: str, roster: Sequence[RosterName] = ()) -> list[Match]:
    """Passages that may identify someone, in order; no two overlap. Never raises, whatever the text.

    The text is judged as a reader sees it; the matches are places in the text itself. Of overlapping matches the
    longest is kept; a staff member's name comes before any other name.
    """
    seen, spans = seen_with_spans(text)
    tokens = tokenize(seen)
    staff_names = Roster(roster)
    name_spans = list(find_names(tokens, staff_names.first_words))
    matches = [
        *_match_staff(seen, tokens, name_spans, staff_names),
        *_match_names(seen, tokens, name_spans),
        *patterns.find_patterns(seen, {token.norm for token in tokens}),
        *_match_medicines(seen, tokens),
        *find_relatives(seen, tokens),
    ]
    matches = _widen_staff_names(matches, seen)
    if seen != text:
        matches = [_at_origin(match, text, spans) for match in matches if match.start < match.end]
    return _without_overlaps(matches, len(text))


def _at_origin(match: Match, text: str, spans: list[tuple[int, int]]) -> Match:
    """A match in the text as it is seen, as one in the text as it is written."""
    start, end = spans[match.start][0], spans[match.end - 1][1]
    return replace(match, start=start, end=end, text=text[start:end])


def replace_matches(text: str, matches: Iterable[Match]) -> str:
    """The text with each match replaced by its suggestion.

    Where the suggestion is to leave it out, the blank before it goes too, and the preposition before a date.
    """
    for match in sorted(matches, key=lambda match: match.start, reverse=True):
        before, after = text[: match.start], text[match.end :]
        if not match.replacement:
            before = _DATE_PREPOSITION.sub("", before) if match.kind == Kind.DATE else before.rstrip(" ")
            after = after if before else after.lstrip(" ")
        text = before + match.replacement + after
    return text


def _widen_staff_names(matches: list[Match], text: str) -> list[Match]:
    """Extends staff matches over the name they are part of: "Tina" of "Tina Smith" leaves no "Smith" behind."""
    names = [match for match in matches if match.kind == Kind.NAME]
    widened = []
    for match in matches:
        if match.kind == Kind.STAFF:
            overlapping = [name for name in names if name.start < match.end and match.start < name.end]
            start = min([match.start, *(name.start for name in overlapping)])
            end = max([match.end, *(name.end for name in overlapping)])
            match = replace(match, start=start, end=end, text=text[start:end])
        widened.append(match)
    return widened


def _without_overlaps(matches: list[Match], length: int) -> list[Match]:
    """The longest matches that do not overlap; of equally long ones the first."""
    covered = bytearray(length)
    kept = []
    for match in sorted(matches, key=lambda match: match.start - match.end):
        if not any(covered[match.start : match.end]):
            covered[match.start : match.end] = b"\1" * (match.end - match.start)
            kept.append(match)
    return sorted(kept, key=lambda match: match.start)


def _match(kind: Kind, text: str, start: int, end: int, replacement: str | None = None) -> Match:
    return Match(kind, start, end, text[start:end], REDACTION_LABELS[kind] if replacement is None else replacement)


def _match_names(text: str, tokens: list[Token], spans: list[tuple[int, int]]) -> Iterator[Match]:
    for start, end in east_asian.find_names(text):
        yield _match(Kind.NAME, text, start, end)
    for first, end in spans:
        before = tokens[first - 1] if first and tokens[first].gap != Gap.SENTENCE_END else None
        follows_kinship = before is not None and before.norm in gazetteers.KINSHIP
        replacement = "" if follows_kinship else None
        yield _match(Kind.NAME, text, tokens[first].start, tokens[end - 1].end, replacement)


def _match_staff(text: str, tokens: list[Token], name_spans: list[tuple[int, int]], roster: Roster) -> Iterator[Match]:
    name_places = {at for first, end in name_spans for at in range(first, end)}
    for first, end, person in roster.find(tokens, name_places):
        replacement = tokens[first].text if person.may_be_named else None
        yield _match(Kind.STAFF, text, tokens[first].start, tokens[end - 1].end, replacement)


def _match_medicines(text: str, tokens: list[Token]) -> Iterator[Match]:
    for at, token in enumerate(tokens):
        if token.norm in gazetteers.MEDICINES:
            yield _match(Kind.MEDICINE, text, token.start, token.end)
        for phrase in gazetteers.MEDICINE_PHRASES.get(token.norm, ()):
            first = at - len(phrase) + 1
            if first >= 0 and tuple(part.norm for part in tokens[first : at + 1]) == phrase:
                yield _match(Kind.MEDICINE, text, tokens[first].start, token.end)
