"""Whether a person may be called now, and who has their request, in the few words of a row."""

from dataclasses import dataclass
from datetime import time

from django.utils.formats import time_format

from detoxsite.core.encryption import sealing

from ..casework import contact_plan
from ..casework.contact_plan import ContactMethod
from ..models import CallForHelp, ContactPlan

_ICONS = {"yes": "phone", "no": "moon", "taken": "clock", "yours": "clock"}  # by state
NOON = 12  # "12 PM" is read as midnight by some


@dataclass(frozen=True)
class MayCall:
    """``state`` is "yes", "no", "yours", "taken" by a colleague, or "other" (another way than a call)."""

    state: str
    text: str

    @property
    def icon(self) -> str:
        return _ICONS.get(self.state, "mail")


def may_call(call: CallForHelp, answers: dict | None, plan: ContactPlan | None, user) -> MayCall | None:
    """None once it is closed, and where its content cannot be decrypted. ``plan`` is the stored one."""
    if call.closed_at:
        return None
    if call.is_claimed():
        return MayCall("yours" if call.claimed_by == user else "taken", claim_text(call, answers, user))
    try:
        return None if answers is None else _by_plan(call, answers, contact_plan.plan_in_force(call, plan, answers))
    except sealing.Unreadable:
        return None


def claim_text(call: CallForHelp, answers: dict | None, user=None) -> str:
    """Who has the request: calling them, where the answers are at hand and have a number. ``user`` is told "You"."""
    is_own, is_calling = call.claimed_by == user, bool(answers and answers.get("phone"))
    if is_own:
        return "You are calling" if is_calling else "You have it"
    return f"{call.claimed_by} {'is calling' if is_calling else 'has it'}"


def _by_plan(call: CallForHelp, answers: dict, plan: contact_plan.Plan) -> MayCall:
    if not answers.get("phone"):
        is_forbidden = contact_plan.objections(call, ContactMethod.EMAIL, plan=plan)
        return MayCall("no", "Do not write") if is_forbidden else MayCall("other", "Email only")
    against = contact_plan.objections(call, ContactMethod.CALL, plan=plan)
    if not against:
        return MayCall("yes", "May be called now")
    hours_aside = contact_plan.objections(call, ContactMethod.CALL, plan=contact_plan.at_any_hour(plan))
    return MayCall("no", "Do not call" if hours_aside else f"Not before {first_hour(plan)}")


def first_hour(plan: contact_plan.Plan) -> str:
    """When the person may be called next, such as "10 PM" or "noon"."""
    hour = contact_plan.next_hour(plan.hours)
    return "noon" if hour == NOON else time_format(time(hour), "g A")
