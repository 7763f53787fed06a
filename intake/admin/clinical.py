"""Front-desk and clinical fields apart: who reads what a person wrote about their use and their health.

The front desk sees how to reach someone, how urgent it is and what was done. The rest opens to roles with CLINICAL, and
to the front desk in an emergency, with a reason, for BREAK_GLASS_FOR. The reason is in the access log and in the
weekly report.
"""

from django.utils import timezone

from detoxsite.core.access_log import recording
from detoxsite.core.exceptions import Refused
from detoxsite.core.models import SealedAccess

from ..models import CallForHelp

CLINICAL, BREAK_GLASS = "intake.view_clinical_callforhelp", "intake.break_glass_callforhelp"
CLINICAL_ANSWERS = ("story", "substances", "recent")
BREAK_GLASS_FOR = timezone.timedelta(hours=1)
CONTACT_ONLY = "contact details only"


def may_read(user, call: CallForHelp) -> bool:
    return user.has_perm(CLINICAL) or has_broken_glass(user, call)


def has_broken_glass(user, call: CallForHelp) -> bool:
    if not user.has_perm(BREAK_GLASS):
        return False
    since = timezone.now() - BREAK_GLASS_FOR
    own = SealedAccess.objects.filter(by=user, action=SealedAccess.Action.BREAK_GLASS, at__gt=since)
    return own.filter(model=call._meta.label_lower, subjects__contains=[str(call.pk)]).exists()


def break_glass(call_id, *, by, reason: str) -> CallForHelp:
    """Open the clinical fields of a request to ``by`` for a while. Raises Refused once it was erased."""
    call = CallForHelp.objects.get(pk=call_id)
    if call.erased_at:
        raise Refused("The content of this request was erased.")
    recording.add_entry(by, SealedAccess.Action.BREAK_GLASS, call, reason=reason)
    return call


def withhold(context: dict) -> dict:
    """The context of a request's page without what only clinical roles read, and the log entry says so."""
    recording.describe(SealedAccess.Action.READ, CONTACT_ONLY)
    call, summary = context["call"], context["attempt_summary"]
    for attempt in summary.attempts:
        attempt.payload = {"way": attempt.payload.get("way", "")}
    return context | {
        "is_clinical_withheld": True,
        "answers": {name: "" if name in CLINICAL_ANSWERS else value for name, value in context["answers"].items()},
        "shown": {name: text for name, text in context["shown"].items() if name not in CLINICAL_ANSWERS},
        "how_soon": call.get_urgency_display() if call.urgency else "",
        "reasons": [],
        "is_past_danger": False,
        "unanswered": None,
        "together": [],
        "changes": [],
        "conversation": [],
        "closed_early": "",
        "has_unanswered": context["unanswered"] is not None,
    }
