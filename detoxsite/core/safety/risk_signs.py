"""Risk signs in a request: found in its answers before it is acknowledged.

They never stop a request. When in doubt a sign counts, as a needless 911 on a page costs less than a missing one.
"""

from collections.abc import Collection

from django.db import models

from .sign_patterns import TABLE, match_lines, normalize

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
    WITHDRAWAL = "withdrawal", "withdrawal"
    VIOLENCE = "violence", "someone is hurting them"
    MINOR_OR_PREGNANT = "minor_or_pregnant", "pregnant or under 18"  # not a danger in itself


if missing := set(Sign.values) - TABLE.section("signs").keys():
    raise TABLE.error(f"signs.{min(missing)}", "missing")


def find_signs(answers: dict) -> tuple[str, ...]:
    """The signs in the texts and the checked answers, most dangerous first. Never raises, whatever the text."""
    text = normalize(" . ".join(str(answers.get(name) or "") for name in ("phone", "name", "story")))
    labels = match_lines(text)
    has_stopped = "stopped" in labels or ("paused" in labels and _checked(answers, DEADLY_TO_STOP))
    if has_stopped and "shaking" in labels:
        labels.add(Sign.WITHDRAWAL.value)
    return tuple(sign.value for sign in Sign if sign.value in labels)


def urgency(answers: dict, signs: Collection[str]) -> int:
    """3: danger now. 2: withdrawal may start within 72 hours. 1: minor, pregnant or recent use. 0: none of these."""
    if any(sign != Sign.MINOR_OR_PREGNANT for sign in signs):
        return 3
    if answers.get("recent") in ("yes", "unsure") and _checked(answers, WITHDRAWAL_SUBSTANCES):
        return 2
    return int(bool(signs) or answers.get("recent") == "yes")


def urgency_reasons(answers: dict, signs: Collection[str]) -> list[str]:
    """Why a request is urgent, in our own words: the answers are never quoted."""
    labels = dict(Sign.choices)
    dangers = [labels[sign] for sign in signs if sign != Sign.MINOR_OR_PREGNANT]
    reasons = [f"{DANGER_NOW}: {'; '.join(dangers)}"] if dangers else []
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
