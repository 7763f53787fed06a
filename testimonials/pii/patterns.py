"""What is found by its form: phones, addresses of all kinds, numbers, dates, ages and lengths of sobriety.

The forms themselves stand in forms.py; here is when one is looked for, and what must stand around it.
"""

import re
from collections.abc import Iterator, Set

from .entities import MARKS, Hint, Kind
from .regex_parts import (
    DAY_WORD,
    EMOJI,
    FOREIGN_MONTH,
    HOLIDAY,
    LEADS_TO_A_LENGTH,
    LENGTH,
    LONG_MONTH,
    MONTH,
    NETWORK,
    RUSSIAN_LENGTH,
    SOBER,
    SPOKEN,
    TLD,
    UNIT,
)
from .regexes import FORMS

_DIGIT = "digit"
_ROOM = "room|rm|bed|bunk"
_MONTHS_BEGIN = "jan feb mar apr may jun jul aug sep oct nov dec ene abr ago dic"
_HOLIDAYS_BEGIN = (
    "eas chr xma tha hal new mem lab vet ind pre mot fat val st pat mlk col jun han pas ram eid diw cin goo mar sup "
    "ash pal nav noc sem"
)
_NETWORKS_BEGIN = "sna sc ig ins tik twi fac fb tel wha dis kik ven cas red mes sig you x tt thr blu"
_UNITS_BEGIN = "yea yr yrs mon mo mos mth mnt wee wk wks day ano mes sem dia"
_SPOKEN_BEGIN = f"zer oh one two thr fou fiv six sev eig nin o {_DIGIT}"
# A form that contains the first is looked for only in a text with one of the second: the first three letters of a
# word, or a sign. Any other form needs a digit.
_NEEDED = [
    (part, frozenset(needed.split()))
    for part, needed in [
        *((MONTH, _MONTHS_BEGIN), (LONG_MONTH, _MONTHS_BEGIN), ("july", "jul"), (FOREIGN_MONTH, _DIGIT)),
        *((HOLIDAY, _HOLIDAYS_BEGIN), ("spring", "spr sum fal aut win pri ver oto inv")),
        *((NETWORK, _NETWORKS_BEGIN), (SPOKEN, _SPOKEN_BEGIN), (UNIT, _UNITS_BEGIN), (SOBER, "day")),
        *((RUSSIAN_LENGTH, "алк пье пью тре чис уже"), ("개월", f"戒 {_DIGIT}")),
        *(("noventa", "nin nov hun"), ("ninet", f"nin hun non cen {_DIGIT}")),
        *((_ROOM, "roo rm bed bun cam cua hab pod cab dor sui"), ("corner of", "cor on")),
        *(("https?", "htt www"), (TLD, "."), (" dot ", "dot at"), ("at (?=", "at"), ("u/", "/ $"), ("@", "@")),
    ]
]


def _needed(pattern: str) -> frozenset[str]:
    return next((needed for part, needed in _NEEDED if part in pattern), frozenset([_DIGIT]))


_PATTERNS = [(kind, _needed(pattern), re.compile(pattern, re.I)) for kind, pattern in FORMS]


_WITHOUT_STOPS = (Kind.WEB, Kind.EMAIL, Kind.ADDRESS, Kind.HANDLE)
_NEAR = 24  # code points before a passage that tell what it is

# What no person's age goes before, and no length of sobriety.
_NO_AGE = (
    r"(?! ?(?:days|%|percent|minutes|degrees|pounds|lbs|meetings|dollars|bucks|hours|months|weeks|clean|sober|/|"
    r"years (?!old|of age|young)|in (?:90|ninety)))"
)
_NO_SOBRIETY = (
    r"(?! ?(?:ago|old|left|to go|in (?:jail|prison|an?|the|and)|stays?|programs?|of experience|experience|before|later|"
    r"away|of (?!sob|clean|rec|free)|at (?:a time|the|this|a)|late|early|behind|out from|pregnant|wait|detox|rehab|"
    r"bed))"
)
_IS_OLD = (
    r"\b(?:is|was|at|be|being|nearly|almost|past|reached|over|tiene|con|i['’]?m|i am|s?he['’]?s|aged?|turn(?:ed|ing)) $"
)
_ALONE_BEHIND = (
    rf" ?(?:$|[.!\n{EMOJI}]| (?:homie|bro|fam|y['’]?all|still|thanks|ty|folks|and counting|in a row)\b|"
    r" (?:today|now|tomorrow|next week|strong|lol|baby|on [a-z]{3,9} \d|on \d|for [a-z]+$))"
)
_NOT_SINCE = r"(?<!for )(?<!in )(?<!last )(?<!past )(?<!next )(?<!every )(?<!after )(?<!of )(?<!the )(?<!only )$"
_SOBER_BEHIND = (
    rf" ?(?:today|now\b(?! (?:i |and ))|tomorrow|strong\b|baby\b|[{EMOJI}])|"
    rf",? (?:\w{{1,12}} ){{0,2}}?{SOBER}| ago,? and (?:\w{{1,12}} ){{0,5}}?(?:sober|clean)\b"
)
_LEADS = "|".join(LEADS_TO_A_LENGTH)

