"""The workflow of an edition, from first draft to withdrawal. Each service locks, guards, and records an event."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from detoxsite.core.exceptions import Refused
from detoxsite.core.locking import locked

from . import checks, comments, copies, editorial_gate, notices
from .content import edition_snapshot, finished, social_cards
from .models import (
    OPEN_STATES,
    REVIEW_INTERVAL,
    Article,
    Edition,
    EditionEvent,
    State,
    lock_library_rows,
)
from .published.references import references_to
from .search import index

UNCHANGED = object()
TEXT_CHANGED = "The text has changed since you opened this page. Read it again, then sign off."
ALLOWED_STATES = {
    "submit": {State.DRAFT},
    "take_back": {State.IN_REVIEW},
    "send_back": {State.IN_REVIEW},
    "assign": {State.IN_REVIEW},
    "sign_off": {State.IN_REVIEW},
    "withdraw": {State.SIGNED_OFF},
    "start_draft": {State.SIGNED_OFF, State.WITHDRAWN},
}
"""The states from which each service may be called."""


def _locked_for(service: str, edition_id: int) -> Edition:
    """The edition, locked until the transaction ends. Raises Refused where its state does not allow ``service``."""
    edition = locked(Edition.objects, edition_id)
    if edition.state not in ALLOWED_STATES[service]:
        state = edition.get_state_display().lower()
        raise Refused(f"This edition is {state} now. Someone else may have changed its status.")
    if edition.archived_at:
        raise Refused("This draft is archived. Bring it back first.")
    return edition


def _set_state(
    edition: Edition,
    state: State,
    kind: EditionEvent.Kind,
    by,
    *,
    event_note: str = "",
    event_lines: list[str] | None = None,
    **fields,
) -> Edition:
    for name, value in {"state": state, **fields}.items():
        setattr(edition, name, value)
    edition.save(update_fields=["state", *fields])
    record_event(edition, kind, by=by, note=event_note, lines=event_lines)
    return edition


def record_event(
    edition: Edition, kind: EditionEvent.Kind, *, by, note: str = "", lines: list[str] | None = None
) -> None:
    """Add to the history, and queue the emails that tell whom the event concerns."""
    notices.queue(EditionEvent.objects.create(edition=edition, kind=kind, by=by, note=note, lines=lines))


@transaction.atomic
def submit(edition_id: int, *, by, assigned_to=UNCHANGED) -> Edition:
    """Send a draft to those who may sign it off. From now on its content is frozen.

    ``assigned_to``: who is asked to sign it off; None: anyone who may. By default whoever was asked before,
    or anyone where that person no longer may, for example because they corrected a word themselves.
    """
    edition = _locked_for("submit", edition_id)
    if not edition.word_count:
        raise Refused("There is no text yet.")
    editorial_gate.require_passing(edition)
    if assigned_to is UNCHANGED:
        assigned_to = edition.assigned_to if _is_able(edition, edition.assigned_to) else None
    else:
        _require_able(edition, assigned_to)
    if edition.assigned_to != assigned_to:
        edition.assigned_to = assigned_to
        edition.save(update_fields=["assigned_to"])
    note = f"To {edition.assigned_to}" if edition.assigned_to else ""
    return _set_state(edition, State.IN_REVIEW, EditionEvent.Kind.SUBMITTED, by, event_note=note, note="")


@transaction.atomic
def assign(edition_id: int, *, by, assigned_to=None) -> Edition:
    """Ask a person to sign off an edition in review, or anyone who may (None). The others still may.

    Raises Refused for someone who may not sign it off.
    """
    edition = _locked_for("assign", edition_id)
    if edition.assigned_to == assigned_to:
        return edition
    _require_able(edition, assigned_to)
    edition.assigned_to = assigned_to
    edition.save(update_fields=["assigned_to"])
    record_event(edition, EditionEvent.Kind.ASSIGNED, by=by, note=f"To {assigned_to or 'anyone who may sign it off'}")
    return edition


def take_on(edition_id: int, *, by) -> Edition:
    """Assign an edition in review to oneself."""
    return assign(edition_id, by=by, assigned_to=by)


def _is_able(edition: Edition, person) -> bool:
    return bool(person) and editorial_gate.able_to_sign(edition).filter(pk=person.pk).exists()


def _require_able(edition: Edition, person) -> None:
    if person and not _is_able(edition, person):
        raise Refused(
            f"{person} cannot sign this off: it takes a byline, the right role, and no part in writing it.",
            field="assigned_to",
        )


@transaction.atomic
def take_back(edition_id: int, *, by) -> Edition:
    """Make an edition in review a draft again, to continue editing."""
    return _set_state(_locked_for("take_back", edition_id), State.DRAFT, EditionEvent.Kind.TAKEN_BACK, by)


@transaction.atomic
def send_back(edition_id: int, *, by, note: str) -> Edition:
    """Return an edition to its author with the requested changes: in a note, in comments on the words, or both.

    The event keeps the text as it is now, so that the next round of the review can show what has changed since.
    Raises Refused for someone who does not sign off this kind of document, and where nothing is requested.
    """
    edition = _locked_for("send_back", edition_id)
    editorial_gate.require_signer(edition.article.kind, by)
    note = note or comments.note_on_own(edition, by)
    lines = edition_snapshot.as_lines(edition_snapshot.from_edition(edition))
    kind, words = EditionEvent.Kind.SENT_BACK, {"event_note": note, "event_lines": lines, "note": note}
    return _set_state(edition, State.DRAFT, kind, by, **words)


@transaction.atomic
def sign_off(
    edition_id: int,
    *,
    by,
    read: str,
    amber_read: bool = False,
    comments_read: bool = False,
    last_comment: int = 0,
    last_entry: int = 0,
    publish_at: datetime | None = None,
) -> Edition:
    """Publish an edition under the signer's name, at ``publish_at`` (aware) or at once.

    ``read``: the ``sign_off_fingerprint`` of the content the signer was shown; ``amber_read``: whether they confirmed
    the amber findings; ``comments_read``: that comments stay open; ``last_comment`` and ``last_entry``: how far they
    read these and their threads, as in ``comments.counts_once``.
    Raises Refused where the content has changed since, where a finding or a comment blocks it, and where the signer has
    no byline or took part in writing it.
    """
    edition = _locked_for("sign_off", edition_id)
    reviewer = _reviewer_of(edition, by)
    lock_library_rows(edition)
    snapshot = edition_snapshot.from_edition(edition)
    if read != sign_off_fingerprint(edition, snapshot):
        raise Refused(TEXT_CHANGED)
    editorial_gate.require_passing(edition, snapshot, amber_read=amber_read)
    note = comments.note_on_open(edition, by, is_read=comments_read, last_comment=last_comment, last_entry=last_entry)
    index.add_spellings(edition)
    now = timezone.now()
    edition = _set_state(
        edition,
        State.SIGNED_OFF,
        EditionEvent.Kind.SIGNED_OFF,
        by,
        event_note=note,
        reviewer=reviewer,
        signed_off_by=by,
        signed_off_at=now,
        signed_as=str(reviewer),
        fingerprint=edition_snapshot.fingerprint(snapshot),
        publish_at=publish_at or now,
        reviewed_on=timezone.localdate(now),
        review_due_on=timezone.localdate(now + REVIEW_INTERVAL),
        card=social_cards.store(edition),
    )
    finished.finish(edition.pk)
    return edition


def _reviewer_of(edition: Edition, user):
    """The byline under which ``user`` may sign off. Raises Refused where they have none, may not sign off this kind
    of document, or had a hand in the text.
    """
    reviewer = getattr(user, "person", None)
    if reviewer is None:
        raise Refused("Your account is not linked to a person yet. A manager can do that under People.")
    if user.pk in editorial_gate.had_a_hand(edition):
        raise Refused(
            "Whoever worked on the text, or marked a false alarm in it, cannot sign it off. Ask somebody else."
        )
    editorial_gate.require_signer(edition.article.kind, user)
    return reviewer


def sign_off_fingerprint(edition: Edition, snapshot: dict | None = None) -> str:
    """Fingerprint of everything a signer reads: the content, and which findings were waived.

    ``snapshot``: the edition's snapshot, if the caller already has it.
    """
    keys = sorted(edition.waivers.values_list("key", flat=True))
    return edition_snapshot.fingerprint({**(snapshot or edition_snapshot.from_edition(edition)), "waivers": keys})


def is_as_signed(edition: Edition) -> bool:
    """Whether the stored content is exactly what was signed off."""
    return edition.fingerprint == edition_snapshot.fingerprint(edition_snapshot.from_edition(edition))


@transaction.atomic
def withdraw(edition_id: int, *, by, note: str = "", whole: bool = False, leave_links: bool = False) -> Edition:
    """Take an edition down. The latest earlier signed-off one shows again, unless ``whole`` withdraws them all.

    In place of the first page readers see the default then.
    Raises Refused where it would leave a page's address empty while something leads there, unless ``leave_links``.
    """
    article_id = Edition.objects.values_list("article_id", flat=True).get(pk=edition_id)
    article = locked(Article.objects, article_id)  # of two people who withdraw everything, the second waits
    edition = _locked_for("withdraw", edition_id)
    others = Edition.objects.select_for_update().filter(article=article_id, state=State.SIGNED_OFF)
    is_missed = article.is_page and not article.is_first_page
    if is_missed and not leave_links and (whole or not others.exclude(pk=edition.pk).exists()):
        _require_no_references(article)
    fields = {"withdrawn_by": by, "withdrawn_at": timezone.now()}
    for one in [edition, *(others.exclude(pk=edition.pk).order_by("pk") if whole else [])]:
        _set_state(one, State.WITHDRAWN, EditionEvent.Kind.WITHDRAWN, by, event_note=note, **fields)
        social_cards.remove_on_commit(one)
    return edition


def _require_no_references(article: Article) -> None:
    if found := references_to(article):
        raise Refused(
            f"These lead to the page: {', '.join(found[:10])}. Change them first, or choose to leave them.",
            field="leave_links",
        )


@transaction.atomic
def start_draft(edition_id: int, *, by) -> Edition:
    """Copy an edition, with its blocks and sources, into a new draft. Readers keep seeing the live edition.

    Starting from an earlier edition restores it. Raises Refused where the article already has an open draft.
    """
    edition = _locked_for("start_draft", edition_id)
    article = locked(Article.objects, edition.article_id)
    if there := article.editions.filter(state__in=OPEN_STATES).first():
        if there.archived_at:
            raise Refused(f"An archived draft (edition {there.number}) is in the way. Bring it back or delete it.")
        raise Refused("This article already has an open draft. You find it under Editions.")
    is_newest = not article.editions.filter(number__gt=edition.number).exists()
    draft = Edition.objects.create(
        article=article,
        number=next_number(article),
        title=edition.title,
        summary=edition.summary,
        author=edition.author,
        created_by=by,
        based_on=edition,
        text=edition.text,
        word_count=edition.word_count,
    )
    copies.copy_parts(edition, draft)
    waivers = edition.waivers.exclude(code__in=checks.PAGE_CODES)  # about text; the page is judged again as a whole
    copies.copy_rows(waivers, edition=draft)
    kind = EditionEvent.Kind.STARTED if is_newest else EditionEvent.Kind.RESTORED
    record_event(draft, kind, by=by, note=f"From edition {edition.number}")
    return draft


def next_number(article: Article) -> int:
    return (article.editions.aggregate(last=Max("number"))["last"] or 0) + 1
