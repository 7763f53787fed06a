"""Gazetteers: the word lists that the detector looks words up in, read once."""

from functools import cache
from pathlib import Path

from detoxsite.core.misspellings import MisspellingIndex
from detoxsite.core.rule_table import RuleTable
from detoxsite.core.safety import medicines

from .fuzzy import is_form

_FOLDER = Path(__file__).parent
MIN_LENGTH_MISSPELLED = 6  # letters

_names, _common, _contexts, _medicines = (
    RuleTable(_FOLDER / f"{name}.toml") for name in ("names", "common_words", "contexts", "medicines")
)


def _phrases(lines) -> dict[str, list[tuple[str, ...]]]:
    """By the last word of each phrase: its words, longest phrase first."""
    phrases: dict[str, list[tuple[str, ...]]] = {}
    for line in sorted(lines, key=len, reverse=True):
        words = tuple(line.split())
        phrases.setdefault(words[-1], []).append(words)
    return phrases


def _context(*entries: str) -> tuple[frozenset[str], ...]:
    return tuple(_contexts.terms(entry) for entry in entries)


def _english() -> frozenset[str]:
    lines = (_FOLDER / "english.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


# Names

GIVEN_NAMES, AMBIGUOUS_NAMES, SURNAMES, OTHER_SCRIPT_NAMES = (
    _names.terms(*(f"{section}.{entry}" for entry in _names.section(section)))
    for section in ("given", "ambiguous", "surnames", "other_scripts")
)
ALL_GIVEN_NAMES = GIVEN_NAMES | AMBIGUOUS_NAMES
ADJECTIVE_NAMES, VERB_NAMES = _context("adjective_names", "verb_names")

# The context of names

KINSHIP, POSSESSIVES, KINSHIP_ADJECTIVES, NOT_RELATIVES = _context(
    "kinship", "possessives", "kinship_adjectives", "not_relatives"
)
TITLES, STRONG_TITLES, ROLES, WEAK_ROLES = _context("titles", "strong_titles", "roles", "weak_roles")
PERSON_VERBS, BE_VERBS, ADVERBS, DETERMINERS = _context("person_verbs", "be_verbs", "adverbs", "determiners")
CONJUNCTIONS, SIGN_OFFS, NAME_PARTICLES, FAMILY_MEMBERS = _context(
    "conjunctions", "sign_offs", "name_particles", "family_members"
)
PLACE_PREFIXES, PLACE_SUFFIXES, PLACE_PREPOSITIONS = _context("place_prefixes", "place_suffixes", "place_prepositions")
NICKNAME_PREFIXES, NEVER_NAMES, BEFORE_A_VERB = _context("nickname_prefixes", "never_names", "before_a_verb")
ASSOCIATION_PREPOSITIONS, ABSTRACT_OBJECTS = _context("association_prepositions", "abstract_objects")
NAME_INTRODUCTIONS, NAMING_PHRASES, NON_NAME_PHRASES = (
    _phrases(_contexts.get(entry, list)) for entry in ("name_introductions", "naming_phrases", "non_name_phrases")
)
WEAK_INTRODUCTIONS = _contexts.terms("weak_introductions")
LEADING_NAME_PARTICLES = {("de", "la"), ("de", "los"), ("de", "las"), ("van", "der"), ("van", "den")}
STRONG_ROLES = (ROLES | KINSHIP) - WEAK_ROLES
SCRIPT_PREFIXES = ("لل", "ال")  # the, for the
SCRIPT_ROLES = _contexts.terms("scripts.roles")
SCRIPT_BEFORE = SCRIPT_ROLES | _contexts.terms("scripts.before")
SCRIPT_AFTER = tuple(_contexts.get("scripts.after", str).split())
SCRIPT_WORDS = SCRIPT_BEFORE | _contexts.terms("scripts.after", "scripts.words")

PERSON_AND_BE_VERBS, TITLES_AND_ROLES = PERSON_VERBS | BE_VERBS, TITLES | ROLES
BEFORE_A_NAME = CONJUNCTIONS | ROLES | KINSHIP
BEFORE_A_PERSON = CONJUNCTIONS | {"know", "knows", "tell", "told"}
AFTER_A_NOUN = (
    CONJUNCTIONS | BE_VERBS | ADVERBS | DETERMINERS | PLACE_PREPOSITIONS | {"all", "they", "we", "i", "until"}
)
AFTER_A_NAME = BE_VERBS | CONJUNCTIONS | {"from", "who", "with", "w"}
KINSHIP_MODIFIERS = DETERMINERS | KINSHIP_ADJECTIVES | POSSESSIVES  # of "my dear old mom"

# The dictionary

ACRONYMS, PROPER_NOUNS = _common.terms("acronyms"), _common.terms("proper_nouns")
DICTIONARY = (_english() | _common.terms("informal", "spanish")).union(
    *(KINSHIP, POSSESSIVES, KINSHIP_ADJECTIVES, TITLES, ROLES, PERSON_VERBS, BE_VERBS, ADVERBS, DETERMINERS),
    *(CONJUNCTIONS, SIGN_OFFS, PLACE_PREFIXES, PLACE_SUFFIXES, PLACE_PREPOSITIONS),
)
GIVEN_NAMES_IN_DICTIONARY = GIVEN_NAMES & DICTIONARY


def is_dictionary_word(norm: str) -> bool:
    """Whether a word is in the English or Spanish dictionary, as it is or with an ending."""
    return is_form(norm, DICTIONARY)


def is_known_word(norm: str) -> bool:
    """Whether a word is in the dictionary, or is a medicine, an acronym or a proper noun that names no person."""
    return is_dictionary_word(norm) or norm in MEDICINES or norm in ACRONYMS or is_form(norm, PROPER_NOUNS)


# Medicines


def _all_medicines() -> frozenset[str]:
    phrases = {phrase.strip() for phrase in _medicines.get("phrases", str).split("|")}
    return (medicines.BY_NAME.keys() | _medicines.terms("names") | phrases) - _medicines.terms("drug_classes")


_ALL_MEDICINES = _all_medicines()
MEDICINES = frozenset(name for name in _ALL_MEDICINES if " " not in name and "-" not in name)
MEDICINE_PHRASES = _phrases(name.replace("-", " ") for name in _ALL_MEDICINES if " " in name or "-" in name)


# Misspellings


@cache
def misspelled_given_names() -> MisspellingIndex:
    return MisspellingIndex(GIVEN_NAMES, MIN_LENGTH_MISSPELLED)


@cache
def misspelled_dictionary() -> MisspellingIndex:
    return MisspellingIndex(DICTIONARY, MIN_LENGTH_MISSPELLED)


@cache
def misspelled_kinship() -> MisspellingIndex:
    return MisspellingIndex(KINSHIP, MIN_LENGTH_MISSPELLED)
