"""Sending a review: identifying details are shown first, a photo is held, and the next page reveals nothing."""

import base64
import html
import io
import re
import time
from types import SimpleNamespace

import pillow_heif
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.utils import timezone
from PIL import Image

from detoxsite.core import images, site_profile
from detoxsite.core.models import ConsentText
from detoxsite.core.plain_text import tidy, typed_length
from intake.models import CallForHelp
from testimonials import pending_photos, privacy_check
from testimonials.models import (
    DisplayConsent,
    OutgoingEmail,
    Photo,
    StaffName,
    Testimonial,
)
from testimonials.services import author, moderation, photos, submission
from tests.core.public_forms.test_forms import (
    REVIEW,
    VALID,
    carried,
    form,
    send,
)
from tests.core.test_images import picture_file, with_gps
from tests.factories import make_review, make_user

pytestmark = pytest.mark.django_db

TELLING = "My son Kyle got clean here and has been sober 14 months. Ask for Kyle."
PLAIN = "They sat with me until it got light."


@pytest.fixture(autouse=True)
def fresh():
    privacy_check.expire_staff()


def post(client, page=None, **data):
    """Press a button of ``page``, or of the empty form; ``data``: the typed fields and the button."""
    begun = carried(page) if page else {**form(client, REVIEW), **VALID[REVIEW]}
    return client.post(REVIEW, {**begun, **data})


def sent_words():
    return Testimonial.objects.get().versions.last().payload


def words_in(response):
    return html.unescape(re.search(r'<textarea name="words"[^>]*>\n?([^<]*)<', response.content.decode())[1])


def button(response, label):
    """The value of a button that removes a detail, by its label."""
    page = re.sub(r'<span class="vh">([^<]*)</span>', r"\1", response.content.decode())
    buttons = re.findall(r'name="privacy_action" value="([^"]+)">([^<]*)<', page)
    return next(value for value, text in buttons if label in text)


# --- privacy check ---------------------------------------------------------------------------------------------------


def test_words_that_reveal_nothing_are_stored_at_once(client):
    response = post(client, words=PLAIN)

    assert (response.status_code, response.headers["Location"].partition("?")[0]) == (302, "/reviews/sent/")
    assert sent_words()["words"] == PLAIN


def test_identifying_details_are_shown_first_and_nothing_is_stored(client):
    response = post(client, words=TELLING, stars="2", shown_name="Mo", allow=["words", "name"])

    page = response.content.decode()
    assert response.status_code == 200
    assert "<h1>Before you send</h1>" in page
    assert "<title>Error" not in page
    assert "Kyle" in page
    assert "14 months" in page
    assert not Testimonial.objects.exists()
    assert not OutgoingEmail.objects.exists()


def test_details_left_in_are_sent_unchanged_with_all_other_answers(client):
    first = post(client, words=TELLING, stars="2", tie="family", shown_name="Mo", allow=["words", "name"])

    response = post(client, first)

    review = Testimonial.objects.get()
    assert response.status_code == 302
    assert sent_words() == {"words": TELLING, "name": "Mo", "signs": [], "is_worrying": False}
    assert (review.stars, review.relationship) == (2, "family")
    assert (review.allow_words, review.allow_name, review.allow_photo) == (True, True, False)
    assert review.author.payload["email"] == VALID[REVIEW]["email"]


def test_one_tap_removes_a_detail_everywhere(client):
    first = post(client, words=TELLING)
    second = post(client, first, privacy_action=button(first, "Take out “Kyle”"))

    assert second.status_code == 200
    assert "Kyle" not in words_in(second)
    assert words_in(second) == "My son got clean here and has been sober 14 months. Ask for [name removed]."
    assert not Testimonial.objects.exists()


def test_hints_are_offered_after_the_details_and_keep_nothing_from_being_sent(client):
    words = "I am a 64 year old welder from Tulsa. Kyle came with me. I stayed 28 days."

    first = post(client, words=words)
    html = first.content.decode()

    later = [("mark", "Tulsa"), ("mark", "28 days")]
    offered = re.findall(r"<li id=.detail-\d+.>\s*<p><(b|mark)>“([^”]+)”", html)
    assert offered == [("b", "Kyle"), ("mark", "64 year old"), ("mark", "welder"), *later]
    assert html.count("worth a second look") == 4
    assert not Testimonial.objects.exists()
    without = post(client, first, privacy_action=button(first, "Take out “Tulsa”"))
    assert "welder from [place removed]. Kyle" in words_in(without)
    assert post(client, first).status_code == 302
    assert sent_words()["words"] == words


