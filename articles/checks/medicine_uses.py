"""Medicines, and the uses that the FDA approved them for, from approved_uses.csv."""

from pathlib import Path

from detoxsite.core.rule_table import read_csv
from detoxsite.core.safety.medicines import BY_NAME

_ROWS = read_csv(Path(__file__).with_name("approved_uses.csv"), ("medicine", "condition", "source"))

APPROVED_USES = {(row["medicine"], row["condition"]) for row in _ROWS}

MEDICINES = {row["medicine"]: row["medicine"] for row in _ROWS} | BY_NAME
"""The medicine for each name in lower case: its own, brands and street names."""
