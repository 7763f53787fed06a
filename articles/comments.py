"""Comments on passages of a draft: add, reply, resolve, reopen. Each locks the edition, so that nothing gets lost.

What a send-back and a sign-off say of them is here too.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, Max, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from detoxsite.core.exceptions import Refused
from detoxsite.core.locking import locked

from .content import quotes
from .models import Comment, CommentEntry, Edition, blocks_of

PERMISSION = "articles.comment_edition"
MAX_COMMENTS = 200  # shown with one edition
MAX_ENTRIES = 100  # in one thread
Kind = CommentEntry.Kind


def writers_of(edition: Edition) -> set[int]:
    """Keys of the accounts that write the edition."""
    contributed = edition.contributors.values_list("pk", flat=True)
    return {edition.created_by_id, edition.author.user_id, edition.article.owner_id, *contributed} - {None}


def open_counts(editions: Iterable[Edition]) -> dict[int, int]:
    """How many comments are open on each of these open editions, by its key; those without any are left out."""
    by_article = {edition.article_id: edition.pk for edition in editions}
    rows = Comment.objects.open().filter(edition__article__in=by_article).values_list("edition__article")
    return {by_article[article]: count for article, count in rows.annotate(count=Count("pk")).order_by()}


def counts_once(edition: Edition) -> dict[str, int]:
    """How many ``comments`` are open on the edition, and the keys of the last comment and entry (0: none).

    Worked out once for this instance. A page calls this before it reads the comments: what is added in between then
    counts as not read.
    """
    if not hasattr(edition, "comment_counts"):
        edition.comment_counts = Comment.objects.shown_with(edition).aggregate(
            comments=Count("pk", filter=Q(resolved_at=None), distinct=True),
            last_comment=Coalesce(Max("pk"), 0),
            last_entry=Coalesce(Max("entries"), 0),
        )
    return edition.comment_counts


def note_on_own(edition: Edition, by) -> str:
    """The note of someone who says everything in comments. Raises Refused where they made none."""
    count = Comment.objects.shown_with(edition).open().filter(by=by).count()
    if not count:
        raise Refused("Say what should change, here or in comments on the words.", field="note")
    return f"See {_counted(count)} on the text."


def note_on_open(edition: Edition, by, *, is_read: bool, last_comment: int, last_entry: int) -> str:
    """What the history says of comments that stay open (see ``services.sign_off``).

    Raises Refused while something is open that the signer has not read. What they said themselves counts as read.
    """
    threads = Comment.objects.shown_with(edition).open()
    count = threads.count()
    if count and not is_read:
        raise Refused(
            f"{_counted(count).capitalize()} {'is' if count == 1 else 'are'} open. Resolve them, or check the box to "
            "sign off anyway.",
            field="comments_read",
        )
    entries = CommentEntry.objects.filter(comment__in=threads, pk__gt=last_entry)
    if threads.filter(pk__gt=last_comment).exclude(by=by).exists() or entries.exclude(by=by).exists():
        raise Refused("Someone has commented since you opened this page. Read it first.", field="comments_read")
    return f"With {_counted(count)} left open" if count else ""


def _counted(count: int) -> str:
    return f"{count} comment{'' if count == 1 else 's'}"


@transaction.atomic
def add(edition_id: int, *, by, quote: str, text: str, place: str = "", prefix: str = "", suffix: str = "") -> Comment:
    """Comment on the quoted words. Without a ``place`` it is looked up in the stored text, which may not have them yet.

    Raises Refused for an edition that is not open, and beyond MAX_COMMENTS.
    """
    edition = _locked(edition_id)
    if Comment.objects.shown_with(edition).count() >= MAX_COMMENTS:
        raise Refused(f"There are {MAX_COMMENTS} comments already. Send the draft back with a remark instead.")
    context = {"prefix": prefix, "suffix": suffix}
    if not place:
        place = quotes.locate(quotes.texts_of(edition, blocks_of(edition)), quote, **context) or ""
    return Comment.objects.create(edition=edition, by=by, quote=quotes.plain(quote), text=text, place=place, **context)


@transaction.atomic
def reply(edition_id: int, *, by, comment: int, text: str) -> Comment:
    """Answer in the thread of a comment. Someone may have resolved it meanwhile: a reply opens it again."""
    thread = _locked_thread(edition_id, comment)
    _record(thread, Kind.REPLIED, by, text)
    return _set_resolved(thread, None)


@transaction.atomic
def resolve(edition_id: int, *, by, comment: int) -> Comment:
    """Raises Refused for someone who neither writes the draft nor made the comment."""
    thread = _locked_thread(edition_id, comment)
    if by.pk != thread.by_id and by.pk not in writers_of(Edition.objects.get(pk=edition_id)):
        raise Refused("The person who commented resolves this, or someone who writes the draft.")
    if thread.resolved_at is None:
        _record(thread, Kind.RESOLVED, by)
        _set_resolved(thread, by)
    return thread


@transaction.atomic
def reopen(edition_id: int, *, by, comment: int) -> Comment:
    thread = _locked_thread(edition_id, comment)
    if thread.resolved_at:
        _record(thread, Kind.REOPENED, by)
        _set_resolved(thread, None)
    return thread


def _locked(edition_id: int) -> Edition:
    edition = locked(Edition.objects.select_related("article"), edition_id)
    if not edition.is_open:
        state = "archived" if edition.archived_at else edition.get_state_display().lower()
        raise Refused(f"This edition is {state} now. Its comments stay as they are.")
    return edition


def _locked_thread(edition_id: int, comment: int) -> Comment:
    edition = _locked(edition_id)
    thread = Comment.objects.shown_with(edition).filter(pk=comment).first()
    if thread is None:
        raise Refused("This comment is no longer here.")
    return thread


def _record(thread: Comment, kind: Kind, by, text: str = "") -> None:
    if thread.entries.count() >= MAX_ENTRIES:
        raise Refused("This thread is too long. Add a new comment on the same words.")
    CommentEntry.objects.create(comment=thread, kind=kind, by=by, text=text)


def _set_resolved(thread: Comment, by) -> Comment:
    thread.resolved_by, thread.resolved_at = by, timezone.now() if by else None
    thread.save(update_fields=["resolved_by", "resolved_at"])
    return thread
