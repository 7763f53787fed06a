"""The first page of each role: own work, what happened lately, and words where there is nothing yet."""

import re
from datetime import time

import pytest
import time_machine
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from articles import services as editorial
from articles.models import EditionEvent
from detoxsite.dashboard import first_page
from detoxsite.dashboard.desk_tags import ago
from intake import services
from intake.models import CallForHelp, Shift
from tests.factories import make_call, make_draft, make_live, make_review, make_user

pytestmark = pytest.mark.django_db


def tasks(user):
    return {group.title: [(task.title, task.state) for task in group.tasks] for group in first_page.task_lists(user)}


def test_an_editor_sees_their_open_articles_the_last_touched_first(editor):
    make_draft(title="Somebody else's")
    make_live(title="Mine, but live", created_by=editor)
    make_draft(title="Put aside", created_by=editor, archived_at=timezone.now())
    old = make_draft(title="Old", created_by=editor)
    new = make_draft(title="New", created_by=editor, note="Please check the dose.")
    for draft in (old, new):
        EditionEvent.objects.create(edition=draft, kind="saved", by=editor)

    assert tasks(editor) == {"Your articles": [("New", "Sent back"), ("Old", "Draft")]}


def test_a_clinician_sees_what_waits_for_a_signature(clinician, editor):
    draft = make_draft(title="Sleep", sources=1, created_by=editor)
    editorial.submit(draft.pk, by=editor)

    assert tasks(clinician) == {"To sign off": [("Sleep", "In review")]}


def test_admissions_sees_the_calls_they_took_and_before_that_the_next_ones(nurse):
    waiting, urgent = make_call(), make_call(urgency=3)
    assert tasks(nurse) == {"Next to call": [("Danger now", "Nobody has it"), ("When possible", "Nobody has it")]}

    services.claim(waiting.pk, by=nurse)

    assert tasks(nurse) == {"Calls you have taken": [(f"Request {waiting.reference}", "When possible")]}
    make_call(is_sample=True, claimed_by=nurse, status="reached")
    assert tasks(nurse) == {"Calls you have taken": [(f"Request {waiting.reference}", "When possible")]}, "no sample"
    suspected = make_call(is_quarantined=True, claimed_by=nurse, status="reached")
    assert [name for name, _ in tasks(nurse)["Calls you have taken"]] == [
        f"Request {call.reference}" for call in (waiting, suspected)
    ]
    assert urgent.reference not in str(list(first_page.task_lists(nurse)))


def test_a_moderator_sees_the_reviews_that_have_waited_longest(moderator):
    first, second = make_review("pending"), make_review("pending")

    assert tasks(moderator) == {"Next reviews": [(str(first), "To decide"), (str(second), "To decide")]}


@pytest.mark.parametrize(
    "role", ["editor", "clinician", "moderator", "admissions", "front_desk", "compliance", "manager"]
)
def test_an_empty_page_says_what_will_stand_there(as_role, role):
    client = as_role(role)

    page = client.get("/admin/").content.decode()

    for group in first_page.task_lists(client.user):
        assert group.tasks == []
        assert group.nothing in page
    assert "Nothing yet." in page
    assert "no role yet" not in page


def test_an_account_without_a_role_is_told_whom_to_ask(client, db):
    user = make_user()
    user.groups.clear()
    client.force_login(user)

    assert "Ask a manager to assign one." in client.get("/admin/").content.decode()


def test_saves_in_a_row_are_told_once(editor):
    draft, other = make_draft(title="Sleep"), make_draft(title="Food")
    for edition in (draft, draft, draft, other, draft):
        EditionEvent.objects.create(edition=edition, kind="saved", by=editor)

    told = [(event.who, event.did, event.what) for event in first_page.happenings(editor)]

    assert told == [("You", "saved", "Sleep"), ("You", "saved", "Food"), ("You", "saved", "Sleep")]


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("deleted", "deleted a draft of Sleep"),
        ("went_live", "published, as scheduled, Sleep"),
        ("rescheduled", "moved the publication of Sleep"),
        ("moved", "changed the address, topic or owner of Sleep"),
        ("assigned", "asked for sign-off of Sleep"),
        ("shared", "shared a link to Sleep"),
    ],
)
def test_what_happened_is_told_in_a_sentence(editor, kind, sentence):
    EditionEvent.objects.create(edition=make_draft(title="Sleep"), kind=kind, by=editor)

    [event] = first_page.happenings(editor)

    assert f"{event.did} {event.what}" == sentence


def test_what_happened_in_this_minute_happened_just_now():
    now = timezone.now()

    assert ago(now) == "just now"
    assert ago(now - timezone.timedelta(hours=2)) == "2\xa0hours ago"


def test_those_who_see_no_articles_see_what_they_did_themselves(nurse):
    call, kind = make_call(), ContentType.objects.get_for_model(CallForHelp)
    for user in (nurse, make_user("admissions")):
        LogEntry.objects.create(
            user=user,
            content_type=kind,
            object_id=call.pk,
            object_repr=str(call),
            action_flag=CHANGE,
            change_message="Close",
        )

    [event] = first_page.happenings(nurse)

    assert (event.who, event.what) == ("Close", str(call))
    assert event.url == f"/admin/intake/callforhelp/{call.pk}/change/"


def test_who_answers_calls_sees_who_is_on_duty(as_role):
    client = as_role("admissions")
    assert "On call now" not in client.get("/admin/").content.decode()  # there is no schedule
    with time_machine.travel("2026-03-02T08:30:00-05:00"):  # a Monday
        client.force_login(client.user)
        jo = make_user("admissions", first_name="Jo", last_name="Kim")
        for person, is_second in ((jo, True), (client.user, False)):
            Shift.objects.create(person=person, weekday=0, starts=time(7), ends=time(15), is_second=is_second)
        page = client.get("/admin/").content.decode()
        assert re.findall(r"<li><span>(.*?)</span> <span class=\"when\">(.*?)</span>", page) == [
            ("<b>You</b>", "until 3:00 PM"),
            ("Jo Kim, as the second person", "until 3:00 PM"),
        ]
        assert "On call now" not in as_role("editor").get("/admin/").content.decode()
    with time_machine.travel("2026-03-02T16:30:00-05:00"):
        assert "Nobody. Alerts go to everyone" in as_role("admissions").get("/admin/").content.decode()


def test_the_page_costs_the_same_with_more_work(as_role, django_assert_max_num_queries):
    client = as_role("manager")
    for _ in range(8):
        edition = make_draft(created_by=client.user)
        EditionEvent.objects.create(edition=edition, kind="saved", by=client.user)
        services.claim(make_call().pk, by=client.user)
        make_review("pending")

    with django_assert_max_num_queries(25):
        client.get("/admin/")


@pytest.mark.parametrize(("hour", "words"), [(3, "Hello, Maya"), (8, "Good morning, Maya"), (20, "Good evening, Maya")])
def test_the_greeting_knows_the_time_of_day(settings, hour, words):
    settings.TIME_ZONE = "UTC"
    user = make_user("editor", first_name="Maya")

    with time_machine.travel(f"2026-03-02T{hour:02}:30:00+00:00"):
        assert first_page.greeting(user) == words
