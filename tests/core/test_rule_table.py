"""Rule tables: how they are read, and that a mistake is named with its file and entry."""

import re

import pytest

from detoxsite.core import rule_table
from detoxsite.core.rule_table import RuleTable, RuleTableError, by_first_letter, read_csv

RULES = r"""
[parts]
kin = '(?:son|daughter)'

[rules.family]
patterns = ['\bmy @kin\b', 'our (?:@kin)']

[terms]
listed = ["a b", "c"]
written = "d e"

[patterns]
one = 'x+'
"""


@pytest.fixture
def table(tmp_path, monkeypatch):
    monkeypatch.setattr(rule_table, "_patterns", [])  # those of the site stay as they are

    def table(text=RULES):
        path = tmp_path / "rules.toml"
        path.write_text(text)
        return RuleTable(path)

    return table


def test_alternatives_become_one_pattern_with_the_parts_put_in(table):
    pattern = table().any_of("rules.family.patterns", re.I, before=r"(?<!not )")

    assert [match[0] for match in pattern.finditer("My son, our daughter, not my son")] == ["My son", "our daughter"]


def test_parts_may_use_parts_and_come_from_another_table(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text("[parts]\nkin = 'son|@other'\n\n[rules]\nmine = ['\\bmy (?:@kin)']\n")
    pattern = RuleTable(path, parts={"other": "daughter"}).any_of("rules.mine")

    assert [match[0] for match in pattern.finditer("my son, my daughter, my aunt")] == ["my son", "my daughter"]


def test_terms_are_read_from_lists_and_from_text(table):
    assert table().terms("terms.listed", "terms.written") == {"a b", "c", "d", "e"}


def test_each_entry_of_a_section_becomes_a_pattern(table):
    assert [(name, bool(pattern.match("xx"))) for name, pattern in table().patterns("patterns").items()] == [
        ("one", True)
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[rules", "rules.toml: "),
        ("", "rules.toml, rules.family.patterns: missing"),
        ("rules = 1", "rules.toml, rules.family.patterns: missing"),
        ("[rules.family]\npatterns = 'a'", "rules.toml, rules.family.patterns: expected list, found str"),
        (
            "[rules.family]\npatterns = ['a', '(b']",
            "rules.toml, rules.family.patterns, number 2: not a regular expression: missing ), unterminated subpattern",
        ),
        ("[rules.family]\npatterns = ['@kin']", "rules.toml, parts.kin: missing"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_entry(table, text, message):
    with pytest.raises(RuleTableError) as caught:
        table(text).any_of("rules.family.patterns").search("")

    assert str(caught.value).startswith(message)


def test_a_pattern_is_compiled_at_its_first_use_or_with_all_others(table):
    pattern = table().pattern("patterns.one")
    table("wrong = '(b'").pattern("wrong")

    assert "compiled" not in vars(pattern)
    with pytest.raises(RuleTableError, match=r"rules.toml, wrong: not a regular expression"):
        rule_table.compile_all()
    assert "compiled" in vars(pattern)


def test_every_pattern_of_the_site_is_a_regular_expression():
    rule_table.compile_all()


def test_rows_are_read_by_column(tmp_path):
    path = tmp_path / "terms.csv"
    path.write_text('term,why\naddict,"Names the person, not the illness"\n')

    assert read_csv(path, ("term", "why")) == [{"term": "addict", "why": "Names the person, not the illness"}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "terms.csv, line 1: expected the columns term, why"),
        ("term,reason\na,b\n", "terms.csv, line 1: expected the columns term, why"),
        ("term,why\na,b\nc\n", "terms.csv, line 3: expected 2 cells, the first not empty"),
        ("term,why\na,b,c\n", "terms.csv, line 2: expected 2 cells, the first not empty"),
        ("term,why\n,b\n", "terms.csv, line 2: expected 2 cells, the first not empty"),
    ],
)
def test_a_row_that_does_not_fit_is_named_with_its_line(tmp_path, text, message):
    path = tmp_path / "terms.csv"
    path.write_text(text)

    with pytest.raises(RuleTableError) as caught:
        read_csv(path, ("term", "why"))

    assert str(caught.value) == message


def test_alternatives_are_grouped_by_their_first_letter_longest_first():
    assert by_first_letter(["ab", "b", "abc"]) == "a(?:bc|b)|b(?:)"
