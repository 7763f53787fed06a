"""The queue, search, the page of one request, claims, presence, plan conflicts, spam and manual entry."""

import re

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from detoxsite.core.encryption import digests, sealing
from detoxsite.core.models import SealedAccess
from detoxsite.core.safety import risk_signs
from intake import services
from intake.alerting import alerts
from intake.casework import contact_plan
from intake.models import (
    AccessLogEntry,
    Alert,
    CallForHelp,
    Channel,
    ContactAttempt,
    Message,
    Status,
)
from intake.portal import services as portal_services
from intake.reception import receive as reception
from intake.reception import spool
from intake.reception.identifiers import Identity
from tests.core.public_forms.test_forms import HELP, send
from tests.factories import make_call, make_user, open_portal, receive
from tests.intake.casework.test_contact_plan import attempt, change, save_plan

pytestmark = pytest.mark.django_db

QUEUE = "/admin/intake/callforhelp/"
CANARIES = {
    "phone": "+1 212 555 0199",
    "email": "canary@example.org",
    "name": "Canary Name",
    "story": "canary story of mine",
}


def url(call, part="change/"):
    return f"{QUEUE}{call.pk}/{part}"


def page(client, call, part="change/"):
    return client.get(url(call, part)).content.decode()


def act(client, call, name, **data):
    return client.post(url(call, f"act/{name}/"), {f"{name}-{field}": value for field, value in data.items()})


def references(html):
    return re.findall(r'<span class="mono">(\w{8})</span>', html)


def minutes_ago(minutes):
    return timezone.now() - timezone.timedelta(minutes=minutes)


# --- the queue -------------------------------------------------------------------------------------------------------


def test_danger_comes_first_then_recent_use_then_the_longest_wait(as_role):
    calm_old = make_call(created_at=minutes_ago(90))
    calm = make_call(created_at=minutes_ago(30))
    used = make_call(substances=["alcohol"], recent="yes", created_at=minutes_ago(2))
    worst = make_call(story="He had a seizure.", created_at=minutes_ago(1))

    html = as_role("admissions").get(QUEUE).content.decode()

    assert references(html) == [call.reference for call in (worst, used, calm_old, calm)]
    assert '<b class="how-soon">Danger now: seizure</b>' in html
    assert html.count("Danger now") == 1
    assert "Used alcohol within 72 hours" in html


@pytest.mark.parametrize(
    ("minutes", "text", "level"),
    [(2, "2 min", ""), (7, "7 min", "late"), (65, "1 h 05 min", "very-late"), (1500, "1 d 1 h", "very-late")],
)
def test_the_waiting_time_is_shown_in_words(as_role, minutes, text, level):
    make_call(created_at=minutes_ago(minutes))

    html = as_role("admissions").get(QUEUE).content.decode()

    assert re.search(rf'class="clock {level}">\s*waiting <time [^>]*>{text}</time>', html)


def test_the_waiting_time_is_calm_once_the_request_is_claimed(as_role, nurse):
    services.claim(make_call(created_at=minutes_ago(30)).pk, by=nurse)

    html = as_role("admissions").get(QUEUE).content.decode()

    assert 'class="clock "' in html
    assert "Nora is calling" in html


def test_the_first_view_has_open_requests_and_the_others_are_a_click_away(as_role, nurse):
    client = as_role("admissions")
    calls = {
        "new": make_call(),
        "spam": make_call(is_quarantined=True),
        "synthetic": make_call(is_synthetic=True),
        "unreached": make_call(),
        "closed": make_call(),
        "erased": make_call(),
    }
    services.record_attempt(calls["unreached"].pk, by=nurse, outcome="no_answer")
    for name in ("closed", "erased"):
        services.close(calls[name].pk, by=nurse, outcome="referred")
    services.erase(calls["erased"].pk)
    names = {call.reference: name for name, call in calls.items()}

    def listed(query=""):
        return {names[reference] for reference in references(client.get(QUEUE + query).content.decode())}

    assert listed() == {"new", "unreached"}
    assert listed("?queue=unclaimed") == {"new"}
    assert listed("?queue=mine") == set()
    services.claim(calls["new"].pk, by=client.user)
    assert listed("?queue=mine") == {"new"}
    services.release(calls["new"].pk, by=client.user)
    assert listed("?queue=unreached") == {"unreached"}
    assert listed("?queue=spam") == {"spam"}
    assert listed("?queue=closed") == {"closed", "erased"}
    assert listed("?queue=all") == {"new", "spam", "unreached", "closed", "erased"}
    assert "Erased. Referred elsewhere" in client.get(QUEUE + "?queue=closed").content.decode()


@pytest.mark.parametrize("calls", [1, 30])
def test_the_queue_costs_the_same_and_shows_no_personal_content(as_role, django_assert_num_queries, calls, nurse):
    client = as_role("admissions")
    for _ in range(calls):
        call = make_call(**CANARIES, language="es", claimed_by=nurse)
        change(call, story="canary story of mine, again")
        attempt(call, "no_answer")

    with django_assert_num_queries(15 + 1 + 3):  # own filters; the last ones for the access log
        html = client.get(QUEUE).content.decode()

    assert CallForHelp.objects.first().reference in html
    assert "Speaks Spanish (Español)" in html
    assert "1 of 5 attempts" in html
    for canary in CANARIES.values():
        assert canary not in html


def test_without_a_key_the_queue_still_works(as_role, settings):
    call = make_call()
    settings.SEALING_PRIVATE_KEYS = [sealing.new_private_key()]
    client = as_role("admissions")

    assert "Cannot be decrypted with the keys on this server" in client.get(QUEUE).content.decode()
    assert client.get(url(call)).headers["Location"] == QUEUE
    assert not AccessLogEntry.objects.exists()


def test_the_first_page_counts_suspected_spam_separately(as_role):
    make_call(is_quarantined=True)
    make_call(is_synthetic=True)
    make_call()

    html = as_role("admissions").get("/admin/").content.decode()

    assert "<b>1</b> request that looks like spam" in html
    assert "<b>1</b> unclaimed request" in html


