"""Reviews: what shows, what was sent, who allowed what, and every step that led there."""

from .reports import Flag
from .outgoing_email import Letter
from .audit_log import Permission, Step
from .reviews import (
    PARTS,
    PURPOSES,
    TIE_SHOWN,
    Reason,
    Source,
    Status,
    Testimonial,
    Tie,
)
from .staff_names import StaffName
from .submission import Photo, Version, Writer
from .counters import Tally

__all__ = [
    "PARTS",
    "PURPOSES",
    "TIE_SHOWN",
    "Flag",
    "Letter",
    "Permission",
    "Photo",
    "Reason",
    "Source",
    "StaffName",
    "Status",
    "Step",
    "Tally",
    "Testimonial",
    "Tie",
    "Version",
    "Writer",
]
