"""The dashboard shows what needs attention."""

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from articles.models import CenterFact, Comparison, Reminder
from intake import services
from intake.casework import statistics
from intake.models import Alert, CallForHelp, Delivery, Message, RetentionWarning, Urgency
from testimonials.models import Report
from tests.factories import make_call, make_draft, make_live, make_page, make_review

pytestmark = pytest.mark.django_db

FAILED = {"state": "failed", "problem": "SMTPServerDisconnected", "tries": 8}


def test_a_manager_sees_the_emails_to_staff_that_failed_and_their_lists(as_role):
    Reminder.objects.create(edition=make_live(), kind=Reminder.Kind.DUE, **FAILED)
    RetentionWarning.objects.create(on=timezone.localdate(), counts={}, **FAILED)
    client = as_role("manager")

    dashboard = client.get("/admin/").content.decode()

    for label, path in (
        ("reminder of a review that failed", "/admin/articles/reminder/?state__exact=failed"),
        ("retention warning that failed", "/admin/intake/retentionwarning/?state__exact=failed"),
    ):
        assert label in dashboard
        assert f'href="{path}"' in dashboard
        assert "SMTPServerDisconnected" in client.get(path).content.decode()


def test_while_none_failed_the_dashboard_does_not_mention_them(as_role):
    Reminder.objects.create(edition=make_live(), kind=Reminder.Kind.DUE)

    assert "that failed" not in as_role("manager").get("/admin/").content.decode()


@pytest.mark.parametrize("role", ["editor", "clinician", "moderator", "admissions", "compliance"])
def test_other_roles_do_not_open_the_lists_of_emails_to_staff(as_role, role):
    client = as_role(role)

    for path in ("/admin/articles/reminder/", "/admin/intake/retentionwarning/"):
        assert client.get(path).status_code == 403


def test_what_is_in_order_reads_as_no_alarm(as_role):
    page = as_role("manager").get("/admin/").content.decode()

    assert "All clear" in page
    assert "missing" not in page
    assert "ready to erase" not in page


def test_the_numbers_are_those_of_the_moment_the_page_is_opened(as_role):
    client, waits = as_role("admissions"), re.compile(r"<b>(\d+)</b> (unclaimed request|person wrote back)")

    def numbers():
        return [number for number, _ in waits.findall(client.get("/admin/").content.decode())]

    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert numbers() == []
        call = services.claim(make_call().pk, by=client.user)
        assert numbers() == []
        clock.shift(timedelta(minutes=11))  # the claim has lapsed
        assert numbers() == ["1"]
        make_call()
        assert numbers() == ["2"]
        Message.objects.create(call=call, is_from_person=True)
        assert numbers() == ["1", "2"]


# --- what a tile counts is what its link lists -----------------------------------------------------------------------

TILE = re.compile(r'<li class="[^"]*"><a href="([^"]+)"><b>(\d+)</b> ([^<]+)')
NOT_ROWS = {"hour a week with no one on call", "hours a week with no one on call"}
ROWS = {
    "callforhelp": re.compile(r'class="mono">(\w{8})</span>'),
    "testimonial": re.compile(r'<a href="/admin/testimonials/testimonial/(\d+)/change/'),
    "due": re.compile(r"Approve the erasure of (\d+)"),
}
RESULTS = re.compile(r"^(\d[\d,]*) ", re.MULTILINE)


def many_of_everything(nurse, *, is_sample):
    """Requests in every state that a tile counts, some of them twice, and some that none counts."""
    for number in range(2):
        make_call(is_sample=is_sample)
        make_call(is_sample=is_sample, urgency=Urgency.DANGER)
        make_call(is_sample=is_sample, is_quarantined=True)
        for status in ("reached", "unreached"):
            make_call(is_sample=is_sample, status=status, is_quarantined=bool(number))
        make_call(is_sample=is_sample, status="closed", outcome="referred", closed_at=timezone.now())
        for quarantined in (False, True):
            write_to(make_call(is_sample=is_sample, is_quarantined=quarantined))
        claimed = make_call(is_sample=is_sample)
        services.claim(claimed.pk, by=nurse)
        if number:
            CallForHelp.objects.filter(pk=claimed.pk).update(claimed_at=timezone.now() - timezone.timedelta(hours=1))
    make_call(is_synthetic=True)


def write_to(call):
    message = Message(call=call, is_from_person=True)
    message.seal({"text": "Are you there?", "signs": []})
    message.save(force_insert=True)


def alert(nurse, call, **fields):
    round = Alert.objects.create(call=call, round=1, after=0, due_at=timezone.now() - timezone.timedelta(hours=1))
    Alert.objects.create(call=call, round=1, after=10, due_at=timezone.now() - timezone.timedelta(hours=1))
    Delivery.objects.create(alert=round, to=nurse, **fields)


def tiles(client):
    found = TILE.findall(client.get("/admin/").content.decode())
    return [
        (label.strip(), html.unescape(url), int(count)) for url, count, label in found if label.strip() not in NOT_ROWS
    ]


