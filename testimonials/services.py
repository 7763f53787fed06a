"""What happens to a review, from the form to the day it is gone. Every step is on record (Step).

Nothing here needs the center's private key but showing a review, reading a photo and writing to its writer.
"""

import base64
import hashlib
import io
import secrets
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone

from detoxsite.core import images
from detoxsite.core.encryption import sealing
from detoxsite.core.exceptions import Refused
from detoxsite.core.models import ConsentText
from detoxsite.core.safety.risk_signs import Sign
from detoxsite.core.safety.risk_signs import signs as danger_signs
from intake import services as calls
from intake.models import Channel
from intake.reception.identifiers import Identity

from . import author_mail
from .models import (
    PARTS,
    PURPOSES,
    Author,
    DisplayConsent,
    OutgoingEmail,
    Photo,
    Reason,
    Report,
    ReviewEvent,
    Source,
    Status,
    Testimonial,
    Version,
)
from .moderation import reply_policy
from .moderation.redaction import Removal, applied, to_json
from .staff_names import roster
from .text_normalize import tidied

SHOWN, OPEN = {Status.PUBLISHED}, {Status.UNCONFIRMED, Status.PENDING}
LIVING = {*OPEN, *SHOWN, Status.DECLINED, Status.EXPIRED}
STEPS = {
    "confirm": {Status.UNCONFIRMED},
    "approve": {Status.PENDING, Status.PUBLISHED},
    "propose": {Status.PENDING, Status.PUBLISHED},
    "decline": {Status.PENDING, Status.PUBLISHED},
    "object": {Status.PENDING, Status.PUBLISHED},
    "permit": {Status.PENDING},
    **dict.fromkeys(("reply", "flag", "hide", "keep"), SHOWN),
    **dict.fromkeys(("take_back", "withdraw", "edit"), LIVING),
    "renew": {Status.PUBLISHED, Status.EXPIRED},
    "appeal": {Status.DECLINED},
    "ask": SHOWN,
    "expire": {Status.UNCONFIRMED, Status.PUBLISHED},
}
"""From which statuses each step may be taken."""

TOKEN_BYTES = 24  # of a writer's private link
ASK_EVERY = timezone.timedelta(days=365)  # "still happy to be shown?"
ASK_AGAIN = timezone.timedelta(days=30)
MAX_ASKED = 2  # letters without an answer; then it is no longer shown
PHOTO_SHOWN = 480  # pixels, the longer side of what readers get
MAX_TAKEN_OUT = 0.5  # of a review's letters; beyond it nothing of what was meant is left, and that takes two people
HIDDEN_FOR = timezone.timedelta(days=7)  # without two people, nobody keeps a review from readers for longer
HIDDEN_BY_READERS = 3  # at most so many reviews are hidden at once because readers said that somebody is in danger


# --- sending ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def submit(
    *,
    key: str,
    words: str,
    email: str,
    tie: str,
    stars: int | None = None,
    name: str = "",
    allow: Collection[str] = (),
    photo: Photo | None = None,
    texts: Mapping[str, str] | None = None,
) -> Testimonial:
    """Store a review, sealed, and the letter that asks its writer to confirm the address.

    The same ``key`` again is the same review, which says what was sent last until somebody decides. ``allow`` has the
    PARTS that may be shown, ``texts`` the hash of the text that was read for each. Words that tell of danger become a
    request for help at once, in this transaction.
    """
    review = Testimonial(key=key)
    try:
        with transaction.atomic():
            review.save(force_insert=True)
    except IntegrityError:
        review = Testimonial.objects.select_for_update().get(key=key)
        if review.source != Source.HERE:
            return review  # a forged key: what was brought in from elsewhere came through no form
        if review.status not in OPEN or review.proposed_at or review.decided_at or review.erased_at:
            return review  # somebody has decided; photo held for it is swept up
    review.tie, review.stars = tie, stars
    is_new_address = _note_writer(review, email)
    is_new = _note_version(review, words, name, email, unseen=_note_photo(review, photo))
    _note_permissions(review, allow, texts or {})
    review.save()
    if is_new_address:
        author_mail.put(review, OutgoingEmail.Kind.CONFIRM)
    if is_new:
        _step(review, ReviewEvent.Kind.RECEIVED)
        _tell_of_danger(review, words, email)
    return review


