"""What the clock does for articles: owners are told when a review is due, and old unsaved text is thrown away."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Value, When
from django.utils import timezone
from django.utils.formats import date_format
from django_tasks import task

from .models import DraftAutosave, Edition, Reminder

SOON = timezone.timedelta(days=30)
KEEP_WORK = timezone.timedelta(days=30)  # how long text that was typed and not saved is offered back


class NobodyToTell(Exception):
    """An article has no owner, and no active account has the editor role."""


@task()
def remind(reminder_id: int) -> None:
    """E-mail the owner of an article, or every editor, that its review is due. The title, the date and a link.

    Nothing is sent where readers see another edition by now. Raises NobodyToTell.
    """
    reminder = Reminder.objects.get(pk=reminder_id)
    edition = Edition.objects.live().select_related("article__owner").filter(pk=reminder.edition_id).first()
    if edition is None:
        return
    addresses = _addresses(edition.article.owner)
    if not addresses:
        raise NobodyToTell(edition.pk)
    due = date_format(edition.review_due_on, "F j, Y")
    is_due = reminder.kind == Reminder.Kind.DUE
    subject = f"Review overdue: {edition.title}" if is_due else f"Review due by {due}: {edition.title}"
    state = f"was due by {due}. What holds doses is hidden from readers." if is_due else f"is due by {due}."
    link = f"{settings.STAFF_ORIGIN}/admin/articles/edition/{edition.pk}/change/"  # also where no admin is mounted
    EmailMessage(
        subject=" ".join(subject.split()),
        body=f"The review of “{edition.title}” {state}\n\nOpen: {link}\n",
        bcc=addresses,
    ).send()


def _addresses(owner) -> list[str]:
    if owner is not None and owner.is_active:
        return [owner.email]
    editors = get_user_model().objects.filter(is_active=True, groups__name="editor")
    return list(editors.values_list("email", flat=True))


def chase_reviews(today=None) -> int:
    """Queue a reminder for every live edition whose review is due within SOON, and one when it is overdue.

    Each is recorded in the transaction that queues it: of two workers at once only one does. Returns how many.
    """
    today = today or timezone.localdate()
    kind = Case(When(review_due_on__lt=today, then=Value(Reminder.Kind.DUE)), default=Value(Reminder.Kind.SOON))
    told = Reminder.objects.filter(edition=OuterRef("pk"), kind=OuterRef("due"))
    waiting = Edition.objects.live().filter(review_due_on__lte=today + SOON).annotate(due=kind).filter(~Exists(told))
    count = 0
    for edition_id, due in waiting.values_list("pk", "due"):
        with transaction.atomic():
            reminder, is_ours = Reminder.objects.get_or_create(edition_id=edition_id, kind=due)
            if is_ours:
                remind.enqueue(reminder.pk)
                count += 1
    return count


def forget_old_work() -> int:
    """Throw away what was typed and not saved, and who had what open, after KEEP_WORK. Returns how many."""
    return DraftAutosave.objects.filter(seen_at__lt=timezone.now() - KEEP_WORK).delete()[0]
