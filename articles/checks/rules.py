"""The table of findings: level, messages and patterns of each."""

import re
from dataclasses import dataclass
from pathlib import Path

from detoxsite.core.rule_table import Pattern, RuleTable, by_first_letter

from .document import Finding, Level, shorten
from .medicine_uses import MEDICINES
from .words import MEDIC, WORDS

CONDITION_TABLE = RuleTable(Path(__file__).with_name("conditions.toml"))
TABLE = RuleTable(
    Path(__file__).with_name("rules.toml"),
    parts={
        "medic": MEDIC,
        "medicine": rf"(?:{by_first_letter(MEDICINES)})\b",
        "condition": rf"(?:{'|'.join(CONDITION_TABLE.section('conditions').values())})",
    },
)


@dataclass(frozen=True)
class Rule:
    code: str
    level: Level
    message: str
    suggestion: str
    kinds: frozenset[str]  # of passages that the pattern is matched in
    pattern: Pattern | None
    wordings: dict[str, list[list[str]]]  # the word classes beside an act, by the class of the act

    def finding(
        self,
        place: int | str,
        excerpt: str,
        *,
        context: str = "",
        match: str = "",
        level: Level | None = None,
        **values,
    ) -> Finding:
        message, suggestion = self.message.format(**values), self.suggestion.format(**values)
        return Finding(self.code, level or self.level, place, shorten(excerpt), message, suggestion, context, match)


def _rule(code: str) -> Rule:
    entry = f"findings.{code}"
    settings = TABLE.section(entry)
    try:
        level = Level(TABLE.get(f"{entry}.level", str))
    except ValueError as exc:
        raise TABLE.error(f"{entry}.level", str(exc)) from None
    patterns = f"findings.{settings.get('patterns_of', code)}.patterns"
    has_patterns = "patterns" in settings or "patterns_of" in settings
    wordings = _wordings(entry) if "wordings" in settings else {}
    return Rule(
        code,
        level,
        TABLE.get(f"{entry}.message", str),
        TABLE.get(f"{entry}.suggestion", str),
        TABLE.terms(f"{entry}.kinds") if has_patterns or wordings else frozenset(),
        # Matched only at the start of a word: four positions in five are skipped.
        TABLE.any_of(patterns, re.I, before=r"(?<!\w)") if has_patterns else None,
        wordings,
    )


def _wordings(entry: str) -> dict[str, list[list[str]]]:
    by_act: dict[str, list[list[str]]] = {}
    for wording in TABLE.get(f"{entry}.wordings", list):
        act, *others = wording.split()
        if unknown := {act, *others} - WORDS.keys():
            raise TABLE.error(f"{entry}.wordings", f"no such words: {', '.join(sorted(unknown))}")
        by_act.setdefault(act, []).append(others)
    return by_act


RULES: dict[str, Rule] = {code: _rule(code) for code in TABLE.section("findings")}
