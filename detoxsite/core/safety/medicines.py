"""Medicines and substances with their other names and groups: medicines.csv."""

import csv
from pathlib import Path

with Path(__file__).with_name("medicines.csv").open(encoding="utf-8", newline="") as _file:
    _ROWS = list(csv.DictReader(_file))

GROUPS = {row["medicine"]: row["group"] for row in _ROWS}
"""The group of each medicine, such as ``benzodiazepines``."""

BY_NAME = {
    name.strip().lower(): row["medicine"]
    for row in _ROWS
    for name in [row["medicine"], *row["also"].split(";")]
    if name.strip()
}
"""The medicine that each name, in lower case, stands for: its own, brands, what people call it."""
