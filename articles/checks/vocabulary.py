"""Terms to avoid, medicines, conditions, and the words that show where a pattern is allowed."""

import functools
import re
from pathlib import Path

from detoxsite.core.rule_table import by_first_letter, read_csv
from detoxsite.core.safety.medicines import GROUPS

from .document import Document
from .medicine_uses import MEDICINES
from .rules import CONDITION_TABLE, TABLE

_FOLDER = Path(__file__).parent
_IRREGULAR = {"person": "pe(?:rson|ople)", "baby": "bab(?:y|ies)", "personality": "personalit(?:y|ies)"}

ALLOWED_CONTEXTS = TABLE.patterns("allowed_contexts")
CONDITIONS = CONDITION_TABLE.patterns("conditions", re.I)
CUES = TABLE.patterns("cues", re.I)
OFFICIAL_NAMES = TABLE.pattern("official_names.pattern")


def _variants(term: str) -> str:
    """A pattern for a term: singular or plural, its words apart, joined or hyphenated."""
    *first, last = re.split("[ -]", term)
    return "[ ‐‑–-]?".join([*first, _IRREGULAR.get(last, rf"{last}(?:e?s)?")])


_TERMS = {
    _variants(row["term"]): row for row in read_csv(_FOLDER / "terms.csv", ("term", "preferred", "reason", "source"))
}
TERM_FAMILIES = TABLE.patterns("term_families", re.I)
ANY_FAMILY = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in TERM_FAMILIES.values()), re.I)
ANY_TERM = re.compile(rf"\b(?:{by_first_letter(_TERMS)})\b", re.I)
_ANY_MEDICINE = re.compile(rf"\b(?:{by_first_letter(MEDICINES)})\b", re.I)


@functools.lru_cache(maxsize=512)
def term_row(term: str) -> dict[str, str]:
    """The row of terms.csv for a match of ANY_TERM."""
    longest_first = sorted(_TERMS, key=len, reverse=True)
    return next(_TERMS[pattern] for pattern in longest_first if re.fullmatch(pattern, term, re.I))


def medicines_in(text: str) -> set[str]:
    names = {MEDICINES.get(name.lower(), "") for name in _ANY_MEDICINE.findall(text)}
    return names - {""}  # "ſ" matches an "s"


def conditions_in(text: str) -> set[str]:
    return {name for name, pattern in CONDITIONS.items() if pattern.search(text)}


def is_about(document: Document, groups: set[str]) -> bool:
    """Whether the topic, or a medicine in the title, belongs to one of the groups."""
    return document.topic in groups or any(GROUPS.get(name) in groups for name in medicines_in(document.title))
