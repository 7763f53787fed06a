"""The portal of a review, in a process that cannot read what anyone wrote."""

import html
import logging
import time
from types import SimpleNamespace

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from detoxsite.core.log_filters import PrivateLinkFilter
from detoxsite.core.models import RateCount
from detoxsite.core.public_forms.tokens import new_token
from intake.models import CallForHelp
from testimonials import privacy_check
from testimonials.models import (
    Author,
    DisplayConsent,
    OutgoingEmail,
    Photo,
    Reason,
    ReviewEvent,
    Status,
    Testimonial,
)
from testimonials.moderation.redaction import Kind, Removal
from testimonials.portal import services as portal_services
from testimonials.portal import views
from testimonials.services import author, lifecycle, moderation, photos
from tests.core.public_forms.test_forms import BODIES, carried
from tests.core.test_images import picture_file
from tests.factories import make_review, make_user

pytestmark = pytest.mark.django_db
WORDS = "They sat with me until it got light."


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    privacy_check.expire_staff()
    monkeypatch.setattr(views, "LINK_REQUEST_SECONDS", 0.0)


@pytest.fixture
def link(settings):
    """Make a review and return its link; from then on this process holds no private key."""
    keys = settings.SEALING_PRIVATE_KEYS
    reverse("admin:index")  # the URL configuration is read once, with both parts of the site

    def make(status=Status.PENDING, *, photo=False, **fields):
        settings.SEALING_PRIVATE_KEYS = keys
        review = make_review(status, **fields)
        if photo:
            held = photos.hold(ContentFile(picture_file().read(), name="picture.jpeg"))
            Photo.objects.filter(pk=held.pk).update(review=review)
        token = Author.objects.get(review=review).payload["token"]
        settings.SITES, settings.SEALING_PRIVATE_KEYS = {"public"}, []
        return review, f"/r/{token}/"

    return make


def page_of(response):
    return html.unescape(response.content.decode())


def press(client, url, page=None, **data):
    """Press the main button of the form at ``url``."""
    return client.post(url, {**carried(page or client.get(url)), **data})


@pytest.mark.parametrize("status", [Status.PENDING, Status.PUBLISHED, Status.DECLINED, Status.EXPIRED])
def test_the_link_opens_what_was_sent_without_a_private_key(client, link, status):
    _, url = link(status, words="First line 🌊\nsecond <b>line</b> of it", name="Mo")

    response = client.get(url)

    page = response.content.decode()
    assert response.status_code == 200
    assert "First line 🌊<br>second &lt;b&gt;line&lt;/b&gt; of it" in page
    assert "Mo" in page
    assert "writer@example.org" not in page
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex">' in page
    assert "canonical" not in page


def test_opening_the_link_changes_nothing_and_shows_nothing_before_the_address_is_confirmed(client, link):
    review, url = link(Status.UNCONFIRMED, name="Mo")
    before = Testimonial.objects.values().get()

    for path in ("", "confirm/", "change/", "withdraw/", "stay/", "again/", "no-name/", "no-photo/"):
        for method in (client.get, client.head):
            page = page_of(method(url + path, follow=True))
            assert WORDS not in page
            assert ">Mo<" not in page

    assert Testimonial.objects.values().get() == before
    assert [step.kind for step in review.events.all()] == [ReviewEvent.Kind.RECEIVED]


@pytest.mark.parametrize("path", ["change/", "withdraw/", "stay/", "again/", "no-name/", "no-photo/"])
def test_before_the_address_is_confirmed_nothing_else_can_be_done(client, link, path):
    review, url = link(Status.UNCONFIRMED)
    token = carried(client.get(url))["csrfmiddlewaretoken"]

    client.post(url + path, {"csrfmiddlewaretoken": token, "words": "Other words than before, many."})

    review.refresh_from_db()
    assert (review.status, review.versions.count(), review.allow_name) == (Status.UNCONFIRMED, 1, True)


