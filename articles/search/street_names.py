"""Names that the search must not take for misspellings: of medicines, their brands, and those of the street.

street_names.csv holds short and street names that stand for one thing only, as in the lists of slang of the National
Institute on Drug Abuse and the Drug Enforcement Administration. Names with a second, everyday meaning (bars, ice,
blues) are left to the synonyms that staff keep.
"""

from pathlib import Path

from detoxsite.core.rule_table import read_csv
from detoxsite.core.safety.medicines import BY_NAME

_ROWS = read_csv(Path(__file__).with_name("street_names.csv"), ("name", "means"))

SYNONYMS = [{"typed": row["name"], "means": row["means"]} for row in _ROWS]
"""Synonyms beside those of staff, which have precedence."""

WORDS = frozenset(word for name in [*BY_NAME, *(row["name"] for row in _ROWS)] for word in name.split())
"""The words of all names, in lower case."""