def test_the_first_page_begins_with_danger_and_unanswered_requests(as_role, nurse):
    client = as_role("admissions")
    calm = make_call()
    assert "in danger now" not in client.get("/admin/").content.decode()
    worst, claimed = make_call(story="He had a seizure."), make_call(story="He had a seizure.")
    services.claim(claimed.pk, by=nurse)
    wrote(calm)

    html = client.get("/admin/").content.decode()

    parts = [
        "<b>1</b> request about someone in danger now",
        "<b>1</b> person wrote back and has no answer",
        "<b>2</b> unclaimed requests",
    ]
    assert [html.index(part) for part in parts] == sorted(html.index(part) for part in parts)
    assert references(client.get(QUEUE + "?queue=wrote").content.decode()) == [calm.reference]
    assert worst.reference not in html


def test_an_open_queue_learns_of_new_requests(as_role, nurse):
    client = as_role("admissions")
    old = make_call(stored_at=minutes_ago(5))
    address = re.search(r'data-news="([^"]+)"', client.get(QUEUE).content.decode())[1]
    assert client.get(address).json() == {"count": 0, "danger": 0, "urgency": 0}

    make_call()
    make_call(is_quarantined=True)
    make_call(is_synthetic=True)
    services.claim(make_call().pk, by=nurse)
    wrote(old, "He is not breathing.")
    wrote(old, "Please hurry.")

    assert client.get(address).json() == {"count": 2, "danger": 1, "urgency": 3}
    for odd in ("", "x", "nan", "1e99", "-1e99", "inf"):
        assert client.get(f"{QUEUE}news/?since={odd}").status_code == 400
    assert as_role("editor").get(address).status_code == 403


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "May be called now"),
        ({"times": ["evening", "night"]}, "Not before 6 PM"),
        ({"times": ["night"]}, "Not before 10 PM"),
        ({"times": ["afternoon"]}, "Not before noon"),
        ({"times": ["evening"], "story": "He is not breathing."}, "May be called now"),
        ({"phone": "", "email": "sam@example.org"}, "Email only"),
        ({"channel": Channel.REVIEW, "times": ["evening"]}, "Do not call"),
        ({"channel": Channel.REVIEW, "phone": "", "email": "sam@example.org"}, "Do not write"),
    ],
)
def test_a_row_says_whether_the_person_may_be_called_now(as_role, fields, text):
    call = make_call(**fields)
    client = as_role("admissions")
    with time_machine.travel("2026-11-23T11:00:00-05:00", tick=False):
        client.force_login(client.user)
        html = client.get(QUEUE).content.decode()
        assert re.findall(r'class="chip [^"]*">(?:<svg.*?</svg>)?([^<]*)</span>', html) == [text]
        save_plan(call, client.user, hours=[])  # what staff know comes before the answers
        assert "Not before" not in client.get(QUEUE).content.decode()


def test_only_whoever_took_a_request_sees_the_name_in_the_queue(as_role, nurse):
    client = as_role("admissions")
    call, other = make_call(name="Canary One", phone="1"), make_call(name="Canary Two", phone="2")
    services.claim(other.pk, by=nurse)
    assert "Canary" not in client.get(QUEUE).content.decode()

    act(client, call, "claim")
    html = client.get(QUEUE).content.decode()

    assert "<b>Canary One</b>" in html
    logged = SealedAccess.objects.filter(by=client.user, action="list", references__contains=[call.reference])
    assert logged.exists()
    assert "You are calling" in html
    assert "Nora is calling" in html
    assert "Canary Two" not in html
    services.close(call.pk, by=client.user, outcome="referred")
    assert "Canary" not in client.get(QUEUE + "?queue=closed").content.decode()


def test_who_took_a_request_by_phone_finds_it_though_it_looks_like_spam(as_role):
    client = as_role("admissions")
    call = make_call(is_quarantined=True, status="calling", claimed_by=client.user, claimed_at=timezone.now())

    assert references(client.get(f"{QUEUE}?queue=mine").content.decode()) == [call.reference]


def test_requests_of_one_number_share_a_row_but_for_danger_and_new_messages(as_role):
    client = as_role("admissions")
    number = {"phone": "(212) 555-0199"}
    first = make_call(**number, created_at=minutes_ago(50))
    second = make_call(phone="+1 212 555 0199", email="sam@example.org", created_at=minutes_ago(40))
    third = make_call(email="Sam@example.org", created_at=minutes_ago(30))
    stranger = make_call(phone="(212) 555-0100", created_at=minutes_ago(20))
    wrote(make_call(**number))
    worst = make_call(**number, story="He had a seizure.")

    danger, now = client.get(QUEUE).context["cl"].sections

    assert [row.call for row in danger.rows] == [worst]
    assert [other.call for other in danger.rows[0].same_contact] == [first, second, third]
    assert now.rows[0].call == stranger
    assert len(now.rows) == 2  # with the one with a message
    html = client.get(QUEUE).content.decode()
    assert "4 open requests from one number or address" in html
    assert "3 others with this number or address" in html, "one of them has a row of its own"


NOON = "2026-11-23T12:00:00-05:00"


def test_who_can_be_called_now_comes_before_who_cannot(as_role, nurse):
    with time_machine.travel(NOON, tick=False):
        client = as_role("admissions")
        later = make_call(phone="1", times=["night"], recent="yes", substances=["opioids"], created_at=minutes_ago(90))
        taken = make_call(phone="2", created_at=minutes_ago(80))
        own = make_call(phone="3", created_at=minutes_ago(70))
        email = make_call(phone="", email="sam@example.org", created_at=minutes_ago(60))
        now = make_call(phone="4", created_at=minutes_ago(50))
        wrote(make_call(phone="5", times=["night"], created_at=minutes_ago(40)))
        danger = make_call(phone="6", times=["night"], story="He is not breathing.", created_at=minutes_ago(1))
        services.claim(taken.pk, by=nurse)
        services.claim(own.pk, by=client.user)
        sections = client.get(QUEUE).context["cl"].sections

    listed = {section.title: [row.call for row in section.rows] for section in sections}
    assert listed["In danger"] == [danger]
    assert listed["Now"][:3] == [own, email, now]
    assert len(listed["Now"]) == 4  # with the one who wrote to us
    assert listed["Not now"] == [later, taken]


