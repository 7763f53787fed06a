"""The page of an edition that its reader cannot edit and that waits to be signed off, or is still being written."""

from django.urls import reverse

from .. import comments, editorial_gate
from ..content import edition_snapshot
from ..models import Edition, EditionEvent, State
from . import changes, findings, preview_history, review_rounds
from . import comments as comments_panel

TEMPLATE = "admin/articles/sign_off.html"
NAMES = {"sign-off", "sign-off-house", "send-back", "send-back-house", "take-back"}  # of the actions in the thumb bar


def is_shown(edition: Edition | None, *, may_edit: bool) -> bool:
    """Whether this page shows the edition, instead of the form."""
    return edition is not None and not may_edit and edition.is_open


def page_context(edition: Edition, user) -> dict:
    """The round of the review, findings, comments, sources, and the whole text beside the live edition."""
    reading = editorial_gate.read_once(edition)
    comments.counts_once(edition)  # before its comments are read
    panel = findings.panel_context(reading.result, reading.snapshot, edition)
    placed = edition_snapshot.placed_lines(reading.snapshot)
    places, lines = map(list, zip(*placed, strict=True))
    text = preview_history.diff_with_live(edition, lines)
    text["diff"] = findings.mark_rows(text["diff"], places, panel)
    round_ = review_rounds.round_context(edition, user, lines if edition.state == State.IN_REVIEW else None)
    submitted = edition.events.filter(kind=EditionEvent.Kind.SUBMITTED).select_related("by").defer("lines")
    return {
        **panel,
        **text,
        **changes.listed(reading.snapshot, placed, round_, text),
        **comments_panel.panel_context(edition, user, blocks=reading.blocks, are_stored=True),
        "is_own": user.pk in editorial_gate.had_a_hand(edition),
        "round": round_,
        "submitted": submitted.first() if edition.state == State.IN_REVIEW else None,
        "sources": reading.sources,
        "page_url": reverse("admin:articles_edition_live_preview", args=[edition.pk]),
        "bar": NAMES,
    }
