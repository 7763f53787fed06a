"""The content calendar, through its page."""

from datetime import date

import pytest
from django.utils import timezone

from articles.models import CHECK_INTERVAL, CenterFact
from tests.factories import make_live, make_page

pytestmark = pytest.mark.django_db

URL = "/admin/articles/edition/calendar/"


def noon(day):
    return timezone.make_aware(timezone.datetime(day.year, day.month, day.day, 12))


def shown(response):
    """Day, label and title of each entry."""
    entries = (one["entry"] for _, _, some in response.context["days"] for one in some)
    return [(entry.on, entry.label, entry.title) for entry in entries]


@pytest.fixture
def today(time_machine):
    time_machine.move_to(noon(date(2026, 12, 10)), tick=False)
    return date(2026, 12, 10)


def test_a_month_shows_what_is_published_due_or_ends_on_its_day(as_role, today):
    make_live(title="Sleep", publish_at=noon(date(2026, 12, 24)))
    old = make_live(title="Old", publish_at=noon(date(2026, 12, 2)), review_due_on=date(2026, 12, 31))
    make_live(title="New", article=old.article, review_due_on=date(2027, 12, 9))  # of Old nothing is due any more
    make_live(title="Tremor", publish_at=noon(date(2026, 11, 1)), review_due_on=date(2026, 12, 1))
    checked = date(2026, 12, 15) - CHECK_INTERVAL
    CenterFact.objects.create(group="license", name="License", value="1", ends_on=date(2026, 12, 31), checked_on=today)
    CenterFact.objects.create(group="insurer", name="Aetna", value="In network", checked_on=checked)

    december, january = (as_role("editor").get(f"{URL}?month={name}") for name in ("2026-12", "2027-01"))

    assert shown(december) == [
        (date(2026, 12, 1), "Review due", "Tremor"),
        (date(2026, 12, 2), "Published 12:00", "Old"),
        (today, "Published 12:00", "New"),
        (date(2026, 12, 15), "Look up again", "Aetna"),
        (date(2026, 12, 24), "Scheduled 12:00", "Sleep"),
        (date(2026, 12, 31), "Last day", "License"),
    ]
    assert shown(january) == []
    assert "Nothing in January 2027" in january.content.decode()


def test_a_month_says_where_it_is_cut(as_role, today, monkeypatch):
    for module in ("articles.reports.calendar", "articles.admin.calendar"):
        monkeypatch.setattr(f"{module}.MAX_ENTRIES", 1)
    make_live(title="Sleep", publish_at=noon(date(2026, 12, 2)))
    assert "More than" not in as_role("editor").get(URL).content.decode()
    make_live(title="Tremor", publish_at=noon(date(2026, 12, 3)))
    page = as_role("editor").get(URL)
    assert [title for *_, title in shown(page)] == ["Sleep"]
    assert "More than 1 publications in this month. The first 1 are shown." in page.content.decode()


@pytest.mark.parametrize("name", ["", "2026-13", "2026-1", "x", "9999-12", "2026-12\0"])
def test_without_a_valid_month_it_is_the_present_one(as_role, today, name):
    assert as_role("editor").get(URL, {"month": name}).context["month"].name == "2026-12"


def test_a_role_without_facts_sees_none(as_role, today):
    CenterFact.objects.create(group="license", name="License", value="1", ends_on=today)

    assert shown(as_role("compliance").get(URL)) == []
    assert as_role("admissions").get(URL).status_code == 403


def move(client, edition, typed, action="reschedule", **more):
    data = {"edition": edition.pk, f"{action}-publish_at": typed}
    return client.post(f"{URL}?month=2026-12", data, **more)


def test_a_clinician_moves_a_publication_and_sees_its_new_month(as_role, today):
    edition = make_live(title="Sleep", publish_at=noon(date(2026, 12, 24)))
    client = as_role("clinician")
    assert f'name="edition" value="{edition.pk}"' in client.get(f"{URL}?month=2026-12").content.decode()

    response = move(client, edition, "2027-01-05T08:00", follow=True)

    assert response.redirect_chain == [(f"{URL}?month=2027-01", 302)]
    assert shown(response) == [(date(2027, 1, 5), "Scheduled 08:00", "Sleep")]
    assert "It will be published on Jan 5, 2027, 8:00 AM." in response.content.decode()
    assert edition.events.filter(kind="rescheduled", by=client.user).count() == 1


def test_a_refused_date_is_kept_with_its_error(as_role, today):
    edition = make_live(title="Sleep", publish_at=noon(date(2026, 12, 24)))
    for typed in ("2026-12-01T08:00", "2028-01-01T08:00"):
        page = move(as_role("clinician"), edition, typed).content.decode()

        assert "Choose a time from now until six months after the sign-off." in page
        assert f'value="{typed}"' in page
        assert "<details open>" in page
    edition.refresh_from_db()
    assert edition.publish_at == noon(date(2026, 12, 24))


def test_only_who_may_sign_off_moves_a_publication(as_role, today):
    article = make_live(title="Sleep", publish_at=noon(date(2026, 12, 24)))
    page = make_page(publish_at=noon(date(2026, 12, 24)))
    live = make_live(title="Live")
    client = as_role("editor")
    shown_moves = client.get(f"{URL}?month=2026-12").content.decode().count('name="edition"')
    assert shown_moves == 1  # of the house page

    for edition in (article, live):
        before = edition.publish_at
        assert "can no longer be moved" in move(client, edition, "2026-12-30T08:00", follow=True).content.decode()
        edition.refresh_from_db()
        assert edition.publish_at == before
    assert move(client, page, "2026-12-30T08:00", "reschedule-house").status_code == 302
    page.refresh_from_db()
    assert timezone.localtime(page.publish_at).date() == date(2026, 12, 30)

    assert move(as_role("compliance"), page, "2026-12-29T08:00", "reschedule-house").status_code == 403
    for key in ("", "x", "9" * 30, "²"):
        assert as_role("clinician").post(URL, {"edition": key}).status_code == 404
