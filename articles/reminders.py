"""Reminders: emails to the owner of an article, or to every editor, that its review is due."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.utils.formats import date_format

from detoxsite.core.outbox import Dispatcher, NoLongerNeeded, NoRecipients, email_headers
from detoxsite.core.plain_text import tidy

from .models import Edition, Reminder


class ReminderDispatcher(Dispatcher):
    model = Reminder
    label = "A reminder of a review"

    def compose(self, message: Reminder, now: datetime):
        edition = Edition.objects.live().select_related("article__owner").filter(pk=message.edition_id).first()
        if edition is None:
            raise NoLongerNeeded  # readers see another edition by now
        addresses = _addresses(edition.article.owner)
        if not addresses:
            raise NoRecipients
        return email_of(message, edition, addresses).send


def _addresses(owner) -> list[str]:
    if owner is not None and owner.is_active:
        return [owner.email]
    editors = get_user_model().objects.filter(is_active=True, groups__name="editor")
    return list(editors.values_list("email", flat=True))


def email_of(reminder: Reminder, edition: Edition, addresses: list[str]) -> EmailMessage:
    """The title, the date and a link."""
    due = date_format(edition.review_due_on, "F j, Y")
    if reminder.kind == Reminder.Kind.DUE:
        subject = f"Review overdue: {edition.title}"
        status = f"was due by {due}. Readers no longer see the parts with doses."
    else:
        subject, status = f"Review due by {due}: {edition.title}", f"is due by {due}."
    link = f"{settings.STAFF_ORIGIN}/admin/articles/edition/{edition.pk}/change/"  # also where no admin is mounted
    return EmailMessage(
        " ".join(tidy(subject).split()),
        f"The review of “{edition.title}” {status}\n\nOpen: {link}\n",
        bcc=addresses,
        headers=email_headers(reminder, settings.DEFAULT_FROM_EMAIL),
    )


dispatcher = ReminderDispatcher()