def test_a_row_says_that_a_colleague_is_calling_the_same_number(as_role, nurse):
    older, newer = make_call(created_at=minutes_ago(20)), make_call(created_at=minutes_ago(10))
    services.claim(older.pk, by=nurse)

    html = as_role("admissions").get(QUEUE).content.decode()

    assert references(html) == [newer.reference, older.reference]
    assert re.search(r"2 open requests from one number or address\. <b>Nora is calling</b></summary>", html)


def test_a_folded_request_that_must_not_be_called_says_so_in_the_row(as_role):
    make_call(created_at=minutes_ago(50))
    for minutes in (60, 70):
        make_call(channel=Channel.REVIEW, created_at=minutes_ago(minutes))

    html = as_role("admissions").get(QUEUE).content.decode()

    assert "3 open requests from one number or address. <b>Do not call</b></summary>" in html


def test_the_next_one_is_the_first_that_can_be_called_now(as_role, nurse):
    with time_machine.travel(NOON, tick=False):
        client = as_role("admissions")
        first, second = make_call(phone="1", created_at=minutes_ago(50)), make_call(phone="2")
        make_call(phone="3", times=["night"])
        services.claim(make_call(phone="4").pk, by=nurse)

        def follow(after):
            return client.get(f"{QUEUE}next/?after={after}").headers["Location"]

        assert follow(first.pk) == url(second)
        assert follow(second.pk) == url(first)
        assert follow("\0") == url(first)
        assert client.get(f"{QUEUE}next/").headers["Location"] == url(first)
        assert SealedAccess.objects.filter(by=client.user, action="list", references__contains=[second.reference])
        services.claim(first.pk, by=client.user)
        assert follow(first.pk) == url(second)
        services.claim(second.pk, by=client.user)
        assert follow(second.pk) == QUEUE
        assert "Nobody else waits for a call that can be made now." in client.get(QUEUE).content.decode()
    assert as_role("editor").get(f"{QUEUE}next/").status_code == 403


def test_the_name_in_a_row_reaches_nobody_else_and_no_copy(as_role, nurse, caplog):
    client, other = as_role("admissions"), Client()
    other.force_login(make_user("manager"))
    call = make_call(name="Canary Name", phone="(212) 555-0199")
    act(client, call, "claim")

    shown = client.get(QUEUE)

    assert "Canary Name" in shown.content.decode()
    assert {"no-store", "private"} <= set(shown.headers["Cache-Control"].split(", "))
    assert "Canary" not in shown.headers.get("Link", "") + str(shown.cookies)
    for path in ("", "?queue=all", f"?queue={Status.CALLING}", "next/", "news/?since=0"):
        assert "Canary" not in other.get(QUEUE + path, follow=True).content.decode()
    assert "Canary" not in other.post(QUEUE, {"typed": "212 555 0199"}).content.decode()
    for path in ("/admin/", "/admin/find/?typed=Canary"):
        assert "Canary Name" not in client.get(path).content.decode()  # one's own is nowhere but in the queue
    assert "Canary" not in caplog.text
    assert "Canary" not in str(list(LogEntry.objects.values())) + str(list(SealedAccess.objects.values()))
    with time_machine.travel(timezone.now() + timezone.timedelta(minutes=11)):
        act(other, call, "claim")  # the claim has lapsed, and a colleague takes it
    assert "Canary" not in client.get(QUEUE).content.decode()


# --- search ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["+1 212 555 0199", "(212) 555-0199", "2125550199", "212.555.0199", "Canary@Example.org ", " canary@example.org"],
)
def test_a_request_is_found_by_number_and_address_in_any_spelling(as_role, typed):
    call, other = make_call(**CANARIES), make_call(phone="(212) 555-0100")

    response = as_role("admissions").post(QUEUE, {"typed": typed})

    html = response.content.decode()
    assert call.reference in html
    assert other.reference not in html
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    "typed",
    [
        "call 212-555-0177 after six",
        "2\u200b12-555\u00ad-01\u206077",
        "２１２－５５５－０１７７",  # noqa: RUF001
        "212\u00a0555\u00a00177",
        "(212) 555-0178 (her sister)",
        "sam@example.com (home)",
        "Sam <s\u200bam@example.com>",
    ],
)
def test_each_number_of_a_remark_is_dialed_and_found(as_role, client, typed):
    written = "212-555-0177 x204 (work, ask for Sam) or …0178"
    assert send(client, HELP, {"phone": written, "email": "s\u200bam@example.com"}).status_code == 302
    call = CallForHelp.objects.get()
    as_role("admissions")

    assert references(client.post(QUEUE, {"typed": typed}).content.decode()) == [call.reference]
    html = page(client, call)
    assert re.findall(r'class="dial" data-dial="tel:([^"]+)"', html) == ["+12125550177;ext=204", "+12125550178"]
    assert written in html
    assert call.current_answers()["email"] == "sam@example.com"


def test_a_number_with_a_remark_of_an_earlier_version_is_found(as_role):
    """Until version 0.6, it was indexed by its digits."""
    call = make_call(contact_digests=[digests.blind_index("phone", "2125550177")])

    html = as_role("admissions").post(QUEUE, {"typed": "212-555-0177"}).content.decode()

    assert references(html) == [call.reference]


@pytest.mark.parametrize("typed", ["(212) 555-0142", "sam.old@example.com", "(212) 555-0143"])
def test_a_changed_number_or_address_still_finds_the_request_until_it_is_erased(as_role, nurse, typed):
    key = "k" * 20
    call = receive(key, phone="(212) 555-0142", email="sam.old@example.com")
    again = receive("l" * 20, phone="(212) 555-0142")
    changed = {"phone": "(212) 555-0143 or 0144", "email": "sam.new@example.com"}
    portal_services.change(open_portal(key), answers=changed, key="m" * 20)
    client = as_role("admissions")

    assert call.reference in references(client.post(QUEUE, {"typed": typed}).content.decode())
    html = page(client, call)
    assert re.findall(r'class="dial" data-dial="tel:([^"]+)"', html) == ["+12125550143", "+12125550144"]
    assert "Only its last digits were typed" in html
    former = re.findall(r"Former (\w+), replaced by the person [^:]+:\d\d [AP]M: <del>([^<]+)</del>", html)
    assert former == [("phone", "(212) 555-0142"), ("email", "sam.old@example.com")]
    assert again.reference in html  # the other request with the old number
    services.erase(call.pk)
    assert call.reference not in references(client.post(QUEUE, {"typed": typed}).content.decode())
    assert CallForHelp.objects.get(pk=call.pk).contact_digests == []


