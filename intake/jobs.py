"""What is mailed to managers about keeping: a number, a day and a link."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django_tasks import task

from .alerting.escalation import staff


class NobodyToTell(Exception):
    """No active account may approve erasing."""


@task()
def tell_managers(counts: dict[str, int]) -> None:
    """E-mail whoever may approve erasing. ``counts``: day in ISO form, and how many requests are kept up to then."""
    may_approve = Q(groups__permissions__codename="approve_erasure") | Q(is_superuser=True)
    addresses = list(staff().filter(may_approve).distinct().values_list("email", flat=True))
    if not addresses:
        raise NobodyToTell
    lines = [
        f"{count} {'request' if count == 1 else 'requests'}: kept until {date_format(parse_date(day), 'F j, Y')}"
        for day, count in counts.items()
    ]
    link = f"{settings.STAFF_ORIGIN}/admin/intake/erasurebatch/"
    EmailMessage(
        subject=f"Requests to be erased: notice of {date_format(timezone.localdate(), 'F j, Y')}",
        body="\n".join(
            [
                *lines,
                "",
                "After that day each can be erased for good, once you approve. Until then nothing is erased.",
                "To keep one, put it under legal hold on its own page.",
                "",
                f"Look: {link}",
                "",
            ]
        ),
        bcc=addresses,
    ).send()
