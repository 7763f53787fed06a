"""Who stopped what, and when: withdrawal in a normalized text, sentence by sentence."""

from collections.abc import Iterator
from dataclasses import dataclass

from .sign_patterns import TABLE, Found, LineMatcher

DEADLY, OPIOID, _DRUG, _INTENT = (TABLE.terms(f"lists.{name}") for name in ("deadly", "opioid", "drug", "intent"))
_NAMED = DEADLY | OPIOID | _DRUG
_ABSENT, _PLANS = TABLE.terms("lists.absent"), TABLE.terms("lists.plans")
_INTENT_DISTANCE = 4  # words before "stop" in which "want to" makes it a plan


def _lines(*parts: str) -> Iterator[tuple[str, str]]:
    return ((part, line) for part in parts for line in TABLE.get(f"withdrawal.{part}.lines", list))


QUIT = LineMatcher(_lines("quit"))
TIMES = LineMatcher(_lines("recently", "past", "present"))
SYMPTOMS = LineMatcher(_lines("symptoms"))


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
    candidates = QUIT.candidates(text.split(" "))
    for sentence in text.split(" . "):
        words, matches = sentence.split(" "), list(QUIT.find(f"{sentence} ", candidates=candidates))
        may_be_scattered = _NAMED.intersection(words) and _ABSENT.intersection(words)
        if not matches and not may_be_scattered:
            continue
        times = TIMES.labels(f"{sentence} ")
        is_recent = "recently" in times
        if "past" in times and not is_recent:
            continue
        for match in matches:
            stopped = set(words[match.start : match.end])
            is_planned = _is_planned(words, match)
            if is_recent or (stopped & _NAMED and not is_planned):
                is_deadly = bool(stopped & DEADLY) or (means_deadly and not stopped & _NAMED)
                yield Stopping(is_deadly, is_recent, is_planned)
        # a substance, that there is none of it, and a time or a symptom, in any order
        if may_be_scattered and (is_recent or has_symptoms(f"{sentence} ")):
            yield Stopping(bool(DEADLY.intersection(words)), is_recent, bool(_PLANS.intersection(words)))


def has_symptoms(text: str) -> bool:
    return bool(SYMPTOMS.labels(text))


def is_long_ago(text: str) -> bool:
    """Whether a sentence tells of what happened years or months ago, and not of now."""
    return TIMES.labels(text) & {"past", "recently", "present"} == {"past"}


def _is_planned(words: list[str], match: Found) -> bool:
    before = words[max(0, match.start - _INTENT_DISTANCE) : match.start]
    return "trying" not in before and bool(_INTENT.intersection(before))
