"""Where a match of a rule is allowed: negated, sourced, supervised, approved."""

import re
from collections.abc import Callable

from detoxsite.core.safety.medicines import GROUPS

from .passages import DANGEROUS_TO_STOP, Passage
from .vocabulary import APPROVED_USES, CONDITIONS, CUES, medicines_in


def _is_not_a_promise(passage: Passage, match: re.Match) -> bool:
    sentence, after = passage.near(match), passage.after(match)
    if "best" in match[0].lower() and (sentence.endswith("?") or CUES["for-someone"].match(after)):
        return True
    is_negated = match[0].split()[0].lower() not in {"no", "zero"} and CUES["negation"].search(passage.before(match))
    return bool(is_negated or CUES["denial-after"].match(after) or CUES["other-meaning"].search(sentence))


def _is_approved_use(passage: Passage, match: re.Match) -> bool:
    sentence = passage.near(match)
    if CUES["off-label"].search(f"{passage.before(match)} {passage.after(match)}"):
        return True
    medicines = medicines_in(sentence) - {"alcohol", "opioid", "heroin"}  # part of the names of conditions
    conditions = {name for name, pattern in CONDITIONS.items() if pattern.search(sentence)}
    if not medicines:
        is_known = conditions and conditions <= {condition for _, condition in APPROVED_USES}
        return bool(is_known and re.search("medicine|medication|treatments|options|drugs", sentence, re.I))
    if not conditions:
        return medicines <= {medicine for medicine, _ in APPROVED_USES}
    uses = {use for use in APPROVED_USES if use[0] in medicines and use[1] in conditions}
    return {medicine for medicine, _ in uses} == medicines and {condition for _, condition in uses} == conditions


def _is_strength(passage: Passage, match: re.Match) -> bool:
    """Whether it names a product, such as "the 4 mg spray", rather than how much to take."""
    return bool(CUES["product-form"].match(passage.after(match))) and not CUES["dosing"].search(passage.near(match))


def _is_safe_advice(passage: Passage, match: re.Match) -> bool:
    sentence = passage.near(match)
    is_dangerous = passage.is_dangerous_to_stop or any(
        GROUPS[name] in DANGEROUS_TO_STOP for name in medicines_in(sentence)
    )
    if not is_dangerous or sentence.endswith("?") or CUES["negation"].search(passage.before(match)):
        return True
    is_alone = CUES["alone"].search(match[0] + passage.after(match, 100))
    return bool(CUES["warning"].search(sentence) if is_alone else CUES["supervision"].search(sentence))


def _is_sourced_or_strength(passage: Passage, match: re.Match) -> bool:
    return passage.is_sourced(match) or _is_strength(passage, match)


def _is_prescribed_or_strength(passage: Passage, match: re.Match) -> bool:
    return passage.mentions_prescriber or _is_strength(passage, match)


def _is_sourced_or_legal_limit(passage: Passage, match: re.Match) -> bool:
    return passage.is_sourced(match) or bool(CUES["legal-limit"].search(passage.before(match)))


EXCEPTIONS: dict[str, Callable[[Passage, re.Match], bool]] = {
    "promise": _is_not_a_promise,
    "fda-approved": _is_approved_use,
    "dose-source": _is_sourced_or_strength,
    "dose-prescribed": _is_prescribed_or_strength,
    "stop-alone": _is_safe_advice,
    "statistic": _is_sourced_or_legal_limit,
    "efficacy": Passage.is_sourced,
}
