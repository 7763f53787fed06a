"""Emails about the workflow: who is told of what, at once, daily or never, without a word of the draft."""

from datetime import datetime, time, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from articles import notice_emails, schedule, services
from articles.models import Edition, EditionEvent, State, WorkflowEmail, WorkflowEmailChoice, WorkflowNotice
from tests.factories import make_draft, make_live, make_page, make_person, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/edition/"
CHOICE = "/admin/my-messages/"
REMARK, TITLE, WORDS = "Canary remark", "Canary title", "<p>Canary words of the text.</p>"
Pace = WorkflowEmailChoice.Pace


def make_signer(name="Dana Diaz", role="clinician", **fields):
    user = make_user(role, first_name=name, **fields)
    make_person(name=name, user=user)
    return user


def make_written(editor, **fields):
    author = getattr(editor, "person", None) or make_person(user=editor)
    return make_draft(WORDS, **{"title": TITLE, "created_by": editor, "author": author, **fields})


def act(client, user, edition, name, **fields):
    """Use an object action in the admin, as ``user``."""
    client.force_login(user)
    answer = client.post(f"{LIST}{edition.pk}/act/{name}/", {f"{name}-{key}": value for key, value in fields.items()})
    assert answer.status_code == 302, answer.content.decode()


def delivered(now=None):
    """To whom and with which subject emails have been sent since the last call."""
    mail.outbox.clear()
    notice_emails.queue_digests(now)
    notice_emails.dispatcher.send_due(now)
    return sorted((message.to, message.subject) for message in mail.outbox)


def choose(user, pace):
    WorkflowEmailChoice.objects.update_or_create(user=user, defaults={"pace": pace})


def sign_off(client, user, edition, **fields):
    act(client, user, edition, "sign-off", read=services.sign_off_fingerprint(edition), **fields)


def test_each_step_reaches_those_it_concerns(client, editor):
    signer, other = make_signer(), make_signer("Olga Orr")
    draft = make_written(editor)
    owner = make_user("manager")
    draft.article.owner = owner
    draft.article.save()
    ref = f"{draft.article_id}-1"

    act(client, editor, draft, "submit")
    assert delivered() == sorted(([one.email], f"Sent for review: {ref}") for one in (signer, other))
    act(client, signer, draft, "send-back", note=REMARK)
    assert delivered() == sorted(([one.email], f"Sent back, with a remark for you: {ref}") for one in (editor, owner))
    act(client, editor, draft, "submit", assigned_to=other.pk)
    assert delivered() == [([other.email], f"Sent for review: {ref}")]
    sign_off(client, signer, draft)  # the others still may
    assert delivered() == sorted(([one.email], f"Signed off: {ref}") for one in (editor, owner))
    assert delivered() == []


def test_an_email_holds_a_reference_and_a_link_and_nothing_else(client, editor):
    signer = make_signer()
    draft = make_written(editor, slug="canary-address")

    act(client, editor, draft, "submit", assigned_to=signer.pk)
    act(client, signer, draft, "send-back", note=REMARK)
    delivered()

    [message] = mail.outbox  # the first is not needed any more
    assert message.body == (
        f"Sent back, with a remark for you: {draft.article_id}-1\n"
        f"Open: http://testserver{LIST}{draft.pk}/change/\n\n"
        f"Choose when these emails come, or stop them: http://testserver{CHOICE}\n"
    )
    raw = message.message().as_string()
    for word in ("canary", draft.author.name, "Dana", "Diaz"):
        assert word.lower() not in raw.lower()
    assert REMARK in client.get(f"{LIST}{draft.pk}/change/").content.decode()  # behind the link


def test_daily_news_come_in_one_email_and_once(client, editor):
    signer = make_signer()
    choose(signer, Pace.DAILY)
    first, second = make_written(editor), make_written(editor)
    for draft in (first, second):
        act(client, editor, draft, "submit")
    day = timezone.localdate(notice_emails._last_digest(timezone.now())) + timedelta(days=1)
    morning = timezone.make_aware(datetime.combine(day, time(notice_emails.DIGEST_HOUR, 1)))

    assert delivered() == []
    assert delivered(morning - timedelta(minutes=2)) == []
    assert delivered(morning) == [([signer.email], "2 messages about articles and pages")]
    body = mail.outbox[0].body
    assert [f"{LIST}{draft.pk}/change/" in body for draft in (first, second)] == [True, True]
    assert "canary" not in body.lower()
    assert delivered(morning + timedelta(minutes=1)) == []
    assert delivered(morning + timedelta(days=1)) == []


