"""The date of publication moves before it comes, without a new sign-off, and never after."""

import threading
from datetime import timedelta

import pytest
from django.db import InternalError, connection, transaction
from django.utils import timezone

from articles import drafts, schedule, services
from articles.models import Edition, EditionEvent, Rendering, State
from articles.page_areas import next_change
from detoxsite.core.exceptions import Refused
from tests.factories import make_draft, make_live, make_page, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/edition/"
DAY = timedelta(days=1)


def minute(moment):
    return moment.replace(second=0, microsecond=0)


def move(client, edition, moment, action="reschedule"):
    typed = timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M") if moment else ""
    return client.post(f"{LIST}{edition.pk}/act/{action}/", {f"{action}-publish_at": typed})


@pytest.fixture
def now():
    return minute(timezone.now())


@pytest.fixture
def scheduled(now):
    """To be published in two days."""
    return make_live("<p>Signed words.</p>", slug="planned", title="Planned", publish_at=now + 2 * DAY)


@pytest.mark.parametrize("days", [1, 3])
def test_readers_see_it_at_the_new_time_and_not_at_the_old(as_role, scheduled, now, time_machine, days):
    client = as_role("clinician")
    signed = (scheduled.fingerprint, scheduled.signed_off_by, scheduled.signed_off_at)
    new, first = now + days * DAY, min(now + days * DAY, now + 2 * DAY)

    assert move(client, scheduled, new).status_code == 302

    scheduled.refresh_from_db()
    assert scheduled.publish_at == new
    assert (scheduled.fingerprint, scheduled.signed_off_by, scheduled.signed_off_at) == signed
    assert services.is_as_signed(scheduled)
    assert next_change(timezone.now()) == new  # when kept pages end
    seen = []
    for moment in sorted({first, new, new + timedelta(seconds=1), now + 2 * DAY + timedelta(seconds=1)}):
        time_machine.move_to(moment - timedelta(seconds=1) if moment == new else moment, tick=False)
        is_listed = "Planned" in client.get("/articles/").content.decode()
        assert (client.get("/articles/planned/").status_code == 200) == is_listed
        seen.append((moment, is_listed))
    assert seen == [(moment, moment > new) for moment, _ in seen]
    assert {is_listed for _, is_listed in seen} == {True, False}


def test_the_page_shows_the_new_date_and_the_history_who_moved_it(as_role, scheduled, now, time_machine):
    client = as_role("clinician")
    move(client, scheduled, now + 3 * DAY)

    event = scheduled.events.get()
    assert (event.kind, event.by) == (EditionEvent.Kind.RESCHEDULED, client.user)
    assert event.note.startswith("From ")
    assert "moved to another publication time" in client.get(f"{LIST}{scheduled.pk}/history/").content.decode()
    rendering = Rendering.objects.get(edition=scheduled)
    assert rendering.facts["updated_on"] == timezone.localdate(now + 3 * DAY).isoformat()
    assert rendering.renderer
    assert rendering.publish_at == now + 3 * DAY


def test_it_can_be_published_now(as_role, scheduled):
    client = as_role("clinician")

    assert "Published." in client.post(f"{LIST}{scheduled.pk}/act/reschedule/", follow=True).content.decode()

    assert client.get("/articles/planned/").status_code == 200


@pytest.mark.parametrize("days", [-1, 200])
def test_an_impossible_time_is_refused_beside_the_field(as_role, scheduled, now, days):
    client = as_role("clinician")

    answer = move(client, scheduled, now + days * DAY)

    assert answer.status_code == 200
    assert "Choose a time from now until six months after the sign-off." in answer.content.decode()
    scheduled.refresh_from_db()
    assert scheduled.publish_at == now + 2 * DAY
    assert not scheduled.events.exists()


@pytest.mark.parametrize(("ahead", "is_offered"), [(timedelta(seconds=50), False), (timedelta(minutes=2), True)])
def test_what_is_live_or_about_to_be_stays(as_role, ahead, is_offered):
    client = as_role("clinician")
    edition = make_live(publish_at=timezone.now() + ahead)

    assert ("act/reschedule/" in client.get(f"{LIST}{edition.pk}/change/").content.decode()) == is_offered
    assert move(client, edition, timezone.now() + DAY).status_code == (302 if is_offered else 200)
    live = make_live()
    assert "can no longer be moved" in move(client, live, timezone.now() + DAY).content.decode()


def test_it_is_for_those_who_may_sign_off_that_kind(as_role, scheduled, now):
    page = make_page("hours", publish_at=now + 2 * DAY)
    assert move(as_role("editor"), scheduled, now + DAY).status_code == 403
    assert (
        "signed off by a clinician"
        in move(as_role("editor"), scheduled, now + DAY, "reschedule-house").content.decode()
    )
    assert move(as_role("editor"), page, now + DAY, "reschedule-house").status_code == 302
    assert Edition.objects.get(pk=scheduled.pk).publish_at == now + 2 * DAY


@pytest.mark.parametrize("state", [State.SIGNED_OFF, State.WITHDRAWN])
@pytest.mark.parametrize(
    ("stored", "new", "is_allowed"),
    [(DAY, 2 * DAY, True), (2 * DAY, DAY, True), (DAY, -DAY, False), (-DAY, DAY, False), (-DAY, -2 * DAY, False)],
)
def test_the_database_lets_the_time_move_before_it_has_come_and_nothing_else(state, stored, new, is_allowed, now):
    edition = make_live(publish_at=now + stored, state=state)
    row = Edition.objects.filter(pk=edition.pk)

    def is_done(**values):
        try:
            with transaction.atomic():
                return row.update(**values) == 1
        except InternalError as exc:
            if "frozen" not in str(exc):
                raise
            return False

    assert not is_done(publish_at=now + new, title="Other words")
    assert not is_done(publish_at=now + new, reviewed_on="2020-01-01")
    assert not is_done(publish_at=now + new, assigned_to=make_user())
    assert is_done(publish_at=now + new) == (is_allowed and state == State.SIGNED_OFF)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("case", ["publication", "draft"])
def test_of_two_who_act_at_once_the_second_is_judged_by_what_the_first_left(case):
    clinician, editor = make_user("clinician"), make_user("editor")
    if case == "publication":
        edition = make_live(publish_at=timezone.now() + DAY)
        first = lambda: schedule.reschedule(edition.pk, by=clinician)  # noqa: E731
        second = lambda: schedule.reschedule(edition.pk, by=clinician, publish_at=timezone.now() + DAY)  # noqa: E731
    else:
        edition = make_draft()
        first = lambda: services.submit(edition.pk, by=editor)  # noqa: E731
        second = lambda: drafts.delete(edition.pk, by=editor)  # noqa: E731
    order = []

    def act():
        try:
            second()
        except Refused:
            order.append("refused")
        finally:
            connection.close()

    with transaction.atomic():
        first()
        other = threading.Thread(target=act)
        other.start()
        other.join(0.3)
        order.append("first")
    other.join()

    assert order == ["first", "refused"]
    assert Edition.objects.filter(pk=edition.pk).exists()
