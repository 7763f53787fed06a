"""All hints of a text, in order and without overlaps."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from . import east_asian, gazetteers, patterns
from .entities import (
    MARKS,
    Hint,
    Kind,
    RosterName,
)
from .names import names
from .relatives import relatives
from .roster import Roster
from .tokenizer import Gap, Word, words_of


def find(words: str, roster: Sequence[RosterName] = ()) -> list[Hint]:
    """What a text may reveal, in order; no two overlap. Never raises over a text.

    Of hints that overlap the longer stands, a staff member's name before any other name.
    """
    parts = words_of(words)
    colleagues = Roster(roster)
    people = list(names(parts, colleagues.first))
    staff = list(_staff(words, parts, people, colleagues))
    candidates = [
        *staff,
        *_names(words, parts, people),
        *patterns.found(words, {part.key for part in parts}),
        *_medicines(words, parts),
        *relatives(words, parts),
    ]
    return _apart(_with_whole_names(candidates, words), len(words))


def offered(words: str, hints: Iterable[Hint]) -> str:
    """The words as their writer is offered them: each passage replaced.

    Where nothing takes its place, the blank before it goes too.
    """
    for hint in sorted(hints, key=lambda hint: hint.start, reverse=True):
        before, behind = words[: hint.start], words[hint.end :]
        if not hint.instead:
            before = _LEADS_TO_A_DATE.sub("", before) if hint.kind == Kind.DATE else before.rstrip(" ")
            behind = behind if before else behind.lstrip(" ")
        words = before + hint.instead + behind
    return words


_LEADS_TO_A_DATE = re.compile(r"(?:[ ,]{0,3}\b(?:on|in|since|of|by|until|from|en|el))?[ ,]{0,3}$", re.I)


def _with_whole_names(hints: list[Hint], words: str) -> list[Hint]:
    """Names of staff as far as the name they are part of goes: "Tina" of "Tina Smith" leaves no "Smith" behind."""
    names = [hint for hint in hints if hint.kind == Kind.NAME]
    whole = []
    for hint in hints:
        if hint.kind == Kind.STAFF:
            around = [name for name in names if name.start < hint.end and hint.start < name.end]
            start = min([hint.start, *(name.start for name in around)])
            end = max([hint.end, *(name.end for name in around)])
            hint = replace(hint, start=start, end=end, text=words[start:end])
        whole.append(hint)
    return whole


def _apart(hints: list[Hint], length: int) -> list[Hint]:
    """The longest hints that do not overlap; of equal ones the first."""
    taken = bytearray(length)
    kept = []
    for hint in sorted(hints, key=lambda hint: hint.start - hint.end):
        if not any(taken[hint.start : hint.end]):
            taken[hint.start : hint.end] = b"\1" * (hint.end - hint.start)
            kept.append(hint)
    return sorted(kept, key=lambda hint: hint.start)


def _span(words: str, parts: list[Word], first: int, behind: int) -> tuple[int, int, str]:
    start, end = parts[first].start, parts[behind - 1].end
    return start, end, words[start:end]


def _names(words: str, parts: list[Word], people: list[tuple[int, int]]) -> Iterator[Hint]:
    for start, end in east_asian.names(words):
        yield Hint(Kind.NAME, start, end, words[start:end], MARKS[Kind.NAME])
    for first, behind in people:
        start, end, text = _span(words, parts, first, behind)
        follows_kin = first and parts[first - 1].key in gazetteers.KINSHIP and parts[first].before != Gap.HARD
        yield Hint(Kind.NAME, start, end, text, "" if follows_kin else MARKS[Kind.NAME])


def _staff(words: str, parts: list[Word], people: list[tuple[int, int]], roster: Roster) -> Iterator[Hint]:
    named = {at for first, behind in people for at in range(first, behind)}
    for first, behind, person in roster.found(parts, named):
        start, end, text = _span(words, parts, first, behind)
        yield Hint(Kind.STAFF, start, end, text, parts[first].text if person.may_be_named else MARKS[Kind.STAFF])


def _medicines(words: str, parts: list[Word]) -> Iterator[Hint]:
    for at, word in enumerate(parts):
        if word.key in gazetteers.MEDICINES:
            yield Hint(Kind.MEDICINE, word.start, word.end, word.text, MARKS[Kind.MEDICINE])
        for phrase in gazetteers.MEDICINE_PHRASES.get(word.key, ()):
            first = at - len(phrase) + 1
            if first >= 0 and tuple(part.key for part in parts[first : at + 1]) == phrase:
                start, end, text = _span(words, parts, first, at + 1)
                yield Hint(Kind.MEDICINE, start, end, text, MARKS[Kind.MEDICINE])
