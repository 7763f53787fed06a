"""What a review may reveal about somebody: found for a person to decide on, never acted on by itself.

What is looked for stands in the TOML files beside; the modules say how it may stand in a text. In doubt it is a hint.
"""

from .detector import find, offered
from .entities import (
    MARKS,
    Hint,
    Kind,
    RosterName,
)

__all__ = ["MARKS", "Hint", "Kind", "RosterName", "find", "offered"]