def test_a_reference_is_found_as_it_was_read_aloud_even_for_a_closed_request(as_role, nurse):
    call = make_call()
    services.close(call.pk, by=nurse, outcome="referred")
    typed = f"{call.reference[:4]}-{call.reference[4:]} ".lower()

    assert references(as_role("admissions").post(QUEUE, {"typed": typed}).content.decode()) == [call.reference]


@pytest.mark.parametrize("typed", ["555", "canary", "@example.org", "%", "", "\0"])
def test_parts_find_nothing(as_role, typed):
    make_call(**CANARIES)

    html = as_role("admissions").post(QUEUE, {"typed": typed}).content.decode()

    assert "<b>0</b> found" in html or "errorlist" in html
    assert not LogEntry.objects.exists()


def test_the_address_cannot_carry_a_search(as_role):
    call = make_call(**CANARIES)
    make_call()

    html = as_role("admissions").get(QUEUE, {"q": call.reference}).content.decode()

    assert len(references(html)) == 2
    assert 'name="q"' not in html


# --- one request -----------------------------------------------------------------------------------------------------


def test_the_page_has_everything_needed_to_call(as_role):
    call = make_call(**CANARIES, whom="other", leave=["voicemail"], language="es", substances=["alcohol"], recent="yes")

    html = page(as_role("admissions"), call)

    for canary in CANARIES.values():
        assert canary in html
    assert 'data-dial="tel:+12125550199"' in html
    assert "This number belongs to the person who wrote, not to the one who needs help." in html
    assert "Speaks Spanish (Español)." in html
    assert "Used alcohol within 72 hours" in html
    assert html.index('lang="es"') < html.index('<details class="folded wording" lang="en"')
    assert "Hola, Canary." in html
    assert "sms:" not in html


def test_outside_the_call_times_the_number_is_hidden_until_a_reason_is_given(as_role):
    client = as_role("admissions")
    call = make_call(phone="(212) 555-0199", times=["evening"])
    with time_machine.travel("2026-11-23T12:00:00-05:00", tick=False):
        client.force_login(client.user)
        before = page(client, call)
        refused = act(client, call, "dial", unsafe=" ").content.decode()
        after = act(client, call, "dial", unsafe="Canary: she may be dying.").content.decode()
        call.refresh_from_db()

        assert "555-0199" not in before + refused
        assert "Now is outside the times they gave: it is afternoon." in before
        assert "Say why it has to be now." in refused
        assert 'href="tel:+12125550199"' in after
        assert "Canary: she may be dying.</textarea>" in after
        assert (call.status, call.claimed_by) == (Status.CALLING, client.user)
        assert "555-0199" not in page(client, call)
    assert "Canary" not in " ".join(entry.change_message for entry in LogEntry.objects.all())


def test_a_refused_attempt_keeps_the_typed_text(as_role):
    client = as_role("admissions")
    call = make_call()

    html = act(client, call, "contact", way="voicemail", outcome="safe_message", note="Typed this.").content.decode()

    assert "Do not leave a voicemail." in html
    assert "Typed this." in html
    assert not ContactAttempt.objects.exists()
    assert not LogEntry.objects.exists()


def test_the_same_number_is_linked_never_merged(as_role, nurse):
    first, second = make_call(phone="(212) 555-0199"), make_call(phone="+1 212 555 0199", email="x@example.org")
    third, stranger = make_call(phone="1", email="X@example.org"), make_call()
    services.close(first.pk, by=nurse, outcome="referred")
    client = as_role("admissions")

    html = page(client, second)
    queue = client.get(QUEUE).content.decode()

    assert f"{first.reference}</a>" in html
    assert f"{third.reference}</a>" in html
    assert "Closed: Referred elsewhere" in html
    assert stranger.reference not in html
    assert set(references(queue)) == {second.reference, third.reference, stranger.reference}
    assert "2 others with this number or address" in queue


def test_changed_answers_are_shown_beside_the_first_ones(as_role):
    call = make_call(phone="(212) 555-0100", leave=["voicemail"])
    change(call, phone="(212) 555-0199", leave=[])

    html = page(as_role("admissions"), call)

    assert "Phone: <del>(212) 555-0100</del> <ins>(212) 555-0199</ins>" in html
    assert "If they do not pick up: <del>Leave a voicemail</del> <ins>(empty)</ins>" in html


def test_while_calling_is_not_allowed_no_changed_number_is_shown_either(as_role):
    call = make_call(phone="(212) 555-0100", email="old@example.org")
    change(call, phone="(212) 555-0199", email="new@example.org", times=["evening"])
    with time_machine.travel("2026-11-23T12:00:00-05:00", tick=False):
        html = page(as_role("admissions"), call)

    assert "Phone: changed" in html
    assert "Email: changed" in html
    assert "555-01" not in html
    assert "old@example.org" not in html


def test_in_danger_the_number_is_shown_at_any_hour(as_role, nurse):
    client = as_role("admissions")
    calm, danger_now = make_call(times=["evening"]), make_call(times=["evening"], story="He is not breathing.")
    with time_machine.travel("2026-11-23T12:00:00-05:00", tick=False):
        client.force_login(client.user)
        at_once, later = page(client, danger_now), page(client, calm)
        attempt(danger_now, "wrong_number")

        assert 'data-dial="tel:' in at_once
        assert "/act/dial/" not in at_once
        assert "In danger, call anyway." in at_once
        assert "In danger, call" not in later
        assert _is_quiet(later, "claim")
        assert not _is_quiet(at_once, "claim")
        assert not _is_quiet(later, "dial")
        assert "tel:" not in page(client, danger_now)


def _is_quiet(html, name):
    return (
        'class="quiet"' in re.search(rf'id="act-{name}".*?<button[^>]*>', html, re.DOTALL)[0].rpartition("<button")[2]
    )


