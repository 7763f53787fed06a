"""Kinds of personal information, the matches the detector returns, and the staff names it looks for."""

from dataclasses import dataclass

from django.db import models


class Kind(models.TextChoices):
    """Kind of entity that a passage contains, with its label for readers and staff."""

    NAME = "name", "a name"
    STAFF = "staff", "a staff member’s name"
    PHONE = "phone", "a phone number"
    EMAIL = "email", "an email address"
    WEB = "web", "a web address"
    HANDLE = "handle", "an account name"
    DATE = "date", "a date"
    AGE = "age", "an age"
    ADDRESS = "address", "an address"
    NUMBER = "number", "a number that points to one person"
    MEDICINE = "medicine", "a medicine or drug"
    RELATIVE = "relative", "a relative"
    DURATION = "duration", "how long someone has been sober"
    TOWN = "town", "a town"  # this and the kinds below are found as hints only
    JOB = "job", "a job or an employer"
    SCHOOL = "school", "a school"
    STAY = "stay", "how long someone stayed"


REDACTION_LABELS: dict[Kind, str] = {
    Kind.NAME: "[name removed]",
    Kind.STAFF: "[name removed]",
    Kind.PHONE: "[phone number removed]",
    Kind.EMAIL: "[email address removed]",
    Kind.WEB: "[web address removed]",
    Kind.HANDLE: "[account name removed]",
    Kind.DATE: "[date removed]",
    Kind.AGE: "[age removed]",
    Kind.ADDRESS: "[address removed]",
    Kind.NUMBER: "[number removed]",
    Kind.MEDICINE: "[a medicine]",
    Kind.RELATIVE: "[a relative]",
    Kind.DURATION: "[length of time removed]",
    Kind.TOWN: "[place removed]",
    Kind.JOB: "[job removed]",
    Kind.SCHOOL: "[school removed]",
    Kind.STAY: "[length of time removed]",
}


@dataclass(frozen=True)
class Match:
    """A passage that may identify someone: code points ``start`` to ``end`` of the text.

    ``replacement`` is what we suggest to the author in its place; "" suggests leaving it out. Staff never use it.
    ``is_hint``: it identifies someone only together with the rest (hints.py).
    """

    kind: Kind
    start: int
    end: int
    text: str
    replacement: str = ""
    is_hint: bool = False


@dataclass(frozen=True)
class RosterName:
    """A staff member, by the names that reviews may use."""

    name: str
    nicknames: tuple[str, ...] = ()
    may_be_named: bool = False
