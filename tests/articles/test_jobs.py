"""Reminders that the review of an article is due: to whom, when, and once; old autosaves are deleted."""

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from articles.jobs import (
    AUTOSAVE_RETENTION,
    delete_old_autosaves,
    queue_reminders,
    send_reminders,
)
from articles.models import DraftAutosave, Reminder, State
from detoxsite.core import jobs
from tests.factories import make_draft, make_live, make_user

pytestmark = pytest.mark.django_db


def days(number):
    return timezone.localdate() + timezone.timedelta(days=number)


def make_owned(owner=None, **fields):
    edition = make_live(**fields)
    edition.article.owner = owner
    edition.article.save()
    return edition


def deliver():
    """Send the emails in the outbox."""
    return send_reminders()


@pytest.mark.parametrize(
    ("due", "kind", "subject"),
    [
        (31, None, None),
        (30, "soon", "Review due by"),
        (0, "soon", "Review due by"),
        (-1, "due", "Review overdue"),
        (-400, "due", "Review overdue"),
    ],
)
def test_the_owner_is_reminded_when_a_review_is_near_and_when_it_is_overdue(due, kind, subject):
    owner = make_user("editor")
    make_user("editor")
    edition = make_owned(owner, title="Sleep without pills", review_due_on=days(due))

    assert queue_reminders() == (1 if kind else 0)
    deliver()

    assert [reminder.kind for reminder in edition.reminders.all()] == ([kind] if kind else [])
    if kind:
        [message] = mail.outbox
        assert message.recipients() == message.to == [owner.email]
        assert message.subject.startswith(subject)
        assert "Sleep without pills" in message.subject
        assert f"{days(due):%B} {days(due).day}, {days(due).year}" in message.body
        assert f"http://testserver/admin/articles/edition/{edition.pk}/change/" in message.body
    else:
        assert mail.outbox == []


def test_each_reminder_is_sent_once(django_assert_num_queries):
    make_owned(make_user("editor"), review_due_on=days(1))

    assert [queue_reminders(), queue_reminders(), queue_reminders(days(2)), queue_reminders(days(3))] == [1, 0, 1, 0]
    assert Reminder.objects.count() == 2
    with django_assert_num_queries(1):
        queue_reminders(days(4))


@pytest.mark.parametrize("owner", ["nobody", "left"])
def test_without_an_owner_every_editor_is_reminded(owner):
    editors = {make_user("editor").email, make_user("editor").email}
    make_user("editor", is_active=False)
    make_user("clinician")
    make_owned(make_user("manager", is_active=False) if owner == "left" else None, review_due_on=days(1))

    queue_reminders()
    deliver()

    [message] = mail.outbox
    assert set(message.to) == editors
    assert message.bcc == []


def test_only_live_editions_get_reminders():
    older = make_owned(review_due_on=days(-9))
    make_live(article=older.article, review_due_on=days(300))
    make_owned(review_due_on=days(-9), state=State.WITHDRAWN)
    make_owned(review_due_on=days(9), publish_at=timezone.now() + timezone.timedelta(days=1))

    assert queue_reminders() == 0


def test_an_edition_replaced_before_the_email_went_out_gets_no_reminder():
    make_user("editor")
    older = make_owned(review_due_on=days(-9))
    queue_reminders()
    make_live(article=older.article)

    assert deliver() == 0

    assert mail.outbox == []
    assert Reminder.objects.get().state == Reminder.State.DROPPED


def test_a_reminder_is_rolled_back_with_its_transaction():
    make_owned(review_due_on=days(-9))

    with transaction.atomic():
        queue_reminders()
        transaction.set_rollback(True)

    assert not Reminder.objects.exists()


def test_without_a_recipient_the_reminder_fails_visibly_and_is_tried_again(caplog):
    make_owned(review_due_on=days(-9))
    queue_reminders()

    assert deliver() == 0

    reminder = Reminder.objects.get()
    assert (reminder.state, reminder.tries, reminder.problem) == (Reminder.State.WAITING, 1, "NoRecipients")
    assert reminder.next_try_at > timezone.now()
    assert "A reminder of a review was not sent: NoRecipients" in caplog.text
    editor = make_user("editor")
    Reminder.objects.update(next_try_at=timezone.now())
    assert deliver() == 1
    assert mail.outbox[0].to == [editor.email]


def test_a_reminder_is_sent_once_and_under_one_message_id():
    make_owned(make_user("editor"), review_due_on=days(-9))
    queue_reminders()
    assert [deliver(), deliver()] == [1, 0]
    Reminder.objects.update(
        state=Reminder.State.WAITING, next_try_at=timezone.now()
    )  # as if killed before it was recorded

    assert deliver() == 1

    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert first.extra_headers["Message-ID"].startswith(f"<{Reminder.objects.get().pk}@")


def test_a_title_of_two_lines_makes_no_second_header():
    make_owned(make_user("editor"), title="Sleep\nBcc: all@example.org", review_due_on=days(1))
    queue_reminders()

    deliver()

    assert mail.outbox[0].subject.endswith("Sleep Bcc: all@example.org")


def test_the_worker_sends_reminders_as_one_of_its_jobs():
    make_owned(make_user("editor"), review_due_on=days(-1))

    for job in jobs.registered():
        if job.run.__module__ == "articles.jobs":
            jobs.run(job)

    assert Reminder.objects.get().state == Reminder.State.SENT
    assert len(mail.outbox) == 1


def test_unsaved_text_is_offered_for_a_month_and_then_deleted():
    user, now = make_user("editor"), timezone.now()
    DraftAutosave.objects.create(
        user=user, edition=make_draft(), seen_at=now - AUTOSAVE_RETENTION, form_data=[["title", "Old"]]
    )
    young = DraftAutosave.objects.create(user=user, edition=make_draft(), seen_at=now, form_data=[["title", "New"]])

    assert delete_old_autosaves() == 1

    assert DraftAutosave.objects.get() == young
