"""What the page of one request shows, in the order in which somebody about to call needs it."""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils import timezone

from detoxsite.core import phone_numbers, site_profile
from detoxsite.core.safety import crisis_steps, risk_signs

from .. import services
from ..casework import contact_plan, message_templates
from ..casework.contact_plan import Way
from ..models import CallForHelp, CallTimes, Urgency
from ..models.answers import CHOICES, whole
from ..records import access_log
from . import queue
from .forms import for_staff

STEPS = {  # what the first steps of intake/danger.toml mean for whoever is on the phone
    "911": "Happening now? They call 911, or you do: ask where they are first.",
    "naloxone": "Could be an opioid? Ask for naloxone (Narcan), and have somebody give it.",
    "988": "Thinking about suicide? Ask openly. Offer 988, or stay and bring 988 in.",
    "stay": "Stay on the line until help is there.",
}
LABELS = {
    "phone": "Phone",
    "email": "Email",
    "name": "What to call them",
    "whom": "Who needs help",
    "leave": "If they do not pick up",
    "times": "Good times",
    "language": "Language",
    "story": "What is going on",
    "substances": "Substances",
    "recent": "Used within 72 hours",
}
REACHED_BY = ("phone", "email")
PRINTED = {name: label for name, label in LABELS.items() if name not in ("leave", "times")}  # these are in the plan
PLAN_LABELS = {
    "voicemail": "Voicemail",
    "text": "Text message",
    "hours": "Good times",
    "say": "Who may answer, what may be said",
    "never": "Never to be mentioned",
    "notes": "Anything else",
}


def context(call: CallForHelp, user, *, overtaken=None, dial_anyway="") -> dict:
    """Opens what is sealed; whoever is shown this has a row in the log of readings (see ``opened``)."""
    if call.erased_at:
        return {"call": call, "stands": queue.stands(call), "clock": None}
    answers = whole(call.current())
    signs = call.signs()
    how_soon, reasons = queue.headed(call, risk_signs.urgency_reasons(answers, signs))
    plan = contact_plan.effective(call)
    against = {way.value: contact_plan.objections(call, way, plan=plan) for way in Way}
    number = phone_numbers.e164(answers["phone"])
    is_withheld = bool(against[Way.CALL]) and not dial_anyway
    wordings = message_templates.wordings(
        name=answers["name"], phone=site_profile.current().phone_shown, first=answers["language"]
    )
    return {
        "call": call,
        "answers": answers,
        "shown": {name: worded(name, answers[name]) for name in answers},
        "clock": queue.Clock.of(call, timezone.now()),
        "stands": queue.stands(call),
        "is_nobodys": queue.is_nobodys(call),
        "how_soon": how_soon,
        "reasons": reasons,
        "is_past": how_soon == risk_signs.DANGER_NOW,  # none of the words that count now tells of it
        "is_danger": call.urgency == Urgency.DANGER,
        "unanswered": call.messages.unanswered().last(),
        "steps": [STEPS[step] for step in crisis_steps.crisis_steps(signs)],
        "plan": plan,
        "plan_hours": worded("times", plan.hours),
        "against": against,
        "is_outside": not contact_plan.is_within(plan.hours),
        "part_of_day": contact_plan.part_of_day(),
        "closed_early": contact_plan.closed_early(call),
        "number": number,
        "may_dial": bool(number) and not is_withheld,
        "wordings": wordings,
        "sms": "" if against[Way.TEXT] or not number else f"sms:{number}?body={quote(wordings[0].text)}",
        "mailto": _mailto(answers["email"], wordings[0]) if not against[Way.EMAIL] else "",
        "linked": linked(call),
        "changes": changes(call, is_withheld=is_withheld),
        "tries": Tries.of(call),
        "messages_with": [(message, message.payload["text"]) for message in call.messages.all()],
        "others": access_log.others(call, user),
        "state": state(call),
        "merge": merged(overtaken, plan) if overtaken else [],
        "merge_by": plan.by_name,
    }


def opened(call: CallForHelp, user) -> None:
    """The content of a request is before somebody: log it, and what the person wrote last counts as read."""
    access_log.note(call, by=user)
    call.messages.filter(is_from_person=True, seen_at=None).update(seen_at=timezone.now())


def state(call: CallForHelp) -> str:
    """Changes with whatever a colleague or the person does to the request. Tells nothing by itself."""
    return "-".join(
        str(part)
        for part in (
            call.status,
            call.claimed_by_id,
            call.contacts.count(),
            call.messages.count(),
            call.later.count(),
            getattr(contact_plan.stored_row(call), "version", 0),
        )
    )


def worded(name: str, value) -> str:
    """An answer as a person reads it."""
    if name not in CHOICES:
        return value
    values = [value] if isinstance(value, str) else value
    return ", ".join(label for key, label in for_staff(name, CHOICES[name].choices) if key in values)


def linked(call: CallForHelp) -> list[tuple[CallForHelp, str]]:
    """Other requests of the same phone number or address, newest first, and where each stands."""
    kin = CallForHelp.objects.real().light().linked_to(call).select_related("claimed_by")
    return [(other, queue.stands(other)) for other in kin.order_by("-created_at")]


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str
    is_withheld: bool = False  # only that it was changed is to be seen


def changes(call: CallForHelp, *, is_withheld: bool) -> list[tuple]:
    """What the person changed, each time with its moment. ``is_withheld``: nobody may dial, so no number is given."""
    found, before = [], whole(call.payload)
    for later in call.later.all():
        after = {**before, **later.payload}
        differing = [
            Change(label, "", "", is_withheld=True)
            if is_withheld and name in REACHED_BY
            else Change(label, worded(name, before[name]), worded(name, after[name]))
            for name, label in LABELS.items()
            if before[name] != after[name]
        ]
        found.append((later.at, differing))
        before = after
    return found


@dataclass(frozen=True)
class Tries:
    """The attempts so far: how many, on how many days, and at which times of the day nobody has tried."""

    made: list
    days: int
    untried: list[str]
    enough: int = services.ATTEMPTS

    @classmethod
    def of(cls, call: CallForHelp) -> "Tries":
        made = list(call.contacts.all())
        days = len({timezone.localdate(contact.at) for contact in made})
        usual = [part for part in contact_plan.HOURS if part != CallTimes.NIGHT]
        untried = [part for part in usual if not any(contact_plan.is_within([part], contact.at) for contact in made)]
        for contact in made:
            way = contact.payload.get("way")
            contact.way = Way(way).label if way in Way.values else ""
        return cls(made, days, [contact_plan.spoken(part) for part in untried])


def merged(typed: dict, stored: contact_plan.Plan) -> list[tuple]:
    """Label, what is stored now, what was typed, and whether they differ, for each item of the plan."""
    now = stored.items()
    return [
        (label, _item(name, now[name]), _item(name, typed[name]), _item(name, now[name]) != _item(name, typed[name]))
        for name, label in PLAN_LABELS.items()
    ]


def _item(name: str, value) -> str:
    if isinstance(value, bool):
        return "May be left" if value else "No"
    return worded("times", value) if name == "hours" else value


def _mailto(address: str, wording: message_templates.Wording) -> str:
    return (
        f"mailto:{quote(address, safe='@')}?subject={quote(wording.subject)}&body={quote(wording.email)}"
        if address
        else ""
    )
