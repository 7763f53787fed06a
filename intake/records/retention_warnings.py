"""Retention warnings: emails to the managers who may approve an erasure, with numbers, a day and a link."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.utils.dateparse import parse_date
from django.utils.formats import date_format

from detoxsite.core.outbox import Dispatcher, NoRecipients, email_headers

from ..alerting.escalation import staff
from ..models import RetentionWarning


class RetentionWarningDispatcher(Dispatcher):
    model = RetentionWarning
    label = "A retention warning"

    def compose(self, message: RetentionWarning, now: datetime):
        may_approve = Q(groups__permissions__codename="approve_erasure") | Q(is_superuser=True)
        addresses = list(staff().filter(may_approve).distinct().values_list("email", flat=True))
        if not addresses:
            raise NoRecipients
        return email_of(message, addresses).send


def email_of(warning: RetentionWarning, addresses: list[str]) -> EmailMessage:
    lines = [
        f"{count} {'request' if count == 1 else 'requests'}: kept until {date_format(parse_date(day), 'F j, Y')}"
        for day, count in warning.counts.items()
    ]
    body = [
        *lines,
        "",
        "After that day each request can be erased for good, once you approve. Nothing is erased before you do.",
        "To keep a request, put it under legal hold on its own page.",
        "",
        f"Open: {settings.STAFF_ORIGIN}/admin/intake/erasurebatch/",
        "",
    ]
    return EmailMessage(
        f"Requests to be erased: notice of {date_format(warning.on, 'F j, Y')}",
        "\n".join(body),
        to=addresses,  # colleagues; without a To header mail servers take it for spam
        headers=email_headers(warning, settings.DEFAULT_FROM_EMAIL),
    )


dispatcher = RetentionWarningDispatcher()
