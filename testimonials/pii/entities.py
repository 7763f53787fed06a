"""What a hint is, and the staff names that hints are looked for with."""

from dataclasses import dataclass

from django.db import models


class Kind(models.TextChoices):
    """What a passage may reveal, in words for people."""

    NAME = "name", "a name"
    STAFF = "staff", "a staff member’s name"
    PHONE = "phone", "a phone number"
    EMAIL = "email", "an email address"
    WEB = "web", "a web address"
    HANDLE = "handle", "an account name"
    DATE = "date", "a date"
    AGE = "age", "an age over 89"
    ADDRESS = "address", "an address"
    NUMBER = "number", "a number that points to one person"
    MEDICINE = "medicine", "a medicine or drug"
    RELATIVE = "relative", "a relative"
    DURATION = "duration", "how long someone has been sober"


MARKS: dict[Kind, str] = {
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
    Kind.MEDICINE: "[medicine removed]",
    Kind.RELATIVE: "[relative removed]",
    Kind.DURATION: "[length of time removed]",
}


@dataclass(frozen=True)
class Hint:
    """A passage that may reveal something: code points ``start`` to ``end`` of the words.

    ``instead`` is what its writer is offered in its place; "" offers to leave it out. Staff never use it.
    """

    kind: Kind
    start: int
    end: int
    text: str
    instead: str = ""


@dataclass(frozen=True)
class RosterName:
    """Somebody on the staff, as reviews may call them."""

    name: str
    nicknames: tuple[str, ...] = ()
    may_be_named: bool = False
