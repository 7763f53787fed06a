"""Where a match of a rule is allowed: negated, sourced, supervised, approved, warned of."""

import re
from collections.abc import Callable

from .medicine_uses import APPROVED_USES
from .passages import Passage, names_dangerous_to_stop
from .vocabulary import CUES, conditions_in, medicines_in
from .words import WORDS

_GROUP_NAMES = {"alcohol", "barbiturate", "benzodiazepine", "heroin", "opioid"}  # part of the names of conditions


def _plain(text: str) -> str:
    """Without words that only sound like a warning or like care: "no danger", "without a doctor"."""
    for pattern in (WORDS["uncared"], CUES["unsupervised"], CUES["false-comfort"]):
        text = pattern.sub(" ", text)
    return text


def _is_negated(passage: Passage, match: re.Match) -> bool:
    before = CUES["conditional"].sub(" ", passage.before(match))
    before = CUES["without-drugs"].sub(" ", CUES["false-comfort"].sub(" ", before))
    return bool(CUES["negation"].search(before))


def _is_not_a_promise(passage: Passage, match: re.Match) -> bool:
    sentence, after = passage.near(match), passage.after(match)
    if CUES["open-question"].match(sentence.strip()) and sentence.endswith("?"):
        return True
    if "best" in match[0].lower() and (sentence.endswith("?") or CUES["for-someone"].match(after)):
        return True
    is_negated = match[0].split()[0].lower() not in {"no", "zero", "without"} and _is_negated(passage, match)
    return bool(is_negated or CUES["denial-after"].match(after) or CUES["other-meaning"].search(sentence))


def _is_approved_use(passage: Passage, match: re.Match) -> bool:
    sentence = passage.near(match)
    if _is_question(passage, match) or CUES["off-label"].search(f"{passage.before(match)} {passage.after(match)}"):
        return True
    medicines = medicines_in(sentence) - _GROUP_NAMES
    conditions = conditions_in(sentence)
    if not medicines and "FDA" not in match[0].upper() and "FOOD AND" not in match[0].upper():
        return True
    if not medicines:
        is_known = conditions and conditions <= {condition for _, condition in APPROVED_USES}
        return bool(is_known and re.search("medicine|medication|treatments|options|drugs", sentence, re.I))
    if not conditions:
        return medicines <= {medicine for medicine, _ in APPROVED_USES}
    return _are_approved(medicines, conditions)


def _are_approved(medicines: set[str], conditions: set[str]) -> bool:
    """Whether each medicine is approved for one of the conditions, and each condition has one of the medicines."""
    uses = {use for use in APPROVED_USES if use[0] in medicines and use[1] in conditions}
    return {medicine for medicine, _ in uses} == medicines and {condition for _, condition in uses} == conditions


def _is_called_off_label(passage: Passage, match: re.Match) -> bool:
    """Whether each use is approved, called off-label, or not advised. Of "such as …", one approved is enough."""
    sentence = passage.near(match)
    if _is_question(passage, match) or CUES["off-label-said"].search(sentence) or CUES["not-advised"].search(sentence):
        return True
    if CUES["side-by-side"].match(match[0]):
        return True
    medicines = medicines_in(match[0]) - _GROUP_NAMES
    if not medicines and CUES["refers-back"].match(sentence.strip()):
        medicines = medicines_in(passage.text[max(0, match.start() - 300) : match.end()]) - _GROUP_NAMES
    conditions = conditions_in(match[0]) - {"opioid overdose"}  # named as a danger of medicines far more often
    uses = {(medicine, condition) for medicine in medicines for condition in conditions}
    if uses <= passage.page.called_off_label or _are_approved(medicines, conditions):
        return True
    return " such as " in sentence and bool(uses & APPROVED_USES)


def _is_strength(passage: Passage, match: re.Match) -> bool:
    """Whether it names a product, such as "the 4 mg spray", rather than how much to take."""
    return bool(CUES["product-form"].match(passage.after(match))) and not CUES["dosing"].search(passage.near(match))


def _is_question(passage: Passage, match: re.Match) -> bool:
    """Whether it is only asked: a question that the next sentence does not affirm. "Feeling better?" asks nothing."""
    start, end = passage.sentence_at(match.start())
    sentence, answer = passage.text[start:end].strip(), passage.text[end : end + 80].strip()
    if CUES["indirect-question"].search(passage.text[start : match.start()]):
        return True
    if not sentence.endswith("?") or CUES["how-to"].match(sentence):
        return False
    if CUES["asks-need"].search(sentence):
        return not CUES["denied"].match(answer)
    return not CUES["affirmed"].match(answer) if CUES["open-question"].match(sentence) else not answer


