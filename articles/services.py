"""The steps of an edition: submitted, sent back, signed off, withdrawn, and a new draft of what is live.

Who took a step is recorded by the desk; who signed off also stands on the edition.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from detoxsite.errors import Refused

from .models import BLOCKS, OPEN_STATES, REVIEW_EVERY, Article, Edition, Source, State

STEPS = {
    "submit": {State.DRAFT},
    "take_back": {State.IN_REVIEW},
    "send_back": {State.IN_REVIEW},
    "sign_off": {State.IN_REVIEW},
    "withdraw": {State.SIGNED_OFF},
    "start_draft": {State.SIGNED_OFF, State.WITHDRAWN},
}
"""From which states each step may be taken."""


def _locked(edition_id, step: str) -> Edition:
    """The edition, locked until the transaction ends. Raises Refused where ``step`` cannot be taken from its state."""
    edition = Edition.objects.select_for_update(of=["self"]).get(pk=edition_id)
    if edition.state not in STEPS[step]:
        raise Refused(f"This edition is {edition.get_state_display().lower()} now. Somebody else may have moved it.")
    return edition


def _move(edition: Edition, state: State, **fields) -> Edition:
    for name, value in {"state": state, **fields}.items():
        setattr(edition, name, value)
    edition.save(update_fields=["state", *fields])
    return edition


@transaction.atomic
def submit(edition_id: int, *, by) -> Edition:
    """Hand a draft to the clinicians. From now on nobody changes its words."""
    edition = _locked(edition_id, "submit")
    if not edition.word_count:
        raise Refused("There is no text yet.")
    return _move(edition, State.IN_REVIEW, note="")


@transaction.atomic
def take_back(edition_id: int, *, by) -> Edition:
    """Go on writing what waits for a clinician."""
    return _move(_locked(edition_id, "take_back"), State.DRAFT)


@transaction.atomic
def send_back(edition_id: int, *, by, note: str) -> Edition:
    """Return an edition to its writer with what has to change."""
    return _move(_locked(edition_id, "send_back"), State.DRAFT, note=note)


@transaction.atomic
def sign_off(edition_id: int, *, by, publish_at: datetime | None = None) -> Edition:
    """Publish an edition under the signer's name, at ``publish_at`` (aware) or at once.

    Raises Refused where the signer has no name to put on it, or had a hand in it.
    """
    edition = _locked(edition_id, "sign_off")
    reviewer = getattr(by, "person", None)
    if reviewer is None:
        raise Refused("Your account is not linked to a person yet. A manager can do that under People.")
    if by in {edition.created_by, *edition.contributors.all()} or reviewer == edition.author:
        raise Refused("Whoever wrote it cannot sign it off. Ask another clinician.")
    edition.refresh_text()
    now = timezone.now()
    publish_at = publish_at or now
    return _move(
        edition,
        State.SIGNED_OFF,
        reviewer=reviewer,
        signed_off_by=by,
        signed_off_at=now,
        publish_at=publish_at,
        review_due_on=timezone.localdate(publish_at + REVIEW_EVERY),
    )


@transaction.atomic
def withdraw(edition_id: int, *, by) -> Edition:
    """Take an edition down. An older signed-off edition of the article, if there is one, shows again."""
    return _move(_locked(edition_id, "withdraw"), State.WITHDRAWN)


@transaction.atomic
def start_draft(edition_id: int, *, by) -> Edition:
    """Copy an edition, with its blocks and sources, into a new draft; what readers see stays as it is.

    Raises Refused where the article has an open draft.
    """
    edition = _locked(edition_id, "start_draft")
    article = Article.objects.select_for_update().get(pk=edition.article_id)
    if article.editions.filter(state__in=OPEN_STATES).exists():
        raise Refused("This article has an open draft already.")
    draft = Edition.objects.create(
        article=article,
        number=next_number(article),
        title=edition.title,
        summary=edition.summary,
        author=edition.author,
        created_by=by,
        text=edition.text,
        word_count=edition.word_count,
    )
    for model, owner in [*((model, "parent") for model in BLOCKS), (Source, "edition")]:
        copies = list(model.objects.filter(**{owner: edition}))
        for copy in copies:
            copy.pk = None
            copy._state.adding = True
            setattr(copy, owner, draft)
        model.objects.bulk_create(copies)
    return draft


def next_number(article: Article) -> int:
    return (article.editions.aggregate(last=Max("number"))["last"] or 0) + 1
