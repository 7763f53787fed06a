"""The portal of a request, opened by the code alone, in a process that cannot read what others wrote."""

import re

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from detoxsite.core.access_log import recording
from detoxsite.core.encryption import digests, sealing
from intake import services
from intake.models import (
    AnswersRevision,
    CallForHelp,
    ContactAttempt,
    Message,
    Outcome,
    Status,
    Urgency,
)
from intake.portal import services as portal_services
from intake.portal import views
from intake.reception import receive as reception
from intake.reception.identifiers import Identity, format_code
from intake.records.consent_texts import CONSENT
from intake.records.consents import current_consent
from tests.factories import make_call, make_user

pytestmark = pytest.mark.django_db

SIGN_IN, PAGE, WRITE, CHANGE = "/help/own/", "/help/own/page/", "/help/own/write/", "/help/own/change/"
CANCEL, ERASE = "/help/own/cancel/", "/help/own/erase/"
CANARIES = {"phone": "+1 212 555 0199 x77", "name": "Canary Name", "story": "canary story of mine"}
KEY = "own-page-key-1234567"


@pytest.fixture(autouse=True)
def center_keys(settings):
    """Run without the center's private keys, which no portal page may need; tests that read as staff get them here."""
    keys, settings.SEALING_PRIVATE_KEYS = settings.SEALING_PRIVATE_KEYS, []
    return keys


@pytest.fixture
def readable(settings, center_keys):
    """The content of a row as staff can read it."""

    def read(row):
        settings.SEALING_PRIVATE_KEYS = center_keys
        payload = type(row).objects.get(pk=row.pk).payload
        settings.SEALING_PRIVATE_KEYS = []
        return payload

    return read


@pytest.fixture
def call():
    """A request as the form stores it, with its consent and its first alert."""
    return reception.receive(CANARIES, Identity.of(KEY), consent=CONSENT["sha256"])


def code():
    return Identity.of(KEY).code


def reopened(call):
    return portal_services.open_portal(call.reference, code())


def form(client, path, **fields):
    """The hidden fields of a form as shown, and ``fields``."""
    html = client.get(path).content.decode()
    hidden = {name: re.search(rf'name="{name}" value="([^"]+)"', html)[1] for name in ("csrfmiddlewaretoken", "key")}
    return {**hidden, **fields}


def sign_in(client, call, typed=None):
    data = form(client, SIGN_IN, reference=call.reference, code=format_code(code()) if typed is None else typed)
    return client.post(SIGN_IN, data)


@pytest.fixture
def inside(client, call):
    assert sign_in(client, call).headers["Location"] == PAGE
    return client


def text(client, path=PAGE):
    return client.get(path).content.decode()


@pytest.mark.parametrize("write", [format_code, str.lower, lambda code: "-".join(code), lambda code: f" {code}\t"])
def test_the_code_opens_the_page_however_it_is_typed(client, call, write):
    assert sign_in(client, call, write(code())).status_code == 302

    html = text(client)
    assert all(canary in html for canary in CANARIES.values())
    assert call.reference in html
    assert "no-store" in client.get(PAGE).headers["Cache-Control"]


def test_one_click_shows_who_looked_at_the_request(inside, call):
    nurse = make_user("admissions", first_name="Nora")
    for action in ("read", "list"):
        recording.add_entry(nurse, action, call)
    recording.add_entry(nurse, "read", make_call())

    assert 'href="/help/own/readers/"' in text(inside)
    html = text(inside, "/help/own/readers/")

    assert html.count("<time") == 1  # lists that it was on are left out
    assert "Read: our staff (admissions)" in html
    assert "Nora" not in html
    assert "no-store" in inside.get("/help/own/readers/").headers["Cache-Control"]


def test_no_one_else_sees_who_looked(client):
    assert client.get("/help/own/readers/").headers["Location"] == SIGN_IN


