"""Topic, owner and author of several documents at once. What a signature covers stays as it was signed."""

from django.db import transaction

from detoxsite.core.exceptions import Refused
from detoxsite.core.locking import locked

from . import relocation, versions
from .models import Edition, EditionEvent, Person, State, Topic
from .services import record_event

WHY_NOT = {
    State.IN_REVIEW: "It is in review. Take it back to draft, then change who wrote it.",
    State.SIGNED_OFF: "The byline was signed off with the text. Start a new draft, then change who wrote it.",
    State.WITHDRAWN: "The byline was signed off with the text. Start a new draft, then change who wrote it.",
}


@transaction.atomic
def change(edition_id: int, *, by, topic: Topic | None = None, owner=None, author: Person | None = None) -> list[str]:
    """Change what is given of a document; the author only of a draft. Returns why something was left as it is.

    Raises Refused where nothing could be changed.
    """
    edition = Edition.objects.select_related("article").filter(pk=edition_id).first()
    if edition is None:
        raise Refused("This no longer exists.")
    left = []
    if topic and edition.article.is_page:
        left.append("A page has no topic.")
        topic = None
    if author and not edition.is_editable:
        archived = "It is an archived draft. Bring it back, then change who wrote it."
        left.append(archived if edition.archived_at else WHY_NOT[edition.state])
        author = None
    if not (topic or owner or author):
        raise Refused(" ".join(left) or "Choose what to change.")
    if topic or owner:
        _change_place(edition, topic, owner, by)
    if author:
        _change_author(edition_id, author, by)
    return left


def _change_place(edition: Edition, topic: Topic | None, owner, by) -> None:
    if edition.article.is_first_page:
        relocation.change_owner(edition.pk, by=by, owner=owner)
        return
    changes = {name: value for name, value in {"topic": topic, "owner": owner}.items() if value}
    relocation.relocate(edition.pk, by=by, **changes)


def _change_author(edition_id: int, author: Person, by) -> None:
    """A save like any other: whoever has the draft open is shown both versions when they save."""
    edition = locked(Edition.objects, edition_id)
    if not edition.is_editable:
        raise Refused("Someone else has changed its status meanwhile.")
    if edition.author_id == author.pk:
        return
    edition.author = author
    edition.revision += 1
    edition.save(update_fields=["author", "revision"])
    edition.contributors.add(by)
    record_event(edition, EditionEvent.Kind.SAVED, by=by, note=f"Written by {author}")
    versions.keep(edition, by=by)