def _note_writer(review: Testimonial, email: str) -> bool:
    """Who sent it. With another address the earlier private link ends, and the new one has to be confirmed.

    Returns whether that is so.
    """
    known = Author.objects.filter(review=review).first()
    if known and bytes(known.email_index) == sealing.blind("email", email):
        review.writer = known
        return False
    if known:
        known.delete()
    review.status, review.confirmed_at = Status.UNCONFIRMED, None
    review.writer = Author.of(review, email, secrets.token_urlsafe(TOKEN_BYTES))
    review.writer.save(force_insert=True)
    return True


def _note_version(review: Testimonial, words: str, name: str, email: str, *, unseen: bool = False) -> bool:
    """Keep what was sent as the newest version. Returns whether it differs from the one before.

    ``unseen``: with another photo, so that whoever has the page open cannot show one that they have not looked at.
    """
    last = review.versions.last()
    if last and not unseen and bytes(last.said) == said_of(words, name) and last.sealed_for_author:
        _seal_back(review, last, words, name, email)
        last.save(update_fields=["sealed_for_author"])
        return False
    version = new_version(review, words, name, number=last.number + 1 if last else 1)
    _seal_back(review, version, words, name, email)
    version.save(force_insert=True)
    return True


def _seal_back(review: Testimonial, version: Version, words: str, name: str, email: str) -> None:
    """To the key of the private link, which may be another one than the last time."""
    writer = getattr(review, "writer", None)
    if writer:
        back = {"words": words, "name": name, "email": email}
        version.sealed_for_author = sealing.PublicKey(bytes(writer.return_key)).seal(
            back, version.about("sealed_for_author")
        )


def _note_photo(review: Testimonial, photo: Photo | None) -> bool:
    """Returns whether it is another photo than before, to be looked at."""
    if photo is None or photo.review_id is not None:
        return False
    Photo.objects.filter(review=review).delete()
    photo.review = review
    photo.save(update_fields=["review"])
    return True


def _note_permissions(
    review: Testimonial, allow: Collection[str], texts: Mapping[str, str], how="sent the form"
) -> None:
    """Each part by itself. A row is written only where something changes."""
    for part in PARTS:
        allowed = part in allow
        if allowed != getattr(review, f"allow_{part}"):
            setattr(review, f"allow_{part}", allowed)
            _note_permission(
                review, part, DisplayConsent.Act.GIVEN if allowed else DisplayConsent.Act.REVOKED, how, texts
            )


def _note_permission(review: Testimonial, part: str, act: str, how: str, texts: Mapping[str, str]) -> None:
    last = review.permissions.filter(text__purpose=PURPOSES[part]).last()
    if act == DisplayConsent.Act.REVOKED and last:
        text = last.text
    else:
        known = ConsentText.objects.filter(purpose=PURPOSES[part])
        text = known.filter(pk=texts.get(part, "")).first() or known.filter(language="en").first()
    DisplayConsent.objects.create(review=review, text=text, act=act, how=how)


def _tell_of_danger(review: Testimonial, words: str, email: str) -> None:
    """Somebody who tells of danger in a review did not ask for a call; staff are told all the same, as in intake."""
    if set(danger_signs({"story": words})) - {Sign.MINOR_OR_PREGNANT}:
        identity = asking_for_help(review, latest_number(review))
        request = calls.sealed({"email": email, "story": words}, identity, channel=Channel.REVIEW)
        calls.store(request, consent="")