def test_a_wrong_code_and_an_unknown_number_get_the_same_answer(client, call):
    answers = []
    for reference, typed in ((call.reference, "WRNG" * 4), ("ZZZZZZZZ", code())):
        response = client.post(SIGN_IN, form(client, SIGN_IN, reference=reference, code=typed))
        html = response.content.decode().replace(reference, "").replace(typed, "")
        answers.append((response.status_code, re.sub(r'value="[^"]*"', "", html)))

    assert answers[0] == answers[1]
    assert answers[0][0] == 422
    assert views.portal_cookie.name not in client.cookies


def test_of_two_requests_with_one_number_the_code_tells_which(client, call):
    CallForHelp.objects.filter(pk=reception.receive({"phone": "5"}, Identity.of("other-key-12345678"), consent="").pk)
    CallForHelp.objects.update(reference=call.reference)

    sign_in(client, call)

    assert CANARIES["story"] in text(client)


def test_guessing_is_rate_limited_and_keeps_the_typed_text(client, call):
    for _ in range(11):
        sign_in(client, call, "WRNG" * 4)

    response = sign_in(client, call)

    html = response.content.decode()
    assert response.status_code == 429
    assert "try again in a minute" in html
    assert format_code(code()) in html
    assert 'href="tel:988"' in html
    elsewhere = Client(REMOTE_ADDR="10.1.1.1")
    assert sign_in(elsewhere, call).status_code == 302


def test_the_page_without_its_code_leads_to_the_form(client, call):
    for path in (PAGE, WRITE, CHANGE, CANCEL, ERASE, "/help/own/end/"):
        assert client.get(path).headers["Location"] == SIGN_IN, path


def test_nothing_readable_is_in_the_address_or_on_the_device(client, call):
    response = sign_in(client, call)

    cookie = response.cookies[views.portal_cookie.name]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"], cookie["max-age"]) == (
        *("/help/own/", "Strict", True, 30 * 60),
    )
    secrets = [call.reference, str(call.pk), code(), *CANARIES.values()]
    assert [word for word in secrets if word in cookie.value + response.headers["Location"]] == []
    assert re.findall("<title>(.*)</title>", text(client)) == ["Your page | Detox center"]
    client.cookies[views.portal_cookie.name] = cookie.value[:-4] + "AAAA"
    assert client.get(PAGE).headers["Location"] == SIGN_IN


def test_after_half_an_hour_the_portal_is_closed_and_typed_text_is_kept(inside, call, monkeypatch):
    data = form(inside, WRITE, text="My hands shake.")
    moved = views.time.time() + views.portal_cookie.max_age + 1
    monkeypatch.setattr(views.time, "time", lambda: moved)

    response = inside.post(WRITE, data)

    html = response.content.decode()
    assert response.status_code == 403
    assert "My hands shake." in html
    assert not Message.objects.exists()
    again = {**data, "reference": call.reference, "code": code()}
    assert inside.post(WRITE, again).headers["Location"] == PAGE
    assert "My hands shake." in text(inside)


def test_a_message_reaches_the_staff_and_only_they_and_its_sender_read_it(inside, call, readable):
    CallForHelp.objects.update(status=Status.UNREACHED)
    call.alerts.update(done_at=timezone.now())

    response = inside.post(WRITE, form(inside, WRITE, text="Please come to the back door."))

    message, now = Message.objects.get(), CallForHelp.objects.get()
    assert response.headers["Location"] == PAGE
    assert (now.status, now.urgency, call.alerts.count()) == (Status.NEW, Urgency.WHEN_POSSIBLE, 2)
    assert readable(message) == {"text": "Please come to the back door.", "signs": []}
    html = text(inside)
    assert "We have your message." in html
    assert "Please come to the back door." in html
    assert "We have your message." not in text(inside)


def test_a_message_sent_twice_is_stored_once(inside):
    data = form(inside, WRITE, text="Once.")
    for _ in range(2):
        inside.post(WRITE, data)
    inside.post(WRITE, form(inside, WRITE, text="Once."))

    assert Message.objects.count() == 1
    Message.objects.update(at=timezone.now() - timezone.timedelta(minutes=2))
    inside.post(WRITE, form(inside, WRITE, text="Once."))
    assert Message.objects.count() == 2


