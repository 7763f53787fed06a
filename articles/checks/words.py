"""The word classes of words.toml: words that do the same job in a sentence, such as all that say "stop"."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from detoxsite.core.rule_table import Pattern, RuleTable, by_first_letter

from .medicine_uses import MEDICINES

_MEDICINES = by_first_letter(name for name, medicine in MEDICINES.items() if medicine != "alcohol")
_PARTS = {"medicine": rf"(?:{_MEDICINES})\b"}
_TABLE = RuleTable(Path(__file__).with_name("words.toml"), parts=_PARTS)


def _branches(pattern: str) -> Iterator[str]:
    """The alternatives of a pattern, without those in its groups and sets."""
    depth, start, in_set = 0, 0, False
    for token in re.finditer(r"\\.|[][()|]", pattern):
        match token[0]:
            case "[" if not in_set:
                in_set = True
            case "]":
                in_set = False
            case "(" if not in_set:
                depth += 1
            case ")" if not in_set:
                depth -= 1
            case "|" if not in_set and not depth:
                yield pattern[start : token.start()]
                start = token.end()
    yield pattern[start:]


def _end_of_group(pattern: str) -> int:
    depth, in_set = 0, False
    for token in re.finditer(r"\\.|[][()]", pattern):
        if token[0] in "[]":
            in_set = token[0] == "["
        elif token[0] in "()" and not in_set:
            depth += 1 if token[0] == "(" else -1
            if not depth:
                return token.end()
    return len(pattern)


def _first_letters(branch: str) -> set[str]:
    """The letters that a branch can start with; with "" among them, anything."""
    branch = re.sub(r"^(?:\\b|\(\?<!(?:\\b|[^()\\])*\))+", "", branch)  # what only looks around
    if part := re.match("@([a-z]+)(?![?*{])", branch):
        pattern = _PARTS.get(part[1]) or _TABLE.get(f"parts.{part[1]}", str)
        return set().union(*map(_first_letters, _branches(pattern)))
    if re.match(r"[a-z](?![?*{])", branch, re.I):
        return {branch[0].lower()}
    if branch.startswith("(?:") and branch[(end := _end_of_group(branch)) :][:1] not in {"?", "*", "{"}:
        return set().union(*map(_first_letters, _branches(branch[3 : end - 1])))
    return {""}


def _compile(name: str) -> Pattern:
    """A class as one pattern, sorted by first letters: most words of a text are passed over at once."""
    by_letters = defaultdict(list)
    for branch in (branch for alternative in _TABLE.get(f"words.{name}", list) for branch in _branches(alternative)):
        letters = _first_letters(branch)
        by_letters["" if "" in letters else "".join(sorted(letters))].append(branch)
    patterns = (
        f"(?=[{letters}])(?:{'|'.join(some)})" if letters else "|".join(some) for letters, some in by_letters.items()
    )
    return _TABLE.compile(f"words.{name}", rf"(?<!\w)(?:{'|'.join(patterns)})", re.I)


MEDIC = _TABLE.get("parts.medic", str)

WORDS = {name: _compile(name) for name in _TABLE.section("words")}