def asking_for_help(review: Testimonial, number: int) -> Identity:
    """Of the request that a version of a review becomes if it tells of danger. Nobody is given its code."""
    return replace(Identity.of(f"review {review.pk} {number}"), code="")


@transaction.atomic
def hold_photo(picture: ContentFile, *, key: str = "") -> Photo:
    """Keep a photo, sealed, for a form that is not sent yet. ``picture`` as detoxsite.images.rewritten gives it.

    The same picture in the form with the same ``key`` is one row, however often it is sent.
    """
    file = picture.read()
    fingerprint = sealing.keyed("photo", f"{key or secrets.token_hex()}:{hashlib.sha256(file).hexdigest()}")
    photo = Photo(id=uuid.UUID(bytes=fingerprint, version=4))
    photo.seal({"file": base64.b64encode(file).decode(), "kind": picture.name.rsplit(".", 1)[-1]})
    Photo.objects.bulk_create([photo], ignore_conflicts=True)
    return Photo.objects.get(pk=photo.pk)


# --- the writer's own steps ------------------------------------------------------------------------------------------


@transaction.atomic
def confirm(review_id: int) -> Testimonial:
    """The writer opened the link in our letter and said that it is their address. Again: nothing changes."""
    review = Testimonial.objects.locked(review_id)
    if review.status != Status.UNCONFIRMED:
        return review
    review.status, review.confirmed_at = Status.PENDING, timezone.now()
    review.save()
    _step(review, ReviewEvent.Kind.CONFIRMED)
    return review


@transaction.atomic
def edit(
    review_id: int, *, words: str, name: str, email: str, allow: Collection[str], texts: Mapping[str, str]
) -> Testimonial:
    """Change words, name and permissions. New words are not shown until somebody has read them; nor are the old ones.

    ``email``: the writer's own, as their link opened it.
    """
    review = _locked(review_id, "edit")
    was_shown = review.status == Status.PUBLISHED
    _note_permissions(review, allow, texts, how="changed it with the private link")
    if not review.allow_photo:
        _erase_photo(review)
    if not review.allow_name:
        review.shown_name = ""
    if _note_version(review, words, name, email) or not review.allow_words:
        _step(review, ReviewEvent.Kind.EDITED)
        _tell_of_danger(review, words, email)
        _take_down(review, review.status if review.status == Status.UNCONFIRMED else Status.PENDING)
    elif was_shown and name and review.allow_name and not review.shown_name:
        _take_down(review, Status.PENDING)  # the name is allowed now: somebody has to read it
    review.save()
    return review


@transaction.atomic
def take_back(review_id: int, *, parts: Collection[str], how: str, by=None) -> Testimonial:
    """No longer show the ``parts`` named ("name", "photo"), at once. The photo is erased. ``how`` they told us."""
    review = _locked(review_id, "take_back")
    taken = [part for part in ("name", "photo") if part in parts and getattr(review, f"allow_{part}")]
    for part in taken:
        setattr(review, f"allow_{part}", False)
        _note_permission(review, part, DisplayConsent.Act.REVOKED, how, {})
    if "name" in parts:
        review.shown_name = ""
    if "photo" in parts:
        taken += ["photo"] * (_erase_photo(review) and "photo" not in taken)
    review.save()
    if not taken:
        return review  # it was taken back before
    _step(review, ReviewEvent.Kind.TAKEN_BACK, by=by, reason=",".join(taken))
    return review


@transaction.atomic
def withdraw(review_id: int, *, how: str, by=None) -> Testimonial:
    """Take the whole review down for good and erase what it said. No reason is asked for."""
    review = _locked(review_id, "withdraw")
    for part in PARTS:
        if getattr(review, f"allow_{part}"):
            setattr(review, f"allow_{part}", False)
            _note_permission(review, part, DisplayConsent.Act.REVOKED, how, {})
    _take_down(review, Status.WITHDRAWN)
    if by is not None:  # one person's word for the writer's: readers are told how many (decisions.py)
        _decide(review, Status.WITHDRAWN, by)
    _step(review, ReviewEvent.Kind.WITHDRAWN, by=by)
    _erase(review)
    review.save()
    return review


