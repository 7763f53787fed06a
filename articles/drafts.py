"""Drafts beside the workflow: put aside and brought back, deleted while nobody has signed them, copied."""

from itertools import count

from django.db import connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from detoxsite.core import redirects
from detoxsite.core.exceptions import Refused
from detoxsite.core.locking import locked

from . import editorial_gate
from .copies import copy_parts
from .models import Article, Comment, Edition, EditionEvent, MenuEdition, State, Waiver, url_of
from .published.references import linking_titles
from .relocation import lock_address
from .services import next_number, record_event

COPY_OF = "Copy of "
# history, and editions that began as a copy: a draft is never copied so
_LAST = {EditionEvent, Waiver, Comment, Edition}


@transaction.atomic
def archive(edition_id: int, *, by) -> Edition:
    """Put a draft aside: it leaves the lists and cannot be edited until it is brought back. Nothing is lost."""
    edition = _locked_draft(edition_id, is_archived=False)
    return _set_archived(edition, timezone.now(), EditionEvent.Kind.ARCHIVED, by)


@transaction.atomic
def bring_back(edition_id: int, *, by) -> Edition:
    edition = _locked_draft(edition_id, is_archived=True)
    return _set_archived(edition, None, EditionEvent.Kind.BROUGHT_BACK, by)


def _set_archived(edition: Edition, moment, kind: EditionEvent.Kind, by) -> Edition:
    edition.archived_at = moment
    edition.save(update_fields=["archived_at"])
    record_event(edition, kind, by=by)
    return edition


def _locked_draft(edition_id: int, *, is_archived: bool | None = None) -> Edition:
    """Raises Refused for what is no draft any more, or not ``is_archived`` as the person saw it (None: either)."""
    edition = locked(Edition.objects, edition_id)
    is_as_seen = is_archived is None or bool(edition.archived_at) == is_archived
    if edition.state != State.DRAFT or not is_as_seen:
        raise Refused("Someone else has changed the status of this edition meanwhile.")
    return edition


@transaction.atomic
def delete(edition_id: int, *, by) -> Edition | None:
    """Delete a draft for good, with its history; the address too where no other edition is left.

    Returns the newest edition that is left, whose history says so. Raises Refused where someone else typed something
    that is not saved, and where something needs the address.
    """
    edition = _locked_draft(edition_id)
    _require_nothing_unsaved(edition, by)
    article = locked(Article.objects, edition.article_id)
    _delete_with_parts(edition)
    left = article.editions.order_by("-number").first()
    if left:
        record_event(left, EditionEvent.Kind.DELETED, by=by, note=f"Edition {edition.number}, a draft")
    else:
        _delete_address(article)
    return left


def _require_nothing_unsaved(edition: Edition, by) -> None:
    unsaved = edition.autosaves.filter(form_data__isnull=False).exclude(user=by).select_related("user").first()
    if unsaved:
        raise Refused(
            f"{unsaved.user} has changes in this draft that are not saved. Ask them to save or discard these first, or "
            "archive the draft instead."
        )


def _delete_with_parts(edition: Edition) -> None:
    """The edition before its history: the database keeps that as long as there is an edition (triggers.HISTORY)."""
    events = list(edition.events.values_list("pk", flat=True))
    for relation in Edition._meta.related_objects:  # blocks of all kinds, sources, versions and what else there may be
        if relation.related_model not in _LAST and not relation.many_to_many:
            relation.related_model.objects.filter(**{relation.field.name: edition}).delete()
    edition.contributors.clear()
    with connection.cursor() as cursor:  # Django would refuse: PROTECT knows no order
        cursor.execute("DELETE FROM articles_edition WHERE id = %s", [edition.pk])
    EditionEvent.objects.filter(pk__in=events).delete()
    Waiver.objects.filter(edition_id=edition.pk).delete()
    Comment.objects.filter(edition_id=edition.pk).delete()


def _delete_address(article: Article) -> None:
    _require_not_in_menus(article)
    needing = [*map(str, article.children.all()), *linking_titles(article)]
    needing += redirects.paths_to(article.get_absolute_url())
    if needing:
        raise Refused(f"These need its address: {', '.join(needing[:10])}. Change them first, or archive the draft.")
    try:
        article.delete()
    except ProtectedError:
        raise Refused("Something else still leads to this address. Change that first, or archive the draft.") from None


def _require_not_in_menus(article: Article) -> None:
    """An edition of the menus that was closed is kept as it was, so that no change of the menus frees the page."""
    entries = article.menu_entries.order_by("-edition__number").values_list("edition__number", "edition__state")
    for number, state in entries:
        if state != MenuEdition.State.DRAFT:
            raise Refused(
                f"Edition {number} of the menus, which is kept, names this page: it cannot be deleted. Archive the "
                "draft instead."
            )
    if entries:
        raise Refused("The draft of the menus names this page. Take it out there first.")


@transaction.atomic
def duplicate(edition_id: int, *, by) -> Edition:
    """Copy an edition in any state, with its blocks and sources, into the first draft of a new document.

    The copy has an address of its own, belongs to ``by``, and takes over neither sign-off nor waivers.
    """
    edition = locked(Edition.objects.select_related("article"), edition_id)  # nobody is in the middle of saving it
    if edition.article.is_first_page:
        raise Refused("There is one first page. Start a new draft of it instead.")
    article = _beside(edition.article)
    article.owner = by
    article.save()
    draft = Edition.objects.create(
        article=article,
        number=next_number(article),
        title=f"{COPY_OF}{edition.title}"[: Edition._meta.get_field("title").max_length],
        summary=edition.summary,
        author=edition.author,
        created_by=by,
        text=edition.text,
        word_count=edition.word_count,
    )
    copy_parts(edition, draft)
    draft.contributors.set(editorial_gate.had_a_hand(edition))  # what they wrote, they do not sign off here either
    note = f"Copy of edition {edition.number} of {edition.get_absolute_url()}"
    record_event(draft, EditionEvent.Kind.STARTED, by=by, note=note)
    return draft


def _beside(article: Article) -> Article:
    """A new document, not saved, beside another: its address with "-copy" at the end, and a number if need be."""
    for number in count(1):
        end = "-copy" if number == 1 else f"-copy-{number}"
        slug = article.slug[: Article._meta.get_field("slug").max_length - len(end)] + end
        lock_address(article.kind, slug)
        copy = Article(kind=article.kind, slug=slug, parent=article.parent, topic=article.topic)
        path = copy.new_path()
        if not Article.objects.filter(path=path).exists() and not redirects.target_of(url_of(path)):
            return copy
    raise AssertionError("count() does not end")
