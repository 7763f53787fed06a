"""The steps of an edition: submitted, sent back, signed off, withdrawn, and a new draft of what is live."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from .models import BLOCKS, REVIEW_EVERY, Article, Edition, Source, State


class Refused(Exception):
    """The step cannot be taken; the message says why, for the person who asked. Nothing was written."""


def _locked(edition_id, *states: State) -> Edition:
    """The edition, locked until the transaction ends. Raises Refused where it is in none of ``states``."""
    edition = Edition.objects.select_for_update(of=["self"]).get(pk=edition_id)
    if edition.state not in states:
        raise Refused(f"This edition is {edition.get_state_display().lower()} now. Somebody else may have moved it.")
    return edition


@transaction.atomic
def submit(edition_id: int, *, by) -> Edition:
    """Hand a draft to the clinicians."""
    edition = _locked(edition_id, State.DRAFT)
    if not edition.word_count:
        raise Refused("There is no text yet.")
    edition.state, edition.note = State.IN_REVIEW, ""
    edition.save(update_fields=["state", "note"])
    return edition


@transaction.atomic
def send_back(edition_id: int, *, by, note: str) -> Edition:
    """Return an edition to its writer with what has to change."""
    edition = _locked(edition_id, State.IN_REVIEW)
    edition.state, edition.note = State.DRAFT, note
    edition.save(update_fields=["state", "note"])
    return edition


@transaction.atomic
def sign_off(edition_id: int, *, by, publish_at: datetime | None = None) -> Edition:
    """Publish an edition under the signer's name, at ``publish_at`` (aware) or at once.

    Raises Refused where the signer has no name to put on it, or wrote it.
    """
    edition = _locked(edition_id, State.IN_REVIEW)
    reviewer = getattr(by, "person", None)
    if reviewer is None:
        raise Refused("Your account is not linked to a person yet. A manager can do that under People.")
    if reviewer == edition.author or edition.created_by == by:
        raise Refused("Whoever wrote it cannot sign it off. Ask another clinician.")
    now = timezone.now()
    edition.state, edition.reviewer, edition.signed_off_by = State.SIGNED_OFF, reviewer, by
    edition.signed_off_at, edition.publish_at = now, publish_at or now
    edition.review_due_on = (edition.publish_at + REVIEW_EVERY).date()
    edition.refresh_text()
    edition.save()
    return edition


@transaction.atomic
def withdraw(edition_id: int, *, by) -> Edition:
    """Take an edition down. An older signed-off edition of the article, if there is one, shows again."""
    edition = _locked(edition_id, State.SIGNED_OFF)
    edition.state = State.WITHDRAWN
    edition.save(update_fields=["state"])
    return edition


@transaction.atomic
def start_draft(edition_id: int, *, by) -> Edition:
    """Copy an edition, with its blocks and sources, into a new draft; what readers see stays as it is.

    Raises Refused where the article has an open draft.
    """
    edition = Edition.objects.select_related("article").get(pk=edition_id)
    Article.objects.select_for_update().get(pk=edition.article_id)
    if edition.article.editions.filter(state__in=[State.DRAFT, State.IN_REVIEW]).exists():
        raise Refused("This article has an open draft already.")
    draft = Edition.objects.create(
        article=edition.article,
        number=next_number(edition.article),
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
