"""Requests for help, contact with the person, alerts to staff, records and retention."""

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
from .calls import ALPHABET, CLAIM_TIMEOUT, AnswersRevision, CallForHelp
from .choices import QUEUE_ORDER, REVIEW_CHANNELS, Channel, Outcome, Status, Urgency
from .contact import AttemptOutcome, ContactAttempt, ContactPlan, Message
from .phones import AcknowledgementLink, Phone, PhoneTest
from .records import AccessLogEntry, Consent, Disclosure
from .retention import ErasureBatch, RetentionWarning

__all__ = [
    "ALPHABET",
    "ANSWERS",
    "AccessLogEntry",
    "AcknowledgementLink",
    "Alert",
    "AlertTarget",
    "AnswersRevision",
    "AttemptOutcome",
    "CLAIM_TIMEOUT",
    "CallForHelp",
    "CallTimes",
    "Channel",
    "Consent",
    "ConsentText",
    "ContactAttempt",
    "ContactPlan",
    "Delivery",
    "Disclosure",
    "ErasureBatch",
    "EscalationStep",
    "Language",
    "Message",
    "MessageConsent",
    "NeedsHelp",
    "Outcome",
    "Phone",
    "PhoneTest",
    "Purpose",
    "QUEUE_ORDER",
    "RetentionWarning",
    "REVIEW_CHANNELS",
    "Recent",
    "Shift",
    "Status",
    "Substance",
    "Urgency",
    "Webhook",
]