@transaction.atomic
def renew(review_id: int) -> Testimonial:
    """The writer says that it may stay. One that has expired has to be read again before it shows."""
    review = _locked(review_id, "renew")
    if review.status == Status.PUBLISHED and not review.asked:
        return review  # nobody has asked, or it was answered
    review.asked, review.ask_at = 0, timezone.now() + ASK_EVERY
    if review.status == Status.EXPIRED:
        review.status, review.ask_at = Status.PENDING, None
    review.save()
    _step(review, ReviewEvent.Kind.RENEWED)
    return review


@transaction.atomic
def appeal(review_id: int, *, words: str) -> Testimonial:
    """The writer asks us to look at a withheld review again, once for each version."""
    review = _locked(review_id, "appeal")
    if review.appealed_at and review.appealed_at > review.versions.last().at:
        raise Refused("You have asked us to look again already.")
    review.appealed_at, review.reason = timezone.now(), ""
    review.status = Status.PENDING
    review.save()
    _step(review, ReviewEvent.Kind.APPEALED, note=words)
    return review


# --- deciding --------------------------------------------------------------------------------------------------------


@transaction.atomic
def approve(
    review_id: int,
    *,
    by,
    version: int,
    removals: Sequence[Removal] = (),
    with_name: bool = True,
    with_photo: bool = False,
) -> Testimonial:
    """Show version number ``version`` of a review, as it was written but for what ``removals`` take out.

    Raises Refused where the writer did not allow it, has changed it since, or a removal does not fit the words.
    """
    review = _locked(review_id, "approve")
    current = _current(review, version)
    if not review.allow_words:
        raise Refused("The writer did not allow these words to be shown.")
    try:
        shown = applied(current.payload["words"], removals)
    except ValueError as exc:
        raise Refused("What is to be taken out does not fit the words. Load the page again.") from exc
    if sum(removal.end - removal.start for removal in removals) > MAX_TAKEN_OUT * len(current.payload["words"]):
        raise Refused("More than half of it would be taken out. Take out less, or propose to withhold it.")
    current.removals = to_json(removals)
    current.save(update_fields=["removals"])
    _forget_proposal(review)
    review.shown_words = shown
    review.shown_name = current.payload["name"] if with_name and review.allow_name else ""
    if with_photo and review.allow_photo:
        _show_photo(review)
    else:
        _hide_photo(review)
    review.reason, review.hidden_at = "", None
    was_shown = review.status == Status.PUBLISHED
    _decide(review, Status.PUBLISHED, by)
    if review.ask_at is None:
        review.ask_at = timezone.now() + ASK_EVERY
    review.save()
    _step(review, ReviewEvent.Kind.PUBLISHED, by=by, text_hash=hash_of(shown))
    _settle_flags(review, by)
    if not was_shown:
        author_mail.put(review, OutgoingEmail.Kind.PUBLISHED)
    return review


@transaction.atomic
def propose(review_id: int, *, by, version: int, reason: str, note: str = "") -> Testimonial:
    """Say that a review has to be withheld, and why. It stays as it is until somebody else agrees."""
    review = _locked(review_id, "propose")
    _current(review, version)
    if not review.allow_words:
        raise Refused("Its writer did not allow it to be shown: there is nothing to withhold.")
    if review.proposed_at:
        raise Refused(f"{review.proposed_by} has proposed that already. Agree or disagree.")
    review.proposed_at, review.proposed_by, review.proposed_reason = timezone.now(), by, Reason(reason).value
    review.save()
    _step(review, ReviewEvent.Kind.PROPOSED, by=by, reason=reason, note=note)
    return review


