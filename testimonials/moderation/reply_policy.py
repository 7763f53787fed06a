"""What a public reply may not say: anything that tells others that somebody was a patient here, or was not.

Federal law (45 CFR 164.502, 42 CFR 2.13) knows no exception for a review that the patient wrote themselves. What is
looked for stands in replies.toml. No pattern repeats without a bound over what another could take as well.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from detoxsite.core import site_profile
from detoxsite.core.models import SiteProfile

from ..pii import Kind, RosterName, find

_TABLE = tomllib.loads(Path(__file__).with_name("reply_policy.toml").read_text(encoding="utf-8"))
NEUTRAL: list[str] = _TABLE["neutral"]

_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?!\s|$)[^.!?\n]*)*[.!?]*")
_PLAIN = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "\u00a0": " ", "\u00ad": None, "\u200b": None})
_CONTACTS = {Kind.PHONE, Kind.EMAIL, Kind.WEB, Kind.HANDLE}


@dataclass(frozen=True)
class Fault:
    """``found`` in ``sentence`` has to go."""

    sentence: str
    found: str
    why: str


def _compiled(patterns: Sequence[str]) -> re.Pattern:
    whole = "|".join(f"(?:{pattern})" for pattern in patterns)
    return re.compile(re.sub("@([a-z]+)", lambda part: _TABLE["parts"][part[1]], whole))


_RULES = [(_compiled(rule["patterns"]), rule["why"]) for rule in _TABLE["rules"]]


def found(reply: str, roster: Sequence[RosterName] = (), own: str = "") -> list[Fault]:
    """What has to go before a reply is public, in order; [] for one that gives nothing away.

    ``own``: what the center says of itself, whose names, numbers and addresses a reply may give.
    """
    faults = []
    for match in _SENTENCE.finditer(reply):
        sentence = match[0].strip()
        if sentence:
            faults += [*_said(sentence), *_named(sentence, roster, own)]
    return faults


def _said(sentence: str) -> Iterator[Fault]:
    plain = " ".join(sentence.translate(_PLAIN).lower().replace(",", "").split())
    for pattern, why in _RULES:
        if match := pattern.search(plain):
            yield Fault(sentence, match[0].strip(), why)


def _named(sentence: str, roster: Sequence[RosterName], own: str) -> Iterator[Fault]:
    for hint in find(sentence, roster):
        is_person = hint.kind == Kind.STAFF or (hint.kind == Kind.NAME and hint.text[0].isupper())
        if is_person and hint.text not in own:
            yield Fault(sentence, hint.text, _TABLE["why"]["person"])
        elif hint.kind in _CONTACTS and not _is_own(hint.text, own):
            yield Fault(sentence, hint.text, _TABLE["why"]["contact"])


def _is_own(contact: str, own: str) -> bool:
    digits = re.sub(r"\D", "", contact)
    if len(digits) >= 7:
        return digits[-10:] in re.sub(r"[ ().+-]", "", own)
    plain = re.sub(r"^https?://(?:www\.)?", "", contact.lower()).strip("/")
    return plain.split("/")[0] in own.lower().split() or plain in own.lower().split()


def own_words() -> str:
    """Everything that the center's pages say of the center, and the addresses they are found under."""
    here = site_profile.current()
    names = [field.name for field in SiteProfile._meta.concrete_fields]
    hosts = [host.lstrip(".*") for host in settings.ALLOWED_HOSTS]
    return " ".join([*(str(getattr(here, name)) for name in names), *hosts])
