"""Template context for the page of one request, in the order a caller needs it."""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils import timezone

from detoxsite.core import phone_numbers, roles, site_profile
from detoxsite.core.access_log import readers
from detoxsite.core.encryption import sealing
from detoxsite.core.safety import crisis_steps, risk_signs

from .. import services
from ..alerting import delivery_report
from ..casework import contact_plan, message_templates
from ..casework.contact_plan import ContactMethod
from ..models import CLAIM_TIMEOUT, CallForHelp, CallTimes, Urgency
from ..models.answers import CHOICES, with_defaults
from ..records import open_pages
from . import clinical, queue
from .forms import staff_choices
from .may_call import first_hour

CRISIS_STEPS = {  # the crisis steps of detoxsite/core/safety, worded for staff on the phone
    "911": "Happening now? They call 911, or you do: ask where they are first.",
    "taper": "Alcohol, benzos, barbiturates, baclofen: stopping all at once can kill. Ask what, how much, since when.",
    "naloxone": "Could be an opioid? Ask for naloxone (Narcan), and have someone give it.",
    "988": "Thinking about suicide? Ask openly. Offer 988, or stay and bring 988 in.",
    "stay": "Stay on the line until help arrives.",
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
MAX_TOGETHER = 20  # requests of the same row that are shown, and closed with it
CONTACT_ANSWERS = ("phone", "email")
PRINTED_LABELS = {name: label for name, label in LABELS.items() if name not in ("leave", "times")}  # in the plan
PLAN_LABELS = {
    "voicemail": "Voicemail",
    "text": "Text message",
    "hours": "Good times",
    "say": "Who may answer, what may be said",
    "never": "Never mention",
    "notes": "Anything else",
}


def context(call: CallForHelp, user, *, rejected_plan=None, override_reason="") -> dict:
    """Decrypt the request for a page; every page that shows this calls ``record_view``.

    ``rejected_plan``: what was typed into a plan form that conflicts with a newer plan. ``override_reason``: why the
    user calls against the plan.
    """
    if call.erased_at:
        return {"call": call, "status": queue.status_text(call), "waiting_time": None}
    answers = with_defaults(call.current_answers())
    plan = contact_plan.effective_plan(call)
    against = {way.value: contact_plan.objections(call, way, plan=plan) for way in ContactMethod}
    is_withheld = bool(against[ContactMethod.CALL]) and not override_reason
    claim = _claim(call, user)
    shown = {
        "call": call,
        "answers": answers,
        "shown": {name: answer_text(name, answers[name]) for name in answers},
        "waiting_time": queue.WaitingTime.of(call, timezone.now()),
        "status": queue.status_text(call, answers),
        **claim,
        **_urgency(call, answers),
        **_plan(call, plan),
        **_ways_to_contact(answers, against, is_withheld=is_withheld, is_taken=claim["claim_state"] == "taken"),
        "unanswered": call.messages.unanswered().last(),
        "linked": linked_requests(call),
        "together": [(other, _words(other)) for other in _together(call)],
        "changes": changes(call, is_withheld=is_withheld),
        "former_contacts": [] if is_withheld else former_contacts(call),
        "attempt_summary": AttemptSummary.of(call),
        "conversation": [(message, message.payload["text"]) for message in call.messages.all()],
        "others": open_pages.others(call, user),
        "change_token": change_token(call),
        "plan_conflict": compare_plans(rejected_plan, plan) if rejected_plan else [],
        "readers": [(entry, ", ".join(roles.labels(entry.by_roles))) for entry in readers.about(call)],
        "alert_lines": delivery_report.of_call(call),
    }
    return shown if clinical.may_read(user, call) else clinical.withhold(shown | {"steps": _all_steps(call)})


def _claim(call: CallForHelp, user) -> dict:
    """``claim_state``: "closed", "yours", "taken" by a colleague, or "free"."""
    if call.closed_at:
        return {"claim_state": "closed"}
    if not call.is_claimed():
        return {"claim_state": "free"}
    state = "yours" if call.claimed_by == user else "taken"
    return {"claim_state": state, "claimed_until": call.claimed_at + CLAIM_TIMEOUT}


def _together(call: CallForHelp) -> list[CallForHelp]:
    return list(CallForHelp.objects.arrived_together(call).order_by("created_at")[:MAX_TOGETHER])


def _words(call: CallForHelp) -> str:
    """The story of a request as it arrived; "" without a key."""
    try:
        return with_defaults(call.current_answers())["story"]
    except sealing.Unreadable:
        return ""


def _urgency(call: CallForHelp, answers: dict) -> dict:
    signs = call.signs()
    how_soon, reasons = queue.headline(call, risk_signs.urgency_reasons(answers, signs))
    return {
        "how_soon": how_soon,
        "reasons": reasons,
        "is_past_danger": how_soon == risk_signs.DANGER_NOW,  # no current answer names the danger
        "is_danger": call.urgency == Urgency.DANGER,
        "steps": [CRISIS_STEPS[step] for step in crisis_steps.crisis_steps(signs)],
    }


def _all_steps(call: CallForHelp) -> list[str]:
    """For those who may not know which danger it is."""
    return list(CRISIS_STEPS.values()) if call.urgency == Urgency.DANGER else []


def _plan(call: CallForHelp, plan: contact_plan.Plan) -> dict:
    return {
        "plan": plan,
        "plan_hours": answer_text("times", plan.hours),
        "plan_saved_by": plan.by_name,
        "is_outside_hours": not contact_plan.is_within_hours(plan.hours),
        "not_before": "" if contact_plan.is_within_hours(plan.hours) else first_hour(plan),
        "part_of_day": contact_plan.current_part_of_day(),
        "closed_early": contact_plan.early_close_reason(call),
    }


def _ways_to_contact(answers: dict, against: dict, *, is_withheld: bool, is_taken: bool) -> dict:
    """Numbers, links and message templates; none of the links works against the plan, or while a colleague has it."""
    numbers = phone_numbers.find_numbers(answers["phone"])
    templates = message_templates.filled_templates(
        name=answers["name"], phone=site_profile.current().phone_shown, language=answers["language"]
    )
    return {
        "against": against,
        "numbers": numbers,
        "is_one_number": len(numbers) == 1 and not any(map(str.isalpha, answers["phone"])),
        "may_dial": bool(numbers) and not is_withheld,
        "is_withheld": is_withheld,
        "message_templates": templates,
        "sms": ""
        if is_taken or against[ContactMethod.TEXT] or not numbers
        else f"sms:{numbers[0].e164}?body={quote(templates[0].text)}",
        "mailto": "" if is_taken or against[ContactMethod.EMAIL] else _mailto(answers["email"], templates[0]),
        "claim_label": _claim_label(answers, against),
    }


def _claim_label(answers: dict, against: dict) -> str:
    if answers["phone"]:
        return "I am calling"
    return "I have it" if against[ContactMethod.EMAIL] else "I am writing"


def record_view(call: CallForHelp, user, together=()) -> None:
    """Log that the user viewed the content, and mark the person's messages as read.

    ``together``: the requests of its row that the page shows too, each with its words.
    """
    for shown in (call, *(other for other, words in together if words)):
        open_pages.record_view(shown, by=user)
    call.messages.filter(is_from_person=True, seen_at=None).update(seen_at=timezone.now())


def change_token(call: CallForHelp) -> str:
    """Return a token that changes with everything a colleague or the person does to the request."""
    return "-".join(
        str(part)
        for part in (
            call.status,
            call.claimed_by_id,
            call.contact_attempts.count(),
            call.messages.count(),
            call.revisions.count(),
            getattr(contact_plan.stored_plan(call), "version", 0),
        )
    )


def answer_text(name: str, value) -> str:
    """An answer as staff read it."""
    if name not in CHOICES:
        return value
    values = [value] if isinstance(value, str) else value
    return ", ".join(label for key, label in staff_choices(name, CHOICES[name].choices) if key in values)


def linked_requests(call: CallForHelp) -> list[tuple[CallForHelp, str]]:
    """Other requests with the same phone number or address and their status, newest first."""
    others = CallForHelp.objects.real().without_sealed().linked_to(call).select_related("claimed_by")
    return [(other, queue.status_text(other)) for other in others.order_by("-created_at")]


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str
    is_withheld: bool = False  # show only that it was changed


def changes(call: CallForHelp, *, is_withheld: bool) -> list[tuple]:
    """What the person changed, and when. ``is_withheld``: the plan forbids calling, so numbers are not shown."""
    result, before = [], with_defaults(call.payload)
    for revision in call.revisions.all():
        after = {**before, **revision.payload}
        differing = [
            Change(label, "", "", is_withheld=True)
            if is_withheld and name in CONTACT_ANSWERS
            else Change(label, answer_text(name, before[name]), answer_text(name, after[name]))
            for name, label in LABELS.items()
            if before[name] != after[name]
        ]
        result.append((revision.at, differing))
        before = after
    return result


def former_contacts(call: CallForHelp) -> list[tuple]:
    """Label, text and moment of replacing, for each number and address that the person has replaced."""
    versions = sorted([call, *call.revisions.all()], key=lambda version: version.given_at)
    former, current = {}, {}
    for version in versions:
        for name in CONTACT_ANSWERS:
            before, now = current.get(name, ""), version.payload.get(name, current.get(name, ""))
            current[name] = now
            former.pop((name, now), None)
            if before and before != now:
                former[name, before] = version.given_at
    return [(LABELS[name], text, at) for (name, text), at in former.items()]


@dataclass(frozen=True)
class AttemptSummary:
    """The attempts so far: how many, on how many days, and the parts of the day without one."""

    attempts: list
    days: int
    untried: list[str]
    min_attempts: int = services.MIN_ATTEMPTS

    @classmethod
    def of(cls, call: CallForHelp) -> "AttemptSummary":
        attempts = list(call.contact_attempts.all())
        days = len({timezone.localdate(attempt.at) for attempt in attempts})
        daytime = [part for part in contact_plan.PART_HOURS if part != CallTimes.NIGHT]
        untried = [
            part
            for part in daytime
            if not any(contact_plan.is_within_hours([part], attempt.at) for attempt in attempts)
        ]
        for attempt in attempts:
            way = attempt.payload.get("way")
            attempt.way = ContactMethod(way).label if way in ContactMethod.values else ""
        return cls(attempts, days, [contact_plan.part_name(part) for part in untried])


def compare_plans(typed: dict, stored: contact_plan.Plan) -> list[tuple]:
    """Label, stored value, typed value, and whether they differ, for each item of the plan."""
    now = stored.items()
    return [
        (label, _item(name, now[name]), _item(name, typed[name]), _item(name, now[name]) != _item(name, typed[name]))
        for name, label in PLAN_LABELS.items()
    ]


def _item(name: str, value) -> str:
    if isinstance(value, bool):
        return "May be left" if value else "No"
    return answer_text("times", value) if name == "hours" else value


def _mailto(address: str, template: message_templates.MessageTemplate) -> str:
    return (
        f"mailto:{quote(address, safe='@')}?subject={quote(template.subject)}&body={quote(template.email)}"
        if address
        else ""
    )