def test_an_exact_time_can_be_written_less_exactly(client):
    first = post(client, words="I have been sober for 14 months now, thanks to you.")
    second = post(client, first, privacy_action=button(first, "instead"))

    assert "14 months" not in words_in(second)
    assert "[" not in words_in(second)
    assert "We find no more details" in second.content.decode()


def test_all_details_can_be_removed_and_the_rest_is_sent(client):
    first = post(client, words=TELLING)
    second = post(client, first, privacy_action="all")

    assert "We find no more details" in second.content.decode()
    assert post(client, second).status_code == 302
    assert "Kyle" not in sent_words()["words"]


@pytest.mark.parametrize(
    "forged", ["remove.0000000000000000", "soften.", "all.", "", "remove", "\x00", "x" * 9000, "0-5"]
)
def test_a_forged_or_stale_button_changes_nothing(client, forged):
    first = post(client, words=TELLING)
    second = post(client, first, privacy_action=forged)

    assert second.status_code == 200
    assert words_in(second) == TELLING
    assert not Testimonial.objects.exists()


def test_a_button_works_on_the_words_that_came_with_it(client):
    first = post(client, words=TELLING)
    action = button(first, "Take out “Kyle”")

    second = post(client, first, words="One more line before it. My son Kyle got clean here.", privacy_action=action)

    assert words_in(second) == "One more line before it. My son got clean here."


@pytest.mark.parametrize("forged", ["", "0000000000000000", "\x00", "all"])
def test_details_that_were_not_shown_bring_the_page_again(client, forged):
    first = post(client, words=TELLING)

    assert post(client, first, seen_details=forged).status_code == 200
    assert not Testimonial.objects.exists()


def test_only_a_new_detail_brings_the_page_again(client):
    first = post(client, words=TELLING)

    assert post(client, first, words=TELLING + " And call me: 212 555 0123").status_code == 200
    assert post(client, first, words=TELLING + " Thank you all.").status_code == 302


def test_the_fingerprints_of_one_form_are_not_valid_in_another(client):
    first = carried(post(client, words=TELLING))

    assert post(client, words=TELLING, seen_details=first["seen_details"][0]).status_code == 200


def test_errors_come_first(client):
    response = post(client, words=TELLING, email="nobody")

    assert response.status_code == 422
    assert "Before you send" not in response.content.decode()


def test_the_other_answers_can_be_changed_before_sending(client):
    first = post(client, words=TELLING, stars="2")
    form_again = post(client, first, edit_answers="1")

    page = form_again.content.decode()
    assert form_again.status_code == 200
    assert "<h1>Write a review</h1>" in page
    assert re.search(r'value="2"[^>]* checked', page)
    assert words_in(form_again) == TELLING


def test_enter_in_a_field_never_removes_anything(client):
    page = post(client, words=TELLING, shown_name="John Smith").content.decode()

    first_button = re.search(r"<form class=\"form\".*?(<button[^>]*>)", page, re.S)[1]
    assert "name=" not in first_button


def test_a_whole_name_is_worth_a_second_look_and_a_first_name_is_not(client):
    assert post(client, shown_name="Mo", allow=["words", "name"]).status_code == 302
    first = post(client, shown_name="John Smith", allow=["words", "name"])
    assert first.status_code == 200

    second = post(client, first, privacy_action=button(first, "Write “John” instead"))

    assert re.search(r'name="shown_name" value="John"', second.content.decode())


def test_a_name_that_will_not_be_shown_is_not_asked_about(client):
    assert post(client, shown_name="John Smith", allow=["words"]).status_code == 302


def test_no_space_is_left_before_a_period_where_a_date_was(client):
    first = post(client, words="They let me in on March 3. It was a long night.")

    second = post(client, first, privacy_action=button(first, "Take out “March 3”"))

    assert "They let me in. It was a long night." in second.content.decode()


