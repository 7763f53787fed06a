"""Risk signs in a request: found in its answers before it is acknowledged.

They never stop a request. When in doubt a sign counts, as a needless 911 on a page costs less than a missing one.
Reviews, which tell of the past, have a rule of their own (review_signs.py).
"""

from collections.abc import Collection, Iterator

from django.db import models

from .sign_patterns import HARMLESS, TABLE, LineMatcher, normalize
from .spelling import correct

DANGER_NOW = "Danger now"
DEADLY_TO_STOP = ("alcohol", "benzos")
WITHDRAWAL_SUBSTANCES = (*DEADLY_TO_STOP, "opioids")


class Sign(models.TextChoices):
    """Risk signs, most dangerous first, with their labels for staff."""

    NOT_BREATHING = "not_breathing", "not breathing, or cannot be woken"
    OVERDOSE = "overdose", "overdose"
    SEIZURE = "seizure", "seizure"
    SUICIDE = "suicide", "suicide, or plans to hurt someone"
    CHEST = "chest", "chest pain"
    CONFUSION = "confusion", "hallucinations or severe confusion"
    WITHDRAWAL = "withdrawal", "withdrawal from alcohol, benzos or the like"
    VIOLENCE = "violence", "someone is hurting them"
    # no dangers in themselves
    STOPPING = "stopping", "in withdrawal, or stopping"
    MINOR_OR_PREGNANT = "minor_or_pregnant", "pregnant or under 18"


DANGERS = frozenset(Sign) - {Sign.STOPPING, Sign.MINOR_OR_PREGNANT}

if missing := set(Sign.values) - TABLE.section("signs").keys():
    raise TABLE.error(f"signs.{min(missing)}", "missing")


def lines() -> Iterator[tuple[str, str]]:
    """Every line with its label."""
    yield from ((HARMLESS, line) for line in TABLE.get("harmless.lines", list))
    for sign in TABLE.section("signs"):
        for language in ("en", "es"):
            yield from ((sign, line) for line in TABLE.get(f"signs.{sign}.{language}", list))
    for part in TABLE.section("withdrawal"):
        yield from ((part, line) for line in TABLE.get(f"withdrawal.{part}.lines", list))


MATCHER = LineMatcher(lines())
_DEADLY, _OPIOID, _DRUG = (TABLE.terms(f"lists.{name}") for name in ("deadly", "opioid", "drug"))
_NAMED = _DEADLY | _OPIOID | _DRUG


def find_signs(answers: dict) -> tuple[str, ...]:
    """The signs in the texts and the checked answers, most dangerous first. Never raises, whatever the text."""
    text = _text(answers)
    labels = MATCHER.labels(text)
    has_stopped = "stopped" in labels or ("paused" in labels and _checked(answers, DEADLY_TO_STOP))
    if has_stopped and "shaking" in labels:
        labels.add(Sign.WITHDRAWAL)
    if "quit" in labels:
        labels |= _signs_of_stopping(text, answers)
    return tuple(sign.value for sign in Sign if sign.value in labels)


def _text(answers: dict) -> str:
    return correct(normalize(" . ".join(str(answers.get(name) or "") for name in ("phone", "name", "story"))))


def _signs_of_stopping(text: str, answers: dict) -> set[str]:
    """What the sentences that tell of stopping amount to: nothing where it was long ago."""
    labels: set[str] = set()
    has_symptoms = "symptoms" in MATCHER.labels(text)
    for sentence in text.split(" . "):
        words, found = sentence.split(" "), list(MATCHER.find(f"{sentence} "))
        here = {match.label for match in found}
        if "past" in here and "recently" not in here:
            continue
        for match in found:
            if match.label == "quit":
                stopped = set(words[match.start : match.end])
                is_deadly = bool(stopped & _DEADLY) or (not stopped & _NAMED and _checked(answers, DEADLY_TO_STOP))
                if is_deadly and ("recently" in here or has_symptoms):
                    labels |= {Sign.WITHDRAWAL, Sign.STOPPING}
                elif stopped & _NAMED or "recently" in here:
                    labels.add(Sign.STOPPING)
    return labels


def urgency(answers: dict, signs: Collection[str]) -> int:
    """3: danger now. 2: withdrawal may start within 72 hours. 1: minor, pregnant or recent use. 0: none of these.

    A minor or pregnant person who uses alcohol, benzodiazepines or opioids is 2 as well.
    """
    if DANGERS.intersection(signs):
        return 3
    if Sign.STOPPING in signs:
        return 2
    if answers.get("recent") in ("yes", "unsure") and _checked(answers, WITHDRAWAL_SUBSTANCES):
        return 2
    if Sign.MINOR_OR_PREGNANT in signs and _uses(answers):
        return 2
    return int(bool(signs) or answers.get("recent") == "yes")


def goes_first(answers: dict, signs: Collection[str]) -> bool:
    """Whether the person goes ahead of others who are as urgent: minors, and pregnant people, in withdrawal or danger."""
    return Sign.MINOR_OR_PREGNANT in signs and urgency(answers, signs) >= 2


def _uses(answers: dict) -> bool:
    """Whether alcohol, benzodiazepines or opioids are checked or named."""
    return bool(_checked(answers, WITHDRAWAL_SUBSTANCES) or (_DEADLY | _OPIOID).intersection(_text(answers).split(" ")))


def urgency_reasons(answers: dict, signs: Collection[str]) -> list[str]:
    """Why a request is urgent, in our own words: the answers are never quoted."""
    labels = dict(Sign.choices)
    dangers = [labels[sign] for sign in signs if sign in DANGERS]
    reasons = [f"{DANGER_NOW}: {'; '.join(dangers)}"] if dangers else []
    if Sign.STOPPING in signs and Sign.WITHDRAWAL not in signs:
        reasons.append(labels[Sign.STOPPING].capitalize())
    if recent_use := _recent_use(answers):
        reasons.append(recent_use)
    if Sign.MINOR_OR_PREGNANT in signs:
        reasons.append(labels[Sign.MINOR_OR_PREGNANT].capitalize())
    return reasons


def _checked(answers: dict, names: Collection[str]) -> list[str]:
    return [name for name in names if name in (answers.get("substances") or ())]


def _recent_use(answers: dict) -> str:
    substances = " and ".join(_checked(answers, WITHDRAWAL_SUBSTANCES))
    if answers.get("recent") == "yes":
        return f"Used {substances or 'something'} within 72 hours"
    if answers.get("recent") == "unsure" and substances:
        return f"May have used {substances} within 72 hours"
    return ""
