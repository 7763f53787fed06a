"""The panel of editorial findings beside the text, and the marks in the text that they lead to."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from django.template.loader import render_to_string

from detoxsite.core.plain_text import LOOK_ALIKES

from .. import checks, editorial_gate
from ..content import edition_snapshot
from ..content.block_names import name_of
from ..content.diff import Row
from ..content.marks import Words, mark_parts

MAX_SHOWN = 50  # findings per level
FIELD_ANCHORS = {"title": "id_title", "summary": "id_summary", "sources": "sources-group"}
_SOURCE = re.compile(r"\[(\d+)\]")


def panel_context(result: editorial_gate.CheckResult, snapshot: dict, edition, *, in_form: bool = False) -> dict:
    """Context of the panel. Each finding has its ``place`` in words and its ``nth`` among equal ones there.

    Beside a form (``in_form``), ``anchor`` is the id of the part of the form that the finding is about.
    """
    shown = {level: _entries(getattr(result, level)[:MAX_SHOWN], snapshot, in_form) for level in ("red", "amber")}
    for number, entry in enumerate([*shown["red"], *shown["amber"]], 1):
        entry["id"] = f"finding-{number}"
    return {
        **shown,
        "counts": {"red": len(result.red), "amber": len(result.amber)},
        "max_shown": MAX_SHOWN,
        "waived": result.waived,
        "readability": result.readability,
        "edition": edition,
        "look_alikes": LOOK_ALIKES,
    }


def _entries(findings: list[checks.Finding], snapshot: dict, in_form: bool) -> list[dict]:
    entries, count = [], Counter()
    for finding in findings:
        same = (finding.code, finding.place, finding.excerpt, finding.match)
        place = place_name(finding.place, snapshot)
        entry = {"finding": finding, "place": place, "nth": count[same], "is_in_block": isinstance(finding.place, int)}
        entries.append(entry | {"anchor": _form_anchor(finding, snapshot) if in_form else ""})
        count[same] += 1
    return entries


def place_name(place: int | str, snapshot: dict) -> str:
    """A place of edition_snapshot.placed_lines as people call it."""
    if isinstance(place, str):
        return place.capitalize()
    block = snapshot["blocks"][place]
    return f"Block {place + 1}, {name_of(block['kind'], block.get('tone', ''))}"


def _form_anchor(finding: checks.Finding, snapshot: dict) -> str:
    """The id of the part of the form that a finding is about, or "" for the page as a whole."""
    if isinstance(finding.place, int):
        return snapshot["blocks"][finding.place]["anchor"]
    number = _SOURCE.match(finding.excerpt) if finding.place == "sources" else None
    rows = {int(source["position"]): source["anchor"] for source in snapshot["sources"]}
    return rows.get(int(number[1]) if number else None, FIELD_ANCHORS.get(finding.place, ""))


def render_panel(request, snapshot: dict, *, topic, edition) -> str:
    result = editorial_gate.check_snapshot(snapshot, topic=topic.slug if topic else "", edition=edition)
    context = panel_context(result, snapshot, edition, in_form=True)
    return render_to_string("admin/articles/_findings.html", context, request)


def snapshot_with_anchors(edition) -> dict:
    """The stored snapshot, with the id that each block's and source's part of a fresh form has."""
    snapshot, count = edition_snapshot.from_edition(edition), {}
    for block in snapshot["blocks"]:
        number = count[block["kind"]] = count.get(block["kind"], -1) + 1
        block["anchor"] = f"{edition_snapshot.FORM_PREFIXES[block['kind']]}-{number}"
    for number, source in enumerate(snapshot["sources"]):
        source["anchor"] = f"sources-{number}"
    return snapshot


# --- marks, on pages that only show the text --------------------------------------------------------------------------


def wanted_marks(panel: dict) -> dict[int | str, list[Words]]:
    """What to mark in each place, for the findings of a panel's context."""
    marks = defaultdict(list)
    for level in ("red", "amber"):
        for entry in panel[level]:
            finding = entry["finding"]
            marks[finding.place].append(Words(entry["id"], level, finding.match, finding.excerpt, entry["nth"]))
    return marks


def mark_rows(rows: list[Row], places: Sequence[int | str], panel: dict) -> list[Row]:
    """The rows of a diff with the words of the findings marked in the new text. ``places``: of its lines.

    Gives each finding its ``anchor``: its mark, or the beginning of its place where its words cannot be found.
    """
    rows, in_place = list(rows), defaultdict(list)
    for number, row in enumerate(rows):
        if row.line is not None:
            in_place[places[row.line]].append(number)
    marks, anchors = wanted_marks(panel), {}
    for place, numbers in in_place.items():
        parts, found = mark_parts([rows[number].new for number in numbers], marks[place])
        for number, part in zip(numbers, parts, strict=True):
            rows[number] = replace(rows[number], new=part)
        rows[numbers[0]] = replace(rows[numbers[0]], anchor=f"place-{place}")
        anchors |= {words.id: words.id if words.id in found else f"place-{place}" for words in marks[place]}
    for entry in [*panel["red"], *panel["amber"]]:
        is_page = entry["finding"].place == "page"
        entry["anchor"] = "" if is_page else anchors.get(entry["id"], "")
    return rows