def test_the_names_of_staff_are_found(client):
    StaffName.objects.create(name="Rutger Quill", nicknames="Quilly")

    response = post(client, words="And then quilly brought me tea in the middle of the night.")

    assert "someone on our staff" in response.content.decode()


def test_without_a_database_the_words_are_checked_all_the_same(client, monkeypatch):
    def away():
        raise OperationalError("away")

    monkeypatch.setattr(privacy_check, "roster", away)

    assert post(client, words=TELLING).status_code == 200


def test_danger_shows_the_crisis_steps_on_the_page_before_sending_too(client):
    page = post(client, words="My son Kyle has overdosed and will not wake up, please help").content.decode()

    assert 'href="tel:911"' in page.split("<main")[1].split("<h1>")[0]


# --- consent ---------------------------------------------------------------------------------------------------------


def test_each_consent_is_beside_its_own_text(client):
    page = client.get(REVIEW).content.decode()

    for number, part in enumerate(("words", "name", "photo")):
        text = html.escape(site_profile.current().consent_texts[f"review_{part}"]["body"])
        assert f'<p class="hint" id="id_allow_{number}_text">{text}</p>' in page
        assert re.search(rf'aria-describedby="[^"]*id_allow_{number}_text" id="id_allow_{number}"', page) or re.search(
            rf'id="id_allow_{number}"[^>]*aria-describedby="[^"]*id_allow_{number}_text"', page
        )
    assert not re.search(r'name="allow"[^>]* checked', page)


def test_consent_counts_for_the_text_that_was_read(client):
    before = form(client, REVIEW)
    ConsentText.objects.create(purpose="review_words", body="Other words.", approved_by="Counsel")
    site_profile.expire()
    first = client.post(REVIEW, {**before, **VALID[REVIEW], "words": TELLING, "allow": ["words"]})
    post(client, first)

    assert DisplayConsent.objects.get().text.body.startswith("You may show my words")


@pytest.mark.parametrize(
    "typed", ["Line one.\r\nLine two, and three.", "Thank you 👨‍👩‍👧 for all of it ❤️", "Zoe\u0308 wrote all of this"]
)
def test_words_are_stored_normalized(client, typed):
    send(client, REVIEW, {"words": typed})

    assert sent_words()["words"] == tidy(typed, multiline=True)
    assert "\r" not in sent_words()["words"]


@pytest.mark.parametrize("number", ["5\u200b5\u200b5-0104477", "５５５－０１０－４４７７", "555\u00a0010\u202f4477"])  # noqa: RUF001
def test_a_number_with_hidden_or_unusual_characters_is_shown_to_the_author(client, number):
    response = post(client, words=f"They sat with me until it got light. Call {number} for more.")

    assert response.status_code == 200
    assert not Testimonial.objects.exists()
    assert "anyone could call it" in html.unescape(response.content.decode())
    assert post(client, response, privacy_action=privacy_check.ALL).status_code in {200, 302}


def test_words_at_the_limit_are_accepted_as_the_browser_counts_them(client):
    lines = "We rest. 👍\r\n" * 416  # 12 characters each, as a browser counts

    assert post(client, words=lines + "12345678").status_code == 302
    assert typed_length(sent_words()["words"]) == 5000
    refused = post(client, words=lines + "123456789")
    assert refused.status_code == 422
    assert "This is 5001 characters long. Please shorten it to 5000." in refused.content.decode()
    assert words_in(refused).endswith("123456789")


def test_the_length_is_counted_after_normalizing(client):
    assert post(client, words="\r\n".join(["we rest."] * 555) + "\u200e" * 40).status_code == 302
    assert post(client, words="\u202a" * 30 + "too short").status_code == 422


def test_a_decided_review_is_not_changed_by_sending_again(client):
    data = {**form(client, REVIEW), **VALID[REVIEW], "allow": ["words"]}
    client.post(REVIEW, data)
    review = Testimonial.objects.get()
    author.confirm(review.pk)
    moderation.approve(review.pk, by=make_user("moderator"), version=1)

    client.post(REVIEW, {**data, "words": "Buy my pillows, they are very good.", "photo": picture_file()})

    review.refresh_from_db()
    assert review.shown_words == VALID[REVIEW]["words"]
    assert review.versions.count() == 1
    assert not Photo.objects.filter(review=review).exists()


# --- photos ----------------------------------------------------------------------------------------------------------


