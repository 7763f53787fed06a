"""Reviews, from the form to the page."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from testimonials import services
from testimonials.models import Reason, Status, Testimonial
from tests.detoxsite.test_images import picture_file, with_gps
from tests.detoxsite.test_visitors import REVIEW, VALID, form, send
from tests.factories import make_review, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator():
    return make_user("moderator")


@pytest.mark.parametrize("status", [status for status in Status.values if status != Status.PUBLISHED])
def test_only_published_reviews_are_shown(client, status):
    make_review(status, words="Zebra words that nobody may read yet.")

    for url in ("/reviews/", "/"):
        assert b"Zebra words" not in client.get(url).content


def test_a_review_waits_until_somebody_shows_it(client, moderator):
    send(client, REVIEW, {"allow": ["words", "name"], "shown_name": "Mo", "stars": "2"})
    review = Testimonial.objects.get()
    before = client.get("/reviews/").content.decode()

    services.approve(review.pk, by=moderator)

    after = client.get("/reviews/").content.decode()
    assert review.words not in before
    assert review.words in after
    assert ">Mo</h3>" in after
    assert "2 of 5 stars" in after
    assert review.email not in after


def test_only_what_was_allowed_is_shown(client):
    make_review("published", shown_name="Mo", allow_name=False)

    html = client.get("/reviews/").content.decode()

    assert "Someone who wrote to us" in html
    assert ">Mo<" not in html


def test_words_without_permission_cannot_be_shown(moderator):
    review = make_review(allow_words=False)

    with pytest.raises(services.Refused, match="did not allow"):
        services.approve(review.pk, by=moderator)
    with pytest.raises(IntegrityError, match="shown_only_with_permission"), transaction.atomic():
        Testimonial.objects.update(status=Status.PUBLISHED, decided_by=moderator, decided_at=timezone.now())


def test_declining_takes_a_reason_and_can_be_reversed(moderator):
    review = make_review()

    declined = services.decline(review.pk, by=moderator, reason=Reason.AD)
    assert (declined.status, declined.reason, declined.decided_by) == ("declined", "ad", moderator)
    assert services.approve(review.pk, by=moderator).reason == ""
    with pytest.raises(IntegrityError, match="declined_with_a_reason"), transaction.atomic():
        Testimonial.objects.update(status=Status.DECLINED, reason="")


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.EXPIRED, Status.UNCONFIRMED])
@pytest.mark.parametrize("step", ["approve", "decline", "reply"])
def test_what_its_writer_took_back_stays_away(moderator, status, step):
    review = make_review(status)
    extra = {"decline": {"reason": "ad"}, "reply": {"reply": "Thank you."}}.get(step, {})

    with pytest.raises(services.Refused):
        getattr(services, step)(review.pk, by=moderator, **extra)

    review.refresh_from_db()
    assert review.status == status


def test_the_page_counts_what_it_holds_back_and_why(client):
    for stars in (5, 5, 2, None):
        make_review("published", stars=stars)
    make_review("declined", stars=5, reason=Reason.AD)
    make_review("declined", stars=1, reason=Reason.PERSON)
    make_review()

    html = client.get("/reviews/").content.decode()

    assert "Showing all 4 reviews that we may show" in html
    assert "2 withheld." in html
    assert "1: It is an ad" in html
    assert "1: It names or shows another person" in html
    assert "Another 1 waits to be read." in html
    rows = re.findall(r'<th scope="row">(\d stars?|No stars|All)</th>.*?<td>(\d)</td><td>(\d)</td></tr>', html)
    assert rows == [
        ("5 stars", "2", "1"),
        ("4 stars", "0", "0"),
        ("3 stars", "0", "0"),
        ("2 stars", "1", "0"),
        ("1 star", "0", "1"),
        ("No stars", "1", "0"),
        ("All", "4", "2"),
    ]


def test_line_breaks_and_emoji_are_kept_and_markup_is_text(client):
    make_review("published", words="First line 🌊\nsecond <b>line</b>\n\nNew paragraph")

    html = client.get("/reviews/").content.decode()

    assert "<p>First line 🌊<br>second &lt;b&gt;line&lt;/b&gt;</p>\n\n<p>New paragraph</p>" in html


# --- photos ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def private(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "base_url": None},
        },
    }
    field = Testimonial._meta.get_field("photo")
    original, field.storage = field.storage, field._storage_callable()
    yield tmp_path
    field.storage = original


def status(client, url):
    """The status of an answer that may stream a file, which is read to its end and closed."""
    response = client.get(url)
    list(response)
    return response.status_code


def test_a_photo_is_stored_without_its_secrets_and_out_of_reach(client, private, moderator):
    send(client, REVIEW, {"allow": ["words", "photo"], "photo": with_gps()})
    review = Testimonial.objects.get()
    url = f"/reviews/{review.pk}/photo/"

    with review.photo.open() as stored:
        assert b"SecretCamera" not in stored.read()
    assert str(private) in review.photo.path
    assert status(client, url) == 404
    assert client.get(f"/media/{review.photo.name}").status_code == 404
    services.approve(review.pk, by=moderator)
    assert status(client, url) == 200
    assert url in client.get("/reviews/").content.decode()
    services.decline(review.pk, by=moderator, reason="person")
    assert status(client, url) == 404


def test_a_photo_that_was_not_allowed_is_for_moderators_only(client, private, as_role):
    send(client, REVIEW, {"allow": ["words"], "photo": picture_file()})
    review = Testimonial.objects.get()
    services.approve(review.pk, by=make_user("moderator"))
    url = f"/reviews/{review.pk}/photo/"

    assert status(client, url) == 404
    assert url not in client.get("/reviews/").content.decode()
    assert status(as_role("moderator"), url) == 200
    assert status(as_role("editor"), url) == 404


def test_sending_twice_leaves_one_row_one_photo_and_the_last_words(client, private):
    data = {**form(client, REVIEW), **VALID[REVIEW], "allow": ["words", "photo"]}
    client.post(REVIEW, {**data, "photo": picture_file()})
    client.post(REVIEW, {**data, "photo": picture_file("PNG"), "words": "On second thought, it was better than that."})

    review = Testimonial.objects.get()
    files = [path.name for path in private.rglob("*.*")]
    assert review.words == "On second thought, it was better than that."
    assert files == [review.photo.name.split("/")[-1]]


def test_a_decided_review_is_not_changed_by_sending_again(client, private, moderator):
    data = {**form(client, REVIEW), **VALID[REVIEW], "allow": ["words"]}
    client.post(REVIEW, data)
    review = services.approve(Testimonial.objects.get().pk, by=moderator)

    client.post(REVIEW, {**data, "words": "Buy my pillows, they are very good.", "photo": picture_file()})

    assert Testimonial.objects.get().words == review.words
    assert list(private.rglob("*.*")) == []


def test_what_its_writer_takes_back_is_gone(client, private, moderator):
    send(client, REVIEW, {"allow": ["words", "name", "photo"], "shown_name": "Mo", "photo": picture_file()})
    review = services.approve(Testimonial.objects.get().pk, by=moderator)

    services.take_back(review.pk, by=moderator, parts=["name", "photo"])
    page = client.get("/reviews/").content.decode()
    services.withdraw(review.pk, by=moderator)
    after = client.get("/reviews/").content.decode()

    assert review.words in page
    assert ">Mo<" not in page
    assert list(private.rglob("*.*")) == []
    assert review.words not in after
    assert "withheld" not in after.split('id="how"')[0]


def test_a_photo_whose_file_is_missing_is_not_found(client, private, moderator):
    send(client, REVIEW, {"allow": ["words", "photo"], "photo": picture_file()})
    review = services.approve(Testimonial.objects.get().pk, by=moderator)
    [path.unlink() for path in private.rglob("*.*")]

    assert client.get(f"/reviews/{review.pk}/photo/").status_code == 404


@pytest.mark.parametrize("content", [b"", b"not a picture", b"<svg/>"])
def test_a_file_that_is_no_picture_is_refused_and_the_words_are_kept(client, content):
    response = send(client, REVIEW, {"photo": SimpleUploadedFile("x.jpg", content)})

    html = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_photo_error"' in html
    assert "They sat with me until it got light." in html


def test_a_photo_that_is_too_large_is_refused(client):
    photo = picture_file()
    heavy = SimpleUploadedFile("x.jpg", photo.read() + b"\0" * 5_300_000)

    assert "larger than 5 MB" in send(client, REVIEW, {"photo": heavy}).content.decode()


# --- the desk --------------------------------------------------------------------------------------------------------


def test_stars_stay_hidden_until_it_is_decided(as_role):
    client = as_role("moderator")
    review = make_review(stars=1)
    url = f"/admin/testimonials/testimonial/{review.pk}/"

    before = client.get(f"{url}change/").content.decode()
    client.post(f"{url}act/approve/")
    after = client.get(f"{url}change/").content.decode()

    assert "Hidden until it is decided" in before
    assert "1 of 5" not in before
    assert "1 of 5" in after


def test_the_desk_declines_with_a_reason_and_replies(as_role):
    client = as_role("moderator")
    review = make_review()
    url = f"/admin/testimonials/testimonial/{review.pk}/act"

    assert "Choose why it is withheld." in client.post(f"{url}/decline/", {"decline-note": "Hm."}).content.decode()
    client.post(f"{url}/decline/", {"decline-reason": "ad", "decline-note": "An ad for pillows."})
    review.refresh_from_db()
    assert (review.status, review.reason, review.note) == ("declined", "ad", "An ad for pillows.")
    client.post(f"{url}/approve/")
    client.post(f"{url}/reply/", {"reply-reply": "Thank you for writing."})
    assert b"Thank you for writing." in client.get("/reviews/").content
    page = client.get(f"/admin/testimonials/testimonial/{review.pk}/change/").content.decode()
    assert re.search(r"<textarea[^>]*>\s*Thank you for writing\.</textarea>", page)


@pytest.mark.parametrize("role", ["editor", "clinician", "admissions"])
def test_other_roles_do_not_decide(as_role, role):
    client = as_role(role)
    review = make_review()

    assert client.get("/admin/testimonials/testimonial/").status_code == 403
    assert client.post(f"/admin/testimonials/testimonial/{review.pk}/act/approve/").status_code == 403


def test_compliance_reads_and_changes_nothing(as_role):
    client = as_role("compliance")
    review = make_review()

    assert client.get(f"/admin/testimonials/testimonial/{review.pk}/change/").status_code == 200
    assert client.post(f"/admin/testimonials/testimonial/{review.pk}/act/approve/").status_code == 403


@pytest.mark.parametrize("reviews", [1, 30])
def test_the_moderators_queue_costs_the_same(as_role, django_assert_max_num_queries, reviews):
    client = as_role("moderator")
    for _ in range(reviews):
        make_review()

    with django_assert_max_num_queries(8):
        client.get("/admin/testimonials/testimonial/")
