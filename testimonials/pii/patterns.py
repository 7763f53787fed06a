"""Finds what a pattern identifies: phones, addresses of all kinds, numbers, dates, ages and lengths of sobriety.

regexes.py holds the patterns. This module decides when one is tried, and in which context it counts.
"""

import re
from collections.abc import Iterator, Set

from .entities import REDACTION_LABELS, Kind, Match
from .regex_parts import (
    DAY_WORD,
    DURATION,
    DURATION_INTRODUCTIONS,
    EMOJI,
    FOREIGN_MONTH,
    HOLIDAY,
    LONG_MONTH,
    MONTH,
    NETWORK,
    RUSSIAN_DURATION,
    SOBER,
    SPOKEN_DIGIT,
    TLD,
    UNIT,
)
from .regexes import PATTERNS

_DIGIT = "digit"
_ROOM = "room|rm|bed|bunk"
_MONTH_PREFIXES = "jan feb mar apr may jun jul aug sep oct nov dec ene abr ago dic"
_HOLIDAY_PREFIXES = (
    "eas chr xma tha hal new mem lab vet ind pre mot fat val st pat mlk col jun han pas ram eid diw cin goo mar sup "
    "ash pal nav noc sem"
)
_NETWORK_PREFIXES = "sna sc ig ins tik twi fac fb tel wha dis kik ven cas red mes sig you x tt thr blu"
_UNIT_PREFIXES = "yea yr yrs mon mo mos mth mnt wee wk wks day ano mes sem dia"
_SPOKEN_PREFIXES = f"zer oh one two thr fou fiv six sev eig nin o {_DIGIT}"
# Prefilter: a pattern that contains the first is tried only in a text with one of the second, which are the first three
# letters of a word or a single character. Any other pattern needs a digit.
_REQUIRED = [
    (part, frozenset(required.split()))
    for part, required in [
        *((MONTH, _MONTH_PREFIXES), (LONG_MONTH, _MONTH_PREFIXES), ("july", "jul"), (FOREIGN_MONTH, _DIGIT)),
        *((HOLIDAY, _HOLIDAY_PREFIXES), ("spring", "spr sum fal aut win pri ver oto inv")),
        *((NETWORK, _NETWORK_PREFIXES), (SPOKEN_DIGIT, _SPOKEN_PREFIXES), (UNIT, _UNIT_PREFIXES), (SOBER, "day")),
        *((RUSSIAN_DURATION, "алк пье пью тре чис уже"), ("개월", f"戒 {_DIGIT}")),
        *(("noventa", "nin nov hun"), ("ninet", f"nin hun non cen {_DIGIT}")),
        *((_ROOM, "roo rm bed bun cam cua hab pod cab dor sui"), ("corner of", "cor on")),
        *(("https?", "htt www"), (TLD, "."), (" dot ", "dot at"), ("at (?=", "at"), ("u/", "/ $"), ("@", "@")),
    ]
]


def _required(pattern: str) -> frozenset[str]:
    return next((required for part, required in _REQUIRED if part in pattern), frozenset([_DIGIT]))


_COMPILED = [(kind, _required(pattern), re.compile(pattern, re.I)) for kind, pattern in PATTERNS]


_WITHOUT_PUNCTUATION = (Kind.WEB, Kind.EMAIL, Kind.ADDRESS, Kind.HANDLE)
_CONTEXT_BEFORE = 24  # code points

# What follows a number that is not an age, and a length of time that is not one of sobriety.
_NOT_AGE = (
    r"(?! ?(?:days|%|percent|minutes|degrees|pounds|lbs|meetings|dollars|bucks|hours|months|weeks|clean|sober|/|"
    r"years (?!old|of age|young)|in (?:90|ninety)))"
)
_NOT_SOBRIETY = (
    r"(?! ?(?:ago|old|left|to go|in (?:jail|prison|an?|the|and)|stays?|programs?|of experience|experience|before|later|"
    r"away|of (?!sob|clean|rec|free)|at (?:a time|the|this|a)|late|early|behind|out from|pregnant|wait|detox|rehab|"
    r"bed))"
)
_BEFORE_AGE = (
    r"\b(?:is|was|at|be|being|nearly|almost|past|reached|over|tiene|con|i['’]?m|i am|s?he['’]?s|aged?|turn(?:ed|ing)) $"
)
_ALONE_AFTER = (
    rf" ?(?:$|[.!\n{EMOJI}]| (?:homie|bro|fam|y['’]?all|still|thanks|ty|folks|and counting|in a row)\b|"
    r" (?:today|now|tomorrow|next week|strong|lol|baby|on [a-z]{3,9} \d|on \d|for [a-z]+$))"
)
_NOT_SINCE = r"(?<!for )(?<!in )(?<!last )(?<!past )(?<!next )(?<!every )(?<!after )(?<!of )(?<!the )(?<!only )$"
_SOBER_AFTER = (
    rf" ?(?:today|now\b(?! (?:i |and ))|tomorrow|strong\b|baby\b|[{EMOJI}])|"
    rf",? (?:\w{{1,12}} ){{0,2}}?{SOBER}| ago,? and (?:\w{{1,12}} ){{0,5}}?(?:sober|clean)\b"
)
_BEFORE_DURATION = "|".join(DURATION_INTRODUCTIONS)

