"""How long a session lasts; one's devices; what was typed when it ended."""

from html import unescape

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from detoxsite.core import jobs
from detoxsite.core.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
LOGIN, DEVICES = "/accounts/login/", "/accounts/sessions/"


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
SAFARI = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Version/26.0 Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0) Chrome/142.0 Safari/537.36 Edg/142.0"


@pytest.fixture
def person():
    return make_user("editor")


def signed_in(user, browser="Firefox"):
    client = Client(headers={"User-Agent": browser})
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    return client


def is_in(client):
    return client.get("/admin/").status_code == 200


def later(**time):
    return time_machine.travel(timezone.now() + timezone.timedelta(**time), tick=False)


def test_the_rows_of_sessions_that_are_over_are_deleted_and_no_others(person):
    signed_in(person), signed_in(person).logout()
    [job] = [job for job in jobs.registered() if job.name == "ended sessions"]
    with later(hours=11):
        current = signed_in(person)
    with later(hours=13):
        assert jobs.run(job)

    key = current.session.session_key
    assert [session.session_key for session in Session.objects.all()] == [key]
    assert [device.session_key for device in UserSession.objects.all()] == [key]


# --- 30 minutes, 12 hours --------------------------------------------------------------------------------------------


def test_a_session_ends_after_thirty_minutes_without_activity(person):
    client = signed_in(person)
    with later(minutes=29):
        assert is_in(client)
    with later(minutes=58):
        assert is_in(client)
    with later(minutes=89):
        ended = client.get("/admin/articles/edition/?q=a", follow=True)
        assert ended.redirect_chain == [("/accounts/login/?next=%2Fadmin%2Farticles%2Fedition%2F%3Fq%3Da", 302)]
        assert "nothing happened for 30 minutes" in ended.content.decode()
        assert not is_in(client)


def test_scripts_that_ask_by_themselves_keep_no_session_alive(person):
    client = signed_in(person)
    for minutes in (10, 20, 29):
        with later(minutes=minutes):
            assert client.get("/admin/", headers={"X-Background": "1"}).status_code == 200
    with later(minutes=31):
        assert client.get("/admin/", headers={"X-Background": "1"}).status_code == 401


def test_a_session_ends_after_twelve_hours_whatever_someone_does(person):
    client = signed_in(person)
    for minutes in range(25, 12 * 60, 25):
        with later(minutes=minutes):
            assert is_in(client)
    with later(hours=12, minutes=1):
        assert "Every sign-in ends after 12 hours." in client.get("/admin/", follow=True).content.decode()


def test_what_was_typed_comes_back_when_the_session_has_ended(person):
    client = signed_in(person)
    words = 'Her mother asked us to call after six.\n"Not before" <b>'
    with later(minutes=31):
        page = client.post("/admin/articles/topic/add/", {"intro": words, "slug": "x", "password1": "my pass word"})

    html = page.content.decode()
    assert page.status_code == 401
    assert words in unescape(html)
    assert "<b>" not in html.split("<textarea")[1]
    assert "my pass word" not in html
    assert page.headers["Cache-Control"] == "private, no-store"


WORDS = {"intro": "Her mother asked us to call after six."}


def test_what_a_page_asks_by_itself_takes_no_typed_text_away(person):
    client = signed_in(person)
    with later(minutes=31):
        assert client.get("/admin/", headers={"X-Background": "1"}).status_code == 401
        assert is_text_back(client.post("/admin/articles/topic/add/", WORDS))
        assert not is_in(client)


def test_what_was_typed_comes_back_after_signing_out_on_another_tab(person):
    client = signed_in(person)
    client.logout()
    client.cookies["csrftoken"] = "x" * 32

    assert is_text_back(client.post("/admin/articles/topic/add/", WORDS))
    assert client.get("/admin/articles/topic/add/").status_code == 302
    del client.cookies["csrftoken"]  # as it comes from another site
    assert client.post("/admin/articles/topic/add/", WORDS).status_code == 302