def test_a_refused_action_says_so_at_its_form(as_role, nurse):
    client = as_role("admissions")
    call = make_call()

    attempt_html = act(client, call, "contact", way="voicemail", outcome="no_answer").content.decode()
    close_html = act(client, call, "close", outcome="not_reached").content.decode()
    empty_html = act(client, call, "close").content.decode()
    services.claim(call.pk, by=nurse)
    given_back_html = act(client, call, "release").content.decode()

    for html, name, field in (
        (attempt_html, "contact", "unsafe"),
        (close_html, "close", "reason"),
        (empty_html, "close", "outcome"),
    ):
        assert "<title>Error: " in html
        assert f'<a href="#act-{name}">' in html
        [focused] = re.findall(r"<[^>]* autofocus[^>]*>", html)
        assert f'id="id_{name}-{field}"' in focused
        assert 'aria-invalid="true"' in focused
        assert f'id="id_{name}-{field}_error"' in html
    assert given_back_html.count("You have not claimed this request.") == 2
    assert "<title>Error: " not in page(client, call)


def test_an_erased_request_shows_that_it_was_erased_and_no_more(as_role, nurse):
    client = as_role("admissions")
    call = make_call(**CANARIES)
    services.close(call.pk, by=nurse, outcome="referred")
    services.erase(call.pk)

    html = page(client, call)

    assert "The content of this request was erased" in html
    assert "<form class=" not in html
    assert not AccessLogEntry.objects.exists()
    assert client.post(url(call, "print/"), {"to": "a", "why": "b"}).status_code == 302
    assert client.post(url(call, "here/")).status_code == 200


@pytest.mark.parametrize("attempts", [1, 12])
def test_the_page_costs_the_same_however_much_has_happened(as_role, django_assert_num_queries, attempts, nurse):
    client = as_role("admissions")
    call = make_call(**CANARIES)
    for _ in range(attempts):
        attempt(call, "no_answer", by=nurse)
        change(call, story="again")
        make_call(**CANARIES)
    page(client, call)

    with django_assert_num_queries(22 + 1):  # the latter looks for the same view in the access log
        page(client, call)


# --- access log and presence -----------------------------------------------------------------------------------------


def test_every_view_has_its_row_and_one_view_is_one_row(as_role, nurse):
    client = as_role("admissions")
    call = make_call()
    page(client, call)
    page(client, call)
    client.post(url(call, "here/"))
    assert AccessLogEntry.objects.count() == 1

    AccessLogEntry.objects.update(seen_at=minutes_ago(11))
    act(client, call, "contact", outcome="")

    reading = AccessLogEntry.objects.first()
    assert AccessLogEntry.objects.count() == 2
    assert (reading.call, reading.by, reading.by_name) == (call, client.user, str(client.user))


def test_a_printout_and_a_refused_action_are_views_too(as_role):
    client = as_role("admissions")
    call, other = make_call(), make_call()
    client.post(url(call, "print/"), {"to": "Dr. Ruiz", "why": "the visit"})
    act(client, other, "close")

    assert {reading.call for reading in AccessLogEntry.objects.all()} == {call, other}


def test_colleagues_who_have_it_open_are_named(as_role, nurse):
    client = as_role("admissions")
    call = make_call()
    AccessLogEntry.objects.create(call=call, by=nurse, opened_at=minutes_ago(20))
    assert "Nora has this open too." in page(client, call)

    AccessLogEntry.objects.filter(by=nurse).update(seen_at=minutes_ago(1))
    assert client.post(url(call, "here/")).json()["others"] == ["Nora"]

    AccessLogEntry.objects.filter(by=nurse).update(seen_at=minutes_ago(3))
    assert client.post(url(call, "here/")).json()["others"] == []
    assert "Nora" not in page(client, call)


def test_an_open_page_learns_that_something_changed(as_role, nurse):
    client = as_role("admissions")
    call = make_call()
    shown = re.search(r'data-change-token="([^"]+)"', page(client, call))[1]
    assert client.post(url(call, "here/")).json()["change_token"] == shown

    services.claim(call.pk, by=nurse)

    assert client.post(url(call, "here/")).json()["change_token"] != shown
    assert client.get(url(call, "here/")).status_code == 405


# --- calling ---------------------------------------------------------------------------------------------------------


def test_calling_claims_before_the_number_can_be_dialed(as_role):
    client = as_role("admissions")
    call = make_call(phone="(212) 555-0199")
    before = page(client, call)
    assert re.search(r'<button type="submit" class="dial" data-dial="tel:\+12125550199">', before)
    assert 'href="tel:' not in before

    after = client.post(url(call, "act/claim/"), follow=True).content.decode()

    call.refresh_from_db()
    assert call.claimed_by == client.user
    assert re.search(r'<a class="dial" href="tel:\+12125550199" data-again>', after)
    assert "Yours until" in after
    assert ">I am calling</button>" in before
    assert ">I am calling</button>" not in after


def test_while_a_colleague_calls_there_is_no_number(as_role, nurse):
    call = make_call(phone="(212) 555-0199")
    services.claim(call.pk, by=nurse)

    client = as_role("admissions")

    html = page(client, call)

    assert "tel:" not in html
    assert "555-0199" not in html
    assert "It is free again at" in html
    assert "Nora already has it." in act(client, call, "dial", unsafe="Canary").content.decode()


def test_in_danger_a_colleague_may_call_too_and_says_why(as_role, nurse):
    client = as_role("admissions")
    call = make_call(phone="(212) 555-0199", story="He is not breathing.")
    services.claim(call.pk, by=nurse)
    before = page(client, call)
    refused = act(client, call, "dial", unsafe=" ").content.decode()

    after = act(client, call, "dial", unsafe="Nora has no line.").content.decode()

    call.refresh_from_db()
    assert "555-0199" not in before + refused
    assert "In danger, you may call too" in before
    assert "Say why it has to be now." in refused
    assert 'href="tel:+12125550199"' in after
    assert "Nora has no line.</textarea>" in after
    assert (call.status, call.claimed_by) == (Status.CALLING, client.user)
    act(client, call, "contact", outcome="no_answer", unsafe="Nora has no line.")
    assert call.contact_attempts.get().payload["unsafe"] == "Nora has no line."


def test_the_words_of_the_person_come_first(as_role):
    html = page(as_role("admissions"), make_call(name="Sam", story="He had a seizure last night."))

    parts = ["He had a seizure last night.", 'id="why_title"', 'id="call_title"', 'id="safe_title"']
    assert [html.index(part) for part in parts] == sorted(html.index(part) for part in parts)
    assert "<title>Request" in html