def test_a_photo_is_held_sealed_and_without_its_metadata_over_the_second_step(client):
    first = post(client, words=TELLING, photo=with_gps(), allow=["words", "photo"])
    held = Photo.objects.get()

    assert held.review is None
    assert "We have your photo" in first.content.decode()
    assert b"SecretCamera" not in bytes(held.sealed)
    assert b"SecretCamera" not in base64.b64decode(held.payload["file"])
    assert post(client, first).status_code == 302
    held.refresh_from_db()
    assert held.review == Testimonial.objects.get()
    assert Image.open(io.BytesIO(base64.b64decode(held.payload["file"]))).getexif() == {}


def test_a_refused_form_keeps_its_photo(client):
    refused = post(client, email="nobody", photo=picture_file())

    assert refused.status_code == 422
    assert "We have your photo" in refused.content.decode()
    assert "choose the photo again" not in refused.content.decode()
    assert post(client, refused, email="a@example.org", tie="stayed").status_code == 302
    assert Photo.objects.get().review == Testimonial.objects.get()


def test_a_held_photo_can_be_discarded_or_replaced(client):
    refused = post(client, email="nobody", photo=picture_file())
    without = post(client, refused, without_photo="on")
    assert "We have your photo" not in without.content.decode()
    assert not Photo.objects.exists()

    refused = post(client, email="nobody", photo=picture_file())
    post(client, refused, email="a@example.org", tie="stayed", photo=picture_file("PNG"))

    assert Photo.objects.get(review__isnull=False).payload["kind"] == "png"


def test_the_same_form_twice_holds_one_photo(client):
    data = {**form(client, REVIEW), **VALID[REVIEW], "words": TELLING}
    for _ in range(2):
        client.post(REVIEW, {**data, "photo": picture_file()})

    assert Photo.objects.count() == 1


def test_sending_twice_leaves_one_row_one_photo_and_the_last_words(client):
    data = {**form(client, REVIEW), **VALID[REVIEW], "allow": ["words", "photo"]}
    client.post(REVIEW, {**data, "photo": picture_file()})
    client.post(REVIEW, {**data, "photo": picture_file("PNG"), "words": "On second thought, it was better than that."})

    assert sent_words()["words"] == "On second thought, it was better than that."
    assert Photo.objects.get().payload["kind"] == "png"


@pytest.mark.parametrize("forged", ["x", "\x00", "6b2ad2ab-0c2e-4f21-9d8c-6a9ff5c6d4f1", "a:b:c"])
def test_a_photo_that_was_not_named_by_us_is_refused_near_the_field(client, forged):
    photo = photos.hold(SimpleNamespace(read=picture_file().read, name="picture.jpeg"))
    for held in (forged, str(photo.pk)):
        response = post(client, held_photo=held)

        assert response.status_code == 422
        assert 'id="id_photo_error"' in response.content.decode()
        assert post(client, response).status_code == 302
    photo.refresh_from_db()
    assert photo.review is None


def test_a_photo_of_another_review_or_an_old_one_is_not_taken(client):
    post(client, photo=picture_file())
    theirs = Photo.objects.get()
    assert post(client, held_photo=pending_photos.signed_id(theirs)).status_code == 422

    with time_machine.travel(timezone.now() - timezone.timedelta(hours=25)):
        old = pending_photos.signed_id(photos.hold(SimpleNamespace(read=picture_file("PNG").read, name="picture.png")))
    assert post(client, held_photo=old).status_code == 422
    theirs.refresh_from_db()
    assert theirs.review_id is not None


def test_nobody_fills_the_disk_with_photos(client):
    answers = [
        post(client, email="nobody", photo=picture_file(size=(40 + number, 40))).content.decode()
        for number in range(12)
    ]

    assert "We got many photos" in answers[-1]
    assert "We got many photos" not in answers[0]
    assert Photo.objects.count() == 10