def is_told_not_to(passage: Passage, match: re.Match, besides: str = "") -> bool:
    """Whether the clause advises against the words before them. ``besides``: words that do not count as advice."""
    before = passage.before(match)
    if besides:
        before = before.replace(besides, " ")
    before = _plain(CUES["conditional"].sub(" ", before))
    return bool(CUES["negation"].search(before)) or match[0].lower().startswith("never ")


def _is_warned_of(passage: Passage, match: re.Match) -> bool:
    return bool(CUES["harm-done"].search(CUES["false-comfort"].sub(" ", passage.verdict(match))))


def _is_spoken_against(passage: Passage, match: re.Match) -> bool:
    """Whether a danger is asked about, advised against, warned of or called a myth: shared by all gates of danger."""
    return bool(
        _is_question(passage, match)
        or is_told_not_to(passage, match)
        or _is_warned_of(passage, match)
        or CUES["myth"].search(CUES["false-comfort"].sub(" ", passage.near(match)))
    )


def _is_under_care(passage: Passage, match: re.Match) -> bool:
    """Whether a clinician takes part, in the statement or as the subject of the next one."""
    following = passage.text[passage.statement_at(match.start())[1] :][:80].strip()
    return bool(CUES["in-care"].search(_plain(passage.statement(match))) or CUES["care-decides"].match(following))


def _warns_of_stopping(passage: Passage, match: re.Match) -> bool:
    """Nothing else makes stopping at home, alone or suddenly safe advice, but care under a clinician."""
    statement = passage.statement(match)
    is_dangerous = passage.page.is_dangerous_to_stop or passage.names_dangerous_to_stop
    if CUES["harmless-to-stop"].search(statement) and not names_dangerous_to_stop(statement):
        return True
    if not (is_dangerous or CUES["withdrawing"].search(match[0]) or CUES["dangerous-to-stop"].search(statement)):
        return True
    return _is_spoken_against(passage, match) or _is_under_care(passage, match)


def _is_stopping_under_care(passage: Passage, match: re.Match) -> bool:
    sentence = passage.near(match)
    if not (passage.page.is_dangerous_to_stop or names_dangerous_to_stop(sentence)):
        return True
    if CUES["harmless-to-stop"].search(sentence) and not names_dangerous_to_stop(sentence):
        return True
    is_told_of_others = CUES["other-people"].search(passage.before(match)) or CUES["told-of-stopping"].search(sentence)
    if is_told_of_others or _is_spoken_against(passage, match) or CUES["other-drinks"].search(sentence):
        return True
    return passage.page.warns_of_withdrawal or bool(CUES["supervision"].search(_plain(sentence)))


def _is_no_instruction(passage: Passage, match: re.Match) -> bool:
    statement = passage.statement(match)
    return bool(
        CUES["naloxone"].search(passage.text)
        or CUES["given-as-shot"].search(statement)
        or CUES["other-people"].search(passage.before(match))
        or CUES["given-by"].search(_plain(statement))
        or _is_spoken_against(passage, match)
    )


def _is_safe_dose(passage: Passage, match: re.Match) -> bool:
    return bool(
        CUES["naloxone"].search(passage.text)
        or CUES["other-things"].search(passage.statement(match))
        or _is_under_care(passage, match)
        or _is_spoken_against(passage, match)
    )


def _blames_nobody(passage: Passage, match: re.Match) -> bool:
    return (
        _is_question(passage, match)
        or bool(CUES["negation"].search(passage.before(match)))
        or bool(CUES["even-if"].search(passage.near(match)))
    )


def _is_sourced_or_denied(passage: Passage, match: re.Match) -> bool:
    return passage.is_sourced(match) or _is_negated(passage, match)


def _is_sourced_or_strength(passage: Passage, match: re.Match) -> bool:
    return passage.is_sourced(match) or _is_strength(passage, match)


def _is_prescribed_or_strength(passage: Passage, match: re.Match) -> bool:
    return passage.mentions_prescriber or _is_strength(passage, match)


def _is_sourced_or_legal_limit(passage: Passage, match: re.Match) -> bool:
    return passage.is_sourced(match) or bool(CUES["legal-limit"].search(passage.before(match)))


EXCEPTIONS: dict[str, Callable[[Passage, re.Match], bool]] = {
    "promise": _is_not_a_promise,
    "blame": _blames_nobody,
    "fda-approved": _is_approved_use,
    "off-label": _is_called_off_label,
    "harm-instructions": _is_no_instruction,
    "raise-dose": _is_safe_dose,
    "stop-alone": _warns_of_stopping,
    "stop-warning": _is_stopping_under_care,
    "dose-source": _is_sourced_or_strength,
    "dose-prescribed": _is_prescribed_or_strength,
    "half-life": Passage.is_sourced,
    "statistic": _is_sourced_or_legal_limit,
    "duration": Passage.is_sourced,
    "efficacy": _is_sourced_or_denied,
}
