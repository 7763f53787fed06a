"""The steps of an edition, from the first draft to its withdrawal: each with who took it, when, and a note."""

from datetime import datetime

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from detoxsite.core.exceptions import Refused

from . import checks, editorial_gate
from .content import edition_snapshot, social_cards
from .models import (
    BLOCKS,
    OPEN_STATES,
    REVIEW_EVERY,
    Article,
    Edition,
    EditionEvent,
    FormerAddress,
    Picture,
    State,
    Topic,
)
from .search import engine

SHARED_FOR = timezone.timedelta(days=7)
SHARE_SALT = "articles.shared"
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


def _move(edition: Edition, state: State, kind: EditionEvent.Kind, by, step_note: str = "", **fields) -> Edition:
    for name, value in {"state": state, **fields}.items():
        setattr(edition, name, value)
    edition.save(update_fields=["state", *fields])
    record(edition, kind, by=by, note=step_note)
    return edition


def record(edition: Edition, kind: EditionEvent.Kind, *, by, note: str = "") -> None:
    EditionEvent.objects.create(edition=edition, kind=kind, by=by, note=note)


@transaction.atomic
def submit(edition_id: int, *, by) -> Edition:
    """Hand a draft to the clinicians. From now on nobody changes its words."""
    edition = _locked(edition_id, "submit")
    if not edition.word_count:
        raise Refused("There is no text yet.")
    editorial_gate.let_through(edition)
    return _move(edition, State.IN_REVIEW, EditionEvent.Kind.SUBMITTED, by, note="")


@transaction.atomic
def take_back(edition_id: int, *, by) -> Edition:
    """Go on writing what waits for a clinician."""
    return _move(_locked(edition_id, "take_back"), State.DRAFT, EditionEvent.Kind.TAKEN_BACK, by)


@transaction.atomic
def send_back(edition_id: int, *, by, note: str) -> Edition:
    """Return an edition to its writer with what has to change."""
    return _move(_locked(edition_id, "send_back"), State.DRAFT, EditionEvent.Kind.SENT_BACK, by, note, note=note)


@transaction.atomic
def sign_off(
    edition_id: int, *, by, read: str, amber_read: bool = False, publish_at: datetime | None = None
) -> Edition:
    """Publish an edition under the signer's name, at ``publish_at`` (aware) or at once.

    ``read``: ``as_read`` of what the signer had before them; ``amber_read``: that they saw the amber remarks of
    the checks. Raises Refused where the words are others now, where a remark stands in the way, and where the signer
    has no name to put on it, or had a hand in it.
    """
    edition = _locked(edition_id, "sign_off")
    reviewer = getattr(by, "person", None)
    if reviewer is None:
        raise Refused("Your account is not linked to a person yet. A manager can do that under People.")
    excusers = {excuse.by for excuse in edition.excuses.select_related("by")}
    if by in {edition.created_by, *edition.contributors.all(), *excusers} or reviewer == edition.author:
        raise Refused("Whoever wrote it, or justified its remarks, cannot sign it off. Ask another clinician.")
    list(Picture.objects.select_for_update().filter(figures__parent=edition).order_by("pk"))
    content = edition_snapshot.stored(edition)
    if read != as_read(edition, content):
        raise Refused("The words have changed since you opened this page. Read them again, then sign.")
    editorial_gate.let_through(edition, content, amber_read=amber_read)
    engine.learn(edition)
    now = timezone.now()
    publish_at = publish_at or now
    return _move(
        edition,
        State.SIGNED_OFF,
        EditionEvent.Kind.SIGNED_OFF,
        by,
        reviewer=reviewer,
        signed_off_by=by,
        signed_off_at=now,
        signed_as=str(reviewer),
        fingerprint=edition_snapshot.fingerprint(content),
        publish_at=publish_at,
        reviewed_on=timezone.localdate(now),
        review_due_on=timezone.localdate(now + REVIEW_EVERY),
        card=social_cards.store(edition),
    )


def as_read(edition: Edition, content: dict | None = None) -> str:
    """Stands for all that somebody reads before signing: the words, and which remarks were justified.

    ``content``: the edition's document, where somebody has it already.
    """
    keys = sorted(edition.excuses.values_list("key", flat=True))
    return edition_snapshot.fingerprint({**(content or edition_snapshot.stored(edition)), "excuses": keys})


