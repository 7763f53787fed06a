"""Reviews: what shows, what was sent, who allowed what, and every step that led there."""

from .flags import Flag
from .letters import Letter
from .record import Permission, Step
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
from .roster import StaffName
from .sent import Photo, Version, Writer
from .tally import Tally

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
