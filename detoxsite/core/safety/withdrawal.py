"""Who stopped what, and when: withdrawal in a normalized text, sentence by sentence."""

from collections.abc import Iterator
from dataclasses import dataclass

from .sign_patterns import TABLE, Found, LineMatcher

DEADLY, OPIOID, _DRUG, _INTENT = (TABLE.terms(f"lists.{name}") for name in ("deadly", "opioid", "drug", "intent"))
_NAMED = DEADLY | OPIOID | _DRUG
_ABSENT, _PLANS = TABLE.terms("lists.absent"), TABLE.terms("lists.plans")
_INTENT_DISTANCE = 4  # words before "stop" in which "want to" makes it a plan

_PARTS = ("quit", "recently", "past", "present", "symptoms")
MATCHER = LineMatcher((part, line) for part in _PARTS for line in TABLE.get(f"withdrawal.{part}.lines", list))


@dataclass(frozen=True)
class Stopping:
    """Something that was stopped, or will be. ``is_deadly``: stopping it can kill."""

    is_deadly: bool
    is_recent: bool  # a time within days is given
    is_planned: bool


def find_stopping(text: str, *, means_deadly: bool = False) -> Iterator[Stopping]:
    """What a normalized text says of stopping, but for what is long over or means something else.

    ``means_deadly``: what it does not name is deadly to stop.
    """
    for sentence in text.split(" . "):
        words, matches = sentence.split(" "), list(MATCHER.find(f"{sentence} "))
        here = {match.label for match in matches}
        is_recent = "recently" in here
        for match in (match for match in matches if match.label == "quit"):
            if "past" in here and not is_recent:
                continue
            stopped = set(words[match.start : match.end])
            is_planned = _is_planned(words, match)
            if is_recent or (stopped & _NAMED and not is_planned):
                is_deadly = bool(stopped & DEADLY) or (means_deadly and not stopped & _NAMED)
                yield Stopping(is_deadly, is_recent, is_planned)
        if (is_recent or "past" not in here) and _is_scattered(words, here):
            yield Stopping(bool(DEADLY.intersection(words)), is_recent, bool(_PLANS.intersection(words)))


def _is_scattered(words: list[str], here: set[str]) -> bool:
    """Whether a sentence names a substance, that there is none of it, and a time or a symptom, in any order."""
    return bool(_NAMED.intersection(words) and _ABSENT.intersection(words) and here & {"recently", "symptoms"})


def has_symptoms(text: str) -> bool:
    return "symptoms" in MATCHER.labels(text)


def is_long_ago(text: str) -> bool:
    """Whether a sentence tells of what happened years or months ago, and not of now."""
    return MATCHER.labels(text) & {"past", "recently", "present"} == {"past"}


def _is_planned(words: list[str], match: Found) -> bool:
    before = words[max(0, match.start - _INTENT_DISTANCE) : match.start]
    return "trying" not in before and bool(_INTENT.intersection(before))
