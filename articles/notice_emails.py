"""Emails about the workflow: one for each notice, or all of a day in one. They hold a reference and a link each.

The words of a draft, of a remark, and names stay on the site: email is kept in places that nobody here looks after.
"""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from detoxsite.core.outbox import Dispatcher, NoLongerNeeded, email_headers

from .models import Comment, EditionEvent, WorkflowEmail, WorkflowEmailChoice, WorkflowNotice
from .notices import Pace, is_current

DIGEST_HOUR = 7  # center time
RETENTION = timedelta(days=90)

SENTENCES = {
    EditionEvent.Kind.SUBMITTED: "Sent for review",
    EditionEvent.Kind.ASSIGNED: "Waiting for your sign-off",
    EditionEvent.Kind.SENT_BACK: "Sent back, with a remark for you",
    EditionEvent.Kind.SIGNED_OFF: "Signed off",
    EditionEvent.Kind.WENT_LIVE: "Live now, as scheduled",
}


class WorkflowEmailDispatcher(Dispatcher):
    model = WorkflowEmail
    label = "An email about an article"

    def with_related(self, messages):
        return messages.select_related("to")

    def compose(self, message: WorkflowEmail, now: datetime):
        if not (message.to.is_active and message.to.is_staff) or _wants_none(message.to_id):
            raise NoLongerNeeded
        notices = message.notices.select_related("event__edition").defer("event__lines").order_by("event__at", "pk")
        lines = list(dict.fromkeys(_line(notice.event) for notice in notices if is_current(notice)))
        if not lines:
            raise NoLongerNeeded
        return email_of(message, lines).send


def _wants_none(user_id: int) -> bool:
    return WorkflowEmailChoice.objects.filter(user=user_id, pace=Pace.NONE).exists()


def _line(event: EditionEvent) -> tuple[str, str]:
    """What happened to which edition, and its page."""
    what = f"{SENTENCES[event.kind]}{_comments(event)}: {event.edition.reference}"
    return what, f"{settings.STAFF_ORIGIN}/admin/articles/edition/{event.edition_id}/change/"


def _comments(event: EditionEvent) -> str:
    """How many comments ask for changes in what was sent back; not a word of them."""
    if event.kind != EditionEvent.Kind.SENT_BACK:
        return ""
    count = Comment.objects.shown_with(event.edition).open().count()
    return f" and {count} comment{'' if count == 1 else 's'} in the text" if count else ""


def email_of(message: WorkflowEmail, lines: list[tuple[str, str]]) -> EmailMessage:
    """``lines``: what happened and the link, in order."""
    subject = lines[0][0] if len(lines) == 1 else f"{len(lines)} messages about articles and pages"
    body = "\n\n".join(f"{what}\nOpen: {link}" for what, link in lines)
    choice = f"{settings.STAFF_ORIGIN}/admin/my-messages/"  # also where no admin is mounted
    return EmailMessage(
        subject,
        f"{body}\n\nChoose when these emails come, or stop them: {choice}\n",
        to=[message.to.email],
        headers=email_headers(message, settings.DEFAULT_FROM_EMAIL),
    )


dispatcher = WorkflowEmailDispatcher()


def queue_digests(now: datetime | None = None) -> int:
    """Put what waited at the last DIGEST_HOUR into one email for each person. Returns how many emails.

    Whoever has had the day's email gets the rest on the next day. Of two workers at once, one makes the email.
    """
    moment = _last_digest(now or timezone.now())
    waiting = WorkflowNotice.objects.filter(email=None, at__lt=moment)
    count = 0
    for user_id in waiting.order_by("to").values_list("to", flat=True).distinct():
        with transaction.atomic():
            day = timezone.localdate(moment)
            email, is_new = WorkflowEmail.objects.get_or_create(to_id=user_id, digest_on=day)
            if is_new:
                waiting.filter(to=user_id).update(email=email)
                count += 1
    return count


def _last_digest(now: datetime) -> datetime:
    local = timezone.localtime(now)
    day = local.date() if local.hour >= DIGEST_HOUR else local.date() - timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time(DIGEST_HOUR)))


def send_due() -> int:
    """Returns how many emails were sent."""
    queue_digests()
    return dispatcher.send_due()


def delete_old(now: datetime | None = None) -> int:
    """Delete notices and emails after RETENTION; what happened stays in the history. Returns how many rows."""
    before = (now or timezone.now()) - RETENTION
    return sum(rows.filter(at__lt=before).delete()[0] for rows in (WorkflowNotice.objects, WorkflowEmail.objects))
