"""Tells compliance by email that last week's access report is ready: the week and a link, nothing of its content."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage

from detoxsite.core.models import AccessReportNotice, SealedAccess
from detoxsite.core.outbox import Dispatcher, NoLongerNeeded, NoRecipients, email_headers

from .access_report import Week, is_read

READERS = ("compliance", "manager")  # roles; the second where nobody has the first


class NoticeDispatcher(Dispatcher):
    model = AccessReportNotice
    label = "The notice of an access report"

    def compose(self, message: AccessReportNotice, now: datetime):
        if is_read(Week.of(message.week)):
            raise NoLongerNeeded
        addresses = next(filter(None, map(_addresses, READERS)), None)
        if addresses is None:
            raise NoRecipients
        return email_of(message, addresses).send


def _addresses(role: str) -> list[str]:
    people = get_user_model().objects.filter(is_active=True, is_staff=True, groups__name=role)
    return list(people.order_by("email").values_list("email", flat=True))


def email_of(notice: AccessReportNotice, addresses: list[str]) -> EmailMessage:
    return EmailMessage(
        f"Access report {notice.week} is ready",
        "Who opened requests and reviews last week, emergencies first, and whether the access log is whole.\n\n"
        f"Open: {settings.STAFF_ORIGIN}/admin/access-report/?week={notice.week}\n",
        to=addresses,  # colleagues; without a To header mail servers take it for spam
        headers=email_headers(notice, settings.DEFAULT_FROM_EMAIL),
    )


dispatcher = NoticeDispatcher()


def queue() -> bool:
    """Queue the notice of last week's report, unless that was done or the access log begins later."""
    week = Week.last()
    if not SealedAccess.objects.filter(at__lt=week.bounds[1]).exists():
        return False
    return AccessReportNotice.objects.get_or_create(week=week.name)[1]


def queue_and_send() -> int:
    """Returns how many were sent."""
    queue()
    return dispatcher.send_due()
