"""What happens after a request is stored: staff are told that one is waiting, and nothing else."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from .models import CallForHelp

OVERDUE = timezone.timedelta(minutes=2)


class NobodyToTell(Exception):
    """No active account has the admissions role, so that an alert has nowhere to go."""


@task()
def alert(reference: str) -> None:
    """E-mail the admissions staff a reference and a link.

    A request already announced is left alone, so that a second delivery sends nothing. Raises NobodyToTell.
    """
    with transaction.atomic():
        call = CallForHelp.objects.select_for_update().filter(reference=reference, notified_at=None).first()
        if call is None:
            return
        staff = get_user_model().objects.filter(is_active=True, groups__name="admissions")
        addresses = list(staff.values_list("email", flat=True))
        if not addresses:
            raise NobodyToTell(reference)
        link = f"{settings.STAFF_ORIGIN}/admin/intake/callforhelp/{call.pk}/change/"  # also where no admin is mounted
        EmailMessage(
            subject=f"A new request is waiting: {reference}",
            body=f"A new request is waiting.\n\nReference: {reference}\nOpen: {link}\n",
            bcc=addresses,
        ).send()
        call.notified_at = timezone.now()
        call.save(update_fields=["notified_at"])


def chase(now=None) -> int:
    """Queue the alert again for every request that staff should have been told of by now, unless it is queued.

    Returns how many.
    """
    overdue = CallForHelp.objects.open().filter(notified_at=None, created_at__lt=(now or timezone.now()) - OVERDUE)
    queued = DBTaskResult.objects.filter(status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING])
    in_hand = {result.args_kwargs["args"][0] for result in queued.filter(task_path=alert.module_path)}
    missed = [call.reference for call in overdue.only("reference") if call.reference not in in_hand]
    for reference in missed:
        alert.enqueue(reference)
    return len(missed)