def test_a_number_with_a_remark_is_read_before_it_is_dialed(as_role):
    html = page(as_role("admissions"), make_call(phone="555-0138 or my sister, 415 555 0199, ask for Jo"))

    box, bar = html[html.index('id="call_title"') :], html[html.index('aria-label="Shortcuts"') :]
    assert 0 < box.index("ask for Jo</p>") < box.index('data-dial="tel:+14155550199"')
    assert '<a class="go" href="#call_title">Number</a>' in bar
    assert "data-dial" not in bar
    several = page(as_role("admissions"), make_call(phone="(212) 555-0123 or (212) 555-0199"))
    assert '<a class="go" href="#call_title">Numbers</a>' in several


def test_who_gave_no_number_is_written_to(as_role):
    client = as_role("admissions")
    html = page(client, make_call(phone="", email="sam@example.org", name="Sam"))

    bar = html[html.index('aria-label="Shortcuts"') :]
    assert re.search(r'<button [^>]*form="act-claim" data-dial="mailto:sam@example.org[^"]*">Email</button>', bar)
    assert ">I am writing</button>" in bar
    assert 'aria-label="I am writing"' in html
    assert 'href="mailto:' not in html  # it is claimed first
    assert "I am calling" not in html
    assert "Ask for" not in html


def test_two_colleagues_do_not_write_to_the_same_person(as_role, nurse):
    client, email = as_role("admissions"), {"phone": "", "email": "sam@example.org"}
    call, taken = make_call(**email, language="es"), make_call(**email)
    services.claim(taken.pk, by=nurse)

    act(client, call, "claim")

    own, others = page(client, call), page(client, taken)
    assert len(re.findall(r'href="mailto:sam@example.org[^"]*" data-again>', own)) == 2  # in the box and in the bar
    assert "mailto:" not in others
    assert re.search('id="call_title"[^>]*>Nora has it</h2>', others)
    assert "Nobody else needs to write." in others
    queue = client.get(QUEUE).content.decode()
    assert "You have it" in queue
    assert "Nora has it" in queue
    for html in (own, others, queue):
        assert not re.search("(is|are) calling|interpreter on the line", html)
    assert "I have it" in client.get(url(call, "history/")).content.decode()
    for part in ("?queue=calling", "figures/"):
        assert "is calling" not in client.get(QUEUE + part).content.decode()


def test_who_is_calling_is_said_of_a_number_and_no_link_reaches_them_meanwhile(as_role, nurse):
    call = make_call(phone="(212) 555-0199", email="sam@example.org")
    save_plan(call, nurse, text=True)
    client = as_role("admissions")
    assert "sms:+12125550199" in page(client, call)

    services.claim(call.pk, by=nurse)

    html = page(client, call)
    assert "Nobody else needs to call." in html
    assert not re.search("(sms|tel|mailto):", html)


def test_who_did_not_ask_us_to_write_is_not_written_to(as_role):
    call = make_call(phone="", email="sam@example.org", channel=Channel.REVIEW, story="I will take all my pills.")

    html = page(as_role("admissions"), call)

    box = html[html.index('id="call_title"') : html.index('id="safe_title"')]
    assert "<b>Do not write.</b>" in box
    assert ">Contact</h2>" in box
    assert 'aria-label="I have it"' in box
    assert "did not ask us to contact them" in box
    assert ">I have it</button>" in box
    assert "mailto:" not in html


def test_a_button_pressed_twice_is_one_attempt_and_one_message(as_role):
    client = as_role("admissions")
    call = receive(phone="1")
    html = page(client, call)

    def twice(name, **data):
        seen = re.search(rf'name="{name}-seen" value="(\d+)"', html)[1]
        return [act(client, call, name, seen=seen, **data).status_code for _ in range(2)]

    assert twice("contact", outcome="no_answer", note="Rang twice.") == [302, 302]
    assert ContactAttempt.objects.count() == 1
    assert twice("message", text="Call us at any hour.") == [302, 302]
    assert Message.objects.count() == 1
    html = page(client, call)  # the same again from a new page is another one
    twice("contact", outcome="no_answer", note="Rang twice.")
    twice("message", text="Call us at any hour.")
    assert (ContactAttempt.objects.count(), Message.objects.count()) == (2, 2)
    act(client, call, "contact", seen="0", outcome="no_answer", note="Rang again.")  # other words: another one
    assert ContactAttempt.objects.count() == 3


def test_the_same_result_from_a_page_opened_before_the_last_call_is_another_attempt(as_role):
    client = as_role("admissions")
    call = make_call()
    act(client, call, "contact", seen="0", outcome="no_answer")
    with time_machine.travel(timezone.now() + timezone.timedelta(minutes=3)):
        act(client, call, "contact", seen="0", outcome="no_answer")

    assert ContactAttempt.objects.count() == 2


# --- claims ----------------------------------------------------------------------------------------------------------


def test_while_a_colleague_calls_no_one_else_is_offered_to(as_role, nurse):
    client = as_role("admissions")
    call = make_call()
    services.claim(call.pk, by=nurse)

    html = page(client, call)
    assert "/act/claim/" not in html
    assert "/act/release/" not in html
    assert "Nora is calling" in html
    refused = act(client, call, "claim").content.decode()
    assert refused.count("Nora already has it.") == 1
    assert "I am calling</button>" not in refused
    assert "#act-claim" not in refused  # there is no such form any more

    CallForHelp.objects.update(claimed_at=minutes_ago(11))
    assert "/act/claim/" in page(client, call)


def test_a_claim_can_be_released_and_staff_are_alerted_again(as_role, nurse):
    client = as_role("admissions")
    call = make_call()
    act(client, call, "claim")
    assert "/act/release/" in page(client, call)

    act(client, call, "release")

    assert "Released. The team has been alerted again." in page(client, call)
    call.refresh_from_db()
    assert (call.status, call.claimed_by) == (Status.NEW, None)
    assert Alert.objects.filter(call=call, after=0, done_at=None).count() == 1
    services.claim(call.pk, by=nurse)
    assert "You have not claimed this request." in act(client, call, "release").content.decode()


def test_a_claim_released_after_attempts_restores_the_status(nurse):
    call = make_call()
    services.record_attempt(call.pk, by=nurse, outcome="no_answer")
    services.claim(call.pk, by=nurse)

    services.release(call.pk, by=nurse)

    call.refresh_from_db()
    assert call.status == Status.UNREACHED


