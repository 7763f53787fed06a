"""Reviews: the published text, the sealed original, display consents, reports, and the events of each review."""

from .audit_log import DisplayConsent, ReviewEvent
from .counters import DecisionCounter, ReviewCounter
from .outgoing_email import OutgoingEmail
from .reports import Report
from .reviews import (
    CONNECTED,
    PARTS,
    PURPOSES,
    RELATIONSHIP_LABELS,
    Reason,
    Relationship,
    Source,
    Status,
    Testimonial,
)
from .staff_names import StaffName
from .submission import Author, Photo, Version

__all__ = [
    "CONNECTED",
    "PARTS",
    "PURPOSES",
    "RELATIONSHIP_LABELS",
    "Report",
    "OutgoingEmail",
    "DisplayConsent",
    "Photo",
    "Reason",
    "Source",
    "StaffName",
    "Status",
    "ReviewEvent",
    "ReviewCounter",
    "DecisionCounter",
    "Testimonial",
    "Relationship",
    "Version",
    "Author",
]
