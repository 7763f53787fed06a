"""The rounds of a review: what was asked for when an edition was sent back, and what has changed since."""

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from django.utils.formats import date_format

from ..content.diff import Row, compare, differing
from ..models import Edition, EditionEvent, State


def _sent_back():
    """The times that editions were sent back, newest first, without the text of that time."""
    return EditionEvent.objects.filter(kind=EditionEvent.Kind.SENT_BACK).select_related("by").defer("lines")


def with_rounds(editions: list[Edition], user) -> list[Edition]:
    """Add to the editions of a list what ``round_text`` needs to show it to ``user``; at most one query."""
    in_review = [edition for edition in editions if edition.state == State.IN_REVIEW]
    prefetch_related_objects(in_review, Prefetch("events", _sent_back(), to_attr="sent_back_events"))
    for edition in in_review:
        edition.viewer_id = user.pk
    return editions


def round_text(edition: Edition) -> str:
    """Which round of the review an edition of the change list is in, after the first; else ""."""
    if edition.state != State.IN_REVIEW or not edition.sent_back_events:
        return ""
    last = edition.sent_back_events[0]
    who = "you" if last.by_id == edition.viewer_id else last.by
    day = date_format(timezone.localtime(last.at), "M j, Y")
    return f"Round {len(edition.sent_back_events) + 1}: sent back by {who} on {day}"


def round_context(edition: Edition, user, lines: list[str] | None = None) -> dict:
    """Context of an edition that was sent back at least once; else empty.

    ``since``: in review, when ``user`` sent it back last, or else anyone did; in a draft, when it was sent back last.
    ``notes``: that event and later ones, oldest first. ``earlier``: those before. ``number``: of the round that runs
    or comes next. With the ``lines`` of an edition in review, ``rows``: the rows of a diff that have changed since,
    or None where the text of that time was not kept.
    """
    events = list(_sent_back().filter(edition=edition))
    if not events:
        return {}
    own = [number for number, event in enumerate(events) if event.by_id == user.pk]
    first = own[0] if lines and own else 0
    context = {"since": events[first], "notes": events[first::-1], "earlier": events[first + 1 :]}
    if lines:
        context |= {"in_review": True, "rows": _changes_since(events[first], lines)}
    return context | {"number": len(events) + 1}


def _changes_since(event: EditionEvent, lines: list[str]) -> list[Row] | None:
    if event.lines is None:
        return None
    return differing(compare(event.lines, lines))
