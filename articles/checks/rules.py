"""When what a pattern found is fine after all: negated, sourced, supervised, approved."""

import re
from collections.abc import Callable

from .passages import NOT_ALONE, Passage
from .vocabulary import (
    APPROVED,
    CONDITIONS,
    GROUPS,
    TABLE,
    WORDS,
    named,
)


def _is_no_promise(passage: Passage, match: re.Match) -> bool:
    sentence, after = passage.near(match), passage.after(match)
    if "best" in match[0].lower() and (sentence.endswith("?") or WORDS["for-somebody"].match(after)):
        return True
    is_negated = match[0].split()[0].lower() not in {"no", "zero"} and WORDS["negated"].search(passage.before(match))
    return bool(is_negated or WORDS["taken-back"].match(after) or WORDS["ordinary-promise"].search(sentence))


def _is_approved(passage: Passage, match: re.Match) -> bool:
    sentence = passage.near(match)
    if WORDS["off-label"].search(f"{passage.before(match)} {passage.after(match)}"):
        return True
    medicines = named(sentence) - {"alcohol", "opioid", "heroin"}  # which stand in the names of conditions
    conditions = {name for name, pattern in CONDITIONS.items() if pattern.search(sentence)}
    if not medicines:
        is_known = conditions and conditions <= {condition for _, condition in APPROVED}
        return bool(is_known and re.search("medicine|medication|treatments|options|drugs", sentence, re.I))
    if not conditions:
        return medicines <= {medicine for medicine, _ in APPROVED}
    pairs = {(medicine, condition) for medicine, condition in APPROVED if medicine in medicines}
    pairs = {(medicine, condition) for medicine, condition in pairs if condition in conditions}
    return {medicine for medicine, _ in pairs} == medicines and {condition for _, condition in pairs} == conditions


def _is_strength(passage: Passage, match: re.Match) -> bool:
    """Whether it names a product, such as "the 4 mg spray", and not how much to take."""
    return bool(WORDS["strength"].match(passage.after(match))) and not WORDS["dosing"].search(passage.near(match))


def _is_safe_advice(passage: Passage, match: re.Match) -> bool:
    sentence = passage.near(match)
    is_alone = WORDS["alone"].search(match[0] + passage.after(match, 100))
    is_of_danger = passage.is_of_danger or any(GROUPS[name] in NOT_ALONE for name in named(sentence))
    if not is_of_danger or sentence.endswith("?") or WORDS["negated"].search(passage.before(match)):
        return True
    return bool(WORDS["warning"].search(sentence) if is_alone else WORDS["supervised"].search(sentence))


IS_FINE: dict[str, Callable[[Passage, re.Match], object]] = {  # by its truth
    "promise": _is_no_promise,
    "fda-approved": _is_approved,
    "dose-source": lambda passage, match: passage.is_sourced(match) or _is_strength(passage, match),
    "dose-prescribed": lambda passage, match: passage.is_prescribed or _is_strength(passage, match),
    "stop-alone": _is_safe_advice,
    "statistic": lambda passage, match: passage.is_sourced(match) or WORDS["measured"].search(passage.before(match)),
    "efficacy": Passage.is_sourced,
}


def _pattern(code: str) -> re.Pattern:
    told = TABLE["findings"][code]
    pattern = "|".join(TABLE["findings"][told.get("patterns_of", code)]["patterns"])
    pattern = re.sub("@([a-z]+)", lambda match: TABLE["parts"][match[1]], pattern)
    return re.compile(rf"(?<!\w)(?:{pattern})", re.I)  # tried where words begin only: four places in five are passed by


PATTERNS = {code: _pattern(code) for code in IS_FINE}