def test_a_message_that_describes_danger_brings_up_the_crisis_steps(inside, call):
    inside.post(WRITE, form(inside, WRITE, text="He is not breathing and his lips are blue"))

    html = text(inside)
    assert CallForHelp.objects.get().urgency == Urgency.DANGER
    assert html.index("Do this first") < html.index("<h1>")
    assert "Call 911 now" in html


def test_a_claim_is_kept_when_a_message_comes(inside, call):
    services.claim(call.pk, by=make_user("admissions"))

    inside.post(WRITE, form(inside, WRITE, text="Not before six."))

    assert CallForHelp.objects.get().status == Status.CALLING


def test_the_timeline_shows_what_staff_did_without_names_or_notes(inside, call):
    nurse = make_user("admissions", first_name="Nora")
    contact = ContactAttempt(call=call, by=nurse, outcome="no_answer", at=timezone.now().replace(hour=19, minute=10))
    contact.seal({"note": "sounds drunk", "unsafe": ""})
    contact.save(force_insert=True)
    answer = Message(call=call, by=nurse)
    answer.seal({"text": "We are here all night."})
    answer.sealed_for_author = sealing.PublicKey(bytes(call.return_key)).seal(
        {"text": "We are here all night."}, answer.sealing_context("sealed_for_author")
    )
    answer.save(force_insert=True)

    html = text(inside)

    assert re.search(r", [1-9]\d?:10 (AM|PM)</time></p><p>We tried, and nobody picked up.", html)
    assert "We are here all night." in html
    assert "Nora" not in html
    assert "drunk" not in html
    assert Message.objects.get().seen_at


def test_times_and_number_are_changed_and_staff_see_both(inside, call, readable):
    data = form(inside, CHANGE, phone="(212) 555-0142", times=["night"], leave=["text"], language="es")

    inside.post(CHANGE, data)
    inside.post(CHANGE, data)

    later = AnswersRevision.objects.get()
    assert readable(later) == {"phone": "(212) 555-0142", "times": ["night"], "leave": ["text"], "language": "es"}
    html = text(inside)
    assert "(212) 555-0142" in html
    assert CANARIES["phone"] not in html
    assert CANARIES["story"] in html
    stored = set(map(bytes, CallForHelp.objects.get().contact_digests))
    assert stored == {digests.blind_index("phone", number) for number in ("+12125550199", "+12125550142")}
    assert 'value="night" id="id_times_4" checked' in text(inside, CHANGE).replace('class="" ', "")


def test_only_changed_answers_are_stored_and_a_way_to_answer_has_to_remain(inside, call, readable):
    same = {"phone": CANARIES["phone"], "language": "en"}
    inside.post(CHANGE, form(inside, CHANGE, **same))
    assert not AnswersRevision.objects.exists()
    assert "Nothing was different" in text(inside)

    inside.post(CHANGE, form(inside, CHANGE, **same, times=["morning"]))
    assert readable(AnswersRevision.objects.get()) == {"times": ["morning"]}

    response = inside.post(CHANGE, form(inside, CHANGE, phone="", times=["evening"]))
    assert response.status_code == 422
    assert "Give a phone number or an email address." in response.content.decode()


def test_after_canceling_nobody_calls_until_the_person_writes_again(inside, call):
    assert "Nobody will call" in text(inside, CANCEL)

    inside.post(CANCEL, form(inside, CANCEL))
    inside.post(CANCEL, form(inside, WRITE))

    now = CallForHelp.objects.get()
    assert (now.status, now.outcome) == (Status.CLOSED, Outcome.CANCELED)
    assert [consent.act for consent in call.consents.all()] == ["given", "revoked"]
    assert current_consent(call) is None
    assert not call.alerts.filter(done_at=None).exists()
    html = text(inside)
    assert "Canceled. Nobody will call." in html
    assert CONSENT["body"][:40] in html

    inside.post(WRITE, form(inside, WRITE, text="Call me after all."))
    assert CallForHelp.objects.get().status == Status.NEW
    assert current_consent(call).how == "wrote on their private page"
    assert call.alerts.filter(done_at=None).count() == 1


