"""The table of findings: level, messages and patterns of each."""

import re
from dataclasses import dataclass
from pathlib import Path

from detoxsite.core.rule_table import RuleTable, by_first_letter

from .document import Finding, Level, shorten
from .medicine_uses import MEDICINES

CONDITION_TABLE = RuleTable(Path(__file__).with_name("conditions.toml"))
TABLE = RuleTable(
    Path(__file__).with_name("rules.toml"),
    parts={
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
    pattern: re.Pattern | None

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
    return Rule(
        code,
        level,
        TABLE.get(f"{entry}.message", str),
        TABLE.get(f"{entry}.suggestion", str),
        TABLE.terms(f"{entry}.kinds") if has_patterns else frozenset(),
        # Matched only at the start of a word: four positions in five are skipped.
        TABLE.any_of(patterns, re.I, before=r"(?<!\w)") if has_patterns else None,
    )


RULES: dict[str, Rule] = {code: _rule(code) for code in TABLE.section("findings")}
