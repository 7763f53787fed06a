"""Safe-contact plan, and the objections to a contact attempt.

The plan starts from the answers in the form and is narrowed by what staff know. An attempt against an objection needs
a typed reason (services.record_attempt).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import models, transaction
from django.utils import timezone

from detoxsite.core.exceptions import Refused

from ..models import (
    REVIEW_CHANNELS,
    AttemptOutcome,
    CallForHelp,
    CallTimes,
    ContactPlan,
    MessageConsent,
    NeedsHelp,
    Status,
    Urgency,
)
from ..models.answers import with_defaults
from ..records.consents import has_revoked

ITEMS = ("voicemail", "text", "hours", "say", "never", "notes")
PART_HOURS = {
    CallTimes.MORNING: (6, 12),
    CallTimes.AFTERNOON: (12, 18),
    CallTimes.EVENING: (18, 22),
    CallTimes.NIGHT: (22, 6),
}


class ContactMethod(models.TextChoices):
    CALL = "call", "I called"
    VOICEMAIL = "voicemail", "I left a voicemail"
    TEXT = "text", "I sent a text message"
    EMAIL = "email", "I sent an email"
    NAMED = "named", "I contacted the person they wrote about"


@dataclass(frozen=True)
class Plan:
    voicemail: bool = False
    text: bool = False
    hours: tuple[str, ...] = ()
    say: str = ""
    never: str = ""
    notes: str = ""
    version: int = 0  # 0: staff have saved none yet
    by_name: str = ""
    at: datetime | None = None

    def items(self) -> dict:
        return {name: getattr(self, name) for name in ITEMS}


class PlanConflict(Refused):
    """The plan was saved since it was read. ``stored`` is the saved one."""

    def __init__(self, stored: Plan) -> None:
        super().__init__("Not saved: a colleague has changed the plan since you opened it. Compare both, then save.")
        self.stored = stored


# --- reading ---------------------------------------------------------------------------------------------------------


def effective_plan(call: CallForHelp) -> Plan:
    """Return the plan in force: the one staff saved, else the answers in the form.

    A later change by the person can revoke a permission but not add one: staff may know who listens.
    """
    return plan_in_force(call, stored_plan(call), call.current_answers())


def plan_in_force(call: CallForHelp, row: ContactPlan | None, answers: dict) -> Plan:
    """The same, where the stored plan and the current answers are already at hand."""
    answers = with_defaults(answers)
    from_answers = Plan(
        voicemail=MessageConsent.VOICEMAIL in answers["leave"],
        text=MessageConsent.TEXT in answers["leave"],
        hours=tuple(answers["times"]),
    )
    if row is None or "voicemail" not in row.payload:
        return replace(from_answers, version=row.version if row else 0)
    plan = Plan(
        **{**from_answers.items(), **{name: row.payload[name] for name in ITEMS if name in row.payload}},
        version=row.version,
        by_name=row.by_name,
        at=row.at,
    )
    plan = replace(plan, hours=tuple(plan.hours))
    changed = {name for revision in call.related("revisions") if revision.at > row.at for name in revision.payload}
    if "leave" in changed:
        plan = replace(plan, voicemail=plan.voicemail and from_answers.voicemail, text=plan.text and from_answers.text)
    return replace(plan, hours=from_answers.hours) if "times" in changed else plan


def stored_plan(call: CallForHelp) -> ContactPlan | None:
    return ContactPlan.objects.filter(call=call).first()


def is_within_hours(hours, now=None) -> bool:
    """Whether the time of day is in ``hours`` (CallTimes), in the center's zone. Without any: always."""
    return _is_allowed(hours, timezone.localtime(now).hour)


def _is_allowed(hours, hour: int) -> bool:
    parts = [PART_HOURS[part] for part in hours if part in PART_HOURS]
    if CallTimes.NOW in hours or not parts:
        return True
    return any(start <= hour < end if start < end else hour >= start or hour < end for start, end in parts)


def next_hour(hours, now=None) -> int:
    """The hour of the day, 0 to 23 in the center's zone, at which the times in ``hours`` begin next."""
    current = timezone.localtime(now).hour
    return next(hour % 24 for hour in range(current + 1, current + 25) if _is_allowed(hours, hour % 24))


