"""One review in real Chromium: its author, a moderator, a reader, and its author again."""

import re

import pytest

from testimonials import author_mail, privacy_check
from testimonials.models import StaffName, Testimonial
from tests.browser.test_intake_portal import press
from tests.factories import make_review

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MODERATION = "/admin/testimonials/testimonial/"
ANSWER = "Thank you for writing this down."


@pytest.fixture(autouse=True)
def letter_files(settings, live_server, tmp_path):
    """Write emails to files, as a trial installation does."""
    settings.PUBLIC_ORIGIN = live_server.url
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    privacy_check.expire_staff()
    return tmp_path / "mail"


def link_in(folder):
    author_mail.send_due()
    newest = max(folder.iterdir(), key=lambda file: file.stat().st_mtime_ns).read_text()
    assert "review" not in newest.replace("/r/", "")
    return re.search(r"http\S+/r/\S+", newest)[0]


@pytest.mark.parametrize(("width", "dark", "scripts"), [(1280, False, True), (360, True, False)])
def test_a_review_is_sent_read_published_answered_and_withdrawn(visitor, house, letter_files, width, dark, scripts):
    StaffName.objects.create(name="Grace Adeyemi", nicknames="Gracie")
    author = visitor(width=width, dark=dark, scripts=scripts)
    author.has_scripts = scripts
    page = author.page
    page.goto(author.origin + "/reviews/new/")
    page.locator("#id_words").fill("My son kyle came on March 3. Gracie gave him Suboxone and sat with him.")
    page.get_by_label("3 stars").check()
    page.get_by_label("Someone close to me stayed here").check()
    page.locator("#id_shown_name").fill("Dana Whitlock")
    page.get_by_label("You may show my words and my stars").check()
    page.locator("#id_email").fill("dana@exmaple.org")
    press(author, "Send my review")
    assert "Dana Whitlock" not in page.locator("ul.thread").inner_text()  # she did not allow it
    press(author, "Take out “March 3”")
    assert re.search(r"#detail-\d$", page.url)
    page.locator("#id_email").fill("dana@example.org")  # the mistake is noticed in time
    press(author, "Send it as it is")
    assert "/reviews/sent/" in page.url

    page.goto(link_in(letter_files))
    press(author, "Yes, this is my address")
    private = page.url
    page.goto(f"{private}change/")
    words = page.locator("#id_words").input_value()
    page.locator("#id_words").fill(f"{words} The food was fine.")
    press(author, "Save changes")
    assert page.url == private  # details that were left in before are not asked about again

    review = Testimonial.objects.get()
    moderator = visitor(width=width, dark=dark)
    moderator.sign_in(house["moderator"])
    moderator.open(f"{MODERATION}{review.pk}/change/")
    moderator.page.get_by_label("Take out “kyle”").check()
    moderator.page.get_by_label("Take out “Gracie”").check()
    moderator.click("Publish", exact=True)
    moderator.open(f"{MODERATION}{review.pk}/change/")
    moderator.page.get_by_label("Reply from the center").fill(ANSWER)
    moderator.click("Save reply")

    reader = visitor(width=width, dark=dark)
    reader.open(f"/reviews/{review.pk}/")
    shown = reader.page.locator("article").inner_text()
    assert "My son [name removed] came. [name removed] gave him Suboxone" in shown
    assert "Someone who wrote to us" in shown
    assert ANSWER in shown

    page.goto(private)
    press(author, "Take it all down", role="link")
    press(author, "Yes, take it down for good")
    assert "search engines can keep a copy" in page.locator("main").inner_text()
    later = visitor(width=width, dark=dark)  # a browser keeps what it has for a minute
    later.open(f"/reviews/{review.pk}/")
    assert "This review is no longer here" in later.page.locator("h1").inner_text()


@pytest.mark.parametrize("width", [1280, 360])
def test_a_usual_review_takes_at_most_four_actions(visitor, house, width):
    """A review opened from the list, with three matches to remove."""
    review = make_review(words="kyle and marcus were there, and kyle snored.")
    moderator = visitor(width=width)
    moderator.sign_in(house["moderator"])
    moderator.open(MODERATION)

    moderator.click(f"Review {review.pk}", role="link")
    moderator.click("Take out all")
    moderator.click("Publish", exact=True)

    review.refresh_from_db()
    assert review.shown_words == "[name removed] and [name removed] were there, and [name removed] snored."


def test_with_keys_matches_are_removed_one_by_one_or_together(visitor, house):
    review = make_review(words="kyle and marcus were there, and kyle snored.")
    moderator = visitor()
    moderator.sign_in(house["moderator"])
    moderator.open(f"{MODERATION}{review.pk}/change/")
    page, keys = moderator.page, moderator.page.keyboard
    shown = page.locator("[data-shown]")
    page.wait_for_selector("[data-keys]:not([hidden])")

    keys.press("n")
    keys.press("n")
    keys.press("r")
    assert shown.inner_text() == "kyle and [name removed] were there, and kyle snored."
    keys.press("t")
    assert shown.inner_text() == "[name removed] and [name removed] were there, and [name removed] snored."
    keys.press("u")
    assert shown.inner_text() == "kyle and [name removed] were there, and kyle snored."
    keys.press("t")
    keys.press("a")
    keys.press("a")
    page.wait_for_selector(f"text=Review {review.pk} is published.")


def test_back_after_a_mistyped_address_keeps_the_words(visitor, house, letter_files):
    author = visitor(width=360)
    page = author.page
    author.open("/reviews/new/")
    page.locator("#id_words").fill("They were kind to us, by day and by night.")
    page.get_by_label("I would rather not say").check()
    page.locator("#id_email").fill("dana@exmaple.org")
    author.click("Send my review")
    page.go_back()
    assert page.locator("#id_words").input_value() == "They were kind to us, by day and by night."
    page.locator("#id_email").fill("dana@example.org")
    author.click("Send my review")

    assert "/reviews/sent/" in page.url
    newest = Testimonial.objects.latest("pk")
    assert newest.author.payload["email"] == "dana@example.org"
    assert newest.versions.get().payload["words"] == "They were kind to us, by day and by night."


def test_a_link_that_does_not_work_offers_a_new_one(visitor, house):
    author = visitor(width=360)

    author.open("/r/half-a-link/")
    author.click("Have the link sent again", role="link")

    assert author.page.url.endswith("/reviews/link/")