def test_the_address_is_confirmed_with_a_button_and_pressing_it_twice_does_no_harm(client, link):
    review, url = link(Status.UNCONFIRMED)
    shown = client.get(url)

    answers = [press(client, url + "confirm/", shown) for _ in range(2)]

    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [(302, url)] * 2
    review.refresh_from_db()
    assert review.status == Status.PENDING
    assert review.events.filter(kind=ReviewEvent.Kind.CONFIRMED).count() == 1
    assert "A person will read it next" in page_of(client.get(url))


def test_the_portal_says_what_was_redacted(client, link, settings):
    keys = settings.SEALING_PRIVATE_KEYS
    review, url = link(words="Thank you kyle, you sat with me.")
    settings.SEALING_PRIVATE_KEYS = keys
    moderation.approve(review.pk, by=make_user("moderator"), version=1, removals=[Removal(10, 14, Kind.NAME)])
    settings.SEALING_PRIVATE_KEYS = []

    page = page_of(client.get(url))

    assert "It has been on the site since" in page
    assert "we took out: a name." in page
    assert "Thank you kyle, you sat with me." in page
    assert "Thank you [name removed], you sat with me." in page


def test_a_withheld_review_says_why_and_that_two_people_decided(client, link):
    _, url = link(Status.DECLINED, reason=Reason.PERSON)

    page = page_of(client.get(url))

    assert "Two people on our staff decided" in page
    assert Reason.PERSON.label in page
    assert "moderator-" not in page


def test_the_author_asks_to_look_again_once(client, link):
    review, url = link(Status.DECLINED)
    form = client.get(url + "again/")

    first = press(client, url + "again/", form, text="It was about the night of my first day.")
    second = press(client, url + "again/", form, text="It was about the night of my first day.")

    assert (first.status_code, second.status_code) == (302, 302)
    review.refresh_from_db()
    assert review.status == Status.PENDING
    assert review.events.filter(kind=ReviewEvent.Kind.APPEALED).count() == 1
    assert "You asked us to look again" in page_of(client.get(url))


def test_an_unavailable_action_says_so(client, link):
    _, url = link(Status.PUBLISHED)

    response = press(client, url + "again/", text="Why?")

    assert response.status_code == 409
    assert "This review is now published." in page_of(response)


# --- changes ---------------------------------------------------------------------------------------------------------


def test_changed_words_are_read_again(client, link):
    review, url = link(Status.PUBLISHED)

    response = press(client, url + "change/", words="They sat with me the whole night long.")

    review.refresh_from_db()
    assert response.status_code == 302
    assert (review.status, review.shown_words) == (Status.PENDING, "")
    assert "They sat with me the whole night long." in page_of(client.get(url))
    assert (review.allow_words, review.allow_name) == (True, True)


def test_saving_without_a_change_changes_nothing(client, link):
    review, url = link(Status.PUBLISHED, words="First line 🌊\n\nsecond line, after a gap")

    assert press(client, url + "change/").status_code == 302

    review.refresh_from_db()
    assert review.status == Status.PUBLISHED
    assert review.versions.count() == 1


def test_details_in_new_words_are_shown_first(client, link):
    review, url = link(Status.PUBLISHED)

    first = press(client, url + "change/", words="My son Kyle got clean here and I thank you.")
    assert first.status_code == 200
    assert "Before you send" in page_of(first)
    review.refresh_from_db()
    assert review.status == Status.PUBLISHED
    assert client.post(url + "change/", carried(first)).status_code == 302

    review.refresh_from_db()
    assert review.status == Status.PENDING
    assert review.allow_words
    assert "Kyle" in page_of(client.get(url))


def test_a_consent_is_revoked_and_given_again_with_the_text_that_was_read(client, link):
    review, url = link(Status.PUBLISHED)

    press(client, url + "change/", allow=["words"])
    review.refresh_from_db()
    assert (review.status, review.shown_name) == (Status.PUBLISHED, "")
    press(client, url + "change/", allow=["words", "name"])

    acts = DisplayConsent.objects.filter(text__purpose="review_name").values_list("act", "how")
    assert list(acts) == [
        ("given", "sent the form"),
        ("revoked", "changed it with the private link"),
        ("given", "changed it with the private link"),
    ]
    press(client, url + "change/", allow=[])
    review.refresh_from_db()
    assert (review.status, review.shown_words, review.allow_words) == (Status.PENDING, "", False)
    assert "Only our staff can read it" in page_of(client.get(url))


