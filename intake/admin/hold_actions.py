"""Legal hold: actions on the page of a request."""

from django import forms

from detoxsite.core.adminkit.object_actions import ObjectAction
from detoxsite.core.text_fields import TidyFormField

from ..models import Status
from ..records import legal_hold

APPROVE_ERASURE = "intake.approve_erasure"


class ReasonForm(forms.Form):
    reason = TidyFormField(
        label="Reason",
        max_length=200,
        help_text="For example the number of a court order. Nothing from the request itself.",
        error_messages={"required": "Say why."},
    )


HOLD_ACTIONS: tuple[ObjectAction, ...] = (
    ObjectAction(
        "hold",
        "Set a legal hold",
        legal_hold.set_hold,
        set(Status),
        APPROVE_ERASURE,
        done="Under legal hold. It cannot be erased until the hold is lifted.",
        form=ReasonForm,
        hint="Neither the end of the retention period nor the person can erase it then.",
        quiet=True,
        folded=True,
        offered=lambda call, user: not call.hold_reason and not call.erased_at,
    ),
    ObjectAction(
        "lift-hold",
        "Lift the legal hold",
        legal_hold.lift_hold,
        set(Status),
        APPROVE_ERASURE,
        done="Hold lifted. If the retention period is over, both warnings still come before it can be erased.",
        form=ReasonForm,
        quiet=True,
        folded=True,
        offered=lambda call, user: bool(call.hold_reason),
    ),
)
