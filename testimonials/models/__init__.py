"""Reviews: what shows, what was sent, who allowed what, and every step that led there."""

from .audit_log import DisplayConsent, ReviewEvent
from .counters import ReviewCounter
from .outgoing_email import OutgoingEmail
from .reports import Report
from .reviews import (
    PARTS,
    PURPOSES,
    TIE_SHOWN,
    Reason,
    Relationship,
    Source,
    Status,
    Testimonial,
)
from .staff_names import StaffName
from .submission import Author, Photo, Version

__all__ = [
    "PARTS",
    "PURPOSES",
    "TIE_SHOWN",
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
    "Testimonial",
    "Relationship",
    "Version",
    "Author",
]