@pytest.mark.parametrize("gone", ["deleted", "disabled"])
def test_the_claim_of_an_account_that_is_gone_returns_to_the_queue(as_role, nurse, gone):
    call = make_call()
    services.claim(call.pk, by=nurse)
    if gone == "deleted":
        nurse.delete()
    else:
        type(nurse).objects.filter(pk=nurse.pk).update(is_active=False)

    client = as_role("admissions")

    assert references(client.get(QUEUE + "?queue=unclaimed").content.decode()) == [call.reference]
    assert "The claim has timed out" in client.get(QUEUE).content.decode()
    act(client, call, "claim")
    call.refresh_from_db()
    assert call.claimed_by == client.user


# --- plan conflicts --------------------------------------------------------------------------------------------------


def test_a_plan_that_would_overwrite_shows_both_and_a_second_save_is_deliberate(as_role, nurse):
    client = as_role("admissions")
    call = make_call()
    mine = {"version": "0", "never": "the cat", "hours": "evening", "say": "", "notes": ""}
    save_plan(call, nurse, never="the dog", voicemail=True)

    html = act(client, call, "plan", **mine).content.decode()

    assert "Two contact plans: yours is not saved" in html
    assert "Nora saved a plan while you wrote yours." in html
    assert "<td><p>the dog" in html or "<td>the dog</td><td>the cat</td>" in html
    assert re.search(r'name="plan-version" value="1"', html)
    assert "the cat</textarea>" in html
    assert contact_plan.effective_plan(call).never == "the dog"

    assert act(client, call, "plan", **mine | {"version": "1"}).status_code == 302

    plan = contact_plan.effective_plan(call)
    assert (plan.never, plan.voicemail, plan.hours, plan.version) == ("the cat", False, ("evening",), 2)
    record = " ".join(f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.all())
    assert record == f"Request {call.reference} Change the contact plan"


# --- messages --------------------------------------------------------------------------------------------------------


def test_a_message_opens_for_the_center_and_for_the_person_alone(as_role):
    client = as_role("admissions")
    identity = Identity.of("k" * 20)
    call = make_call(key="k" * 20)

    act(client, call, "message", text="Canary: call when you can.")

    message = Message.objects.get()
    own = sealing.PrivateKey.from_return_code(identity.code)
    assert own.open(message.sealed_for_author, message.sealing_context("sealed_for_author")) == {
        "text": "Canary: call when you can."
    }
    assert message.payload == {"text": "Canary: call when you can."}
    assert (message.by, message.is_from_person) == (client.user, False)
    assert "Canary: call when you can." in page(client, call)


def test_no_message_is_sent_to_a_person_without_a_portal(as_role):
    client = as_role("admissions")
    call = make_call(return_key=b"", sealed_for_author=b"")

    assert "/act/message/" not in page(client, call)
    assert "This person has no private page." in act(client, call, "message", text="x").content.decode()
    assert not Message.objects.exists()


def wrote(call, text="Not before six."):
    message = Message(call=call, is_from_person=True)
    found = risk_signs.find_signs({"story": text})
    message.seal({"text": text, "signs": list(found)})
    message.save(force_insert=True)
    call.urgency = max(call.urgency, risk_signs.urgency({}, found))
    call.save()
    return message


def test_a_message_counts_as_read_once_shown_and_stays_unanswered(as_role):
    client = as_role("admissions")
    message = wrote(make_call())
    assert "Unanswered message" in client.get(QUEUE).content.decode()

    first, second = page(client, message.call), page(client, message.call)

    message.refresh_from_db()
    assert "Not before six." in first
    assert ("(new)" in first, "(new)" in second) == (True, False)
    assert message.seen_at is not None
    assert "Unanswered message" in client.get(QUEUE).content.decode()
    assert "Unanswered message" in second
    assert second.count('id="act-message"') == 1
    assert second.index('id="wrote_title"') < second.index('id="act-message"') < second.index('id="story_title"')


@pytest.mark.parametrize("answer", ["message", "attempt"])
def test_an_answer_or_an_attempt_ends_an_unanswered_message(as_role, nurse, answer):
    client = as_role("admissions")
    call = make_call()
    services.record_attempt(call.pk, by=nurse, outcome="no_answer")
    wrote(call)
    assert "Unanswered message" in client.get(QUEUE).content.decode()

    if answer == "message":
        services.send_message(call.pk, by=nurse, text="We call at six.")
    else:
        page(client, call)  # it was read
        services.record_attempt(call.pk, by=nurse, outcome="no_answer")

    assert "Unanswered message" not in client.get(QUEUE).content.decode() + page(client, call)


def test_danger_in_a_message_is_danger_in_the_queue_and_on_the_page(as_role):
    client = as_role("admissions")
    call = make_call(story="I drink too much.")
    wrote(call, "He is not breathing.")
    wrote(call, "Please hurry.")

    html = page(client, call)

    assert "not breathing, or cannot be woken" in client.get(QUEUE).content.decode()
    assert (
        html.index("Please hurry.") < html.index("not breathing, or cannot be woken") < html.index("Ask for naloxone")
    )
    assert 'class="panel red" aria-labelledby="why_title"' in html


def test_a_request_in_danger_stays_red_even_without_a_remaining_reason(as_role):
    call = make_call(story="He had a seizure.")
    change(call, story="All is well.", signs=[])

    assert 'class="panel red" aria-labelledby="why_title"' in page(as_role("admissions"), call)


# --- spam ------------------------------------------------------------------------------------------------------------


def test_a_request_that_is_not_spam_goes_into_the_queue_and_staff_are_alerted_at_once(as_role):
    client = as_role("admissions")
    call = make_call(is_quarantined=True)
    alerts.start_alerts(call, round=1)
    assert Alert.objects.get().due_at > timezone.now()

    act(client, call, "accept")

    assert Alert.objects.get().due_at <= timezone.now()
    assert references(client.get(QUEUE).content.decode()) == [call.reference]
    assert "/act/spam/" not in page(client, call)


