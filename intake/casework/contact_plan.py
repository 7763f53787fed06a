"""How a person may safely be reached: what they said in the form, narrowed by what staff know, and what speaks against
an attempt. An attempt that something speaks against needs a typed reason (services.note_contact)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import models, transaction
from django.utils import timezone

from detoxsite.core.exceptions import Refused

from ..models import (
    AttemptOutcome,
    CallForHelp,
    CallTimes,
    Channel,
    ContactPlan,
    MessageConsent,
    NeedsHelp,
    Status,
    Urgency,
)
from ..models.answers import whole
from ..records.consents import has_taken_back

ITEMS = ("voicemail", "text", "hours", "say", "never", "notes")
HOURS = {
    CallTimes.MORNING: (6, 12),
    CallTimes.AFTERNOON: (12, 18),
    CallTimes.EVENING: (18, 22),
    CallTimes.NIGHT: (22, 6),
}


class Way(models.TextChoices):
    CALL = "call", "I called"
    VOICEMAIL = "voicemail", "I left a voicemail"
    TEXT = "text", "I sent a text message"
    EMAIL = "email", "I sent an email"
    NAMED = "named", "I turned to the person they wrote about"


@dataclass(frozen=True)
class Plan:
    voicemail: bool = False
    text: bool = False
    hours: tuple[str, ...] = ()
    say: str = ""
    never: str = ""
    notes: str = ""
    version: int = 0  # 0: staff have written none yet
    by_name: str = ""
    at: datetime | None = None

    def items(self) -> dict:
        return {name: getattr(self, name) for name in ITEMS}


class Overtaken(Refused):
    """Somebody saved the plan since it was read. ``stored`` is what they wrote."""

    def __init__(self, stored: Plan) -> None:
        super().__init__("Not saved: somebody else has changed the plan since you opened it. Compare both, then save.")
        self.stored = stored


# --- reading ---------------------------------------------------------------------------------------------------------


def effective(call: CallForHelp) -> Plan:
    """The plan as it holds now: what staff wrote, else what the form said.

    What the person changes after staff wrote can take a permission back but not give it: staff may know who listens.
    """
    answers, row = whole(call.current()), stored_row(call)
    asked = Plan(
        voicemail=MessageConsent.VOICEMAIL in answers["leave"],
        text=MessageConsent.TEXT in answers["leave"],
        hours=tuple(answers["times"]),
    )
    if row is None or "voicemail" not in row.payload:
        return replace(asked, version=row.version if row else 0)
    plan = Plan(
        **{**asked.items(), **{name: row.payload[name] for name in ITEMS if name in row.payload}},
        version=row.version,
        by_name=row.by_name,
        at=row.at,
    )
    plan = replace(plan, hours=tuple(plan.hours))
    since = {name for later in call.later.all() if later.at > row.at for name in later.payload}
    if "leave" in since:
        plan = replace(plan, voicemail=plan.voicemail and asked.voicemail, text=plan.text and asked.text)
    return replace(plan, hours=asked.hours) if "times" in since else plan


def stored_row(call: CallForHelp) -> ContactPlan | None:
    return ContactPlan.objects.filter(call=call).first()


def is_within(hours, now=None) -> bool:
    """Whether the time of the day is one of ``hours`` (Times), in the center's zone. None given: any time is."""
    hour = timezone.localtime(now).hour
    parts = [HOURS[part] for part in hours if part in HOURS]
    if CallTimes.NOW in hours or not parts:
        return True
    return any(start <= hour < end if start < end else hour >= start or hour < end for start, end in parts)


def part_of_day(now=None) -> str:
    """The present time of the day, as one says it."""
    return next(spoken(part) for part in HOURS if is_within([part], now))


def spoken(part: CallTimes) -> str:
    """Without its hours: "evening"."""
    return part.label.split(",")[0].lower()


def objections(call: CallForHelp, way: str, now=None, *, plan: Plan | None = None) -> list[str]:
    """What speaks against reaching this person in this way now, in words for staff; none: go ahead."""
    return list(_objections(call, Way(way), now, plan or effective(call)))


def _objections(call, way: Way, now, plan: Plan) -> Iterator[str]:
    if way == Way.NAMED:
        other = call.current().get("whom") == NeedsHelp.OTHER
        yield "The one they wrote about has not asked us for anything." if other else "They wrote for themselves."
    if has_taken_back(call):
        yield "The person asked us to stop contacting them."
    if was_wrong(call, is_email=way == Way.EMAIL):
        yield f"This {'address' if way == Way.EMAIL else 'number'} was wrong at an earlier attempt."
    if call.channel == Channel.REVIEW:
        yield "They wrote a review that tells of danger, and did not ask us to contact them."
    if way == Way.VOICEMAIL and not plan.voicemail:
        yield "No voicemail may be left."
    if way == Way.TEXT and not plan.text:
        yield "No text message may be sent."
    is_emergency = way == Way.CALL and call.urgency == Urgency.DANGER  # a life comes before the hours they gave
    if way != Way.EMAIL and not is_emergency and not is_within(plan.hours, now):
        yield f"Now is outside the times they gave: it is {part_of_day(now)}."


def was_wrong(call: CallForHelp, *, is_email: bool) -> bool:
    """Whether an attempt met the wrong number (or address), and the person has not given another one since."""
    name = "email" if is_email else "phone"
    wrong = [
        contact.at
        for contact in call.contacts.all()
        if contact.outcome == AttemptOutcome.WRONG_NUMBER and (contact.payload.get("way") == Way.EMAIL) == is_email
    ]
    return bool(wrong) and all(later.at < max(wrong) for later in call.later.all() if name in later.payload)


# --- writing ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def save(call_id, *, by, version: int, **items) -> CallForHelp:
    """Write the plan. Raises Overtaken, and writes nothing, where it was saved since ``version`` was read."""
    call = _open_call(call_id)
    row = stored_row(call)
    if version != (row.version if row else 0):
        raise Overtaken(effective(call))
    _write(call, row, by=by, **{name: items[name] for name in ITEMS})
    return call


def note_early_close(call: CallForHelp, *, by, reason: str) -> None:
    """Why the attempts ended early. Kept with the plan, sealed, and erased with it. For a locked request."""
    _write(call, stored_row(call), by=by, closed_early=reason)


def closed_early(call: CallForHelp) -> str:
    row = stored_row(call)
    return row.payload.get("closed_early", "") if row else ""


def _write(call, row: ContactPlan | None, *, by, **words) -> None:
    is_new = row is None
    row = row or ContactPlan(call=call, version=0)
    words = {**row.payload, **words}
    row.version, row.at, row.by, row.by_name = row.version + 1, timezone.now(), by, str(by)[:300]
    row.seal(words)
    row.save(force_insert=is_new)


def _open_call(call_id) -> CallForHelp:
    """Locked, so that of two saves at once the second is judged by what the first one left."""
    call = CallForHelp.objects.locked(call_id)
    if call.erased_at:
        raise Refused("What this request said was erased.")
    if call.status == Status.CLOSED:
        raise Refused("This request is closed.")
    return call