def test_short_words_come_back_too_and_secrets_do_not(person):
    client = signed_in(person)
    client.logout()
    client.cookies["csrftoken"] = "x" * 32
    secret = {"password1": "canary1", "api_token": "canary2", "rows-TOTAL_FORMS": "77", "rows-0-id": "78", "key": "79"}

    html = client.post("/admin/articles/topic/add/", {"name": "Ana", "phone": "2125550123", **secret}).content.decode()

    assert [text for text in ("Ana", "2125550123", *secret.values()) if text in html] == ["Ana", "2125550123"]
    assert "You are no longer signed in." in html


def test_what_was_typed_comes_back_after_signing_in_again_on_another_tab(person):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    client.cookies["csrftoken"] = "y" * 32  # signing in has changed it
    data = {"csrfmiddlewaretoken": "x" * 32, **WORDS}

    page = client.post("/admin/articles/topic/add/", data)

    html = page.content.decode()
    assert page.status_code == 403
    assert "You signed in again since you opened this page." in html
    assert WORDS["intro"] in html
    assert "xxx" not in html
    assert is_in(client)
    assert WORDS["intro"] not in client.post("/accounts/password/change/", data).content.decode()
    del client.cookies["csrftoken"]  # as it comes from another site
    assert WORDS["intro"] not in client.post("/admin/articles/topic/add/", data).content.decode()


@pytest.mark.parametrize("path", ["/admin/logout/", "/accounts/logout/"])
def test_signing_out_twice_leads_to_the_sign_in(person, path):
    client = signed_in(person)
    client.logout()
    client.cookies["csrftoken"] = "x" * 32

    assert client.post(path).status_code == 302


def is_text_back(response):
    return response.status_code == 401 and WORDS["intro"] in response.content.decode()


def test_a_session_from_before_this_rule_ends(person):
    client = Client()
    client.force_login(person)
    session = client.session
    del session["signed_in_at"], session["seen_at"]
    session.save()

    assert not is_in(client)


# --- devices ---------------------------------------------------------------------------------------------------------


def test_the_list_names_ones_own_devices(person):
    here = signed_in(person, FIREFOX)
    signed_in(person, SAFARI)
    signed_in(make_user("editor"), EDGE)

    html = here.get(DEVICES).content.decode()

    assert "Firefox on Linux</b> (this one)" in html
    assert "Safari on iPhone</b><br>" in html
    assert "Edge" not in html


def test_the_list_says_when_each_was_last_used(person):
    client = signed_in(person)
    with later(minutes=10):
        client.get("/admin/")
        assert UserSession.objects.get().last_seen_at == timezone.now()


def test_one_device_is_signed_out(person):
    here, there, third = (signed_in(person, name) for name in ("here", "there", "third"))

    here.post(DEVICES, {"session": UserSession.objects.get(user_agent="there").pk})

    assert [is_in(client) for client in (here, there, third)] == [True, False, True]


def test_all_others_are_signed_out(person):
    here, there, stranger = signed_in(person), signed_in(person), signed_in(make_user("editor"))

    here.post(DEVICES, {"session": "others"})

    assert [is_in(client) for client in (here, there, stranger)] == [True, False, True]


def test_signing_out_everywhere_also_ends_sessions_that_no_list_knows(person):
    here, there = signed_in(person), signed_in(person)
    UserSession.objects.all().delete()

    answer = here.post(DEVICES, {"session": "all"})

    assert answer.headers["Location"] == LOGIN
    assert [is_in(client) for client in (here, there)] == [False, False]
    assert is_in(signed_in(person))


@pytest.mark.parametrize("value", ["", "999999", "٣", "x" * 21, "all\0"])
def test_no_one_signs_out_another_person(person, value):
    here, other = signed_in(person), signed_in(make_user("editor"))
    foreign = UserSession.objects.exclude(user=person).get()

    for chosen in (value, foreign.pk):
        assert here.post(DEVICES, {"session": chosen}).status_code in (200, 302)

    assert [is_in(client) for client in (here, other)] == [True, True]


def test_a_manager_signs_someone_out_everywhere(person):
    old, boss = signed_in(person), signed_in(make_user("manager"))

    boss.post(f"/admin/detoxsite/user/{person.pk}/act/sign-out/")

    assert not is_in(old)
    assert is_in(boss)


def test_the_version_of_sessions_never_goes_back(person):
    stale = User.objects.get(pk=person.pk)
    User.objects.filter(pk=person.pk).update(session_version=5)
    stale.save()

    assert User.objects.get(pk=person.pk).session_version == 5