def test_a_second_window_undoes_nothing(client, link):
    review, url = link(Status.PUBLISHED)
    old_window = client.get(url + "change/")
    press(client, url + "no-name/")

    refused = press(client, url + "change/", old_window, words="Other words, typed in the old window.")

    page = page_of(refused)
    review.refresh_from_db()
    assert refused.status_code == 409
    assert "You changed your review in another window" in page
    assert "Other words, typed in the old window." in page
    assert (review.allow_name, review.versions.count()) == (False, 1)
    assert press(client, url + "change/", refused).status_code == 302
    review.refresh_from_db()
    assert review.versions.count() == 2


def test_a_double_tap_is_one_change(client, link):
    review, url = link(Status.PUBLISHED)
    shown = client.get(url + "change/")

    answers = [press(client, url + "change/", shown, words="Other words, and many more of them.") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert review.versions.count() == 2
    assert review.events.filter(kind=ReviewEvent.Kind.EDITED).count() == 1


def test_errors_keep_what_was_typed(client, link):
    _, url = link(Status.PUBLISHED)

    response = press(client, url + "change/", words="too short", shown_name="Mo 🌊")

    page = page_of(response)
    assert response.status_code == 422
    assert 'id="id_words_error"' in page
    assert "Mo 🌊" in page


def test_a_stale_or_foreign_form_changes_nothing_and_loses_nothing(client, link):
    review, url = link(Status.PUBLISHED)
    with time_machine.travel(timezone.now() - timezone.timedelta(hours=13)):
        old = client.get(url + "change/")

    for response in (
        press(client, url + "change/", old, words="Words that took the whole night."),
        client.post(url + "change/", {"words": "Words that took the whole night."}),
    ):
        assert response.status_code == 403
        assert "Words that took the whole night." in page_of(response)
    assert client.post(url + "withdraw/").status_code == 403
    review.refresh_from_db()
    assert review.status == Status.PUBLISHED


def test_while_the_database_is_down_nothing_typed_is_lost(client, link, monkeypatch):
    _, url = link(Status.PUBLISHED)
    shown = client.get(url + "change/")

    def away(*args, **kwargs):
        raise OperationalError("away")

    monkeypatch.setattr(author, "edit", away)
    response = press(client, url + "change/", shown, words="Words that took the whole night.")
    assert response.status_code == 503
    assert "Words that took the whole night." in page_of(response)

    monkeypatch.setattr(portal_services, "open_portal", away)
    response = press(client, url + "change/", shown, words="Words that took the whole night.")
    assert response.status_code == 503
    assert "Words that took the whole night." in page_of(response)
    monkeypatch.undo()
    assert press(client, url + "change/", response).status_code == 302


def test_danger_in_changed_words_reaches_staff_with_the_address(client, link, settings):
    keys = settings.SEALING_PRIVATE_KEYS
    _, url = link(Status.PENDING, words="I want to kill myself tonight, I cannot go on like this.")
    assert CallForHelp.objects.count() == 1

    press(client, url + "change/", words="I still want to kill myself, nobody has called me so far.")

    assert 'href="tel:988"' in page_of(client.get(url)).split("<main")[1].split("<h1>")[0]
    settings.SEALING_PRIVATE_KEYS = keys
    call = CallForHelp.objects.order_by("created_at").last()
    assert CallForHelp.objects.count() == 2
    assert call.payload["email"] == "writer@example.org"
    assert call.payload["story"].startswith("I still want")


# --- withdrawal ------------------------------------------------------------------------------------------------------


def test_name_and_photo_are_removed_at_once(client, link):
    review, url = link(Status.PUBLISHED, photo=True, allow=["words", "name", "photo"])
    shown = client.get(url)
    assert "Erase my photo" in page_of(shown)

    for path in ("no-name/", "no-name/", "no-photo/", "no-photo/"):
        assert press(client, url + path, shown).status_code == 302

    review.refresh_from_db()
    assert (review.status, review.shown_name, review.allow_name, review.allow_photo) == ("published", "", False, False)
    assert not Photo.objects.exists()
    assert review.events.filter(kind=ReviewEvent.Kind.PART_WITHDRAWN).count() == 2
    assert "Erase my photo" not in page_of(client.get(url))


def test_withdrawing_erases_all_of_it_and_the_link_says_so_from_then_on(client, link):
    review, url = link(Status.PUBLISHED, photo=True)
    shown = client.get(url + "withdraw/")
    assert "erased for good" in page_of(shown)

    assert press(client, url + "withdraw/", shown).status_code == 302

    review.refresh_from_db()
    assert (review.status, review.shown_words) == (Status.WITHDRAWN, "")
    assert bytes(review.versions.get().sealed_for_author) == b""
    gone = client.get(url)
    assert gone.status_code == 410
    assert "search engines can keep a copy" in page_of(gone)
    assert press(client, url + "withdraw/", shown).status_code == 410
    for path in ("change/", "again/", "stay/", "confirm/"):
        assert client.get(url + path).status_code == 410
        assert client.post(url + path, carried(shown)).status_code == 410


def test_erased_and_withdrawn_reviews_look_the_same(client, link):
    withdrawn, first = link(Status.PENDING)
    erased, second = link(Status.EXPIRED)
    author.withdraw(withdrawn.pk, how="phone")
    lifecycle.erase(erased.pk)

    answers = [client.get(url) for url in (first, second)]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert answers[0].content == answers[1].content


def test_an_unknown_link_is_not_found_and_guessing_is_rate_limited(client, link):
    _, url = link()
    answers = [client.get(f"/r/{'x' * 31}{letter}/").status_code for letter in "abcdefghijklmnopqrstuvwxyz"]

    assert answers[0] == 404
    assert answers[-1] == 429
    assert client.get(url).status_code == 429
    RateCount.objects.all().delete()  # the window is over
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("token", ["x", "a" * 3000, "%00", "..%2f..", "-_-", "ÄÖ"])
def test_no_token_however_odd_breaks_anything(client, db, token):
    assert client.get(f"/r/{token}/").status_code == 404
    assert client.post(f"/r/{token}/withdraw/").status_code == 404


@pytest.mark.parametrize(("content_type", "body"), BODIES)
def test_no_body_however_broken_gets_a_500(client, link, content_type, body):
    _, url = link(Status.DECLINED)

    for path in ("change/", "again/", "withdraw/", "confirm/", "stay/", "no-name/"):
        answer = client.generic("POST", url + path, body, content_type=content_type)
        assert 400 <= answer.status_code < 500
    assert 400 <= client.generic("POST", "/reviews/link/", body, content_type=content_type).status_code < 500
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_page_itself_can_only_be_opened(client, link, method):
    _, url = link()

    assert getattr(client, method)(url).status_code == 405


@pytest.mark.parametrize("token_context", ["", "~", "x~y", "~a.b.c.d.e", "x" * 5000])
def test_a_forged_state_is_asked_about_and_forged_texts_are_the_newest(client, link, token_context):
    review, url = link(Status.PUBLISHED, allow=["words"])
    data = {**carried(client.get(url + "change/")), "csrfmiddlewaretoken": new_token(token_context)}

    asked = client.post(url + "change/", {**data, "allow": ["words", "name"]})

    assert asked.status_code == 409
    assert client.post(url + "change/", carried(asked)).status_code == 302
    review.refresh_from_db()
    assert review.allow_name


@pytest.mark.parametrize(
    "path", ["/r/SECRET_token-1/change/", "/R/SECRET/", "/r/ SECRET/", "/r\\SECRET", "/r/\nSECRET/"]
)
def test_the_secret_of_a_link_stays_out_of_the_log(path):
    record = logging.makeLogRecord({"msg": "%s: %s", "args": ("Gone", path), "levelno": 30})

    assert PrivateLinkFilter().filter(record)
    assert record.getMessage() == "Gone: /r/…"


def test_a_process_for_staff_alone_serves_no_private_page(client, link, settings):
    _, url = link()
    settings.SITES = {"staff"}

    for path in ("", "change/", "withdraw/"):
        assert client.get(url + path).status_code == 404


def test_robots_txt_keeps_robots_out_of_private_pages(client):
    assert "Disallow: /r/" in client.get("/robots.txt").content.decode()
    assert "/r/" not in b"".join(client.get("/sitemap-pages.xml")).decode()


# --- renewal ---------------------------------------------------------------------------------------------------------


def test_the_author_renews_a_review_with_one_button(client, link):
    review, url = link(Status.PUBLISHED)
    assert "May it stay?" not in page_of(client.get(url))
    with time_machine.travel(timezone.now() + lifecycle.RENEWAL_PERIOD * 1.01):
        lifecycle.ask_to_renew(review.pk)
        shown = client.get(url)
        assert "May it stay?" in page_of(shown)
        answers = [press(client, url + "stay/", shown).status_code for _ in range(2)]

        review.refresh_from_db()
        assert answers == [302, 302]
        assert (review.unanswered_renewals, review.renewal_due_at > timezone.now() + timezone.timedelta(days=360)) == (
            0,
            True,
        )
    assert review.events.filter(kind=ReviewEvent.Kind.RENEWED).count() == 1


def test_an_expired_review_can_be_shown_again_after_a_person_read_it(client, link):
    review, url = link(Status.EXPIRED)

    assert press(client, url + "stay/", client.get(url)).status_code == 302

    review.refresh_from_db()
    assert (review.status, review.shown_words) == (Status.PENDING, "")


# --- lost links ------------------------------------------------------------------------------------------------------


def ask_for_link(client, email):
    response = press(client, "/reviews/link/", email=email)
    return response, client.get(response.headers["Location"]).content


def test_a_lost_link_is_sent_to_the_address_and_the_answer_is_the_same_for_all(client, link):
    for status in (Status.PENDING, Status.PUBLISHED, Status.EXPIRED):
        review, _ = link(status, email="known@example.org")
    author.withdraw(review.pk, how="phone")
    OutgoingEmail.objects.all().delete()

    known, after_known = ask_for_link(client, "Known@Example.org ")
    unknown, after_unknown = ask_for_link(client, "unknown@example.org")

    assert known.status_code == unknown.status_code == 302
    assert known.headers["Location"] == unknown.headers["Location"]
    assert after_known == after_unknown
    assert [email.kind for email in OutgoingEmail.objects.all()] == ["link", "link"]


def test_not_more_than_five_links_go_out_however_often_it_is_asked(client, link):
    for _ in range(7):
        link(Status.PENDING, email="known@example.org")
    OutgoingEmail.objects.all().delete()

    for _ in range(3):
        ask_for_link(client, "known@example.org")

    assert OutgoingEmail.objects.count() == 5


def test_asking_for_links_over_and_over_is_rate_limited(client):
    answers = [press(client, "/reviews/link/", email="a@example.org").status_code for _ in range(12)]

    assert (answers[0], answers[-1]) == (302, 429)


def test_known_and_unknown_addresses_take_as_long(client, link, monkeypatch):
    naps = []
    monkeypatch.setattr(views, "LINK_REQUEST_SECONDS", 600.0)  # longer than the work takes on any machine
    monkeypatch.setattr(views, "time", SimpleNamespace(monotonic=time.monotonic, sleep=naps.append))
    link(Status.PENDING, email="known@example.org")
    for email in ("known@example.org", "unknown@example.org"):
        shown, begun = client.get("/reviews/link/"), time.monotonic()
        press(client, "/reviews/link/", shown, email=email)
        took = time.monotonic() - begun

        assert 0 < 600 - naps.pop() < took, "it waits for as long as the work was shorter"
    assert naps == []


@pytest.mark.parametrize("email", ["", "nobody", "a\x00b@example.org", "x" * 300 + "@example.org"])
def test_a_wrong_address_is_refused_near_the_field(client, email):
    response = press(client, "/reviews/link/", email=email)

    assert response.status_code == 422
    assert 'id="id_email_error"' in page_of(response)


def test_the_page_leads_to_the_review_as_others_see_it(client, link):
    review, url = link(Status.PUBLISHED)
    there = f"/reviews/{review.pk}/"

    assert there in page_of(client.get(url))
    assert client.get(there).status_code == 200
    press(client, url + "withdraw/")
    assert client.get(there).status_code == 410