def test_erasing_takes_two_steps_and_clears_the_cookies(inside, call):
    assert "Erase your request?" in text(inside, ERASE)
    assert CallForHelp.objects.get().erased_at is None

    response = inside.post(ERASE, form(inside, ERASE))

    assert response.headers["Location"] == "/help/own/end/"
    assert response.cookies["sent"]["max-age"] == 0
    assert CallForHelp.objects.get().erased_at
    assert inside.get(PAGE).headers["Location"] == SIGN_IN
    page = inside.get("/help/own/end/")
    assert "Your request is erased" in page.content.decode()
    assert page.cookies[views.portal_cookie.name]["max-age"] == 0
    assert inside.get("/help/own/end/").headers["Location"] == SIGN_IN
    assert sign_in(inside, call).status_code == 422


def test_under_legal_hold_erasing_is_refused_with_a_message(inside, call):
    CallForHelp.objects.update(hold_reason="Order 12-345")

    response = inside.post(ERASE, form(inside, ERASE))

    html = response.content.decode()
    assert response.status_code == 409
    assert "a legal duty makes us keep it" in html
    assert "12-345" not in html
    assert bytes(CallForHelp.objects.get().sealed)
    assert current_consent(call)


def test_closing_and_leaving_end_the_session(inside, call):
    assert inside.get("/help/own/close/").headers["Location"] == "/help/own/end/"
    assert inside.get(PAGE).headers["Location"] == SIGN_IN
    assert "Your page is closed" in text(inside, "/help/own/end/")

    sign_in(inside, call)
    gone = inside.get(reverse("leave")).cookies[views.portal_cookie.name]
    assert (gone["max-age"], gone["path"]) == (0, "/help/own/")


@pytest.mark.parametrize(
    ("path", "fields", "act"),
    [
        (WRITE, {"text": "Still typed."}, "write"),
        (CHANGE, {"phone": "Still typed."}, "change"),
        (CANCEL, {}, "cancel"),
        (ERASE, {}, "erase"),
    ],
)
def test_without_a_database_nothing_is_changed_and_typed_text_is_kept(inside, monkeypatch, path, fields, act):
    data = form(inside, path, **fields)

    def gone(*args, **kwargs):
        raise OperationalError("the database is gone")

    monkeypatch.setattr(portal_services, act, gone)
    response = inside.post(path, data)

    html = response.content.decode()
    assert response.status_code == 503
    assert "We could not store this" in html
    assert all(value in html for value in fields.values())
    assert 'href="tel:988"' in html
    monkeypatch.undo()
    assert inside.post(path, {**data, **form(inside, path)}).status_code in {302, 422}


def test_signing_in_without_a_database_keeps_the_typed_text(client, call, monkeypatch):
    monkeypatch.setattr(portal_services, "open_portal", lambda *args: (_ for _ in ()).throw(OperationalError()))

    response = sign_in(client, call)

    assert response.status_code == 503
    assert format_code(code()) in response.content.decode()


def test_the_form_to_open_the_portal_needs_no_database(client, django_assert_num_queries):
    client.get("/privacy/")

    with django_assert_num_queries(0):
        client.get(SIGN_IN)


def test_the_crisis_steps_come_before_the_code(client):
    html = client.get("/help/").content.decode()
    hidden = {name: re.search(rf'name="{name}" value="([^"]+)"', html)[1] for name in ("csrfmiddlewaretoken", "key")}
    client.post("/help/", {**hidden, "phone": "5", "story": "He is not breathing"})
    answers = {"phone": "5", "story": "He is not breathing"}
    shown = format_code(Identity.of(hidden["key"], answers).code)

    first = text(client, "/help/sent/")

    assert first.count(shown) == 1
    assert first.index("Call 911 now") < first.index("<h1>")
    assert SIGN_IN in first
    assert re.findall("<title>(.*)</title>", first) == ["Thank you | Detox center"]


def test_the_same_text_after_canceling_reopens_the_request(call):
    portal_services.write(reopened(call), text="Please call", key="own-page-key-1234567")
    portal_services.cancel(reopened(call))

    portal_services.write(reopened(call), text="Please call", key="own-page-key-7654321")

    assert CallForHelp.objects.get().status == "new"
