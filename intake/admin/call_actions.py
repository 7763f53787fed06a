"""Actions on the page of a request."""

from django import forms

from detoxsite.core.adminkit.object_actions import ObjectAction
from detoxsite.core.text_fields import TidyFormField

from .. import services
from ..casework import contact_plan
from ..casework.contact_plan import ContactMethod
from ..models import Status, Urgency
from . import clinical
from .forms import AgainstPlanForm, CloseForm, ContactForm, MessageForm, PlanForm
from .hold_actions import HOLD_ACTIONS

ANSWER = "intake.answer_callforhelp"
ALLOWED_FROM = services.ALLOWED_FROM


def _is_free(call, user) -> bool:
    """No colleague has claimed it."""
    return not call.is_claimed() or call.claimed_by == user


def _is_own(call, user) -> bool:
    return call.is_claimed() and call.claimed_by == user


def _takes_reason(call, user) -> bool:
    """The number is hidden: the contact plan says no or, in danger, a colleague is calling."""
    if call.override_reason or not call.current_answers()["phone"]:
        return False
    if not _is_free(call, user):
        return call.urgency == Urgency.DANGER
    return bool(contact_plan.objections(call, ContactMethod.CALL))


def _plan_initial(call) -> dict:
    plan = contact_plan.effective_plan(call)
    return {"version": plan.version, **plan.items()}


def _attempt_initial(call) -> dict:
    return {
        "way": ContactMethod.CALL if call.current_answers()["phone"] else ContactMethod.EMAIL,
        "unsafe": call.override_reason,
        "seen": len(call.contact_attempts.all()),
    }


def _released(request, call) -> str:
    """After an attempt the request keeps its status, and no alert goes out."""
    return "Released. The team has been alerted again." if call.status == Status.NEW else "Released."


class EmergencyForm(forms.Form):
    reason = TidyFormField(
        label="Reason",
        max_length=200,
        help_text="Why it cannot wait. Nothing from the request itself.",
        error_messages={"required": "Say why."},
    )


CALL_ACTIONS = (
    ObjectAction(
        "claim",
        "I have it",  # in the history; the button says what they do, see detail_context
        services.claim,
        ALLOWED_FROM["claim"],
        ANSWER,
        done="Claimed for ten minutes.",
        hint="Shows your colleagues that you have it. The claim ends after ten minutes without a noted attempt.",
        quiet=_takes_reason,
        offered=lambda call, user: not call.is_claimed(),
    ),
    ObjectAction(
        "release",
        "Release",
        services.release,
        ALLOWED_FROM["release"],
        ANSWER,
        done=_released,
        quiet=True,
        offered=_is_own,
    ),
    ObjectAction(
        "dial",
        "Call anyway",
        services.claim_anyway,
        ALLOWED_FROM["claim"],
        ANSWER,
        done="Claimed for ten minutes. Note the attempt when you are done; your reason is filled in.",
        form=AgainstPlanForm,
        offered=_takes_reason,
    ),
    ObjectAction(
        "contact",
        "Save this attempt",
        services.record_attempt,
        ALLOWED_FROM["record_attempt"],
        ANSWER,
        done="Attempt saved.",
        form=ContactForm,
        initial=_attempt_initial,
    ),
    ObjectAction(
        "plan",
        "Change the contact plan",
        contact_plan.save_plan,
        services.OPEN,
        ANSWER,
        done="Contact plan saved.",
        form=PlanForm,
        initial=_plan_initial,
        quiet=True,
        folded=True,
    ),
    ObjectAction(
        "message",
        "Send a message",
        services.send_message,
        ALLOWED_FROM["send_message"],
        ANSWER,
        done="Sent. They can read it on their private page.",
        form=MessageForm,
        initial=lambda call: {"seen": len(call.messages.all())},
        quiet=True,
        folded=True,
        offered=lambda call, user: bool(call.return_key),
    ),
    ObjectAction(
        "close",
        "Close this request",
        services.close,
        ALLOWED_FROM["close"],
        ANSWER,
        done="Closed.",
        form=CloseForm,
        quiet=True,
    ),
    ObjectAction(
        "accept",
        "This is not spam",
        services.mark_not_spam,
        ALLOWED_FROM["mark_not_spam"],
        ANSWER,
        done="In the queue. The team has been alerted.",
        offered=lambda call, user: call.is_quarantined,
    ),
    ObjectAction(
        "spam",
        "Close as spam",
        services.close_as_spam,
        ALLOWED_FROM["close"],
        ANSWER,
        done="Closed as spam.",
        quiet=True,
        offered=lambda call, user: call.is_quarantined,
    ),
    ObjectAction(
        "reopen",
        "Reopen",
        services.reopen,
        ALLOWED_FROM["reopen"],
        ANSWER,
        done="Reopened.",
        quiet=True,
        offered=lambda call, user: not call.erased_at,
    ),
    ObjectAction(
        "break-glass",
        "Open in an emergency",
        clinical.break_glass,
        set(Status),
        clinical.BREAK_GLASS,
        done="Open to you for one hour. Compliance reads your reason.",
        form=EmergencyForm,
        hint="For danger to life when no clinical colleague can be reached.",
        quiet=True,
        folded=True,
        offered=lambda call, user: not call.erased_at and not clinical.may_read(user, call),
    ),
    *HOLD_ACTIONS,
)
