"""Writing a review and its author's private page, on a phone without scripts, from the first word until it is gone."""

import os
import re

import pytest
from django.core import mail

from testimonials import author_mail, privacy_check
from testimonials.models import (
    OutgoingEmail,
    Photo,
    Reason,
    Testimonial,
)
from testimonials.portal import views
from testimonials.services import lifecycle, moderation
from tests.browser.test_intake_portal import press
from tests.core.test_images import picture_file
from tests.factories import make_review, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def fresh(settings, live_server):
    settings.PUBLIC_ORIGIN = live_server.url
    privacy_check.expire_staff()


def newest_link():
    author_mail.send_due()
    return re.search(r"http\S+", mail.outbox[-1].body)[0]


def shot(caller, name):
    """Take a screenshot for people to look at, if SHOTS names a folder."""
    if folder := os.environ.get("SHOTS"):
        size = caller.page.viewport_size["width"]
        caller.page.screenshot(path=f"{folder}/{name}-{size}{'-dark' if caller.dark else ''}.png", full_page=True)


def someone(visitor, *, width, dark, scripts):
    caller = visitor(width=width, scripts=scripts, dark=dark)
    caller.has_scripts, caller.dark = scripts, dark
    return caller


LOOKS = [(390, False, False), (320, False, True), (390, True, True), (1280, True, True), (1280, False, True)]


@pytest.mark.parametrize(("width", "dark", "scripts"), LOOKS)
def test_from_the_first_word_until_it_is_gone(visitor, house, width, dark, scripts, tmp_path):
    author = someone(visitor, width=width, dark=dark, scripts=scripts)
    page = author.page
    picture = tmp_path / "me.jpg"
    picture.write_bytes(picture_file(size=(300, 200)).read())

    page.goto(author.origin + "/reviews/new/")
    if scripts:
        author.check()
    shot(author, "1-form")
    page.locator("#id_words").fill("My son Kyle came here.\nSober 2 years now. Call 212 555 0187 🌊")
    page.get_by_label("4 stars").check()
    page.get_by_label("Someone close to me stayed here").check()
    page.locator("#id_shown_name").fill("Jo Carter")
    page.locator("#id_photo").set_input_files(str(picture))
    for label in ("You may show my words and my stars", "You may show the name I gave", "You may show my photo"):
        page.get_by_label(label).check()
    press(author, "Send my review")
    assert page.locator("#id_email").get_attribute("aria-invalid") == "true"
    assert "We have your photo" in page.content()
    shot(author, "2-refused")
    page.locator("#id_email").fill("jo@example.org")
    press(author, "Send my review")

    assert page.get_by_role("heading", level=1).inner_text() == "Before you send"
    shot(author, "3-before")
    press(author, "Take out “Kyle”")
    press(author, "instead of “2 years”")
    press(author, "instead of “Jo Carter”")
    assert page.locator("#id_words").input_value().startswith("My son came here.\nSober over a year now.")
    assert "“a year”" not in page.content()
    assert Testimonial.objects.count() == 0
    shot(author, "4-before")
    press(author, "Send it as it is")
    assert page.url.startswith(author.origin + "/reviews/sent/")
    shot(author, "5-sent")
    review = Testimonial.objects.get()
    assert (review.stars, review.relationship, Photo.objects.get().review) == (4, "family", review)

    page.goto(newest_link())
    assert page.title() == "Your page | Quiet Cove"
    assert "My son" not in page.content()
    shot(author, "6-confirm")
    press(author, "Yes, this is my address")
    assert "A person will read it next" in page.locator(".lede").inner_text()
    shot(author, "7-own-waiting")
    moderation.approve(review.pk, by=house["moderator"], version=1, with_photo=True)
    page.reload()
    assert "It has been on the site since" in page.locator(".lede").inner_text()
    press(author, "Remove my name")
    press(author, "Erase my photo")
    review.refresh_from_db()
    assert (review.status, review.shown_name, review.shown_photo.name) == ("published", "", "")
    shot(author, "8-own-shown")

    press(author, "Change words, name or what we may show", role="link")
    shot(author, "9-change")
    page.locator("#id_words").fill("They were kind to us, by day and by night.")
    press(author, "Save changes")
    assert "A person will read it next" in page.locator(".lede").inner_text()

    moderation.propose(review.pk, by=house["moderator"], version=2, reason=Reason.PERSON)
    moderation.decline(review.pk, by=make_user("moderator"), version=2)
    page.reload()
    assert Reason.PERSON.label in page.content()
    shot(author, "10-withheld")
    press(author, "Ask for a second look", role="link")
    page.get_by_label("Is there something we should know?").fill("He is fine with it.")
    shot(author, "11-again")
    press(author, "Please look again")
    assert "You asked us to look again." in page.locator(".lede").inner_text()

    press(author, "Take it all down", role="link")
    shot(author, "12-withdraw")
    press(author, "Yes, take it down for good")
    assert page.get_by_role("heading", level=1).inner_text() == "This is gone"
    shot(author, "13-gone")
    page.go_back()
    page.go_back()
    assert "kind to us" not in page.content()
    assert Testimonial.objects.get().status == "withdrawn"
    assert page.context.cookies() == []


