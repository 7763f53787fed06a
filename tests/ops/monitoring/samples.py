"""Reads metrics as Prometheus does, and alert rules of the simple kind: one metric compared with one number."""

import operator
import re
from pathlib import Path

import yaml
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from detoxsite.ops.monitoring.collector import new_registry

ROOT = Path(__file__).resolve().parents[3]
RULES = ROOT / "deploy" / "prometheus" / "alerts.yml"
SIMPLE = re.compile(r"(\w+)(?:\{(.*)\})? (==|>|<) ([\d.]+)")
COMPARE = {"==": operator.eq, ">": operator.gt, "<": operator.lt}


def families():
    return list(text_string_to_metric_families(generate_latest(new_registry()).decode()))


def samples():
    return [sample for family in families() for sample in family.samples]


def value(name, **labels):
    """The only sample of that name with these labels."""
    [sample] = [sample for sample in samples() if sample.name == name and labels.items() <= sample.labels.items()]
    return sample.value


def rules():
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def firing():
    """The names of the simple rules whose condition holds now, however briefly."""
    found, now = set(), samples()
    for rule in rules():
        if match := SIMPLE.fullmatch(rule["expr"]):
            name, labels, comparison, limit = match.groups()
            wanted = dict(re.findall(r'(\w+)="(.*?)"', labels or ""))
            if any(
                sample.name == name
                and wanted.items() <= sample.labels.items()
                and COMPARE[comparison](sample.value, float(limit))
                for sample in now
            ):
                found.add(rule["alert"])
    return found
