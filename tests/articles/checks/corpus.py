"""Measures the editorial gates on labelled sentences: ``python -m tests.articles.checks.corpus`` prints the table.

corpus.csv: sentences of health prose, about half of them innocent, labelled by people who had not seen the rules.
The rules were written with the part "practice" in view; of "heldout" only the counts are looked at. Columns: part;
text; context ("danger_box_ok", "danger_box_bare", "topic:<slug>"); labels (the gates that must fire); note ("also ok:"
names gates that may).
"""

import csv
import html
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from articles.checks import Block, Document, Reference, run_checks

TODAY = date(2026, 11, 23)
PARTS = ("practice", "heldout")

# The label of the corpus for each code
GATES = {
    "stop-alone": "stop-alone",
    "stop-warning": "stop-alone",
    "harm-instructions": "harm-instructions",
    "raise-dose": "raise-dose",
    "promise": "promise",
    "blame": "blame",
    "fda-approved": "fda-approved",
    "off-label": "off-label",
    "dose-source": "dose",
    "dose-prescribed": "dose",
    "statistic": "statistic",
    "half-life": "statistic",
    "duration": "statistic",
    "efficacy": "efficacy",
    "quotation": "quote",
    "quotation-unclosed": "unclosed-quote",
    "impossible-year": "year",
    "stigma": "stigma",
}
NEEDS_SOURCE = {"dose", "statistic", "efficacy"}  # a sentence is told once to cite a source

_DANGER_BOXES = {
    "danger_box_ok": "A seizure, shaking or deep confusion, not waking up, slow breathing or blue lips: call 911. "
    "Took too much? Poison Control: 1-800-222-1222. Ask your prescriber before you stop. Suicide? Call 988.",
    "danger_box_bare": "Call 911.",
}
_ALSO_OK = re.compile(r"also ok: ([\w,-]+)")


@dataclass
class Measure:
    found: Counter = field(default_factory=Counter)  # by gate
    false: Counter = field(default_factory=Counter)
    missed: Counter = field(default_factory=Counter)
    sentences: int = 0
    innocent: int = 0
    innocent_with_alarm: int = 0

    def table(self) -> str:
        rows = ["| gate | found | missed | false | recall | precision |", "|---|---|---|---|---|---|"]
        for gate in [*dict.fromkeys(GATES.values()), "all"]:
            found, missed, false = (
                counts.total() if gate == "all" else counts[gate] for counts in (self.found, self.missed, self.false)
            )
            recall, precision = found / max(1, found + missed), found / max(1, found + false)
            rows.append(f"| {gate} | {found} | {missed} | {false} | {recall:.2f} | {precision:.2f} |")
        return "\n".join(rows)


def sentences(part: str) -> list[dict[str, str]]:
    with Path(__file__).with_name("corpus.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["part"] == part]


def gates_of(text: str, context: str) -> set[str]:
    """The gates that fire on a text in its context, on a page that is in order otherwise."""
    contexts = context.split(";")
    topic = next((one.removeprefix("topic:") for one in contexts if one.startswith("topic:")), "withdrawal")
    boxes = [Block("callout", f"<p>{_DANGER_BOXES[one]}</p>", "Danger", "danger") for one in contexts if "_box_" in one]
    blocks = (*boxes, Block("text", f"<p>{html.escape(text, quote=False)}</p>"), Block("text", "<p>911 988 [1]</p>"))
    page = Document("A page", "About a thing.", topic, blocks, (Reference(1, "Words", 2025),))
    findings = run_checks(page, today=TODAY)
    return {GATES[finding.code] for finding in findings if finding.place == len(boxes) and finding.code in GATES}


def measure(part: str) -> Measure:
    result = Measure()
    for row in sentences(part):
        expected = set(filter(None, row["labels"].split(";")))
        allowed = expected | set((_ALSO_OK.search(row["note"]) or ["", ""])[1].split(","))
        fired = gates_of(row["text"], row["context"])
        if fired & NEEDS_SOURCE:
            fired |= expected & NEEDS_SOURCE
        result.found.update(expected & fired)
        result.missed.update(expected - fired)
        result.false.update(fired - allowed)
        result.sentences += 1
        result.innocent += not expected
        result.innocent_with_alarm += not expected and bool(fired - allowed)
    return result


if __name__ == "__main__":
    for part in PARTS:
        result = measure(part)
        alarms = f"{result.innocent_with_alarm} of {result.innocent} innocent ones with an alarm"
        print(f"{part}: {result.sentences} sentences, {alarms}\n\n{result.table()}\n")  # noqa: T201
