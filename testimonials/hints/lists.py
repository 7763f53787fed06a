"""The lists that hints are found by, read once."""

import csv
import tomllib
from pathlib import Path

_FOLDER = Path(__file__).parent
_MEDICINES_OF_ARTICLES = _FOLDER.parents[1] / "articles" / "checks" / "medicines.csv"
_ENDINGS = (
    *(("ings", ("", "e")), ("ing", ("", "e")), ("ies", ("y", "ie")), ("ied", ("y",)), ("ily", ("y",))),
    *(
        ("ers", ("", "e")),
        ("er", ("", "e")),
        ("est", ("", "e")),
        ("ed", ("", "e")),
        ("es", ("", "e")),
        ("ly", ("", "le")),
    ),
    *(("able", ("", "e")), ("ments", ("",)), ("ment", ("",)), ("ness", ("",)), ("ful", ("",)), ("less", ("",))),
    *(("s", ("",)), ("n", ("",)), ("y", ("", "e"))),
)


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


_names, _ordinary, _contexts, _medicines = map(
    _table, ("names.toml", "ordinary.toml", "contexts.toml", "medicines.toml")
)

FIRST = _set(*_names["first"].values())
WORD_NAMES = _set(*_names["words"].values())
SURNAMES = _set(*_names["surnames"].values())
OTHER_SCRIPTS = _set(_names["scripts"]["names"])

INITIALS = _set(_ordinary["initials"])
CAPITALIZED = _set(_ordinary["capitalized"])

KINSHIP, WHOSE, ADJECTIVES, NO_RELATIVE = (
    _set(_contexts[name]) for name in ("kinship", "whose", "adjectives", "no_relative")
)
TITLES, STRICT_TITLES, ROLES, LOOSE_ROLES = (
    _set(_contexts[name]) for name in ("titles", "strict_titles", "roles", "loose_roles")
)
OPENINGS, LOOSE_OPENINGS = _phrases(_contexts["openings"]), frozenset(_contexts["loose_openings"])
DEEDS, BEING, ADVERBS, DETERMINERS = (_set(_contexts[name]) for name in ("deeds", "being", "adverbs", "determiners"))
JOINS, ENDINGS, PARTICLES = (_set(_contexts[name]) for name in ("joins", "endings", "particles"))
PLACES_BEFORE, PLACES_AFTER, IN_A_PLACE = (
    _set(_contexts[name]) for name in ("places_before", "places_after", "in_a_place")
)
NAMING = _phrases(_contexts["naming"])
BYNAMES, ABSTRACT, NOT_CALLED, PRONOUNS, FOUND = (
    _set(_contexts[name]) for name in ("bynames", "abstract", "not_called", "pronouns", "found")
)
LEADING_PARTICLES = {("de", "la"), ("de", "los"), ("de", "las"), ("van", "der"), ("van", "den")}
OF_A_FAMILY = _set(_contexts["of_a_family"])
CLEAR_ROLES = (ROLES | KINSHIP) - LOOSE_ROLES
SPARED = _phrases(_contexts["spared"])
SCRIPT_BEFORE = _set(_contexts["scripts"]["before"])
SCRIPT_AFTER = tuple(_contexts["scripts"]["after"].split())
SCRIPT_WORDS = SCRIPT_BEFORE | _set(_contexts["scripts"]["after"], _contexts["scripts"]["words"])

ORDINARY = (
    _set(*(_ordinary[name] for name in ("english", "reviews", "spanish")))
    | KINSHIP | WHOSE | ADJECTIVES | TITLES | ROLES | DEEDS | BEING | ADVERBS | DETERMINERS | JOINS | ENDINGS
    | PLACES_AFTER | IN_A_PLACE
    | PLACES_BEFORE
) - FIRST  # fmt: skip


def is_ordinary(key: str) -> bool:
    """Whether a word is a plain word of English or Spanish, as it is or with an ending."""
    if key in ORDINARY:
        return True
    for ending, replaced in _ENDINGS:
        if key.endswith(ending) and len(key) - len(ending) >= 3:
            stem = key[: -len(ending)]
            if any(stem + other in ORDINARY for other in replaced):
                return True
            if len(stem) > 3 and stem[-1] == stem[-2] and stem[:-1] in ORDINARY:
                return True
    return False


def _medicine_names() -> frozenset[str]:
    with _MEDICINES_OF_ARTICLES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    named = {name.strip().lower() for row in rows for name in [row["medicine"], *row["also"].split(";")]} - {""}
    return frozenset(named | _set(_medicines["also"])) - _set(_medicines["general"])


_ALL_MEDICINES = _medicine_names() | {phrase.strip() for phrase in _medicines["phrases"].split("|")}
MEDICINES = frozenset(name for name in _ALL_MEDICINES if " " not in name and "-" not in name)
MEDICINE_PHRASES = _phrases(name.replace("-", " ") for name in _ALL_MEDICINES if " " in name or "-" in name)


def _shorter(name: str) -> set[str]:
    return {name[:at] + name[at + 1 :] for at in range(len(name))}


def misspellings(names, at_least: int) -> dict[str, str]:
    """By each name of ``at_least`` letters or more, and by each way to leave one letter out, the name."""
    return {variant: name for name in names if len(name) >= at_least for variant in (name, *_shorter(name))}


def misspelled(key: str, known: dict[str, str], at_least: int) -> str:
    """The name that a word misses by one letter (left out, put in, changed or two exchanged), or ""."""
    if len(key) < at_least - 1:
        return ""
    for variant in (key, *_shorter(key)):
        name = known.get(variant, "")
        if name and key[0] == name[0] and abs(len(name) - len(key)) <= 1:
            return name
    return ""


MISSPELT_FIRST = misspellings(FIRST, 6)
MISSPELT_ORDINARY = misspellings(ORDINARY, 6)