@transaction.atomic
def decline(review_id: int, *, by, version: int, reason: str = "") -> Testimonial:
    """Withhold a review, as a second person, for the reason that the first one gave. The writer is told.

    ``reason``: the one that this person has read.
    """
    review = _locked(review_id, "decline")
    _current(review, version)
    if not review.proposed_at:
        raise Refused("Nobody has proposed to withhold this review.")
    if review.proposed_by_id == by.pk:
        raise Refused("Somebody else has to agree: two people withhold a review.")
    if reason and reason != review.proposed_reason:
        raise Refused("It was proposed anew, for another reason. Read that one.")
    review.reason = review.proposed_reason
    _take_down(review, Status.DECLINED)
    _decide(review, Status.DECLINED, by)
    review.proposed_at, review.proposed_reason = None, ""  # who proposed it stays
    review.save()
    _step(review, ReviewEvent.Kind.DECLINED, by=by, reason=review.reason)
    _settle_flags(review, by)
    author_mail.put(review, OutgoingEmail.Kind.DECLINED)
    return review


@transaction.atomic
def object_to(review_id: int, *, by, note: str = "") -> Testimonial:
    """Do not withhold it: the second person disagrees, or the first one thought better of it."""
    review = _locked(review_id, "object")
    if not review.proposed_at:
        raise Refused("Nobody has proposed to withhold this review.")
    _forget_proposal(review)
    review.save()
    _step(review, ReviewEvent.Kind.OBJECTED, by=by, note=note)
    return review


@transaction.atomic
def permit(review_id: int, *, by, parts: Collection[str], how: str) -> Testimonial:
    """Put on file that the writer of an imported review allows parts of it to be shown here. ``how`` we know."""
    review = _locked(review_id, "permit")
    if review.source == Source.HERE:
        raise Refused("Its writer decides that with the private link.")
    if not review.allow_words and "words" not in parts:
        raise Refused("Without permission for the words nothing can be shown.")
    _note_permissions(review, {"words", *parts}, {}, how="put on file by staff")  # how we know is sealed in the step
    review.save()
    _step(review, ReviewEvent.Kind.PERMITTED, by=by, note=how)
    return review


@transaction.atomic
def reply(review_id: int, *, by, reply: str) -> Testimonial:
    """Put the center's answer below a published review, or take it away with an empty one.

    Raises Refused for wording that would confirm that somebody was a patient, or was not.
    """
    review = _locked(review_id, "reply")
    reply = tidied(reply).strip()
    if reply_policy.found(reply, roster(), reply_policy.own_words()):
        raise Refused("This reply is not saved. What has to go, and why, is below.", field="reply")
    review.reply, review.replied_at = reply, timezone.now() if reply else None
    review.save(update_fields=["reply", "replied_at"])
    _step(review, ReviewEvent.Kind.REPLIED, by=by, text_hash=hash_of(reply) if reply else "")
    return review


# --- remarks of readers ----------------------------------------------------------------------------------------------


@transaction.atomic
def flag(review_id: int, *, key: str, kind: str, text: str) -> Testimonial:
    """A reader tells us of a review. It stays shown while it is checked, unless somebody may be in danger.

    Nobody can hide many: beyond HIDDEN_BY_READERS, or once its words were checked or hidden, it stays as well.
    """
    review = _locked(review_id, "flag")
    remark = Report(review=review, key=key, kind=kind)
    remark.seal({"text": text})
    try:
        with transaction.atomic():
            remark.save(force_insert=True)
    except IntegrityError:
        return review  # the same form again
    _step(review, ReviewEvent.Kind.FLAGGED, reason=kind)
    if (
        kind == Report.Kind.SAFETY
        and not _was(review, ReviewEvent.Kind.KEPT, ReviewEvent.Kind.HIDDEN)
        and _may_readers_hide()
    ):
        _hide(review)
    return review


