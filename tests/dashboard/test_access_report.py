"""The weekly access report."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from detoxsite.core.access_log import recording
from detoxsite.core.models import AccessReportNotice, SealedAccess
from detoxsite.dashboard import access_report, access_report_notice
from tests.factories import make_call, make_user

pytestmark = pytest.mark.django_db
URL = "/admin/access-report/"
Action = SealedAccess.Action


@pytest.fixture
def last_week():
    """A Tuesday of the week before, in the afternoon."""
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday() + 7)
    return timezone.make_aware(datetime.combine(monday + timedelta(days=1), datetime.min.time().replace(hour=15)))


@pytest.fixture
def entries(last_week):
    diligent, curious, desk = (make_user("admissions", first_name=name) for name in ("Dil", "Cur", "Desk"))
    calls = [make_call() for _ in range(3)]
    with time_machine.travel(last_week):
        for call in calls:
            recording.add_entry(curious, Action.READ, call)
        recording.add_entry(diligent, Action.READ, calls[0])
        calls[0].contact_attempts.create(by=diligent, outcome="no_answer")
        recording.add_entry(desk, Action.BREAK_GLASS, calls[1], reason="She stopped answering")
    with time_machine.travel(last_week + timedelta(hours=12)):
        recording.add_entry(diligent, Action.READ, calls[0])


def rows(html):
    return [
        [cell.split("<")[0] for cell in row.replace('<th scope="row">', "<td>").split("<td>")[1:]]
        for row in html.split("<tbody>")[1].split("<tr>")[1:]
    ]


def test_emergencies_and_odd_patterns_come_first(as_role, entries):
    html = as_role("compliance").get(URL).content.decode()

    assert [row[0].split(" (")[0] for row in rows(html)] == ["Desk", "Cur", "Dil"]
    assert [row[1:] for row in rows(html)] == [
        ["1", "0", "0", "0", "0", "0", "0"],
        ["0", "3", "3", "0", "0", "0", "0"],
        ["0", "1", "0", "0", "1", "0", "0"],
    ]
    assert "Desk: She stopped answering" in html
    assert "The access log is whole: 6 entries." in html


def test_it_is_on_the_first_page_until_someone_has_read_it(as_role, entries):
    client = as_role("compliance")
    assert "weekly access report to read" in client.get("/admin/").content.decode()

    client.post(URL)

    assert "weekly access report" not in client.get("/admin/").content.decode()
    assert "Marked as read." in client.get(URL).content.decode()


@pytest.mark.parametrize("week", ["2026-W99", "x", "2026-W00", "", "9999-W01", "2026-W%00"])
def test_an_odd_week_is_the_last_one(as_role, week):
    assert as_role("compliance").get(f"{URL}?week={week}").status_code == 200


def test_a_log_that_is_not_whole_shows_at_once(as_role, entries, monkeypatch):
    monkeypatch.setattr("detoxsite.core.access_log.chain.first_gap", lambda: 4)

    assert "entry 4 was removed or changed" in as_role("manager").get(URL).content.decode()


# --- the notice ------------------------------------------------------------------------------------------------------


@pytest.fixture
def readers():
    return [make_user("compliance", email="c@center.test"), make_user("manager", email="m@center.test")]


def test_compliance_is_told_once_and_of_nothing_but_the_week(readers, entries, mailoutbox):
    assert [access_report_notice.queue_and_send(), access_report_notice.queue_and_send()] == [1, 0]

    (email,) = mailoutbox
    week = access_report.Week.last().name
    assert email.to == ["c@center.test"]
    assert f"/admin/access-report/?week={week}" in email.body
    assert not [word for word in ("Cur", "Desk", "stopped", "6 ") if word in email.subject + email.body]


def test_the_managers_are_told_where_nobody_has_the_role(readers, entries, mailoutbox):
    readers[0].is_active = False
    readers[0].save()

    access_report_notice.queue_and_send()

    assert [email.to for email in mailoutbox] == [["m@center.test"]]


def test_nobody_is_told_of_a_report_that_was_read_or_of_a_week_before_the_log(as_role, readers, entries, mailoutbox):
    with time_machine.travel(timezone.now() - timedelta(days=21)):
        assert access_report_notice.queue_and_send() == 0
    as_role("compliance").post(URL)

    assert access_report_notice.queue_and_send() == 0

    assert (mailoutbox, AccessReportNotice.objects.get().state) == ([], AccessReportNotice.State.DROPPED)
