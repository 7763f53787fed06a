"""Every email that the product sends, as a mail server gets it."""

import pytest
from django.core import mail
from django.utils import timezone

from articles import notice_emails, notices, reminders
from articles.models import Edition, EditionEvent, Reminder, State
from detoxsite.core.models import AccessReportNotice
from detoxsite.core.outbox import Dispatcher
from detoxsite.dashboard import access_report_notice
from intake.alerting import deliveries, phone_messages
from intake.models import Alert, Delivery, RetentionWarning
from intake.records import retention_warnings
from testimonials import author_mail
from testimonials.models import OutgoingEmail
from testimonials.models import Status as ReviewStatus
from tests.factories import make_call, make_draft, make_live, make_review, make_user

pytestmark = pytest.mark.django_db


def queue_reminders():
    """One to every editor, because nobody owns the article."""
    edition = make_live(review_due_on=timezone.localdate())
    for kind in Reminder.Kind.values:
        Reminder.objects.create(edition=edition, kind=kind)
    return len(Reminder.Kind.values)


def queue_warning():
    RetentionWarning.objects.create(on=timezone.localdate(), counts={"2027-01-01": 2})
    return 1


def queue_alert():
    alert = Alert.objects.create(call=make_call())
    Delivery.objects.create(alert=alert, to=make_user("admissions"))
    return 1


def queue_author_mail():
    review = make_review(ReviewStatus.PUBLISHED, unanswered_renewals=1)
    index = review.author.email_index
    OutgoingEmail.objects.all().delete()
    kinds = [kind for kind in OutgoingEmail.Kind.values if kind not in {"confirm", "declined", "expired"}]
    for kind in kinds:  # those that a published review can cause
        OutgoingEmail.objects.create(review=review, kind=kind, email_index=index)
    return len(kinds)


def queue_access_report_notice():
    AccessReportNotice.objects.create(week="2026-W40")
    return 1


def queue_workflow_emails():
    """To the two who wrote it."""
    edition = make_draft(state=State.IN_REVIEW, created_by=make_user("editor"))
    edition.article.owner = make_user("editor")
    edition.article.save()
    Edition.objects.filter(pk=edition.pk).update(state=State.DRAFT)
    event = EditionEvent.objects.create(edition=edition, kind=EditionEvent.Kind.SENT_BACK)
    notices.queue(event)
    return 2


OUTBOXES = {
    notice_emails.WorkflowEmailDispatcher: (notice_emails.dispatcher, queue_workflow_emails),
    access_report_notice.NoticeDispatcher: (access_report_notice.dispatcher, queue_access_report_notice),
    reminders.ReminderDispatcher: (reminders.dispatcher, queue_reminders),
    retention_warnings.RetentionWarningDispatcher: (retention_warnings.dispatcher, queue_warning),
    deliveries.DeliveryDispatcher: (deliveries.dispatcher, queue_alert),
    author_mail.AuthorMailDispatcher: (author_mail.dispatcher, queue_author_mail),
}
WITHOUT_EMAIL = {phone_messages.PhoneTestDispatcher}


def assert_complete(message):
    headers = message.message()
    assert headers["To"], message.subject
    assert "@" in headers["To"]
    assert headers["From"]
    assert headers["Subject"]
    assert message.recipients() == message.to


def test_every_email_of_an_outbox_has_a_to_header():
    for role in ("editor", "editor", "manager", "manager"):
        make_user(role)
    expected = sum(queue() for _, queue in OUTBOXES.values())

    for dispatcher, _ in OUTBOXES.values():
        dispatcher.send_due()

    assert len(mail.outbox) == expected
    for message in mail.outbox:
        assert_complete(message)


def test_no_outbox_is_missing_above():
    every = {one for one in Dispatcher.__subclasses__() if one.__module__.partition(".")[0] != "tests"}

    assert OUTBOXES.keys() | WITHOUT_EMAIL == every


def test_the_link_to_choose_a_password_has_a_to_header(client):
    user = make_user("editor")

    client.post("/accounts/password/reset/", {"email": user.email})

    [message] = mail.outbox
    assert_complete(message)