def test_while_the_database_is_down_no_page_claims_that_anything_was_stored(client, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("away")

    held = carried(post(client, email="nobody", photo=picture_file()))["held_photo"][0]
    monkeypatch.setattr(photos, "hold", away)
    monkeypatch.setattr(submission, "submit", away)

    response = post(client, photo=picture_file("PNG"), words=PLAIN)
    assert response.status_code == 503
    assert PLAIN in response.content.decode()
    assert post(client, words=PLAIN).status_code == 503
    again = post(client, words=PLAIN, held_photo=held)
    assert again.status_code == 503
    assert "We have your photo" in again.content.decode()


@pytest.mark.parametrize("content", [b"", b"not a picture", b"<svg/>"])
def test_a_file_that_is_no_picture_is_refused_and_the_words_are_kept(client, content):
    response = post(client, photo=SimpleUploadedFile("x.jpg", content))

    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_photo_error"' in page
    assert PLAIN in page


def test_a_photo_that_is_too_large_is_refused(client):
    heavy = SimpleUploadedFile("x.jpg", picture_file().read() + b"\0" * images.MAX_SIZE)

    response = post(client, photo=heavy)

    page = response.content.decode()
    assert response.status_code == 422
    assert "larger than 25 MB" in page.split('id="id_photo_error"')[1][:200]
    assert "choose the photo again" not in page
    assert PLAIN in page


def test_a_photo_from_an_iphone_is_kept(client):
    heic = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), "#164453")).save(heic)

    page = client.get(REVIEW).content.decode()
    response = post(client, email="nobody", photo=SimpleUploadedFile("IMG_0177.HEIC", heic.getvalue()))

    assert "image/heic,image/heif,image/avif,.heic" in page
    assert "HEIC or AVIF, up to 25 MB" in page
    assert "We have your photo" in response.content.decode()
    assert Photo.objects.get().payload["kind"] == "jpeg"


# --- after sending ---------------------------------------------------------------------------------------------------


def test_the_next_page_is_the_same_whether_the_address_is_known_or_not(client, django_user_model):
    make_review(email="known@example.org")

    pages = []
    for email in ("known@example.org", "unknown@example.org"):
        response = client.post(REVIEW, {**form(client, REVIEW), **VALID[REVIEW], "email": email})
        page = client.get(response.headers["Location"]).content.decode()
        assert email not in page
        pages.append(page)

    assert pages[0] == pages[1]
    assert "review" not in client.cookies


def test_danger_in_a_review_shows_the_crisis_steps_once_and_alerts_staff(client):
    response = send(client, REVIEW, {"words": "I want to kill myself tonight, I cannot go on like this."})

    cookie = response.cookies["review"]
    assert (cookie["path"], cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (
        *("/reviews/", 600, True, "Strict"),
    )
    assert "kill" not in cookie.value
    page = client.get("/reviews/sent/").content.decode()
    assert 'href="tel:988"' in page.split("<main")[1].split("<h1>")[0]
    assert "Ask us to call you" in page
    assert 'lang="es"' not in page
    assert CallForHelp.objects.get().urgency == 3

    send(client, REVIEW, {})
    assert "Do this first" not in client.get("/reviews/sent/").content.decode()


def test_crisis_steps_are_shown_in_spanish_too(client):
    send(client, REVIEW, {"words": "Me quiero suicidar, no puedo más con esta vida y estoy muy solo."})

    assert "Llame al 988" in client.get("/reviews/sent/").content.decode()


def test_leaving_quickly_clears_the_cookie(client):
    send(client, REVIEW, {"words": "I want to kill myself tonight, I cannot go on like this."})

    client.get("/leave/")

    assert client.cookies["review"].value == ""


def test_nothing_typed_reaches_the_log(client, caplog):
    send(client, REVIEW, {"words": TELLING, "shown_name": "John Smith", "photo": SimpleUploadedFile("kyle.jpg", b"x")})
    post(client, words="Kyle", email="kyle@@")

    assert "Kyle" not in caplog.text
    assert "kyle" not in caplog.text


def test_a_heap_of_accents_is_refused_at_once(client):
    started = time.process_time()

    response = post(client, words="a" + "\u0300\u0316" * 100_000)

    assert response.status_code == 422
    assert time.process_time() - started < 5


def test_nobody_can_email_many_strangers_with_our_form(client):
    answers = [post(client, email=f"stranger-{number}@example.org") for number in range(21)]

    assert [answer.status_code for answer in answers] == [302] * 20 + [429]
    assert OutgoingEmail.objects.count() == 20
    assert words_in(answers[-1]) == VALID[REVIEW]["words"]