def listed(client, url):
    """How many rows the list behind a link shows."""
    response = client.get(url)
    assert response.status_code == 200, url
    page = response.content.decode()
    kind = next((kind for kind in ROWS if f"/{kind}/" in url), None)
    if kind == "due":
        return sum(map(int, ROWS[kind].findall(page)))
    if kind:
        return len(set(ROWS[kind].findall(page)))
    return response.context["cl"].result_count


@pytest.mark.parametrize("with_own", [True, False], ids=["with requests of our own", "samples alone"])
def test_each_tile_counts_the_rows_behind_its_link_samples_apart(as_role, nurse, with_own):
    many_of_everything(nurse, is_sample=True)
    if with_own:
        many_of_everything(nurse, is_sample=False)
    call = CallForHelp.objects.filter(is_sample=not with_own, is_synthetic=False).first()
    day = timezone.timedelta(days=1)
    alert(nurse, call, state="failed", problem="x", next_try_at=timezone.now())
    alert(nurse, make_call(is_sample=not with_own), state="failed", problem="x", next_try_at=timezone.now() - 9 * day)
    alert(nurse, make_call(is_sample=not with_own), state="waiting", next_try_at=timezone.now() + day)
    for _ in range(2):
        reported = make_review("published")
        for key in "ab":
            Report.objects.create(review=reported, key=f"{reported.pk}{key}", kind="fake")
        make_review("pending")
        make_draft()
        make_draft(note="Please check the dose.")
    Report.objects.create(review=make_review("declined"), key="c", kind="fake")
    make_live(review_due_on=timezone.localdate() - day)
    RetentionWarning.objects.create(on=timezone.localdate(), counts={}, **FAILED)

    seen = {}
    for role in ("admissions", "moderator", "editor", "clinician", "manager"):
        client = as_role(role)
        for label, url, count in tiles(client):
            assert count == listed(client, url), (role, label, url)
            seen[label] = count

    assert {seen[label] for label in ("alerts that reached no one", "delayed alert", "failed alert")} == {3, 1}
    assert seen["reviews that readers reported"] == 2
    own = CallForHelp.objects.real().filter(is_sample=not with_own, is_quarantined=False)
    counted = statistics.open_by_status(statistics.counted_requests().requests, timezone.now())
    open_now = {status: number for status, (number, _) in counted.items()}
    assert seen["unclaimed requests"] == open_now["new"] == own.unclaimed().count()
    assert seen["person reached but still open"] == open_now["reached"] == 1
    assert seen["person not reached yet"] == open_now["unreached"] == 1


def test_samples_have_a_queue_of_their_own_once_there_are_requests_of_our_own(as_role):
    sample = make_call(is_sample=True)
    client = as_role("admissions")

    def shown(queue=""):
        return ROWS["callforhelp"].findall(client.get(f"/admin/intake/callforhelp/{queue}").content.decode())

    assert shown() == [sample.reference]
    own = make_call()
    assert (shown(), shown("?queue=samples")) == ([own.reference], [sample.reference])
    assert set(shown("?queue=all")) == {own.reference, sample.reference}


# --- facts about the center that somebody has to look up -------------------------------------------------------------


def tiles_of(client):
    found = TILE.findall(html.unescape(client.get("/admin/").content.decode()))
    return {label: (int(count), url) for url, count, label in found}


def test_facts_that_age_or_end_are_a_task_with_a_list(as_role):
    today, old = timezone.localdate(), timezone.localdate() - timezone.timedelta(days=183)
    for name, fields in {
        "Fresh plan": {},
        "Old plan": {"checked_on": old},
        "License": {"ends_on": today + timezone.timedelta(days=60)},
        "Contract": {"ends_on": today - timezone.timedelta(days=1)},
        "Long license": {"ends_on": today + timezone.timedelta(days=61)},
    }.items():
        CenterFact.objects.create(group="insurer", name=name, value="It is so", **fields)
    client = as_role("manager")

    tiles = tiles_of(client)

    number, url = tiles["licenses or facts that have ended or end within 60 days"]
    shown = client.get(url).content.decode()
    assert (number, "License</a>" in shown, "Contract</a>" in shown, "Long" in shown) == (2, True, True, False)
    number, url = tiles["fact about the center not checked for half a year"]
    shown = client.get(url).content.decode()
    assert (number, "Old plan" in shown, "Fresh plan" in shown) == (1, True, False)


def test_prices_that_nobody_checked_for_half_a_year_are_a_task(as_role):
    old = timezone.localdate() - timezone.timedelta(days=183)
    for title, day in {"Old prices": old, "New prices": timezone.localdate(), "No date": None}.items():
        table = Comparison(title="Prices", cells="What\tPrice\nA day\t$780", checked_on=day, ordering=20)
        make_page(title.lower().replace(" ", "-"), title=title, blocks=[table])
    client = as_role("editor")

    number, url = tiles_of(client)["page with prices or plans not checked for half a year"]

    shown = client.get(url).content.decode()
    assert (number, "Old prices" in shown, "New prices" in shown) == (1, True, False)


def test_while_facts_are_fresh_the_dashboard_does_not_mention_them(as_role):
    CenterFact.objects.create(group="insurer", name="Fresh plan", value="In network")
    assert not [label for label in tiles_of(as_role("manager")) if "fact" in label or "prices" in label]
