"""Rules, dashboard, runbook and code name the same things."""

import json
import re

import pytest

from detoxsite.ops.monitoring import page_cache_counts
from detoxsite.ops.monitoring.faults import FAULTS

from . import test_runbook
from .samples import ROOT, families, rules

DASHBOARD = ROOT / "deploy" / "grafana" / "dashboard.json"
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
NAME = re.compile(r"\bdetoxsite_\w+")
SUFFIXES = {"histogram": ("_bucket", "_count", "_sum"), "counter": ("_total",)}


def dashboard_expressions():
    return [target["expr"] for panel in json.loads(DASHBOARD.read_text())["panels"] for target in panel["targets"]]


@pytest.fixture
def exported(well):
    """All names that a scrape shows."""
    page_cache_counts.publish()
    return {family.name + suffix for family in families() for suffix in SUFFIXES.get(family.type, ("",))}


def test_every_metric_in_the_rules_and_on_the_dashboard_exists(exported):
    expressions = [*(rule["expr"] for rule in rules()), *dashboard_expressions()]
    named = {name for expression in expressions for name in NAME.findall(expression)}

    assert named - exported == set()
    assert len(named) > 20


def test_every_metric_is_on_the_dashboard(exported):
    shown = {name for expression in dashboard_expressions() for name in NAME.findall(expression)}
    families_shown = {re.sub("_(bucket|count|sum|total)$", "", name) for name in shown}

    assert {re.sub("_(bucket|count|sum|total)$", "", name) for name in exported} - families_shown == set()


def test_every_rule_names_a_heading_of_the_runbook_and_each_heading_is_a_rule():
    headings = re.findall(r"^## (\w+)$", RUNBOOK, re.MULTILINE)

    assert headings == [rule["alert"] for rule in rules()]
    for rule in rules():
        assert rule["annotations"]["runbook"] == f"docs/runbook.md#{rule['alert'].lower()}"
        assert rule["labels"]["audience"] in {"operator", "center"}


def test_every_chapter_says_how_it_shows_what_to_do_and_which_test_provokes_it():
    chapters = re.split(r"^## \w+$", RUNBOOK, flags=re.MULTILINE)[1:]

    for chapter in chapters:
        assert re.findall(r"^\*\*(.+?)\.?\*\*", chapter, re.MULTILINE) == ["Shows", "Do", "Tried"]
        [tried] = re.findall(r"\*\*Tried\.?\*\* `([\w/.]+)::(\w+)`", chapter)
        assert f"def {tried[1]}(" in (ROOT / tried[0]).read_text()
    assert len(chapters) >= 10
    assert test_runbook.__doc__


def test_the_rules_of_the_first_group_are_the_faults_that_the_operator_is_told_of():
    told = [(fault.name, fault.expression, fault.summary, fault.lasting.total_seconds()) for fault in FAULTS]
    written = [
        (rule["alert"], rule["expr"], rule["annotations"]["summary"], 60 * int(rule["for"].removesuffix("m")))
        for rule in rules()
    ]

    assert written[: len(told)] == told
