"""The lists that hints are found by, read once."""

import tomllib
from functools import cache
from pathlib import Path

from detoxsite.core.safety import medicines

from .fuzzy import Mistyped, is_form

_FOLDER = Path(__file__).parent
MIN_LETTERS_MISTYPED = 6


def _table(name: str) -> dict:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


def _set(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in text.split())


def _phrases(lines) -> dict[str, list[tuple[str, ...]]]:
    """By the last word of each phrase: its words, longest phrase first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in sorted(lines, key=len, reverse=True):
        words = tuple(line.split())
        found.setdefault(words[-1], []).append(words)
    return found


def _lines_without_notes(name: str) -> str:
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("#"))


_names, _ordinary, _contexts, _medicines = map(
    _table, ("names.toml", "ordinary.toml", "contexts.toml", "medicines.toml")
)


def _context(*names: str) -> tuple[frozenset[str], ...]:
    return tuple(_set(_contexts[name]) for name in names)


# Names

FIRST = _set(*_names["first"].values())
WORD_NAMES = _set(*_names["words"].values())
SURNAMES = _set(*_names["surnames"].values())
OTHER_SCRIPTS = _set(_names["scripts"]["names"])

# What stands around names

KINSHIP, WHOSE, ADJECTIVES, NO_RELATIVE = _context("kinship", "whose", "adjectives", "no_relative")
TITLES, STRICT_TITLES, ROLES, LOOSE_ROLES = _context("titles", "strict_titles", "roles", "loose_roles")
DEEDS, BEING, ADVERBS, DETERMINERS = _context("deeds", "being", "adverbs", "determiners")
JOINS, ENDINGS, PARTICLES, OF_A_FAMILY = _context("joins", "endings", "particles", "of_a_family")
PLACES_BEFORE, PLACES_AFTER, IN_A_PLACE = _context("places_before", "places_after", "in_a_place")
BYNAMES, ABSTRACT, NOT_CALLED, PRONOUNS, FOUND = _context("bynames", "abstract", "not_called", "pronouns", "found")
OPENINGS, NAMING, SPARED = (_phrases(_contexts[name]) for name in ("openings", "naming", "spared"))
LOOSE_OPENINGS = frozenset(_contexts["loose_openings"])
LEADING_PARTICLES = {("de", "la"), ("de", "los"), ("de", "las"), ("van", "der"), ("van", "den")}
CLEAR_ROLES = (ROLES | KINSHIP) - LOOSE_ROLES
SCRIPT_PREFIXES = ("لل", "ال")  # the, for the
SCRIPT_ROLES = _set(_contexts["scripts"]["roles"])
SCRIPT_BEFORE = SCRIPT_ROLES | _set(_contexts["scripts"]["before"])
SCRIPT_AFTER = tuple(_contexts["scripts"]["after"].split())
SCRIPT_WORDS = SCRIPT_BEFORE | _set(_contexts["scripts"]["after"], _contexts["scripts"]["words"])

ALL_FIRST = FIRST | WORD_NAMES
DEEDS_AND_BEING, TITLES_AND_ROLES = DEEDS | BEING, TITLES | ROLES
BEFORE_A_NAME = JOINS | ROLES | KINSHIP
BEFORE_SOMEBODY = JOINS | {"know", "knows", "tell", "told"}
BEHIND_A_NAME = BEING | JOINS | {"from", "who", "with", "w"}
NOT_ALONE_BEHIND = DETERMINERS | ADJECTIVES | WHOSE  # of "my dear old mom"

# Plain words

INITIALS, CAPITALIZED = _set(_ordinary["initials"]), _set(_ordinary["capitalized"])
_AROUND = (
    *(KINSHIP, WHOSE, ADJECTIVES, TITLES, ROLES, DEEDS, BEING, ADVERBS, DETERMINERS, JOINS, ENDINGS),
    *(PLACES_BEFORE, PLACES_AFTER, IN_A_PLACE),
)
ORDINARY = _set(_lines_without_notes("english.txt"), _ordinary["informal"], _ordinary["spanish"]).union(*_AROUND)
FIRST_AND_WORD = FIRST & ORDINARY
DESCRIBING, VERBS = _context("describing", "verbs")


def is_ordinary(key: str) -> bool:
    """Whether a word is a plain word of English or Spanish, as it is or with an ending."""
    return is_form(key, ORDINARY)


def is_known(key: str) -> bool:
    """Whether a word is a plain one, or something else that is no name."""
    return is_ordinary(key) or key in MEDICINES or key in INITIALS or is_form(key, CAPITALIZED)


# Medicines


def _medicine_names() -> frozenset[str]:
    return frozenset(medicines.BY_NAME.keys() | _set(_medicines["also"])) - _set(_medicines["general"])


_ALL_MEDICINES = _medicine_names() | {phrase.strip() for phrase in _medicines["phrases"].split("|")}
MEDICINES = frozenset(name for name in _ALL_MEDICINES if " " not in name and "-" not in name)
MEDICINE_PHRASES = _phrases(name.replace("-", " ") for name in _ALL_MEDICINES if " " in name or "-" in name)


# Slips of the keyboard


@cache
def mistyped_first() -> Mistyped:
    return Mistyped(FIRST, MIN_LETTERS_MISTYPED)


@cache
def mistyped_ordinary() -> Mistyped:
    return Mistyped(ORDINARY, MIN_LETTERS_MISTYPED)


@cache
def mistyped_kinship() -> Mistyped:
    return Mistyped(KINSHIP, MIN_LETTERS_MISTYPED)