@pytest.mark.parametrize("scripts", [True, False])
def test_enter_in_a_field_sends_and_removes_nothing(visitor, house, scripts):
    author = someone(visitor, width=390, dark=False, scripts=scripts)
    page = author.page
    page.goto(author.origin + "/reviews/new/")
    page.locator("#id_words").fill("My son Kyle came here, and he is well.")
    page.get_by_label("I stayed here").check()
    page.locator("#id_shown_name").fill("Jo Carter")
    page.locator("#id_email").fill("jo@example.org")
    page.locator("#id_email").press("Enter")
    page.wait_for_url("**/reviews/new/")
    page.get_by_role("heading", name="Before you send").wait_for()

    page.locator("#id_email").press("Enter")
    page.wait_for_url("**/reviews/sent/?*")

    assert Testimonial.objects.get().versions.get().payload["words"] == "My son Kyle came here, and he is well."


def test_crisis_steps_come_first_and_in_spanish_too(visitor, house):
    author = someone(visitor, width=390, dark=False, scripts=True)
    page = author.page
    page.goto(author.origin + "/reviews/new/")
    page.locator("#id_words").fill("Me quiero suicidar, no puedo más con esta vida y estoy muy solo.")
    page.get_by_label("I would rather not say").check()
    page.locator("#id_email").fill("jo@example.org")
    press(author, "Send my review")

    shot(author, "14-danger")
    first = page.locator(".first")
    assert first.bounding_box()["y"] < page.get_by_role("heading", level=1).bounding_box()["y"]
    assert "Llame al 988" in first.inner_text()
    press(author, "Ask us to call you", role="link")
    assert page.url.endswith("/help/")


def test_the_author_is_asked_once_a_year_and_can_replace_a_lost_link(visitor, house, monkeypatch):
    monkeypatch.setattr(views, "LINK_REQUEST_SECONDS", 0.0)
    review = make_review("published", email="jo@example.org")
    author = someone(visitor, width=390, dark=False, scripts=True)
    page = author.page
    lifecycle.ask_to_renew(review.pk)
    page.goto(newest_link())
    author.check()
    shot(author, "15-stay")
    press(author, "It may stay")
    assert page.get_by_role("button", name="It may stay").count() == 0

    page.goto(author.origin + "/reviews/link/")
    author.check()
    shot(author, "16-link")
    page.locator("#id_email").fill("jo@example.org")
    press(author, "Send my link again")
    shot(author, "17-link-sent")
    assert OutgoingEmail.objects.filter(kind="link").count() == 1
    page.goto(newest_link())
    author.check()
    assert "It has been on the site since" in page.locator(".lede").inner_text()