def test_what_came_too_late_for_a_digest_comes_with_the_next(client, editor):
    signer = make_signer()
    choose(signer, Pace.DAILY)
    now = timezone.now()
    moment = notice_emails._last_digest(now)
    WorkflowEmail.objects.create(to=signer, digest_on=timezone.localdate(moment))
    act(client, editor, make_written(editor), "submit")
    WorkflowNotice.objects.update(at=moment - timedelta(seconds=1))  # its transaction ended after the email was made

    assert delivered(now) == []
    [(to, subject)] = delivered(now + timedelta(days=1))
    assert (to, subject.partition(":")[0]) == ([signer.email], "Sent for review")


def test_nobody_is_told_who_left_who_acted_or_who_wants_no_email(client, editor):
    signer = make_signer()
    gone, quiet = make_signer("Gone", is_active=False), make_signer("Quiet")
    choose(quiet, Pace.NONE)
    leaving = make_signer("Leaving")
    writer = make_signer("Writer")
    draft = make_written(editor, created_by=writer)
    act(client, editor, draft, "submit")
    leaving.is_active = False
    leaving.save()

    assert delivered() == [([signer.email], f"Sent for review: {draft.article_id}-1")]
    assert not WorkflowNotice.objects.filter(to__in=[gone, quiet, writer, editor]).exists()


def test_who_stops_the_emails_does_not_get_those_that_wait(client, editor):
    signer = make_signer()
    act(client, editor, make_written(editor), "submit")
    client.force_login(signer)
    assert 'value="at_once"' in client.get(CHOICE).content.decode()

    assert client.post(CHOICE, {"pace": "none"}).status_code == 302

    assert delivered() == []
    assert WorkflowEmail.objects.get().state == WorkflowEmail.State.DROPPED
    assert client.get(CHOICE).context["form"].initial["pace"] == Pace.NONE


def test_the_choice_is_for_those_who_see_articles(as_role):
    for role, status in (("editor", 200), ("clinician", 200), ("compliance", 200), ("admissions", 403)):
        client = as_role(role)
        assert client.get(CHOICE).status_code == status
        assert ("My messages" in client.get("/admin/").content.decode()) == (status == 200)
    client = as_role("editor")
    assert "errorlist" in client.post(CHOICE, {"pace": "hourly"}).content.decode()
    assert not WorkflowEmailChoice.objects.exists()


def test_nobody_is_asked_to_sign_what_was_taken_back(client, editor):
    make_signer()
    draft = make_written(editor)
    act(client, editor, draft, "submit")
    act(client, editor, draft, "take-back")

    assert delivered() == []


def test_an_email_that_was_sent_but_not_recorded_keeps_its_message_id(client, editor):
    make_signer()
    act(client, editor, make_written(editor), "submit")
    delivered()
    [first] = mail.outbox
    WorkflowEmail.objects.update(state=WorkflowEmail.State.WAITING, next_try_at=timezone.now())
    delivered()

    assert mail.outbox[0].extra_headers["Message-ID"] == first.extra_headers["Message-ID"]


# --- assignment ------------------------------------------------------------------------------------------------------


def test_an_edition_in_review_is_assigned_to_another(client, editor):
    signer, other = make_signer(), make_signer("Olga Orr")
    draft = make_written(editor)
    act(client, editor, draft, "submit", assigned_to=signer.pk)
    delivered()

    act(client, editor, draft, "assign", assigned_to=other.pk)

    assert delivered() == [([other.email], f"Waiting for your sign-off: {draft.article_id}-1")]
    assert "For Olga Orr" in client.get(LIST).content.decode()
    client.force_login(signer)
    assert 'act/take-on/"' in client.get(f"{LIST}{draft.pk}/change/").content.decode()
    act(client, signer, draft, "take-on")
    assert "For Dana Diaz" in client.get(f"{LIST}?assigned=me").content.decode()
    assert delivered() == []
    assert [event.note for event in draft.events.all()] == ["To Dana Diaz", "To Olga Orr", "To Dana Diaz"]