# Patterns that count only in context: kind, prefilter, pattern, and pairs of what comes before and after, of which one
# is enough.
_IN_CONTEXT = [
    (
        kind,
        required,
        re.compile(pattern, re.I),
        [(re.compile(one, re.I), re.compile(other, re.I)) for one, other in contexts],
    )
    for kind, required, pattern, contexts in [
        (
            Kind.AGE,
            frozenset([_DIGIT, "nin"]),
            r"\b(?:9\d|1[01]\d|ninety(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?)\b",
            [(_BEFORE_AGE, _NOT_AGE)],
        ),
        (
            Kind.DURATION,
            _required(UNIT),
            rf"\b{DURATION}(?: and some change)?",
            [
                (rf"\b(?:{_BEFORE_DURATION}) $", _NOT_SOBRIETY),
                (r"(?:[.!?] {1,2}|\n|\A)$", _ALONE_AFTER),
                (_NOT_SINCE, _SOBER_AFTER),
            ],
        ),
    ]
]


def find_patterns(text: str, norms: Set[str]) -> Iterator[Match]:
    """Every match of a pattern; they may overlap. ``norms`` are the normalized words of the text."""
    present = {*(norm[:3] for norm in norms), *text}
    if any(prefix.isdigit() for prefix in present):
        present.add(_DIGIT)
    for kind, required, pattern in _COMPILED:
        if not present.isdisjoint(required):
            for match in pattern.finditer(text):
                if kind != Kind.PHONE or _is_phone_length(match[0]):
                    yield _match(kind, match)
    for kind, required, pattern, contexts in _IN_CONTEXT:
        if not present.isdisjoint(required):
            yield from (
                _match(kind, match) for match in pattern.finditer(text) if _is_in_context(text, match, contexts)
            )


def _is_in_context(text: str, match: re.Match, contexts: list[tuple[re.Pattern, re.Pattern]]) -> bool:
    before = text[max(0, match.start() - _CONTEXT_BEFORE) : match.start()]
    return any(left.search(before) and right.match(text, match.end()) for left, right in contexts)


def _match(kind: Kind, match: re.Match) -> Match:
    text = match[0].rstrip(" ,.;:!?") if kind in _WITHOUT_PUNCTUATION else match[0].rstrip()
    return Match(kind, match.start(), match.start() + len(text), text, suggest_replacement(kind, text))


def _is_phone_length(text: str) -> bool:
    """Whether it has seven digits or more, as numerals or words."""
    return len(re.findall(r"\d|[a-z]{2,5}|\bo\b", text, re.I)) >= 7 or "-" in text


_YEAR = re.compile(r"\b(?:19[3-9]\d|20[0-4]\d)\b")
_SEASON = re.compile(r"spring|summer|fall|autumn|winter", re.I)
_HAS_A_DAY = re.compile(rf"\d|{DAY_WORD}|{HOLIDAY}", re.I)
_YEARS = re.compile(r"year|yr|a[nñ]o", re.I)
_MONTHS = re.compile(r"mo|mes|mth", re.I)


def suggest_replacement(kind: Kind, text: str) -> str:
    """What we suggest to the author in place of a passage: a label, something less exact, or nothing."""
    if kind == Kind.DATE:
        year = _YEAR.search(text)
        if not year or year[0] == text:
            return ""
        season = _SEASON.search(text)
        if season:
            return f"{season[0]} {year[0]}"
        return f"a day in {year[0]}" if _HAS_A_DAY.search(text.replace(year[0], "")) else year[0]
    if kind == Kind.DURATION:
        if _YEARS.search(text):
            return "over a year"
        return "some months" if _MONTHS.search(text) else "some time"
    return REDACTION_LABELS[kind]