def test_only_suspected_spam_is_closed_as_spam(as_role):
    client = as_role("admissions")
    call, doubtful = make_call(), make_call(is_quarantined=True)

    assert "/act/spam/" not in page(client, call)
    assert "Only a request marked" in act(client, call, "spam").content.decode()
    act(client, doubtful, "spam")
    assert "is not one of" in act(client, call, "close", outcome="spam").content.decode()
    assert "is not one of" in act(client, call, "close", outcome="canceled").content.decode()

    call.refresh_from_db()
    doubtful.refresh_from_db()
    assert (call.status, doubtful.status, doubtful.outcome) == ("new", "closed", "spam")


# --- manual entry ----------------------------------------------------------------------------------------------------

ENTER = f"{QUEUE}enter/"


def entry(**fields):
    now = timezone.localtime()
    return {
        "key": "e" * 20,
        "phone": "(212) 555-0142",
        "channel": "phone",
        "received_at": f"{now:%Y-%m-%dT%H:%M}",
        **fields,
    }


def test_the_entry_form_refers_to_the_caller_in_the_third_person(as_role):
    html = as_role("admissions").get(ENTER).content.decode()

    assert "As soon as we can" in html
    assert "They are not sure" in html
    for text in ("As soon as you", "reply STOP", "I would rather", "I am not sure"):
        assert text not in html
    assert html.index("What to tell them") < html.index("I told them this")


def test_each_hint_of_the_form_to_write_down_is_on_the_page(as_role):
    html = as_role("admissions").get(ENTER).content.decode()

    hints = {name for names in re.findall(r'aria-describedby="([^"]+)"', html) for name in names.split()}
    assert hints >= {"id_leave_helptext", "id_times_helptext", "id_substances_helptext"}
    assert [name for name in hints if f'id="{name}"' not in html] == []
    assert "Nobody here will judge you" not in html


def test_after_a_mistake_the_focus_is_where_it_was_made(as_role):
    html = as_role("admissions").post(ENTER, entry(channel="")).content.decode()

    focused = re.findall(r"<[^>]*\bautofocus\b[^>]*>", html)
    assert [re.search(r'name="(\w+)"', tag)[1] for tag in focused] == ["channel"]


def test_a_phoned_request_is_one_like_any_other(as_role):
    client = as_role("admissions")
    asked = timezone.localtime(minutes_ago(40))

    response = client.post(
        ENTER, entry(received_at=f"{asked:%Y-%m-%dT%H:%M}", story="She had a seizure.", agreed="on", language="es")
    )

    call = CallForHelp.objects.get()
    assert response.headers["Location"] == url(call)
    assert (call.channel, call.urgency, call.created_at) == (Channel.PHONE, 3, asked.replace(second=0, microsecond=0))
    assert (call.payload["phone"], bytes(call.return_key)) == ("(212) 555-0142", b"")
    assert call.consents.get().how == "told us on the phone"
    assert Alert.objects.get().call == call
    html = client.get(QUEUE).content.decode()
    assert references(html) == [call.reference]
    assert "40 min" in html
    assert LogEntry.objects.get().object_repr == f"Request {call.reference}"


def test_the_same_entry_sent_twice_is_one_request_and_consent_needs_a_yes(as_role):
    client = as_role("admissions")
    for _ in range(2):
        client.post(ENTER, entry())

    assert CallForHelp.objects.get().consents.count() == 0


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"phone": ""}, "Give a phone number or an email address."),
        ({"channel": ""}, "Choose how they asked."),
        ({"channel": "web"}, "is not one of"),
        ({"received_at": "2099-01-01T10:00"}, "This is in the future."),
        ({"received_at": "2020-01-01T10:00"}, "more than seven days ago"),
        ({"received_at": "soon"}, "Enter a date and time."),
    ],
)
def test_a_mistake_loses_no_text(as_role, fields, error):
    response = as_role("admissions").post(ENTER, entry(**{"story": "Typed this.", **fields}))

    html = response.content.decode()
    assert response.status_code == 422
    assert error in html
    assert "Typed this." in html
    assert f'value="{"e" * 20}"' in html
    assert not CallForHelp.objects.exists()


def test_if_the_database_fails_the_disk_stores_the_request(as_role, monkeypatch, settings, tmp_path):
    settings.VAR = tmp_path
    client = as_role("admissions")
    monkeypatch.setattr(reception, "store_request", lambda *args, **kwargs: (_ for _ in ()).throw(DatabaseError))

    response = client.post(ENTER, entry(), follow=True)

    assert "It is safe, and joins the queue as soon as the database is back." in response.content.decode()
    [waiting] = spool.pending_files()
    assert spool.read(waiting)[0].channel == "phone"


def test_if_nothing_can_store_the_request_the_text_stays_on_the_page(as_role, monkeypatch):
    def fail(*args, **kwargs):
        raise spool.NotReceived("full")

    monkeypatch.setattr(reception, "receive", fail)

    response = as_role("admissions").post(ENTER, entry(story="Typed this."))

    assert response.status_code == 503
    assert "Typed this." in response.content.decode()


# --- permissions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["editor", "clinician", "moderator", "compliance"])
def test_other_roles_get_nowhere(as_role, role):
    client = as_role(role)
    call = make_call(**CANARIES)

    assert client.get(QUEUE).status_code == 403
    assert client.post(QUEUE, {"typed": call.reference}).status_code == 403
    assert client.get(ENTER).status_code == 403
    assert client.post(ENTER, entry()).status_code == 403
    for part in ("change/", "print/", "history/"):
        assert client.get(url(call, part)).status_code == 403
    for part in ("print/", "here/", *(f"act/{name}/" for name in ("claim", "plan", "contact", "message", "dial"))):
        assert client.post(url(call, part), {"to": "a", "why": "b"}).status_code == 403
    assert not AccessLogEntry.objects.exists()
    assert CallForHelp.objects.count() == 1


@pytest.mark.parametrize("path", ["add/", "{pk}/delete/"])
def test_staff_neither_invent_nor_delete_requests(as_role, path):
    call = make_call()

    assert as_role("manager").get(QUEUE + path.format(pk=call.pk)).status_code == 403


def test_staff_see_a_synthetic_request_nowhere(as_role):
    call = make_call(is_synthetic=True)
    client = as_role("admissions")

    assert client.get(url(call)).status_code == 302
    assert references(client.post(QUEUE, {"typed": call.reference}).content.decode()) == []
