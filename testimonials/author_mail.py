"""E-mails to writers: put into the outbox with the step they tell of, sent by the worker.

They say nothing of the center, of a review or of care; what there is to tell is behind the private link. A letter is
sent at least once: what was sent but not noted, because the process was killed between, is sent again under the same
Message-ID.
"""

import logging
import random
import struct
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from detoxsite.core.encryption import sealing

from .models import OutgoingEmail, Status

OFTEN = timezone.timedelta(days=1)
MAX_TO_ONE = 5  # letters to one address within OFTEN; nobody can fill a stranger's mailbox with our form
ANYBODY_CAUSES = {
    OutgoingEmail.Kind.CONFIRM,
    OutgoingEmail.Kind.LINK,
}  # counted by themselves: they must not keep news away
LOCK_FAMILY = 7002  # first half of the advisory lock under which the letters to one address are counted
BATCH_SIZE = 20
LEASE = timezone.timedelta(minutes=5)  # a letter that is being sent is nobody else's for so long
BACKOFF = [timezone.timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 24 * 60, 24 * 60)]

SUBJECTS = {
    OutgoingEmail.Kind.CONFIRM: "Please confirm your address",
    OutgoingEmail.Kind.LINK: "The link you asked for",
}
SUBJECT = "A message about what you sent"
WHY = {
    OutgoingEmail.Kind.CONFIRM: (
        "Somebody typed this address into a form. If it was you, open this page and press the button:"
    ),
    OutgoingEmail.Kind.LINK: "Somebody asked us to send this link again. It opens your private page:",
    OutgoingEmail.Kind.RENEW: "We have one short question about what you sent us. It is on your private page:",
}
NEWS = "There is news about what you sent us. It is on your private page:"
ENDS = {
    OutgoingEmail.Kind.CONFIRM: (
        "If it was not you, do nothing. What was typed is then erased, and we do not write again."
    ),
    OutgoingEmail.Kind.LINK: "If it was not you, do nothing. Nobody but you has the link.",
}
END = "Whoever has the link can open the page, so please keep it to yourself."

logger = logging.getLogger(__name__)


# --- the outbox ------------------------------------------------------------------------------------------------------


def put(review, kind: str) -> OutgoingEmail | None:
    """Queue a letter to the writer of a review, in the transaction of the step. None where there is nobody to tell.

    After the review is saved: whoever waits here holds the counters of Tally already, and nobody takes them later.
    """
    writer = getattr(review, "author", None)
    if writer is None or not writer.sealed or writer.email_index is None:
        return None
    _count_alone(bytes(writer.email_index))
    since = timezone.now() - OFTEN
    lately = OutgoingEmail.objects.filter(email_index=writer.email_index, made_at__gt=since).values_list(
        "kind", flat=True
    )
    if sum((other in ANYBODY_CAUSES) == (kind in ANYBODY_CAUSES) for other in lately) >= MAX_TO_ONE:
        return None
    return OutgoingEmail.objects.create(review=review, kind=kind, email_index=writer.email_index)


def _count_alone(email_index: bytes) -> None:
    """Until the transaction ends nobody else puts a letter to this address."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_FAMILY, *struct.unpack(">i", email_index[:4])])


# --- sending ---------------------------------------------------------------------------------------------------------


def send_due(now: datetime | None = None) -> int:
    """Send what waits, one after the other. Safe in several workers at once. Returns how many were sent.

    Only where the addresses can be opened. ``now`` is given where time is tried out.
    """
    if not sealing.holds_private_key():
        return 0
    sent = 0
    for _ in range(BATCH_SIZE):
        letter = _take(now or timezone.now())
        if letter is None:
            break
        sent += _send(letter, now)
    return sent


@transaction.atomic
def _take(now: datetime) -> OutgoingEmail | None:
    """The letter that waits longest, for LEASE nobody else's. What need not be sent any more is dropped on the way."""
    held = OutgoingEmail.objects.filter(state=OutgoingEmail.State.WAITING, next_try_at__lte=now).order_by("next_try_at")
    held = held.select_for_update(of=["self"], skip_locked=True).select_related("review__author")
    for letter in held[:BATCH_SIZE]:
        if is_needed(letter):
            letter.next_try_at = now + LEASE
            letter.save(update_fields=["next_try_at"])
            return letter
        letter.state = OutgoingEmail.State.DROPPED
        letter.save(update_fields=["state"])
    return None


def is_needed(letter: OutgoingEmail) -> bool:
    """Whether what it tells of is still so."""
    review, writer = letter.review, getattr(letter.review, "author", None)
    if writer is None or not writer.sealed or review.erased_at or review.status == Status.WITHDRAWN:
        return False
    if bytes(letter.email_index or b"") != bytes(writer.email_index or b""):
        return False  # the address was mended since, and has a letter of its own
    match letter.kind:
        case OutgoingEmail.Kind.CONFIRM:
            return review.status == Status.UNCONFIRMED
        case OutgoingEmail.Kind.RENEW:
            return review.status == Status.PUBLISHED and review.unanswered_renewals > 0
        case OutgoingEmail.Kind.PUBLISHED | OutgoingEmail.Kind.DECLINED | OutgoingEmail.Kind.EXPIRED:
            return review.status == letter.kind
    return True


def _send(letter: OutgoingEmail, now: datetime | None) -> bool:
    try:
        message(letter).send()
    except Exception as exc:  # whatever it is, the others must not wait for it
        _note_failure(letter, exc, now or timezone.now())
        return False
    mine = OutgoingEmail.objects.filter(pk=letter.pk, state=OutgoingEmail.State.WAITING)
    mine.update(state=OutgoingEmail.State.SENT, sent_at=now or timezone.now(), tries=letter.tries + 1, problem="")
    return True


def _note_failure(letter: OutgoingEmail, trouble: Exception, now: datetime) -> None:
    tries = letter.tries + 1
    is_over = tries > len(BACKOFF)
    problem = " ".join(str(part) for part in (type(trouble).__name__, getattr(trouble, "smtp_code", "")) if part)
    pause = BACKOFF[min(tries, len(BACKOFF)) - 1] * random.uniform(1, 1.2)  # noqa: S311 so that not all come back at once
    OutgoingEmail.objects.filter(pk=letter.pk, state=OutgoingEmail.State.WAITING).update(
        state=OutgoingEmail.State.FAILED if is_over else OutgoingEmail.State.WAITING,
        tries=tries,
        next_try_at=now + pause,
        problem=problem[:120],
    )
    logger.warning("A letter to a writer was not sent: %s", problem)


def message(letter: OutgoingEmail) -> EmailMessage:
    """It may be read on a lock screen, by whoever stands beside. Opens the address and the link."""
    known = letter.review.author.payload
    link = settings.PUBLIC_ORIGIN + reverse("testimonials:portal", args=[known["token"]])
    lines = [WHY.get(letter.kind, NEWS), link, ENDS.get(letter.kind, END)]
    domain = settings.NEUTRAL_FROM.rpartition("@")[2] or "localhost"
    return EmailMessage(
        SUBJECTS.get(letter.kind, SUBJECT),
        "\n\n".join(lines) + "\n",
        from_email=settings.NEUTRAL_FROM,
        to=[known["email"]],
        headers={"Message-ID": f"<{letter.pk}@{domain}>", "Auto-Submitted": "auto-generated"},
    )
