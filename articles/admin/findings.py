"""The panel of editorial findings beside the text."""

from django.template.loader import render_to_string

from .. import editorial_gate
from ..content import edition_snapshot

MAX_SHOWN = 50  # findings per level
FIELD_ANCHORS = {"title": "id_title", "summary": "id_summary", "sources": "sources-group"}


def panel_context(result: editorial_gate.CheckResult, snapshot: dict, edition) -> dict:
    anchors = [block.get("anchor", "") for block in snapshot["blocks"]]
    kinds = [block["kind"] for block in snapshot["blocks"]]

    def entry(finding):
        place = finding.place
        if isinstance(place, int):
            return {"finding": finding, "anchor": anchors[place], "place": f"Block {place + 1}, {kinds[place]}"}
        anchor = FIELD_ANCHORS.get(place, "") if any(anchors) else ""
        return {"finding": finding, "anchor": anchor, "place": place.capitalize()}

    return {
        "red": [entry(finding) for finding in result.red[:MAX_SHOWN]],
        "amber": [entry(finding) for finding in result.amber[:MAX_SHOWN]],
        "counts": {"red": len(result.red), "amber": len(result.amber)},
        "max_shown": MAX_SHOWN,
        "waived": result.waived,
        "readability": result.readability,
        "edition": edition,
    }


def render_panel(request, snapshot: dict, *, topic, edition) -> str:
    result = editorial_gate.check_snapshot(snapshot, topic=topic.slug if topic else "", edition=edition)
    return render_to_string("admin/articles/_findings.html", panel_context(result, snapshot, edition), request)


def snapshot_with_anchors(edition) -> dict:
    """The stored snapshot, with the id that each block's part of a fresh form has."""
    snapshot, count = edition_snapshot.from_edition(edition), {}
    for block in snapshot["blocks"]:
        number = count[block["kind"]] = count.get(block["kind"], -1) + 1
        block["anchor"] = f"{edition_snapshot.FORM_PREFIXES[block['kind']]}-{number}"
    return snapshot
