"""The call for help: what was asked, what came of it, who was told, and for how long it is kept."""

from .alerts import Alert, Delivery, Rung, Shift, Webhook, Who
from .answers import ANSWERS, Language, Leave, Recent, Substance, Times, Whom
from .calls import (
    ALPHABET,
    CLAIM_LAPSES,
    Attempt,
    CallForHelp,
    Channel,
    Contact,
    ContactPlan,
    LaterAnswers,
    Message,
    Outcome,
    Reading,
    Status,
    Urgency,
)
from .records import Consent, Disclosure
from detoxsite.core.models import ConsentText, Purpose
from .retention import Disposal

__all__ = [
    "ALPHABET",
    "ANSWERS",
    "CLAIM_LAPSES",
    "Alert",
    "Attempt",
    "CallForHelp",
    "Channel",
    "Consent",
    "ConsentText",
    "Contact",
    "ContactPlan",
    "Delivery",
    "Disclosure",
    "Disposal",
    "Language",
    "LaterAnswers",
    "Leave",
    "Message",
    "Outcome",
    "Purpose",
    "Reading",
    "Recent",
    "Rung",
    "Shift",
    "Status",
    "Substance",
    "Times",
    "Urgency",
    "Webhook",
    "Who",
    "Whom",
]
