"""What changed in an edition that waits to be signed off: a list, and in the page itself the same places.

Both count alike: the list leads to ``#change-3`` of the page in its frame, and from there a link leads back to
``#changed-3``. They are plain links, so that both ways work without scripts.
"""

import re
from collections import defaultdict
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
_NAMES_ITS_PLACE = re.compile(r"<del>(?:(\[\d+\] )|What changed: )")  # a line as in edition_snapshot.placed_lines
_REFERENCE = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True)
class Change:
    number: int
    place: int | str  # as in edition_snapshot.placed_lines
    name: str  # of the place, for people
    row: Row
    passage: str  # of the newer text: the changed one, or that beside what was removed
    nth: int  # of equal passages in this place: which


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
    passages = [(place, _passage(line)) for place, line in lines]
    changes = []
    for number, row in enumerate(rows, 1):
        is_replaced = number < len(rows) and rows[number].line == row.at
        is_there = row.line is not None or is_replaced
        place, at = (lines[row.at][0], row.at) if is_there else _place_of_removed(row, lines)
        nth = passages[:at].count(passages[at])
        changes.append(Change(number, place, findings.place_name(place, snapshot), row, passages[at][1], nth))
    return {"changes": changes, "since_round": since_round}


def _place_of_removed(row: Row, lines: list[tuple[int | str, str]]) -> tuple[int | str, int]:
    """The place of a line that was removed, and the line beside it there: behind it, or at the end before it.

    The places of the older text are not kept. So a whole block, or the beginning of a text, counts as the end of the
    block before. Title, summary and author have one line each, and nothing of them is removed.
    """
    behind = lines[row.at][0]
    before = lines[row.at - 1][0] if row.at else behind
    is_block, is_block_behind = isinstance(before, int), isinstance(behind, int)
    if not is_block_behind and (found := _NAMES_ITS_PLACE.match(row.old)):
        return ("sources" if found[1] else "page"), row.at
    is_behind = before == behind or (is_block_behind and not is_block)
    return (behind, row.at) if is_behind else (before, row.at - 1)


def _passage(line: str) -> str:
    """A line as the page shows it, without the signs of edition_snapshot."""
    return _SIGNS.sub("", line).replace(" | ", " ")


def preview_with_changes(request, edition: Edition):
    """The page of the edition with its changes marked, each with a link back to the list."""
    changes = of_edition(edition, request.user)
    page = reverse("admin:articles_edition_change", args=[edition.pk])
    backs = [Back(f"change-{one.number}", one.number, one.name, f"{page}#changed-{one.number}") for one in changes]
    edition = with_body(Edition.objects.filter(pk=edition.pk)).get()
    return render_preview(request, edition, marks=_marks_of(changes), backs=backs)


def _marks_of(changes: list[Change]) -> dict[int | str, list[Words]]:
    marks = defaultdict(list)
    for change in changes:
        level = "near" if change.row.line is None else "change"
        shown = _REFERENCE.sub(r"\1", change.passage)  # as a page shows it, where there is such a source
        words = Words(f"change-{change.number}", level, shown, change.passage, change.nth, is_whole=True)
        marks[change.place].append(words)
    return marks
