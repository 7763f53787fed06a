"""Editorial checks: what an edition must pass before sign-off, as far as a program can tell.

A red finding stops the sign-off, an amber one asks for a second look. rules.toml and terms.csv hold what is looked for
and the messages; ``exceptions`` decides where it is allowed. Every repetition that overlaps with another part of its
pattern is bounded, so that no text makes matching slow.
"""

from .document import PAGE_CODES, Block, Document, Finding, Level, Readability, Reference
from .readability import measure_readability
from .runner import run_checks

__all__ = [
    "PAGE_CODES",
    "Block",
    "Document",
    "Finding",
    "Level",
    "Readability",
    "Reference",
    "measure_readability",
    "run_checks",
]
