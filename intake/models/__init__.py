"""The call for help: what was asked, what came of it, who was told, and for how long it is kept."""

from detoxsite.core.models import ConsentText, Purpose

from .alerts import (
    Alert,
    AlertTarget,
    Delivery,
    EscalationStep,
    Shift,
    Webhook,
)
from .answers import (
    ANSWERS,
    CallTimes,
    Language,
    MessageConsent,
    NeedsHelp,
    Recent,
    Substance,
)
from .calls import (
    ALPHABET,
    CLAIM_LAPSES,
    AccessLogEntry,
    AnswersRevision,
    AttemptOutcome,
    CallForHelp,
    Channel,
    ContactAttempt,
    ContactPlan,
    Message,
    Outcome,
    Status,
    Urgency,
)
from .records import Consent, Disclosure
from .retention import ErasureBatch, RetentionWarning

__all__ = [
    "ALPHABET",
    "ANSWERS",
    "CLAIM_LAPSES",
    "Alert",
    "AttemptOutcome",
    "CallForHelp",
    "Channel",
    "Consent",
    "ConsentText",
    "ContactAttempt",
    "ContactPlan",
    "Delivery",
    "Disclosure",
    "ErasureBatch",
    "Language",
    "AnswersRevision",
    "MessageConsent",
    "Message",
    "Outcome",
    "Purpose",
    "RetentionWarning",
    "AccessLogEntry",
    "Recent",
    "EscalationStep",
    "Shift",
    "Status",
    "Substance",
    "CallTimes",
    "Urgency",
    "Webhook",
    "AlertTarget",
    "NeedsHelp",
]
