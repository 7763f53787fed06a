"""Emails to authors: put into the outbox together with the event they report, sent by the worker.

They do not mention the center, a review or care; the news itself is behind the private link.
"""

import struct
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from detoxsite.core.encryption import sealing
from detoxsite.core.outbox import Dispatcher, NoLongerNeeded, email_headers

from .models import OutgoingEmail, Status

RATE_WINDOW = timezone.timedelta(days=1)
MAX_TO_ONE = 5  # emails to one address in RATE_WINDOW: our form must not fill a stranger's mailbox
CAUSED_BY_ANYONE = {  # counted by themselves, so that they do not keep news from the author
    OutgoingEmail.Kind.CONFIRM,
    OutgoingEmail.Kind.LINK,
}
LOCK_FAMILY = 7002  # first half of the advisory lock under which the emails to one address are counted

SUBJECTS = {
    OutgoingEmail.Kind.CONFIRM: "Please confirm your address",
    OutgoingEmail.Kind.LINK: "The link you asked for",
}
SUBJECT = "A message about what you sent"
OPENINGS = {
    OutgoingEmail.Kind.CONFIRM: (
        "Someone entered this address in a form. If it was you, open this page and press the button:"
    ),
    OutgoingEmail.Kind.LINK: "Someone asked us to send this link again. It opens your private page:",
    OutgoingEmail.Kind.RENEW: "We have a short question about what you sent us. You will find it on your private page:",
}
OPENING = "There is news about what you sent us. You will find it on your private page:"
CLOSINGS = {
    OutgoingEmail.Kind.CONFIRM: (
        "If it was not you, do nothing. We will erase what was entered, and will not write to you again."
    ),
    OutgoingEmail.Kind.LINK: "If it was not you, do nothing. No one but you has the link.",
}
CLOSING = "Anyone with this link can open the page, so please keep it to yourself."


# --- into the outbox -------------------------------------------------------------------------------------------------


def put(review, kind: str) -> OutgoingEmail | None:
    """Queue an email to the author of a review, in the transaction of the event. None where there is no address.

    Call it after the review is saved: the counters of reviews are locked by then, and must not be locked after this.
    """
    author = getattr(review, "author", None)
    if author is None or not author.sealed or author.email_index is None:
        return None
    _lock_address(bytes(author.email_index))
    emails = OutgoingEmail.objects.filter(email_index=author.email_index, made_at__gt=timezone.now() - RATE_WINDOW)
    kinds = emails.values_list("kind", flat=True)
    if sum((other in CAUSED_BY_ANYONE) == (kind in CAUSED_BY_ANYONE) for other in kinds) >= MAX_TO_ONE:
        return None
    return OutgoingEmail.objects.create(review=review, kind=kind, email_index=author.email_index)


def _lock_address(email_index: bytes) -> None:
    """Let no one else queue an email to this address before the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_FAMILY, *struct.unpack(">i", email_index[:4])])


# --- sending ---------------------------------------------------------------------------------------------------------


class AuthorMailDispatcher(Dispatcher):
    """Sends one email after the other."""

    model = OutgoingEmail
    label = "An email to an author"

    def with_related(self, messages):
        return messages.select_related("review__author")

    def compose(self, message: OutgoingEmail, now: datetime):
        if not is_needed(message):
            raise NoLongerNeeded
        return email_of(message).send


def send_due(now: datetime | None = None) -> int:
    """Send what is due, where this process can open the addresses. Returns how many emails were sent."""
    return dispatcher.send_due(now) if sealing.holds_private_key() else 0


def is_needed(email: OutgoingEmail) -> bool:
    """Whether the event that an email reports still holds."""
    review, author = email.review, getattr(email.review, "author", None)
    if author is None or not author.sealed or review.erased_at or review.status == Status.WITHDRAWN:
        return False
    if bytes(email.email_index or b"") != bytes(author.email_index or b""):
        return False  # the address was corrected since, and has an email of its own
    match email.kind:
        case OutgoingEmail.Kind.CONFIRM:
            return review.status == Status.UNCONFIRMED
        case OutgoingEmail.Kind.RENEW:
            return review.status == Status.PUBLISHED and review.unanswered_renewals > 0
        case OutgoingEmail.Kind.PUBLISHED | OutgoingEmail.Kind.DECLINED | OutgoingEmail.Kind.EXPIRED:
            return review.status == email.kind
    return True


def email_of(email: OutgoingEmail) -> EmailMessage:
    """Open the address and the link. Others may read the message on a lock screen, so it gives nothing away."""
    contact = email.review.author.payload
    link = settings.PUBLIC_ORIGIN + reverse("testimonials:portal", args=[contact["token"]])
    paragraphs = [OPENINGS.get(email.kind, OPENING), link, CLOSINGS.get(email.kind, CLOSING)]
    return EmailMessage(
        SUBJECTS.get(email.kind, SUBJECT),
        "\n\n".join(paragraphs) + "\n",
        from_email=settings.NEUTRAL_FROM,
        to=[contact["email"]],
        headers=email_headers(email, settings.NEUTRAL_FROM),
    )


dispatcher = AuthorMailDispatcher()