# What is only meant where something stands before or behind it: kind, what the text must hold, form, and the pairs of
# what stands before and behind, of which one is enough.
_IN_CONTEXT = [
    (kind, needed, re.compile(form, re.I), [(re.compile(one, re.I), re.compile(other, re.I)) for one, other in around])
    for kind, needed, form, around in [
        (
            Kind.AGE,
            frozenset([_DIGIT, "nin"]),
            r"\b(?:9\d|1[01]\d|ninety(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?)\b",
            [(_IS_OLD, _NO_AGE)],
        ),
        (
            Kind.DURATION,
            _needed(UNIT),
            rf"\b{LENGTH}(?: and some change)?",
            [
                (rf"\b(?:{_LEADS}) $", _NO_SOBRIETY),
                (r"(?:[.!?] {1,2}|\n|\A)$", _ALONE_BEHIND),
                (_NOT_SINCE, _SOBER_BEHIND),
            ],
        ),
    ]
]


def found(words: str, keys: Set[str]) -> Iterator[Hint]:
    """Every passage of such a form; they may overlap. ``keys`` are the words of the text as they are looked up."""
    present = {*(key[:3] for key in keys), *words}
    if any(sign.isdigit() for sign in present):
        present.add(_DIGIT)
    for kind, needed, pattern in _PATTERNS:
        if not present.isdisjoint(needed):
            for match in pattern.finditer(words):
                if kind != Kind.PHONE or _has_digits_of_a_phone(match[0]):
                    yield _hint(kind, match)
    for kind, needed, form, contexts in _IN_CONTEXT:
        if not present.isdisjoint(needed):
            yield from (_hint(kind, match) for match in form.finditer(words) if _is_meant(words, match, contexts))


def _is_meant(words: str, match: re.Match, contexts: list[tuple[re.Pattern, re.Pattern]]) -> bool:
    near = words[max(0, match.start() - _NEAR) : match.start()]
    return any(before.search(near) and behind.match(words, match.end()) for before, behind in contexts)


def _hint(kind: Kind, match: re.Match) -> Hint:
    text = match[0].rstrip(" ,.;:!?") if kind in _WITHOUT_STOPS else match[0].rstrip()
    return Hint(kind, match.start(), match.start() + len(text), text, offered(kind, text))


def _has_digits_of_a_phone(text: str) -> bool:
    """Seven digits or more, each as a figure or as a word."""
    return len(re.findall(r"\d|[a-z]{2,5}|\bo\b", text, re.I)) >= 7 or "-" in text


_A_YEAR = re.compile(r"\b(?:19[3-9]\d|20[0-4]\d)\b")
_A_SEASON = re.compile(r"spring|summer|fall|autumn|winter", re.I)
_HAS_A_DAY = re.compile(rf"\d|{DAY_WORD}|{HOLIDAY}", re.I)
_YEARS = re.compile(r"year|yr|a[nñ]o", re.I)
_MONTHS = re.compile(r"mo|mes|mth", re.I)


def offered(kind: Kind, text: str) -> str:
    """What a writer may put in place of a passage."""
    if kind == Kind.DATE:
        year = _A_YEAR.search(text)
        if not year or year[0] == text:
            return ""
        season = _A_SEASON.search(text)
        if season:
            return f"{season[0]} {year[0]}"
        return f"a day in {year[0]}" if _HAS_A_DAY.search(text.replace(year[0], "")) else year[0]
    if kind == Kind.DURATION:
        if _YEARS.search(text):
            return "over a year"
        return "some months" if _MONTHS.search(text) else "some time"
    return MARKS[kind]
