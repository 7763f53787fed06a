"""Medicines and substances with their other names and groups, from medicines.csv."""

from pathlib import Path

from ..rule_table import read_csv

_ROWS = read_csv(Path(__file__).with_name("medicines.csv"), ("medicine", "also", "group"))

GROUPS = {row["medicine"]: row["group"] for row in _ROWS}
"""The group of each medicine, for example ``benzodiazepines``."""

BY_NAME = {
    name.strip().lower(): row["medicine"]
    for row in _ROWS
    for name in [row["medicine"], *row["also"].split(";")]
    if name.strip()
}
"""The medicine for each name in lower case: its own, brands and street names."""
