"""Detector of personal information in a review: finds passages for a person to decide on and changes nothing itself.

The TOML files hold what is looked for; the modules hold the context it has to appear in. When in doubt, it is a match.
"""

from .detector import find_matches, replace_matches
from .entities import (
    REDACTION_LABELS,
    Kind,
    Match,
    RosterName,
)
from .hints import find_hints

__all__ = ["REDACTION_LABELS", "Kind", "Match", "RosterName", "find_hints", "find_matches", "replace_matches"]
