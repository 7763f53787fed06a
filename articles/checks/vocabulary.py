"""What the rules are made of: the table of findings, words to avoid, medicines and what they are approved for."""

import csv
import functools
import re
import tomllib
from pathlib import Path

from detoxsite.core.safety.medicines import BY_NAME, GROUPS

from .document import Document

_FOLDER = Path(__file__).parent


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TABLE = tomllib.loads((_FOLDER / "rules.toml").read_text(encoding="utf-8"))
SPARED = {term: re.compile(around) for term, around in TABLE["spared"].items()}
CONDITIONS = {name: re.compile(pattern, re.I) for name, pattern in TABLE["conditions"].items()}
WORDS = {name: re.compile(pattern, re.I) for name, pattern in TABLE["words"].items()}
OFFICIAL = re.compile(TABLE["names"]["pattern"])
APPROVED = {(row["medicine"], row["condition"]) for row in _rows("approved.csv")}


def _by_letter(patterns) -> str:
    """The alternatives, longest first, behind one choice of their first letter: a tenth of the tries."""
    letters: dict[str, list[str]] = {}
    for pattern in sorted(patterns, key=len, reverse=True):
        letters.setdefault(pattern[0], []).append(pattern[1:])
    return "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in letters.items())


def _variants(term: str) -> str:
    """A pattern for a term: one or several, its words apart, joined or hyphenated."""
    irregular = {"person": "pe(?:rson|ople)", "baby": "bab(?:y|ies)", "personality": "personalit(?:y|ies)"}
    *first, last = re.split("[ -]", term)
    return "[ ‐‑–-]?".join([*first, irregular.get(last, rf"{last}(?:e?s)?")])


_TERMS = {_variants(row["term"]): row for row in _rows("words.csv")}
ANY_TERM = re.compile(rf"\b(?:{_by_letter(_TERMS)})\b", re.I)
_ANY_MEDICINE = re.compile(rf"\b(?:{_by_letter(BY_NAME)})\b", re.I)


@functools.lru_cache(maxsize=512)
def row_of(found: str) -> dict[str, str]:
    longest_first = sorted(_TERMS, key=len, reverse=True)
    return next(_TERMS[pattern] for pattern in longest_first if re.fullmatch(pattern, found, re.I))


def named(text: str) -> set[str]:
    found = {BY_NAME.get(name.lower(), "") for name in _ANY_MEDICINE.findall(text)}
    return found - {""}  # "ſ" is found for an "s"


def is_about(document: Document, groups: set[str]) -> bool:
    return document.topic in groups or any(GROUPS[name] in groups for name in named(document.title))
