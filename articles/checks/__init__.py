"""What an edition must pass before it is signed off: the gates that a machine can watch.

Red stops the sign-off, amber asks for a second look. What is looked for and what is said about it stands in
rules.toml; ``rules`` says when it is fine after all. No pattern repeats without a bound over what another could take
as well, so that no text makes it slow.
"""

from .document import OF_THE_PAGE, Block, Document, Finding, Level, Reading, Reference
from .findings import findings, reading

__all__ = ["OF_THE_PAGE", "Block", "Document", "Finding", "Level", "Reading", "Reference", "findings", "reading"]
