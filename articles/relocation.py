"""Moves documents to other addresses: articles one by one, pages with all that are below them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q

from detoxsite.core import redirects
from detoxsite.core.exceptions import Refused
from detoxsite.core.locking import locked

from .models import Article, Edition, EditionEvent, Kind, Topic, url_of
from .published.absent import ever_published
from .services import record_event

UNCHANGED: Any = object()  # what is not to change, whatever it is once the row is locked


def lock_address(kind: Kind, slug: str) -> None:
    """Make others who want the same address wait until this transaction ends; then they see that it is taken.

    For a page it locks the addresses of all pages, since one moves with those below it.
    """
    key = f"article {slug}" if kind == Kind.ARTICLE else "pages"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [key])


@transaction.atomic
def relocate(
    edition_id: int,
    *,
    by,
    slug: str = UNCHANGED,
    topic: Topic | None = UNCHANGED,
    parent: Article | None = UNCHANGED,
    owner=UNCHANGED,
) -> Edition:
    """Change a document's address, its owner, the topic of an article or the parent of a page.

    The pages below a page move along. Visitors to any old address that readers knew are redirected. Raises Refused
    where another document has the address, the site needs it, or it leads elsewhere.
    """
    edition = Edition.objects.select_related("article").get(pk=edition_id)
    if edition.article.is_first_page:
        raise Refused("The first page stays at the root of the site.", field="slug")
    lock_address(edition.article.kind, edition.article.slug if slug is UNCHANGED else slug)
    article = locked(Article.objects, edition.article_id)
    place = {"parent": parent} if article.is_page else {"topic": topic}
    for name, value in {"slug": slug, "owner": owner, **place}.items():
        if value is not UNCHANGED:
            setattr(article, name, value)
    if article.is_page and article.parent_id:
        article.parent = Article.objects.get(pk=article.parent_id)  # its path may have changed meanwhile
    former = article.path
    branch = ever_published().filter(Q(pk=article.pk) | Q(path__startswith=f"{former}/"))
    edition.article = article
    before = dict(branch.values_list("pk", "path"))
    _save_checked(article)
    if article.path != former:
        after = Article.objects.in_bulk(before)
        redirects.moved({url_of(path): after[key].get_absolute_url() for key, path in before.items()})
    topic_note = "" if article.is_page else f", {article.topic}"
    record_event(
        edition,
        EditionEvent.Kind.MOVED,
        by=by,
        note=f"{article.get_absolute_url()}{topic_note}, {article.owner or 'no owner'}",
    )
    return edition


@transaction.atomic
def change_owner(edition_id: int, *, by, owner=None) -> Edition:
    """Change who is responsible for a document that cannot move: the first page."""
    edition = Edition.objects.select_related("article").get(pk=edition_id)
    article = locked(Article.objects, edition.article_id)
    article.owner = owner
    article.save(update_fields=["owner"])
    record_event(edition, EditionEvent.Kind.MOVED, by=by, note=f"{article.get_absolute_url()}, {owner or 'no owner'}")
    return edition


def _save_checked(article: Article) -> None:
    try:
        article.full_clean()
    except ValidationError as exc:
        name, errors = next(iter(exc.message_dict.items()))
        raise Refused(" ".join(errors), field={"path": "slug"}.get(name, name)) from None
    article.save()
