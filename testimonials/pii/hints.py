"""Hints: what may help to tell who someone is together with the rest, and often does not.

An age, a town, a job, a school, how long someone stayed. They are offered to the author and the moderator and count for
nothing else. Matches of the detector are what usually identifies someone; no hint overlaps one.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from detoxsite.core.plain_text import seen_with_spans
from detoxsite.core.rule_table import RuleTable

from .entities import REDACTION_LABELS, Kind, Match
from .regex_parts import COUNT, STATE, STATE_NAME

_table = RuleTable(Path(__file__).parent / "hints.toml")
_TITLES = "|".join(sorted(_table.terms("titles"), key=len, reverse=True))
_TOWNS = "|".join(re.escape(town.strip()) for town in _table.get("towns", str).split(","))
_SCHOOLS = "|".join(word.capitalize() for word in sorted(_table.terms("schools")))

_TENS = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty)"
_AGE = rf"(?:[1-8]\d|{_TENS}(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?)"
_DECADE = r"(?:teens|(?:early |mid |late )?(?:20|30|40|50|60|70|80)['’]?s|(?:early |mid |late )?[a-z]{2,5}ties)"
_BIRTHDAY = (
    r"(?:[1-9]\d?(?:st|nd|rd|th)|(?:twent|thirt|fort|fift|sixt|sevent|eight|ninet)ieth|sixteenth|eighteenth|"
    rf"{_TENS}[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth))"
)
_SPAN = r"(?:days?|nights?|weeks?|wks?|months?|días?|noches?|semanas?|mes(?:es)?)"
_STAY = rf"(?:{COUNT})[ -]{{1,2}}{_SPAN}\b"
_CAPITALIZED = r"[A-Z][a-z'’.]{1,20}"
_NO_TOWN = (
    r"(?!(?:God|Heaven|Jesus|Christ|Lord|January|February|March|April|May|June|July|August|September|October|November|"
    r"December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Christmas|Thanksgiving|Easter|Day|Detox|Rehab|"
    rf"Recovery|Hell|America|The|This|That|My|Our|Group|Room|Unit|I|A|An|English|Spanish|AA|NA|{STATE_NAME})\b)"
)
_TOWN = rf"{_NO_TOWN}{_CAPITALIZED}(?:[ -]{_CAPITALIZED}){{0,2}}(?:, ?(?:{STATE}|{STATE_NAME})\b)?"
_HOME = (
    r"(?:live[sd]?|living|grew up|born|raised) (?:here )?(?:in|near|outside(?: of)?|around)|"
    r"(?:come|comes|came|am|i['’]?m|are|is|drove|drive|flew|fly|travel(?:l?ed)?|moved|bus) "
    r"(?:(?:all the way|all|up|down|in|over|here|back) ){0,3}(?:from|to)|(?:home|back) (?:in|to)|"
    r"(?:town|city|suburb|village|outskirts) of|hometown(?: is| of)?|vivo en|soy de|vengo de"
)

_PATTERNS = [
    (kind, re.compile(pattern))
    for kind, pattern in (
        (Kind.AGE, rf"(?i:\b{_AGE}[ -]?(?:years?|yrs?)[ -]{{0,2}}(?:old|of age|young)\b|\b[1-8]\d ?y/?o\b)"),
        (Kind.AGE, rf"(?i:(?<=\bage )|(?<=\baged )|(?<=\bage of )|(?<=\bturned )|(?<=\bturning )){_AGE}\b(?! ?[%:/])"),
        (
            Kind.AGE,
            rf"(?i:(?<=\bi am )|(?<=\bi'm )|(?<=\bi’m )|(?<=\bim )|(?<=\bshe is )|(?<=\bhe is )|(?<=\bi was )){_AGE}"
            r"(?=[,.!;]|$| and | when )",
        ),
        (Kind.AGE, rf"(?i:\b{_BIRTHDAY}[ -](?:birth|b-?)day\b)"),
        (Kind.AGE, rf"(?i:\bin (?:my|his|her|their) {_DECADE})"),
        (Kind.AGE, r"(?i:(?<=\btengo )[1-8]\d años|(?<=\bde )[1-8]\d años de edad)"),
        (
            Kind.STAY,
            r"(?i:(?<=\bstayed )|(?<=\bstayed for )|(?<=\bspent )|(?<=\bwas there )|(?<=\bwas there for )|"
            r"(?<=\bwas here )|(?<=\bwas here for )|(?<=\bin there for )|(?<=\bin here for )|(?<=\bwere there for )|"
            r"(?<=\bwere here for )|(?<=\bstay of )|(?<=\bstay was ))(?i:(?:about |almost |nearly |just |only )?"
            rf"{_STAY})",
        ),
        (
            Kind.STAY,
            rf"(?i:\b{_STAY}(?=[ -](?:stay|program|inpatient|residential|detox|treatment)\b|"
            r" (?:here|there|inside|in (?:detox|rehab|treatment|the program|this place))\b))",
        ),
        (Kind.TOWN, rf"(?i:\b(?:{_HOME}) )({_TOWN})"),
        (Kind.TOWN, rf"\b({_NO_TOWN}{_CAPITALIZED}(?:[ -]{_CAPITALIZED}){{0,2}}, ?(?:{STATE}|{STATE_NAME}))\b"),
        (Kind.TOWN, rf"(?i:\b(?:in|from|near|outside(?: of)?|around) )((?i:{_TOWNS}))\b"),
        (
            Kind.JOB,
            rf"(?i:\b{_AGE}[ -]?(?:years?|yrs?)[ -]{{0,2}}old )((?i:(?:[\w-]{{2,15}} ){{0,2}}?(?:{_TITLES})))\b",
        ),
        (
            Kind.JOB,
            r"(?i:\b(?:i am|i['’]?m|i was|i have been|i['’]ve been|work(?:s|ed|ing)? as|(?:job|career|life|years) as|"
            rf"(?:husband|wife|son|daughter|mom|mother|dad|father|brother|sister) (?:is|was))) "
            rf"(?i:an? )((?i:(?:[\w-]{{2,15}} ){{0,2}}?(?:{_TITLES})))\b",
        ),
        (
            Kind.JOB,
            rf"(?i:\bi (?:work(?:ed)?|drive|drove|teach|taught) (?:at|for) )({_NO_TOWN}{_CAPITALIZED}"
            rf"(?:[ -]{_CAPITALIZED}){{0,2}})",
        ),
        (Kind.JOB, r"(?i:\bi )((?i:drive (?:a )?(?:truck|semi|school bus|bus|taxi|cab)|teach \w+ grade))\b"),
        (
            Kind.SCHOOL,
            rf"\b({_CAPITALIZED}(?: {_CAPITALIZED}){{0,2}} (?:{_SCHOOLS}|(?:High|Middle|Elementary)"
            r"(?: School)?|Community College))\b",
        ),
        (Kind.SCHOOL, rf"\b((?:University|College|Institute) of {_CAPITALIZED}(?: {_CAPITALIZED})?)"),
        (
            Kind.SCHOOL,
            r"(?i:\b(?:student|freshman|sophomore|junior|senior|professor|degree|enrolled|graduated|teach|taught|study|"
            rf"studied) (?:at|from) )({_NO_TOWN}(?:[A-Z]{{2,6}}|{_CAPITALIZED}(?: {_CAPITALIZED}){{0,2}}))\b",
        ),
    )
]


def find_hints(text: str, matches: Sequence[Match] = ()) -> list[Match]:
    """Hints in order, none of which overlaps another or one of the ``matches``. Judged as a reader sees the text."""
    seen, spans = seen_with_spans(text)
    taken = bytearray(len(text))
    for match in matches:
        taken[match.start : match.end] = b"\1" * (match.end - match.start)
    hints = []
    for kind, first, last in sorted(_spans(seen), key=lambda span: span[1] - span[2]):
        start, end = spans[first][0], spans[last - 1][1]
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            hints.append(Match(kind, start, end, text[start:end], REDACTION_LABELS[kind], is_hint=True))
    return sorted(hints, key=lambda hint: hint.start)


def _spans(seen: str) -> Iterator[tuple[Kind, int, int]]:
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(seen):
            start, end = match.span(match.lastindex or 0)
            end = start + len(seen[start:end].rstrip(" ,.'’-"))
            if start < end:
                yield kind, start, end