def is_as_signed(edition: Edition) -> bool:
    """Whether what is stored is, letter for letter, what was signed."""
    return edition.fingerprint == edition_snapshot.fingerprint(edition_snapshot.stored(edition))


@transaction.atomic
def withdraw(edition_id: int, *, by, note: str = "", whole: bool = False) -> Edition:
    """Take an edition down. The newest older one that was signed off shows again, unless ``whole`` withdraws all."""
    Article.objects.select_for_update().get(editions=edition_id)  # of two who withdraw it all, the second waits
    edition = _locked(edition_id, "withdraw")
    others = Edition.objects.select_for_update().filter(article=edition.article_id, state=State.SIGNED_OFF)
    at = {"withdrawn_by": by, "withdrawn_at": timezone.now()}
    for one in [edition, *(others.exclude(pk=edition.pk).order_by("pk") if whole else [])]:
        _move(one, State.WITHDRAWN, EditionEvent.Kind.WITHDRAWN, by, note, **at)
        social_cards.remove_on_commit(one)
    return edition


@transaction.atomic
def start_draft(edition_id: int, *, by) -> Edition:
    """Copy an edition, with its blocks and sources, into a new draft; what readers see stays as it is.

    From an older edition this restores what it said. Raises Refused where the article has an open draft.
    """
    edition = _locked(edition_id, "start_draft")
    article = Article.objects.select_for_update().get(pk=edition.article_id)
    if article.editions.filter(state__in=OPEN_STATES).exists():
        raise Refused("This article has an open draft already. It is under Editions, at the top.")
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
    lasting = edition.excuses.exclude(code__in=checks.PAGE_CODES)  # the page as a whole is looked at anew each time
    parts = [(model.objects.filter(parent=edition), "parent") for model in BLOCKS]
    for rows, owner in [*parts, (edition.sources.all(), "edition"), (lasting, "edition")]:
        copies = list(rows)
        for copy in copies:
            copy.pk = None
            copy._state.adding = True
            setattr(copy, owner, draft)
        rows.model.objects.bulk_create(copies)
    kind = EditionEvent.Kind.STARTED if is_newest else EditionEvent.Kind.RESTORED
    record(draft, kind, by=by, note=f"From edition {edition.number}")
    return draft


def next_number(article: Article) -> int:
    return (article.editions.aggregate(last=Max("number"))["last"] or 0) + 1


def lock_address(slug: str) -> None:
    """Of two who want one address, the second waits until the first one's transaction is over, and is then told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"article {slug}"])


@transaction.atomic
def relocate(edition_id: int, *, by, slug: str, topic: Topic, owner=None) -> Edition:
    """Give an article another address, topic or owner. Who has the old address is led to the new one.

    Raises Refused where another article has, or had, the address.
    """
    edition = Edition.objects.get(pk=edition_id)
    lock_address(slug)
    article = Article.objects.select_for_update().get(pk=edition.article_id)
    before = article.slug
    if Article.objects.exclude(pk=article.pk).filter(slug=slug).exists():
        raise Refused("Another article has this address.")
    article.slug, article.topic, article.owner = slug, topic, owner
    try:
        article.full_clean()
    except ValidationError as exc:
        raise Refused(" ".join(exc.messages)) from None
    article.save()
    if before != slug:
        FormerAddress.objects.filter(slug=slug).delete()  # it has come back to where it was
        if article.was_signed:
            FormerAddress.objects.create(slug=before, article=article)
    record(edition, EditionEvent.Kind.MOVED, by=by, note=f"/articles/{slug}/, {topic}, {owner or 'nobody'}")
    return edition


def share(edition_id: int, *, by) -> Edition:
    """Record that somebody without an account is shown an edition by a link. ``share_token`` makes the link."""
    edition = Edition.objects.get(pk=edition_id)
    record(edition, EditionEvent.Kind.SHARED, by=by)
    return edition


def share_token(edition: Edition) -> str:
    return signing.dumps(edition.pk, salt=SHARE_SALT)


def shared(token: str) -> int:
    """The key of the edition that a token shows. Raises signing.BadSignature for one that is not ours or has ended."""
    return signing.loads(token, salt=SHARE_SALT, max_age=SHARED_FOR)
