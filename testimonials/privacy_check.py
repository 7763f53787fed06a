"""What a review tells of its writer and of others, shown to them before it is sent, with a way to take each thing out.

Nothing is kept between two pages: the form carries a keyed fingerprint of each thing that was shown (``mark``), and
whatever is found again under a fingerprint it carries was looked at.
"""

import contextlib
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.db import DatabaseError, InterfaceError

from detoxsite.core.encryption import digests

from . import pii
from .pii import (
    REDACTION_LABELS,
    Kind,
    Match,
    RosterName,
)
from .staff_names import roster

FRESH = 10.0  # seconds; how long a change of the roster may take to show
ALL = "all"
LEFT_OUT, SOFTER = "out", "instead"  # what a button does with one thing: LEFT_OUT.mark, SOFTER.mark

WHY = {
    Kind.NAME: "Whoever knows this person can tell who wrote this, or who was here.",
    Kind.STAFF: "This may be somebody on our staff. It tells when you were here, and they may not want to be named.",
    Kind.PHONE: "It leads to one person, and anybody could call it.",
    Kind.EMAIL: "It leads to one person, and anybody could write to it.",
    Kind.WEB: "It can lead straight to a person.",
    Kind.HANDLE: "It leads straight to a person.",
    Kind.DATE: "Whoever knows when somebody was away can tell who wrote this.",
    Kind.AGE: "Few people are that old.",
    Kind.ADDRESS: "It tells where somebody lives or lived.",
    Kind.NUMBER: "A number like this belongs to one person, or to one bed.",
    Kind.MEDICINE: "It tells what was taken. Whoever knows you then knows that too.",
    Kind.RELATIVE: "Together with the rest it can tell your family who wrote this.",
    Kind.DURATION: "An exact time can be matched with a day that people know.",
}
NAMES = {Kind.NAME, Kind.STAFF, Kind.RELATIVE}
WHY_NAME = "A last name, or a way to reach you, tells people who you are."

_kept: tuple[RosterName, ...] = ()
_read_at = -FRESH


@dataclass(frozen=True)
class Reveal:
    """One thing, however often it stands there. ``instead``: what may be written in its place, "" of nothing."""

    mark: str
    text: str
    why: str
    instead: str = ""
    hints: tuple[Match, ...] = ()  # where it stands in the words; none: it is the name

    @property
    def is_name(self) -> bool:
        return not self.hints

    @property
    def times(self) -> int:
        return len(self.hints)


def found(words: str, name: str, *, key: str) -> list[Reveal]:
    """What ``words`` and the ``name`` beside them reveal, in the order it stands there. ``key``: the form's own."""
    there: dict[tuple[Kind, str], list[Match]] = {}
    for hint in pii.find_matches(words, staff()):
        if _softer(hint) and words[: hint.end].lower().endswith(_softer(hint)):
            continue  # it stands there in its softer form
        there.setdefault((hint.kind, hint.text), []).append(hint)
    reveals = [
        Reveal(_mark(key, kind, text), text, WHY[kind], _softer(same[0]), tuple(same))
        for (kind, text), same in there.items()
    ]
    return reveals + _of_name(name, key)


def _of_name(name: str, key: str) -> list[Reveal]:
    """A first name is what we ask for; more than that, or a way to reach somebody, is worth a second look."""
    if not is_more_than_first(name, staff()):
        return []
    first = name.split()[0] if _kinds(name, staff()) <= NAMES else ""
    return [Reveal(_mark(key, "name", name), name, WHY_NAME, first)]


def is_more_than_first(name: str, roster: Sequence[RosterName]) -> bool:
    """Whether a shown name has a last name, or a way to reach somebody."""
    kinds = _kinds(name, roster)
    return bool(kinds - NAMES or (kinds and " " in name))


def _kinds(name: str, roster: Sequence[RosterName]) -> set[Kind]:
    return {hint.kind for hint in pii.find_matches(name, roster)}


def _softer(hint: Match) -> str:
    """What is less exact than the words, where there is such a thing: neither a mark nor nothing."""
    return "" if hint.replacement == REDACTION_LABELS[hint.kind] else hint.replacement


def _mark(key: str, kind: str, text: str) -> str:
    return digests.keyed("looked at", f"{key}:{kind}:{text}", 8).hex()


def were_seen(reveals: Collection[Reveal], looked: str) -> bool:
    """Whether each was shown before; ``looked``: marks, with blanks between."""
    return {reveal.mark for reveal in reveals} <= set(looked.split())


def taken_out(words: str, name: str, reveals: Sequence[Reveal], button: str) -> tuple[str, str]:
    """Words and name after a ``button`` was pressed: ALL, LEFT_OUT.mark or SOFTER.mark. Any other changes nothing.

    What has a softer form is written so where ALL or SOFTER says so; else the mark that staff would put stands there.
    """
    act, _, mark = button.partition(".")
    chosen = [reveal for reveal in reveals if button == ALL or (act in {LEFT_OUT, SOFTER} and reveal.mark == mark)]
    places = [hint for reveal in chosen for hint in reveal.hints]
    if act == LEFT_OUT:
        places = [replace(hint, replacement=REDACTION_LABELS[hint.kind]) if _softer(hint) else hint for hint in places]
    for reveal in chosen:
        if reveal.is_name:
            name = "" if act == LEFT_OUT else reveal.instead
    return pii.replace_matches(words, places), name


def staff() -> tuple[RosterName, ...]:
    """The names of staff: one query at most every FRESH seconds; while the database is away, what was last read."""
    global _kept, _read_at
    if time.monotonic() - _read_at > FRESH:
        _read_at = time.monotonic()
        with contextlib.suppress(DatabaseError, InterfaceError):
            _kept = tuple(roster())
    return _kept


def forget_staff() -> None:
    """Read again at the next look."""
    global _read_at
    _read_at = -FRESH
