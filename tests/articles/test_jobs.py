"""Reminders that the review of an article is due: to whom, when, and once."""

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from articles.jobs import (
    KEEP_WORK,
    NobodyToTell,
    chase_reviews,
    forget_old_work,
    remind,
)
from articles.models import DraftAutosave, Reminder, State
from detoxsite.ops import worker
from tests.factories import make_draft, make_live, make_user

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


def days(number):
    return TODAY + timezone.timedelta(days=number)


def make_owned(owner=None, **fields):
    edition = make_live(**fields)
    edition.article.owner = owner
    edition.article.save()
    return edition


def deliver():
    """Carry out what is queued."""
    for result in DBTaskResult.objects.ready().filter(task_path=remind.module_path):
        remind.func(*result.args_kwargs["args"])
        DBTaskResult.objects.filter(pk=result.pk).delete()


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
def test_the_owner_is_told_when_a_review_is_near_and_when_it_is_overdue(due, kind, subject):
    owner = make_user("editor")
    make_user("editor")
    edition = make_owned(owner, title="Sleep without pills", review_due_on=days(due))

    assert chase_reviews() == (1 if kind else 0)
    deliver()

    assert [reminder.kind for reminder in edition.reminders.all()] == ([kind] if kind else [])
    if kind:
        [message] = mail.outbox
        assert message.bcc == [owner.email]
        assert message.to == []
        assert message.subject.startswith(subject)
        assert "Sleep without pills" in message.subject
        assert f"{days(due):%B} {days(due).day}, {days(due).year}" in message.body
        assert f"http://testserver/admin/articles/edition/{edition.pk}/change/" in message.body
    else:
        assert mail.outbox == []


def test_it_is_told_once_of_each(django_assert_num_queries):
    make_owned(make_user("editor"), review_due_on=days(1))

    assert [chase_reviews(), chase_reviews(), chase_reviews(days(2)), chase_reviews(days(3))] == [1, 0, 1, 0]
    assert DBTaskResult.objects.count() == 2
    with django_assert_num_queries(1):
        chase_reviews(days(4))


@pytest.mark.parametrize("owner", ["nobody", "left"])
def test_without_an_owner_every_editor_is_told(owner):
    editors = {make_user("editor").email, make_user("editor").email}
    make_user("editor", is_active=False)
    make_user("clinician")
    make_owned(make_user("manager", is_active=False) if owner == "left" else None, review_due_on=days(1))

    chase_reviews()
    deliver()

    [message] = mail.outbox
    assert set(message.bcc) == editors
    assert message.to == []


def test_only_what_readers_see_is_reminded_of():
    older = make_owned(review_due_on=days(-9))
    make_live(article=older.article, review_due_on=days(300))
    make_owned(review_due_on=days(-9), state=State.WITHDRAWN)
    make_owned(review_due_on=days(9), publish_at=timezone.now() + timezone.timedelta(days=1))

    assert chase_reviews() == 0


def test_what_was_replaced_before_the_mail_went_out_is_not_reminded_of():
    make_user("editor")
    older = make_owned(review_due_on=days(-9))
    chase_reviews()
    make_live(article=older.article)

    deliver()

    assert mail.outbox == []


def test_a_reminder_is_recorded_only_with_its_task():
    make_owned(review_due_on=days(-9))

    with transaction.atomic():
        chase_reviews()
        transaction.set_rollback(True)

    assert not Reminder.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_with_nobody_to_tell_the_task_fails_aloud():
    make_owned(review_due_on=days(-9))
    chase_reviews()

    with pytest.raises(NobodyToTell):
        deliver()


def test_a_title_of_two_lines_makes_no_second_header():
    make_owned(make_user("editor"), title="Sleep\nBcc: all@example.org", review_due_on=days(1))
    chase_reviews()

    deliver()

    assert mail.outbox[0].subject.endswith("Sleep Bcc: all@example.org")


def test_the_worker_does_it_among_its_chores():
    make_owned(make_user("editor"), review_due_on=days(-1))

    worker.chores()

    assert DBTaskResult.objects.get().task_path == remind.module_path


def test_unsaved_text_is_offered_for_a_month_and_then_thrown_away():
    user, now = make_user("editor"), timezone.now()
    DraftAutosave.objects.create(user=user, edition=make_draft(), seen_at=now - KEEP_WORK, form_data=[["title", "Old"]])
    young = DraftAutosave.objects.create(user=user, edition=make_draft(), seen_at=now, form_data=[["title", "New"]])

    assert forget_old_work() == 1

    assert DraftAutosave.objects.get() == young
