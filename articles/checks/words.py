"""The word classes of words.toml: words that do the same job in a sentence, such as all that say "stop"."""

import re
from pathlib import Path

from detoxsite.core.rule_table import RuleTable, by_first_letter

from .medicine_uses import MEDICINES

_MEDICINES = by_first_letter(name for name, medicine in MEDICINES.items() if medicine != "alcohol")
_TABLE = RuleTable(Path(__file__).with_name("words.toml"), parts={"medicine": rf"(?:{_MEDICINES})\b"})

WORDS = {name: _TABLE.any_of(f"words.{name}", re.I, before=r"(?<!\w)") for name in _TABLE.section("words")}