def at_any_hour(plan: Plan) -> Plan:
    return replace(plan, hours=())


def current_part_of_day(now=None) -> str:
    """The current part of the day in words, such as "evening"."""
    return next(part_name(part) for part in PART_HOURS if is_within_hours([part], now))


def part_name(part: CallTimes) -> str:
    """The label without its hours, such as "evening"."""
    return part.label.split(",")[0].lower()


def objections(call: CallForHelp, way: str, now=None, *, plan: Plan | None = None) -> list[str]:
    """List the objections to contacting this person in this way now, worded for staff. Empty: go ahead."""
    return list(_objections(call, ContactMethod(way), now, plan or effective_plan(call)))


def _objections(call, way: ContactMethod, now, plan: Plan) -> Iterator[str]:
    if way == ContactMethod.NAMED:
        other = call.current_answers().get("whom") == NeedsHelp.OTHER
        yield "The person they wrote about has not asked us for anything." if other else "They wrote for themselves."
    if has_revoked(call):
        yield "The person asked us to stop contacting them."
    if is_known_wrong(call, is_email=way == ContactMethod.EMAIL):
        yield f"This {'address' if way == ContactMethod.EMAIL else 'number'} was wrong at an earlier attempt."
    if call.channel in REVIEW_CHANNELS:
        yield "They wrote a review that shows danger, and did not ask us to contact them."
    if way == ContactMethod.VOICEMAIL and not plan.voicemail:
        yield "Do not leave a voicemail."
    if way == ContactMethod.TEXT and not plan.text:
        yield "Do not send a text message."
    is_emergency = (
        way == ContactMethod.CALL and call.urgency == Urgency.DANGER
    )  # a life comes before the hours they gave
    if way != ContactMethod.EMAIL and not is_emergency and not is_within_hours(plan.hours, now):
        yield f"Now is outside the times they gave: it is {current_part_of_day(now)}."


def is_known_wrong(call: CallForHelp, *, is_email: bool) -> bool:
    """Whether an attempt found the number (or address) wrong, and the person has not changed it since."""
    name = "email" if is_email else "phone"
    wrong = [
        attempt.at
        for attempt in call.related("contact_attempts")
        if attempt.outcome == AttemptOutcome.WRONG_NUMBER
        and (attempt.payload.get("way") == ContactMethod.EMAIL) == is_email
    ]
    return bool(wrong) and all(
        revision.at < max(wrong) for revision in call.related("revisions") if name in revision.payload
    )


# --- writing ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_plan(call_id, *, by, version: int, **items) -> CallForHelp:
    """Save the plan. Raises PlanConflict if another version was saved since ``version`` was read."""
    call = _locked_open_call(call_id)
    row = stored_plan(call)
    if version != (row.version if row else 0):
        raise PlanConflict(effective_plan(call))
    _write_plan(call, row, by=by, **{name: items[name] for name in ITEMS})
    return call


def record_early_close(call: CallForHelp, *, by, reason: str) -> None:
    """Keep the reason to stop early, sealed with the plan and erased with it. Expects a locked request."""
    _write_plan(call, stored_plan(call), by=by, closed_early=reason)


def early_close_reason(call: CallForHelp) -> str:
    row = stored_plan(call)
    return row.payload.get("closed_early", "") if row else ""


def _write_plan(call, row: ContactPlan | None, *, by, **items) -> None:
    is_new = row is None
    row = row or ContactPlan(call=call, version=0)
    payload = {**row.payload, **items}
    row.version, row.at, row.by, row.by_name = row.version + 1, timezone.now(), by, str(by)[:300]
    row.seal(payload)
    row.save(force_insert=is_new)


def _locked_open_call(call_id) -> CallForHelp:
    """Lock the request, so that the second of two saves sees the version of the first."""
    call = CallForHelp.objects.locked(call_id)
    if call.erased_at:
        raise Refused("The content of this request was erased.")
    if call.status == Status.CLOSED:
        raise Refused("This request is closed.")
    return call
