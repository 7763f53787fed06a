"""Risk signs in a request: found in its answers before it is acknowledged.

They never stop a request. When in doubt a sign counts, as a needless 911 on a page costs less than a missing one.
Reviews, which tell of the past, have a rule of their own (review_signs.py).
"""

import functools
from collections.abc import Collection, Iterator

from django.db import models

from . import withdrawal
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
    for part in ("stopped", "paused", "shaking"):
        yield from ((part, line) for line in TABLE.get(f"withdrawal.{part}.lines", list))


MATCHER = LineMatcher(lines())
_USES = withdrawal.DEADLY | withdrawal.OPIOID | TABLE.terms("lists.uses")
_MAY_BE_PAST = frozenset({Sign.NOT_BREATHING, Sign.OVERDOSE, Sign.SEIZURE, Sign.CONFUSION})


def find_signs(answers: dict) -> tuple[str, ...]:
    """The signs in the texts and the checked answers, most dangerous first. Never raises, whatever the text."""
    text, checked_deadly = _text(answers), bool(_checked(answers, DEADLY_TO_STOP))
    labels = _labels(text)
    has_stopped = "stopped" in labels or ("paused" in labels and checked_deadly)
    if has_stopped and "shaking" in labels:
        labels.add(Sign.WITHDRAWAL)
    has_symptoms = functools.partial(withdrawal.has_symptoms, text)
    for stopping in withdrawal.find_stopping(text, means_deadly=checked_deadly):
        labels.add(Sign.STOPPING)
        if stopping.is_deadly and not stopping.is_planned and (stopping.is_recent or has_symptoms()):
            labels.add(Sign.WITHDRAWAL)
    return tuple(sign.value for sign in Sign if sign.value in labels)


def _text(answers: dict) -> str:
    return correct(normalize(" . ".join(str(answers.get(name) or "") for name in ("phone", "name", "story"))))


def _labels(text: str) -> set[str]:
    """The labels of the lines in a text, without what a sentence says was years ago."""
    labels = MATCHER.labels(text)
    if not labels & _MAY_BE_PAST:
        return labels
    present = [sentence for sentence in text.split(" . ") if not withdrawal.is_long_ago(f"{sentence} ")]
    return labels - _MAY_BE_PAST | MATCHER.labels(" . ".join([*present, ""]))


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


def goes_first(signs: Collection[str], level: int) -> bool:
    """Whether a person goes ahead of others of the same urgency: minors and pregnant people, from withdrawal on."""
    return Sign.MINOR_OR_PREGNANT in signs and level >= 2


def _uses(answers: dict) -> bool:
    """Whether alcohol, benzodiazepines or opioids are checked or named."""
    return bool(_checked(answers, WITHDRAWAL_SUBSTANCES) or _USES.intersection(_text(answers).split(" ")))


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