def test_the_assignment_stays_when_it_is_sent_back(client, editor):
    signer, _ = make_signer(), make_signer("Olga Orr")
    draft = make_written(editor)
    act(client, editor, draft, "submit", assigned_to=signer.pk)
    act(client, signer, draft, "send-back", note=REMARK)
    client.force_login(editor)
    page = client.get(f"{LIST}{draft.pk}/change/").content.decode()
    assert f'<option value="{signer.pk}" selected>Dana Diaz</option>' in page
    client.post(LIST, {"action": "submit_selected", "_selected_action": [draft.pk], "note": ""})

    assert delivered() == [([signer.email], f"Sent for review: {draft.article_id}-1")]


def test_where_the_one_who_was_asked_has_left_all_who_may_are_asked(client, editor):
    leaving, other = make_signer("Leaving"), make_signer("Olga Orr")
    draft = make_written(editor)
    act(client, editor, draft, "submit", assigned_to=leaving.pk)
    act(client, editor, draft, "take-back")
    leaving.is_active = False
    leaving.save()
    client.post(LIST, {"action": "submit_selected", "_selected_action": [draft.pk], "note": ""})

    assert delivered() == [([other.email], f"Sent for review: {draft.reference}")]


@pytest.mark.parametrize("who", ["editor", "writer", "left"])
def test_only_who_may_sign_it_off_is_asked_to(client, editor, who):
    draft = make_written(editor)
    signer = {
        "editor": lambda: make_signer("Eddie", "editor"),
        "writer": lambda: make_signer("Writer"),
        "left": lambda: make_signer("Left", is_active=False),
    }[who]()
    draft.contributors.add(*([signer] if who == "writer" else []))
    client.force_login(editor)

    answer = client.post(f"{LIST}{draft.pk}/act/submit/", {"submit-assigned_to": signer.pk})

    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    draft.refresh_from_db()
    assert (draft.state, draft.assigned_to) == (State.DRAFT, None)


def test_a_house_page_waits_for_any_second_person(client, editor):
    second = make_signer("Second", "editor")
    page = make_draft(article=make_page().article, created_by=editor)

    act(client, editor, page, "hand-in", assigned_to=second.pk)

    assert delivered() == [([second.email], f"Sent for review: {page.reference}")]


# --- live as scheduled -----------------------------------------------------------------------------------------------


def test_writers_and_signer_are_told_once_when_a_scheduled_edition_goes_live(client, editor, time_machine):
    signer = make_signer()
    draft = make_written(editor)
    act(client, editor, draft, "submit")
    tomorrow = timezone.now() + timedelta(days=1)
    sign_off(client, signer, draft, publish_at=timezone.localtime(tomorrow).strftime("%Y-%m-%dT%H:%M"))
    delivered()
    assert schedule.announce_live() == 0

    time_machine.move_to(tomorrow + timedelta(minutes=1))

    assert [schedule.announce_live(), schedule.announce_live()] == [1, 0]
    subject = f"Live now, as scheduled: {draft.reference}"
    assert delivered() == sorted([([editor.email], subject), ([signer.email], subject)])
    client.force_login(signer)
    assert "went live as scheduled" in client.get(f"{LIST}{draft.pk}/history/").content.decode()


def test_what_was_published_at_once_or_long_ago_is_not_announced():
    now = timezone.now()
    make_live()
    make_live(publish_at=now - timedelta(days=3), signed_off_at=now - timedelta(days=4))
    gone = make_live(publish_at=now - timedelta(hours=1), signed_off_at=now - timedelta(hours=2))
    Edition.objects.filter(pk=gone.pk).update(state=State.WITHDRAWN, withdrawn_at=now)

    assert schedule.announce_live() == 0


def test_notices_and_emails_are_deleted_after_a_while_and_the_history_stays(client, editor):
    make_signer()
    act(client, editor, make_written(editor), "submit")

    assert notice_emails.delete_old() == 0
    notice_emails.delete_old(timezone.now() + notice_emails.RETENTION)

    assert not WorkflowNotice.objects.exists()
    assert not WorkflowEmail.objects.exists()
    assert EditionEvent.objects.get().kind == EditionEvent.Kind.SUBMITTED