def _may_readers_hide() -> bool:
    """Asked by one after the other: until the transaction ends nobody else is told yes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('readers hide a review'))")
    return Testimonial.objects.hidden().count() < HIDDEN_BY_READERS


def _was(review: Testimonial, *kinds: str) -> bool:
    """Whether one of these steps was taken with the words as they are."""
    return review.steps.filter(kind__in=kinds, at__gt=review.versions.last().at).exists()


def _hide(review: Testimonial, by=None) -> None:
    review.hidden_at = timezone.now()
    review.save(update_fields=["hidden_at"])
    _step(review, ReviewEvent.Kind.HIDDEN, by=by, reason=Report.Kind.SAFETY)


@transaction.atomic
def hide(review_id: int, *, by) -> Testimonial:
    """Hide a shown review at once because somebody may be in danger.

    For HIDDEN_FOR at most, and once: beyond that it takes two people, as ever.
    """
    review = _locked(review_id, "hide")
    if _was(review, ReviewEvent.Kind.HIDDEN):
        raise Refused("It was hidden once already. Propose to withhold it: a second person has to agree.")
    _hide(review, by)
    return review


@transaction.atomic
def keep(review_id: int, *, by, note: str = "") -> Testimonial:
    """What readers told us was checked, and the review is shown on."""
    review = _locked(review_id, "keep")
    review.hidden_at = None
    review.save(update_fields=["hidden_at"])
    _settle_flags(review, by)
    _step(review, ReviewEvent.Kind.KEPT, by=by, note=note)
    return review


@transaction.atomic
def show_again(review_id: int) -> Testimonial:
    """Nobody has decided on a hidden review within HIDDEN_FOR: it is shown again, and remarks on it stay open."""
    review = _locked(review_id, "keep")
    review.hidden_at = None
    review.save(update_fields=["hidden_at"])
    _step(review, ReviewEvent.Kind.RETURNED)
    return review


def _settle_flags(review: Testimonial, by) -> None:
    review.flags.open().update(settled_at=timezone.now(), settled_by=by)


# --- what the clock does ---------------------------------------------------------------------------------------------


@transaction.atomic
def ask(review_id: int) -> Testimonial:
    """Ask the writer if it may stay; where MAX_ASKED letters had no answer, it is no longer shown."""
    review = _locked(review_id, "ask")
    if review.asked >= MAX_ASKED:
        return expire(review_id)
    if not Author.objects.filter(review=review).exists():
        review.ask_at = timezone.now() + ASK_EVERY  # imported: the permission was put on file by hand
    elif author_mail.put(review, OutgoingEmail.Kind.RENEW):
        review.asked, review.ask_at = review.asked + 1, timezone.now() + ASK_AGAIN
        _step(review, ReviewEvent.Kind.ASKED)
    else:
        review.ask_at = timezone.now() + author_mail.RATE_WINDOW  # that address gets no more letters today
    review.save()
    return review


@transaction.atomic
def expire(review_id: int) -> Testimonial:
    """Its writer did not answer: it is no longer shown. With the private link it can be renewed while it is kept."""
    review = _locked(review_id, "expire")
    was_shown = review.status == Status.PUBLISHED
    _take_down(review, Status.EXPIRED)
    review.save()
    _step(review, ReviewEvent.Kind.EXPIRED)
    if was_shown:
        author_mail.put(review, OutgoingEmail.Kind.EXPIRED)
    return review


@transaction.atomic
def erase(review_id: int) -> Testimonial:
    """Empty a review that is not shown for good; that it was sent, and what was decided, stays."""
    review = Testimonial.objects.locked(review_id)
    if review.status == Status.PUBLISHED:
        raise Refused("This review is shown.")
    if review.erased_at:
        return review
    _erase(review)
    review.save()
    _step(review, ReviewEvent.Kind.ERASED)
    return review


# --- parts of the above ----------------------------------------------------------------------------------------------


def said_of(words: str, name: str) -> bytes:
    """What the same words and name are known by again, without reading them."""
    return sealing.keyed("review", f"{len(words)}:{words}{name}", 32)


def new_version(review: Testimonial, words: str, name: str, *, number: int = 1) -> Version:
    """Sealed, not stored yet."""
    version = Version(review=review, number=number, said=said_of(words, name))
    version.seal({"words": words, "name": name, "signs": list(danger_signs({"story": words}))})
    return version


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _locked(review_id, step: str) -> Testimonial:
    """The review, locked until the transaction ends. Raises Refused where ``step`` cannot be taken from its status."""
    review = Testimonial.objects.locked(review_id)
    if review.erased_at:
        raise Refused("What was written is erased.")
    if review.status not in STEPS[step]:
        raise Refused(f"This review is {review.get_status_display().lower()} now.")
    return review


def _current(review: Testimonial, number: int) -> Version:
    """The newest version. Raises Refused if that is not number ``number``, which somebody has read."""
    current = review.versions.last()
    if current is None or current.number != number:
        raise Refused("The writer has changed it since you opened it. Read it again.")
    return current


def _step(review: Testimonial, kind: str, *, by=None, reason="", note="", text_hash="") -> None:
    step = ReviewEvent(review=review, kind=kind, by=by, reason=reason, text_hash=text_hash)
    if note:
        step.seal({"note": note})
    step.save(force_insert=True)


def _decide(review: Testimonial, status: Status, by) -> None:
    review.status, review.decided_by, review.decided_at = status, by, timezone.now()


def _forget_proposal(review: Testimonial) -> None:
    review.proposed_at = review.proposed_by = None
    review.proposed_reason = ""


def _take_down(review: Testimonial, status: Status) -> None:
    """Nothing of it is readable from here on, and an open proposal has nothing left to be about."""
    if status != Status.DECLINED:
        _forget_proposal(review)
        review.reason = ""
    _hide_photo(review)
    review.shown_words = review.shown_name = review.reply = ""
    review.replied_at = review.hidden_at = review.ask_at = None
    review.asked = 0
    review.status = status


def _show_photo(review: Testimonial) -> None:
    """Write what readers get, under a new random name. Opens the photo."""
    photo = Photo.objects.filter(review=review).first()
    if photo is None:
        return
    _hide_photo(review)
    small = images.rewritten(io.BytesIO(base64.b64decode(photo.payload["file"])), longest=PHOTO_SHOWN)
    review.shown_photo.save(f"{uuid.uuid4().hex}.{small.name.rsplit('.', 1)[-1]}", small, save=False)


def _hide_photo(review: Testimonial) -> None:
    """Before the row says so: of a stop between the two, a missing picture is left and not a picture too many."""
    if review.shown_photo:
        review.shown_photo.delete(save=False)
        review.shown_photo = ""


def _erase_photo(review: Testimonial) -> bool:
    """Returns whether there was one."""
    _hide_photo(review)
    return Photo.objects.filter(review=review).delete()[0] > 0


def _erase(review: Testimonial) -> None:
    """What was sent is gone, with the address. The link still says what became of it."""
    _erase_photo(review)
    review.versions.update(sealed=b"", sealed_for_author=b"", said=b"", removals=[])
    review.steps.update(sealed=b"")
    review.flags.update(sealed=b"")
    Author.objects.filter(review=review).update(sealed=b"", email_index=None, return_key=b"")
    review.emails.filter(state=OutgoingEmail.State.WAITING).update(state=OutgoingEmail.State.DROPPED)
    review.emails.update(email_index=None)
    review.erased_at = timezone.now()


def version_of(review_id, number: int) -> Version:
    """The newest version of a review. Raises Refused if that is not number ``number``."""
    return _current(Testimonial(pk=review_id), number)


def latest_number(review: Testimonial) -> int:
    return review.versions.aggregate(last=Max("number"))["last"] or 0
