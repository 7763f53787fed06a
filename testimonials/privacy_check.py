"""Privacy check: what a review reveals about its author and others, shown to the author before it is sent.

Each identifying detail comes with a button to take it out. Nothing is stored between two pages: the form carries a
keyed fingerprint of each detail that was shown, and a detail found again under such a fingerprint was seen.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.db import DatabaseError, InterfaceError

from detoxsite.core.encryption import digests
from detoxsite.core.timed_cache import TimedCache

from . import pii
from .moderation.shown_names import first_name
from .pii import (
    REDACTION_LABELS,
    Kind,
    Match,
    RosterName,
)
from .staff_names import roster

MAX_AGE = 10.0  # seconds; how long a change of the roster may take to show
ALL = "all"
REMOVE, SOFTEN = "remove", "soften"  # what a button does with one detail: REMOVE.fingerprint, SOFTEN.fingerprint

REASONS = {
    Kind.NAME: "Anyone who knows this person can tell who wrote this, or who was here.",
    Kind.STAFF: "This may be someone on our staff. It tells when you were here, and they may not want to be named.",
    Kind.PHONE: "It belongs to one person, and anyone could call it.",
    Kind.EMAIL: "It belongs to one person, and anyone could write to it.",
    Kind.WEB: "It can lead straight to a person.",
    Kind.HANDLE: "It leads straight to a person.",
    Kind.DATE: "Anyone who knows when a person was away can tell who wrote this.",
    Kind.AGE: "Few people are that old.",
    Kind.TOWN: "People from there may know who was away.",
    Kind.JOB: "Few people where you live may have it, and their coworkers know when they were away.",
    Kind.SCHOOL: "People there may know who was away.",
    Kind.STAY: "People can match it with how long someone was away.",
    Kind.ADDRESS: "It tells where a person lives or lived.",
    Kind.NUMBER: "A number like this belongs to one person, or to one bed.",
    Kind.MEDICINE: "It tells what you or someone else took. People who know you will then know that, too.",
    Kind.RELATIVE: "Together with the rest, it can tell your family who wrote this.",
    Kind.DURATION: "People can match an exact time with a day they know.",
}
HINTED_AGE = "Together with the rest, it can tell who this is."
NAME_KINDS = {Kind.NAME, Kind.STAFF, Kind.RELATIVE}
NAME_REASON = "A last name, or a way to reach you, tells people who you are."


@dataclass(frozen=True)
class IdentifyingDetail:
    """One detail, however often it occurs. ``softer``: a less exact text to write in its place; "": there is none.

    ``is_hint``: it identifies someone only together with the rest.
    """

    fingerprint: str
    text: str
    reason: str
    softer: str = ""
    places: tuple[Match, ...] = ()  # in the words; none: the detail is the shown name
    is_hint: bool = False

    @property
    def is_name(self) -> bool:
        return not self.places

    @property
    def times(self) -> int:
        return len(self.places)


def find_details(words: str, name: str, *, key: str) -> list[IdentifyingDetail]:
    """The identifying details in ``words`` and in the ``name`` shown beside them, hints last. ``key``: of the form."""
    places: dict[tuple[Kind, str], list[Match]] = {}
    matches = pii.find_matches(words, staff())
    for match in [*matches, *pii.find_hints(words, matches)]:
        if _softer(match) and words[: match.end].lower().endswith(_softer(match)):
            continue  # it is in its softer form already
        places.setdefault((match.kind, match.text), []).append(match)
    details = [
        IdentifyingDetail(
            _fingerprint(key, kind, text), text, _reason(same[0]), _softer(same[0]), tuple(same), same[0].is_hint
        )
        for (kind, text), same in places.items()
    ]
    return sorted([*details, *_name_detail(name, key)], key=lambda detail: detail.is_hint)


def _reason(match: Match) -> str:
    return HINTED_AGE if match.is_hint and match.kind == Kind.AGE else REASONS[match.kind]


def _name_detail(name: str, key: str) -> list[IdentifyingDetail]:
    """We ask for a first name; more than that, or a way to reach a person, is worth a second look."""
    if not is_more_than_first_name(name, staff()):
        return []
    first = offered_first_name(name, staff())
    return [IdentifyingDetail(_fingerprint(key, "name", name), name, NAME_REASON, first)]


def offered_first_name(name: str, roster: Sequence[RosterName]) -> str:
    """The first name to show instead of more than that; "" if the name has a way to reach a person."""
    return first_name(name) if _kinds(name, roster) <= NAME_KINDS else ""


def is_more_than_first_name(name: str, roster: Sequence[RosterName]) -> bool:
    """Whether a shown name has a last name, or a way to reach a person."""
    kinds = _kinds(name, roster)
    return bool(kinds - NAME_KINDS or (kinds and " " in name))


def _kinds(name: str, roster: Sequence[RosterName]) -> set[Kind]:
    return {match.kind for match in pii.find_matches(name, roster)}


def _softer(match: Match) -> str:
    """The less exact text, where there is one that is neither a mark nor empty."""
    return "" if match.replacement == REDACTION_LABELS[match.kind] else match.replacement


def _fingerprint(key: str, kind: str, text: str) -> str:
    return digests.keyed("identifying detail", f"{key}:{kind}:{text}", 8).hex()


def were_shown(details: Collection[IdentifyingDetail], fingerprints: str) -> bool:
    """Whether each was shown before; ``fingerprints``: with blanks between."""
    return {detail.fingerprint for detail in details} <= set(fingerprints.split())


def remove_details(words: str, name: str, details: Sequence[IdentifyingDetail], button: str) -> tuple[str, str]:
    """Words and name after a ``button`` was pressed: ALL, REMOVE.fingerprint or SOFTEN.fingerprint.

    ALL and SOFTEN write the softer text where there is one; REMOVE puts the mark that staff would put. A detail without
    a softer text is left out, or gets its mark. Any other button changes nothing.
    """
    action, _, fingerprint = button.partition(".")
    is_one = action in {REMOVE, SOFTEN}
    chosen = [detail for detail in details if button == ALL or (is_one and detail.fingerprint == fingerprint)]
    places = [place for detail in chosen for place in detail.places]
    if action == REMOVE:
        places = [
            replace(place, replacement=REDACTION_LABELS[place.kind]) if _softer(place) else place for place in places
        ]
    for detail in chosen:
        if detail.is_name:
            name = "" if action == REMOVE else detail.softer
    return pii.replace_matches(words, places), name


def _read_staff(last: tuple[RosterName, ...] | None) -> tuple[RosterName, ...]:
    try:
        return tuple(roster())
    except (DatabaseError, InterfaceError):
        return last or ()


_staff = TimedCache(_read_staff, seconds=MAX_AGE)


def staff() -> tuple[RosterName, ...]:
    """The names of staff: one query at most every MAX_AGE seconds; while the database is away, those last read."""
    return _staff.get()


def expire_staff() -> None:
    """Read them again at the next check."""
    _staff.expire()
