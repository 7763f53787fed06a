"""What changed in an edition that waits to be signed off: a list, and in the page itself the same places.

Both count alike: the list leads to ``#change-3`` of the page in its frame, and from there a link leads back to
``#changed-3``. They are plain links, so that both ways work without scripts.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.urls import reverse

from ..content import edition_snapshot
from ..content.diff import Row
from ..content.marks import Back, Words
from ..content.rendering import with_body
from ..models import Edition, State
from ..views import render_preview
from . import findings, preview_history, review_rounds

_SIGNS = re.compile(r"^(?:(?:#{2,3}|•|>) )+|^(?:Danger|Warning|Note): | \((?:https?:|mailto:|sms:|tel:|/|#)[^()\s]*\)")
_REFERENCE = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True)
class Change:
    number: int
    place: int | str  # as in edition_snapshot.placed_lines
    name: str  # of the place, for people
    row: Row
    line: str  # of the newer text: the changed one, or the one behind what was removed


def of_edition(edition: Edition, user) -> list[Change]:
    snapshot = edition_snapshot.from_edition(edition)
    placed = edition_snapshot.placed_lines(snapshot)
    lines = [line for _, line in placed]
    round_ = review_rounds.round_context(edition, user, lines if edition.state == State.IN_REVIEW else None)
    return listed(snapshot, placed, round_, preview_history.diff_with_live(edition, lines))["changes"]


def listed(snapshot: dict, placed: list[tuple[int | str, str]], round_: dict, text: dict) -> dict:
    """Context: ``changes`` since the edition was sent back, or else from what readers see; ``since_round``: which.

    ``placed``: the lines of the snapshot. ``round_`` and ``text``: contexts of review_rounds and of preview_history.
    """
    since_round = bool(round_.get("rows"))
    rows = round_["rows"] if since_round else text["differing"] if text["live"] else []
    lines = [*placed, ("page", "")]  # at the end nothing is behind
    changes = [
        Change(number, lines[row.at][0], findings.place_name(lines[row.at][0], snapshot), row, lines[row.at][1])
        for number, row in enumerate(rows, 1)
    ]
    return {"changes": changes, "since_round": since_round}


def preview_with_changes(request, edition: Edition):
    """The page of the edition with its changes marked, each with a link back to the list."""
    changes = of_edition(edition, request.user)
    page = reverse("admin:articles_edition_change", args=[edition.pk])
    backs = [Back(f"change-{one.number}", one.number, one.name, f"{page}#changed-{one.number}") for one in changes]
    edition = with_body(Edition.objects.filter(pk=edition.pk)).get()
    return render_preview(request, edition, marks=_marks_of(changes), backs=backs)


def _marks_of(changes: list[Change]) -> dict[int | str, list[Words]]:
    marks, count = defaultdict(list), Counter()
    for change in changes:
        passage = _SIGNS.sub("", change.line).replace(" | ", " ")
        level = "near" if change.row.line is None else "change"
        nth = count[change.place, passage]
        count[change.place, passage] += 1
        shown = _REFERENCE.sub(r"\1", passage)  # as a page shows it, where there is such a source
        marks[change.place].append(Words(f"change-{change.number}", level, shown, passage, nth))
    return marks
