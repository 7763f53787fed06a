"""Privacy policy for public replies: finds anything that tells others that someone was or was not a patient here.

Federal law (45 CFR 164.502, 42 CFR 2.13) makes no exception for a review that the patient wrote. The patterns are in
reply_policy.toml. Every repetition that overlaps with another part of its pattern is bounded.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from detoxsite.core import site_profile
from detoxsite.core.models import SiteProfile
from detoxsite.core.plain_text import as_seen
from detoxsite.core.rule_table import RuleTable

from ..pii import Kind, RosterName, find_matches

_TABLE = RuleTable(Path(__file__).with_name("reply_policy.toml"))
_RULES = [
    (_TABLE.any_of(f"rules.{name}.patterns"), _TABLE.get(f"rules.{name}.reason", str))
    for name in _TABLE.section("rules")
]
_PERSON, _CONTACT = _TABLE.get("reasons.person", str), _TABLE.get("reasons.contact", str)
NEUTRAL: list[str] = _TABLE.get("neutral", list)

_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?!\s|$)[^.!?\n]*)*[.!?]*")
_PLAIN = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'"})
_CONTACT_KINDS = {Kind.PHONE, Kind.EMAIL, Kind.WEB, Kind.HANDLE}


@dataclass(frozen=True)
class Violation:
    """``phrase`` in ``sentence`` breaks the policy."""

    sentence: str
    phrase: str
    reason: str


def find_violations(reply: str, roster: Sequence[RosterName] = (), own_text: str = "") -> list[Violation]:
    """What has to be removed before a reply is public, in order; [] for one that reveals nothing.

    ``own_text``: what the center says about itself, whose names, numbers and addresses a reply may give.
    """
    violations, own_text = [], as_seen(own_text)
    for match in _SENTENCE.finditer(as_seen(reply)):
        sentence = match[0].strip()
        if sentence:
            violations += [*_match_rules(sentence), *_match_entities(sentence, roster, own_text)]
    return violations


def _match_rules(sentence: str) -> Iterator[Violation]:
    normalized = " ".join(sentence.translate(_PLAIN).lower().replace(",", "").split())
    for pattern, reason in _RULES:
        if match := pattern.search(normalized):
            yield Violation(sentence, match[0].strip(), reason)


def _match_entities(sentence: str, roster: Sequence[RosterName], own_text: str) -> Iterator[Violation]:
    for match in find_matches(sentence, roster):
        is_person = match.kind == Kind.STAFF or (match.kind == Kind.NAME and match.text[0].isupper())
        if is_person and match.text not in own_text:
            yield Violation(sentence, match.text, _PERSON)
        elif match.kind in _CONTACT_KINDS and not _is_own_contact(match.text, own_text):
            yield Violation(sentence, match.text, _CONTACT)


def _is_own_contact(contact: str, own_text: str) -> bool:
    digits = re.sub(r"\D", "", contact)
    if len(digits) >= 7:
        return digits[-10:] in re.sub(r"[ ().+-]", "", own_text)
    address = re.sub(r"^https?://(?:www\.)?", "", contact.lower()).strip("/")
    own = own_text.lower().split()
    return address.split("/")[0] in own or address in own


def own_public_text() -> str:
    """Everything that the center's pages say about the center, and its host names."""
    profile = site_profile.current()
    names = [field.name for field in SiteProfile._meta.concrete_fields]
    hosts = [host.lstrip(".*") for host in settings.ALLOWED_HOSTS]
    return " ".join([*(str(getattr(profile, name)) for name in names), *hosts])
