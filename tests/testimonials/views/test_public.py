"""The public pages of reviews: the list and its counts, each review, its photo, reports."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from detoxsite.core import images
from testimonials import public_list
from testimonials.models import (
    Photo,
    Reason,
    Relationship,
    Report,
    ReviewEvent,
    Status,
    Testimonial,
)
from testimonials.moderation import statistics
from testimonials.services import author, lifecycle, moderation, photos, reports
from testimonials.views import reports as report_views
from tests.core.public_forms.test_forms import form
from tests.core.test_images import with_gps
from tests.factories import make_review, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def page(client, url="/reviews/") -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def text(html: str) -> str:
    """The text that a reader sees."""
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def shown_keys(html: str) -> list[int]:
    return [int(key) for key in re.findall(r'<h3 id="review-(\d+)"', html)]


def make_many(count: int, *, start=datetime(2026, 6, 1, tzinfo=UTC), step=timedelta(days=1)) -> list[Testimonial]:
    """Make published reviews, newest first."""
    return [make_review("published", submitted_at=start - number * step) for number in range(count)]


def with_photo(media) -> Testimonial:
    review = make_review(allow=["words", "photo"])
    photos.hold(images.reencode(with_gps()))
    Photo.objects.update(review=review)
    return moderation.approve(review.pk, by=make_user("moderator"), version=1, with_photo=True)


# --- shown reviews ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [status for status in Status.values if status != Status.PUBLISHED])
def test_only_published_reviews_are_shown(client, status):
    shown, other = make_review("published"), make_review(status, words="Zebra words that nobody may read yet.")

    html = page(client)

    assert shown_keys(html) == [shown.pk]
    assert "Zebra" not in html + page(client, "/")
    assert f"/reviews/{shown.pk}/" in page(client, "/")
    assert f"/reviews/{other.pk}/" not in page(client, "/")


def test_a_hidden_review_is_nowhere(client, media):
    review = with_photo(media)
    reports.hide(review.pk, by=make_user("moderator"))

    assert review.shown_words not in page(client) + page(client, "/")
    assert client.get(f"/reviews/{review.pk}/").status_code == 404
    assert client.get(f"/reviews/{review.pk}/tell/").status_code == 404
    assert client.get(review.shown_photo.url).status_code == 410


def test_a_review_is_pending_until_it_is_published(client):
    review = make_review(words="They sat with me until it got light.", name="Mo", stars=2)
    before = page(client)

    moderation.approve(review.pk, by=make_user("moderator"), version=1)

    after = page(client)
    assert "until it got light" not in before
    assert "until it got light" in after
    assert "<bdi>Mo</bdi></h3>" in after
    assert "2 of 5 stars" in after
    assert "writer@example.org" not in after


def test_only_what_was_allowed_is_shown(client):
    make_review("published", name="Mo", allow=["words"])

    html = page(client)

    assert "<bdi>Someone who wrote to us</bdi>" in html
    assert ">Mo<" not in html


def test_line_breaks_and_emoji_are_kept_and_markup_is_text(client):
    make_review("published", words="First line 🌊\nsecond <b>line</b>\n\nNew paragraph")

    html = page(client)

    assert "<p>First line 🌊<br>second &lt;b&gt;line&lt;/b&gt;</p>\n\n<p>New paragraph</p>" in html
    assert '<blockquote dir="auto">' in html


def test_a_card_says_who_is_related_to_us_and_whose_address_is_confirmed(client):
    make_review("published", relationship=Relationship.PAID, stars=None)
    html = page(client)
    assert "<b>Was offered something for this review</b>" in html
    assert "No stars given" in html
    assert "Email confirmed" in html
    assert "verified" not in html.lower()

    Testimonial.objects.update(confirmed_at=None)
    assert "Email confirmed" not in page(client)


@pytest.mark.parametrize(
    ("source", "name", "said"),
    [("google", "", "Google"), ("google", "Google Maps", "Google Maps"), ("other", "", "Another site")],
)
def test_a_review_from_elsewhere_says_where_it_was_written(client, source, name, said):
    make_review("published", source=source, source_name=name, source_id="1")

    assert f"Written on {said}" in text(page(client))


def test_the_reply_is_below_the_review(client):
    make_review("published", reply="Thank you for writing.", replied_at=timezone.now())

    assert "<p>Thank you for writing.</p>" in page(client)


def test_no_star_rating_is_offered_to_search_engines(client):
    review = make_review("published", stars=5)

    for url in ("/", "/reviews/", "/reviews/how/", f"/reviews/{review.pk}/"):
        html = page(client, url)
        data = [json.loads(found) for found in re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)]
        assert "Rating" not in json.dumps(data)
        assert '"Review"' not in json.dumps(data)
        assert "itemprop" not in html


def test_there_is_no_way_to_choose_by_stars(client):
    make_review("published", stars=5, words="Five stars, and these words.")
    make_review("published", stars=1, words="One star, and other words.")

    plain = page(client)

    assert "<select" not in plain
    assert not re.search(r'href="[^"]*(?:star|sort|rating|order)[^"]*"', plain)
    for query in ("stars=5", "sort=stars", "rating=5", "order=best"):
        assert shown_keys(page(client, f"/reviews/?{query}")) == shown_keys(plain)


# --- pages of the list -----------------------------------------------------------------------------------------------


def links(html: str) -> dict[str, str]:
    """The links to other pages, by name, without the place on the page."""
    found = re.findall(r'<a href="([^"#]*)#list" rel="(?:prev|next)">(\w+) reviews</a>', html)
    return {name: url if url.startswith("/") else f"/reviews/{url}" for url, name in found}


def test_older_and_newer_lead_through_the_whole_list_and_back(client):
    keys = [review.pk for review in make_many(25)]
    assert public_list.PAGE_SIZE == 10

    first = page(client)
    second = page(client, links(first)["Older"])
    third = page(client, links(second)["Older"])

    assert shown_keys(first) + shown_keys(second) + shown_keys(third) == keys
    assert links(first).keys() == {"Older"}
    assert links(third).keys() == {"Newer"}
    assert shown_keys(page(client, links(third)["Newer"])) == keys[10:20]
    assert links(second)["Newer"] == "/reviews/"


def test_reviews_of_the_same_moment_are_neither_lost_nor_repeated(client):
    keys = [review.pk for review in make_many(15, step=timedelta(0))][::-1]

    first = page(client)

    assert shown_keys(first) + shown_keys(page(client, links(first)["Older"])) == keys


def test_a_withdrawn_review_still_marks_its_place(client):
    reviews = make_many(25)
    older = links(page(client))["Older"]
    assert older == f"/reviews/?after={reviews[9].pk}"

    author.withdraw(reviews[9].pk, how="private link")

    assert shown_keys(page(client, older)) == [review.pk for review in reviews[10:20]]
    author.withdraw(reviews[8].pk, how="private link")
    assert links(page(client, links(page(client, older))["Older"]))["Newer"] == f"/reviews/?after={reviews[7].pk}"


def test_no_address_of_the_list_holds_a_time(client):
    make_many(25, step=timedelta(days=60))

    html = page(client)

    found = re.findall(r'href="[^"]*\?([^"#]*)', html)
    assert len(found) > 3
    assert all(re.fullmatch(r"after=\d+|year=\d{4}", query) for query in found)


def test_readers_can_jump_to_a_year(client):
    reviews = make_many(25, start=datetime(2026, 3, 5, tzinfo=UTC), step=timedelta(days=30))
    of_2025 = [review.pk for review in reviews if review.submitted_at.year <= 2025]
    top = page(client)
    assert re.findall(r'<a href="\?year=(\d+)#list"', top) == ["2026", "2025", "2024"]

    jumped = page(client, "/reviews/?year=2025")

    assert shown_keys(jumped) == of_2025[:10]
    assert '<h2 id="list">Reviews from 2025 and before</h2>' in jumped
    assert '<a href="?year=2025#list" aria-current="page">2025</a>' in jumped
    assert links(jumped) == {"Newer": "/reviews/", "Older": f"/reviews/?after={of_2025[9]}"}
    assert links(page(client, "/reviews/?year=2026")).keys() == {"Older"}


def test_a_year_begins_when_it_does_here(client):
    eve = make_review("published", submitted_at=datetime(2026, 1, 1, 4, 59, tzinfo=UTC))  # 23:59 in New York
    make_review("published", submitted_at=datetime(2026, 1, 1, 5, 0, tzinfo=UTC))

    assert shown_keys(page(client, "/reviews/?year=2025")) == [eve.pk]


@pytest.mark.parametrize(
    "query",
    [
        *("after=", "after=x", "after=-1", "after=0", "after=1.5", "after=%00", "after=1e3", "after=٣", "after=1%20"),
        *("after=9999999999999999999", "after=" + "9" * 5000, "after=1;drop", "year=", "year=x", "year=0", "year=1899"),
        *("year=2999", "year=20260", "year=%00", "year=-2025", "after=1&after=x", "after=1&year=2025"),
    ],
)
def test_an_address_that_is_not_ours_is_not_found(client, query):
    make_review("published")

    assert client.get(f"/reviews/?{query}").status_code == 404


@pytest.mark.parametrize("query", ["after=999999999999999999", "after=1", "year=1990"])
def test_a_place_at_the_end_of_the_list_leads_to_the_top(client, query):
    make_review("published")

    response = client.get(f"/reviews/?{query}")

    assert (response.status_code, response.headers["Location"]) == (302, "/reviews/")


@pytest.mark.parametrize("number", ["1", "2", "9999", "x", ""])
def test_old_addresses_of_pages_lead_to_the_list(client, number):
    response = client.get(f"/reviews/?page={number}")

    assert (response.status_code, response.headers["Location"]) == (301, "/reviews/")


def test_a_page_of_the_list_takes_one_query_wherever_it_is(client, django_assert_num_queries):
    reviews = make_many(25)
    page(client)

    for query in ("", "?year=2026", f"?after={reviews[9].pk}", f"?after={reviews[19].pk}"):
        with django_assert_num_queries(1):
            page(client, f"/reviews/{query}")
    for url in (f"/reviews/{reviews[0].pk}/", "/reviews/how/"):
        with django_assert_num_queries(1):
            page(client, url)
    Testimonial.objects.update(status=Status.WITHDRAWN, shown_words="", shown_name="")
    with django_assert_num_queries(2):
        page(client)


# --- counts and reasons on the list ----------------------------------------------------------------------------------


def test_the_page_counts_what_it_holds_back_and_why(client):
    for stars, day in ((5, 1), (5, 2), (2, 3), (None, 4)):
        make_review("published", stars=stars, submitted_at=datetime(2026, day, 15, tzinfo=UTC))
    make_review("declined", stars=5, reason=Reason.ELSEWHERE)
    make_review("declined", stars=1, reason=Reason.PERSON)
    make_review()
    make_review(allow=[])  # visible to staff only: neither withheld nor pending

    html = page(client)

    said = text(html)
    assert "Showing 4 reviews" in said
    assert "Written from January 2026 to April 2026. The newest come first." in said
    assert "4.0 of 5 stars on average, over the 3 shown reviews that have stars." in said
    assert "2 withheld, and why:" in said
    assert f"1: {Reason.ELSEWHERE.label}" in said
    assert f"1: {Reason.PERSON.label}" in said
    assert "1 has not been read yet." in said
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


def test_staff_and_paid_authors_are_in_no_average_and_no_table(client):
    for stars, relationship in ((5, "staff"), (5, "paid"), (5, "paid"), (2, "stayed"), (1, "family")):
        make_review("published", stars=stars, relationship=relationship)
    make_review("declined", stars=5, relationship="staff", reason=Reason.FAKE)
    make_review(stars=5, relationship="paid")
    hidden = make_review("published", stars=5, relationship="staff")
    reports.hide(hidden.pk, by=make_user("moderator"))

    html = page(client)

    said = text(html)
    assert "Showing 5 reviews" in said
    assert (
        "1.5 of 5 stars on average, over the 2 shown reviews that have stars and are not by people who work here or "
        "were offered something."
    ) in said
    assert (
        "6 reviews are in neither the average nor the table: their authors say that they work here, are close to "
        "someone who does, or were offered something for it."
    ) in said
    assert "1 withheld, and why:" in said
    assert "Reviews by stars, without those of people who work here or were offered something" in said
    assert re.findall(r'<th scope="row">(\d stars?|All)</th>.*?<td>(\d)</td><td>(\d)</td></tr>', html) == [
        ("5 stars", "0", "0"),
        ("4 stars", "0", "0"),
        ("3 stars", "0", "0"),
        ("2 stars", "1", "0"),
        ("1 star", "1", "0"),
        ("All", "2", "0"),
    ]
    assert "Not shown for now, by stars" not in said


def test_what_is_not_shown_for_now_is_split_by_stars(client):
    make_review("published", stars=5)
    for stars in (1, 1, 4):
        make_review(stars=stars)
    for number, stars in enumerate((1, 2, None)):
        make_review(stars=stars, source="google", source_id=f"{number}", allow_words=False)
    hidden = make_review("published", stars=1)
    reports.hide(hidden.pk, by=make_user("moderator"))

    html = page(client)

    table = html[html.index("Not shown for now, by stars") :]
    assert re.findall(r'<th scope="col">([^<]+)</th>', table) == ["Stars", "Not read yet", "Hidden", "On other sites"]
    assert re.findall(r'<th scope="row">(\d stars?|No stars)</th><td>(\d)</td><td>(\d)</td><td>(\d)</td>', table) == [
        ("5 stars", "0", "0", "0"),
        ("4 stars", "1", "0", "0"),
        ("3 stars", "0", "0", "0"),
        ("2 stars", "0", "0", "1"),
        ("1 star", "2", "1", "1"),
        ("No stars", "0", "0", "1"),
    ]


def test_too_few_that_wait_are_not_split_for_whoever_decides_on_them(client):
    make_review(stars=1)
    make_review(stars=5)

    said = text(page(client))

    assert "2 have not been read yet. We count stars here only once three or more wait" in said
    assert "Not shown for now, by stars" not in said


def test_without_reviews_the_page_says_so(client):
    said = text(page(client))

    assert "No reviews are shown None withheld." in said
    assert "Showing" not in said
    assert "average" not in said
    assert "newest come first" not in said
    assert "Not shown for now" not in said


def test_with_one_of_each_the_page_speaks_of_one(client):
    make_review("published", stars=4, submitted_at=datetime(2026, 4, 15, tzinfo=UTC))
    make_review("declined")
    make_review(source="google", source_id="1", allow_words=False)
    hidden = make_review("published", stars=1)
    reports.hide(hidden.pk, by=make_user("moderator"))

    html = page(client)

    said = text(html)
    assert "Showing 1 review " in said
    assert "Written in April 2026." in said
    assert "4.0 of 5 stars on average, over the 1 shown review that has stars." in said
    assert "1 withheld, and why:" in said
    assert "1 is hidden while we check if someone is in danger." in said
    assert "1 was written on other sites, and we have no permission on file to show it here." in said
    assert "been read yet" not in said
    assert '<th scope="row">1 star</th>' in html
    assert re.search(r"1 star</th>.*<td>0</td><td>0</td></tr>", html)


def test_with_thousands_the_page_separates_them(client, moderator_rows):
    moderator_rows(published=1234, declined=2345, pending=3456, unpermitted=4567)

    said = text(page(client))

    assert "Showing 1,234 reviews" in said
    assert "over the 1,234 shown reviews that have stars" in said
    assert "2,345 withheld, and why:" in said
    assert f"2,345: {Reason.FAKE.label}" in said
    assert "3,456 have not been read yet." in said
    assert "4,567 were written on other sites, and we have no permission on file to show them here." in said


@pytest.fixture
def moderator_rows():
    """Make many rows in one statement, so that the counters count them."""
    one, other = make_user("moderator"), make_user("moderator")

    def make(*, published=0, declined=0, pending=0, unpermitted=0):
        now = timezone.now()
        decided = {"decided_at": now, "decided_by": one}
        kinds = {
            "p": (
                published,
                {"status": "published", "shown_words": "Words.", "allow_words": True, "stars": 3, **decided},
            ),
            "d": (declined, {"status": "declined", "reason": Reason.FAKE, "proposed_by": other, "stars": 1, **decided}),
            "w": (pending, {"status": "pending", "allow_words": True}),
            "u": (unpermitted, {"status": "pending", "source": "google"}),
        }
        Testimonial.objects.bulk_create(
            Testimonial(key=f"{kind}{number}", relationship="unsaid", source_id=f"{number}", **fields)
            for kind, (count, fields) in kinds.items()
            for number in range(count)
        )

    return make


def test_a_withdrawn_review_is_counted_nowhere(client):
    make_review("withdrawn")
    make_review("expired")

    assert "None withheld." in text(page(client))


# --- one review ------------------------------------------------------------------------------------------------------


def test_a_review_has_its_own_address(client):
    review = make_review("published", words="Words of its own.")

    html = page(client, f"/reviews/{review.pk}/")

    assert "Words of its own." in html
    assert '<meta name="robots" content="noindex">' in html
    assert f'href="/reviews/{review.pk}/tell/"' in html
    assert f'href="/reviews/{review.pk}/"' in page(client)


@pytest.mark.parametrize("status", ["withdrawn", "expired"])
def test_a_review_that_is_no_longer_shown_is_gone_with_numbers_to_call(client, status):
    review = make_review("published", words="Zebra words.")
    author.withdraw(review.pk, how="by phone") if status == "withdrawn" else lifecycle.expire(review.pk)

    response = client.get(f"/reviews/{review.pk}/")

    assert response.status_code == 410
    html = response.content.decode()
    assert "Zebra" not in html
    for number in ("tel:911", "tel:988", "tel:+18006624357"):
        assert f'href="{number}"' in html
    assert client.get(f"/reviews/{review.pk}/tell/").status_code == 410
    assert client.post(f"/reviews/{review.pk}/tell/", {"kind": "fake"}).status_code == 410


def test_a_review_that_was_never_shown_is_not_found(client):
    never = [make_review(status) for status in ("unconfirmed", "pending", "declined")]
    withdrawn = make_review()
    author.withdraw(withdrawn.pk, how="by phone")

    for key in [*(review.pk for review in never), withdrawn.pk, 0, 10**12, 10**30, "9" * 5000]:
        for url in (f"/reviews/{key}/", f"/reviews/{key}/tell/"):
            assert client.get(url).status_code == 404, url
            assert client.post(f"/reviews/{key}/tell/", {"kind": "fake"}).status_code == 404, url


# --- photos ----------------------------------------------------------------------------------------------------------


def test_a_photo_is_shown_without_its_metadata_and_deleted_with_the_review(client, media):
    review = with_photo(media)
    url = review.shown_photo.url
    assert re.fullmatch(r"/media/reviews/[0-9a-f]{32}\.jpeg", url)
    assert f'<img src="{url}" alt="Photo sent with this review"' in page(client)

    answer = client.get(url)
    author.withdraw(review.pk, how="by phone")
    after = client.get(url)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"SecretCamera" not in answer.content
    assert after.status_code == 410
    assert list(media.rglob("*.jpeg")) == []
    assert url not in page(client)


def test_a_photo_of_no_review_looks_like_one_that_is_gone(client, media):
    review = with_photo(media)
    gone = review.shown_photo.url
    author.withdraw(review.pk, how="by phone")
    (media / "reviews" / ("0" * 32 + ".png")).write_bytes(b"left behind")

    answers = [client.get(url) for url in (gone, f"/media/reviews/{'f' * 32}.jpeg", f"/media/reviews/{'0' * 32}.png")]

    assert [answer.status_code for answer in answers] == [410, 410, 410]
    assert len({answer.content for answer in answers}) == 1


def test_a_photo_whose_file_is_missing_is_gone(client, media):
    review = with_photo(media)
    [path.unlink() for path in media.rglob("*.jpeg")]

    assert client.get(review.shown_photo.url).status_code == 410


@pytest.mark.parametrize(
    "name",
    [
        *("../keys/secret_key", "..%2f..%2fkeys%2fsecret_key", "%2e%2e/x.png", "x.png", "0" * 32, "0" * 32 + ".svg"),
        *("0" * 31 + ".png", "0" * 33 + ".png", "A" * 32 + ".png", "0" * 32 + ".png/", "0" * 32 + ".png%0a"),
        *("0" * 32 + ".png%00", "0" * 32 + ".jpeg.png", "", "٠" * 32 + ".png"),
    ],
)
def test_any_other_name_is_not_found(client, name):
    assert client.get(f"/media/reviews/{name}").status_code == 404


# --- caching ---------------------------------------------------------------------------------------------------------


KEPT_FOR = {
    200: "public, max-age=5, s-maxage=10, stale-while-revalidate=10, stale-if-error=30",
    301: "public, max-age=5, s-maxage=10",
    302: "private, no-store",
    410: "public, max-age=5, s-maxage=10",
}


def test_copies_in_caches_live_for_seconds(client, media):
    review, other = with_photo(media), make_review("published")
    photo = review.shown_photo.url
    author.withdraw(other.pk, how="by phone")
    urls = [
        "/",
        "/reviews/",
        "/reviews/?page=2",
        "/reviews/?year=1990",
        "/reviews/how/",
        f"/reviews/{review.pk}/",
        photo,
    ]
    urls += [f"/reviews/{other.pk}/", f"/media/reviews/{'0' * 32}.png"]

    for url in urls:
        response = client.get(url)
        said = response.headers["Cache-Control"]
        assert said.startswith(KEPT_FOR[response.status_code]), url
        assert not response.cookies
        assert response.headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"
    assert "no-cache" in client.get(f"/reviews/{review.pk}/tell/").headers["Cache-Control"]


# --- reports ---------------------------------------------------------------------------------------------------------


def send_report(client, review, **fields):
    url = f"/reviews/{review.pk}/tell/"
    return client.post(url, {**form(client, url), "kind": "fake", **fields})


def test_a_reported_review_stays_up(client):
    review = make_review("published")

    response = send_report(client, review, kind="about_me", text="This is about my quokka farm.")

    assert (response.status_code, response.headers["Location"].partition("?")[0]) == (302, "/reviews/told/")
    assert not response.cookies
    assert "Thank you for telling us" in page(client, response.headers["Location"])
    remark = Report.objects.get()
    assert (remark.review, remark.kind, remark.payload) == (
        review,
        "about_me",
        {"text": "This is about my quokka farm."},
    )
    assert b"quokka" not in bytes(remark.sealed)
    assert [step.kind for step in review.events.filter(kind=ReviewEvent.Kind.REPORTED)] == ["reported"]
    assert shown_keys(page(client)) == [review.pk]


def test_a_report_needs_no_cookie(client):
    review = make_review("published")

    response = send_report(Client(enforce_csrf_checks=True), review)

    assert response.status_code == 302


def test_a_report_of_danger_hides_it_at_once(client):
    review = make_review("published")

    send_report(client, review, kind="safety")

    assert shown_keys(page(client)) == []
    assert "1 is hidden" in text(page(client))
    assert page(client, "/reviews/told/")


def test_a_report_counts_after_another_one_hid_the_review(client):
    review = make_review("published")
    url = f"/reviews/{review.pk}/tell/"
    shown = form(client, url)
    send_report(client, review, kind="safety")

    assert client.post(url, {**shown, "kind": "about_me"}).status_code == 302
    assert Report.objects.count() == 2


def test_the_same_report_again_is_one_report(client):
    review, other = make_review("published"), make_review("published")
    url = f"/reviews/{review.pk}/tell/"
    data = {**form(client, url), "kind": "fake"}

    assert [client.post(url, data).status_code for _ in range(3)] == [302, 302, 302]
    assert client.post(f"/reviews/{other.pk}/tell/", data).status_code == 302
    assert Report.objects.count() == 1


def test_a_report_that_describes_danger_is_answered_with_crisis_steps(client):
    review = make_review("published")

    response = send_report(client, review, kind="other", text="This is me. I am going to kill myself tonight.")

    assert "kill" not in base64.urlsafe_b64decode(response.cookies["review"].value + "==").decode(errors="replace")
    assert response.cookies["review"]["httponly"]
    html = page(client, "/reviews/told/")
    assert "Do this first" in html
    assert "Call or text 988" in html
    left = client.get("/leave/")
    assert left.cookies["review"]["max-age"] == 0
    assert left.cookies["review"]["path"] == response.cookies["review"]["path"] == "/reviews/"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"kind": ""}, "Choose what fits best."),
        ({"kind": "nonsense"}, "Choose one of the answers in the list."),
        ({"text": "x" * 2001}, "This is 2001 characters long. Please shorten it to 2000."),
        ({"text": "nu\0ll"}, "This holds a character that we cannot store."),
    ],
)
def test_a_refused_report_says_why_and_keeps_the_text(client, fields, error):
    review = make_review("published")

    response = send_report(client, review, **{"text": "Words to keep.", **fields})

    assert response.status_code == 422
    html = response.content.decode()
    assert error in html
    assert fields.get("text", "Words to keep.").replace("\0", "") in html.replace("\0", "")
    assert "<title>Error:" in html
    assert Report.objects.count() == 0


def test_a_report_without_the_forms_token_is_shown_again(client):
    review = make_review("published")

    response = client.post(f"/reviews/{review.pk}/tell/", {"kind": "fake", "text": "Words to keep."})

    assert response.status_code == 403
    assert b"Words to keep." in response.content
    assert Report.objects.count() == 0


def test_reports_from_one_address_are_limited(client):
    review = make_review("published")
    for _ in range(report_views.report_limit.max_hits + 1):
        assert send_report(client, review).status_code == 302

    response = send_report(client, review, text="Words to keep.")

    assert response.status_code == 429
    assert b"Words to keep." in response.content
    assert "no-store" in response.headers["Cache-Control"]
    assert Report.objects.count() == report_views.report_limit.max_hits + 1
    other = client.post(
        f"/reviews/{review.pk}/tell/", {**form(client, "/help/"), "kind": "fake"}, REMOTE_ADDR="198.51.100.7"
    )
    assert other.status_code == 302


# --- the handling page -----------------------------------------------------------------------------------------------


def test_the_rules_name_every_reason_word_for_word(client):
    said = text(page(client, "/reviews/how/"))

    assert [label for label in Reason.labels if f"{label}." not in said] == []
    assert "Too few" not in said
    assert "We made no decisions in these weeks" in said


def decide(shown_low=0, held_low=0, shown_high=0, held_high=0, *, at=None, **others):
    """Make decided reviews by stars."""
    one, other = make_user("moderator"), make_user("moderator")
    groups = [
        (1, "published", shown_low),
        (2, "declined", held_low),
        (4, "published", shown_high),
        (5, "declined", held_high),
    ]
    groups += [(3, "published", others.get("shown_middle", 0)), (None, "declined", others.get("held_none", 0))]
    Testimonial.objects.bulk_create(
        Testimonial(
            key=f"{at}{stars}{status}{number}",
            relationship="unsaid",
            stars=stars,
            status=status,
            shown_words="Words." if status == "published" else "",
            allow_words=True,
            decided_at=at or timezone.now(),
            decided_by=one,
            proposed_by=other if status == "declined" else None,
            reason="fake" if status == "declined" else "",
        )
        for stars, status, count in groups
        for number in range(count)
    )


@pytest.mark.parametrize(
    ("table", "heading", "p"),
    [
        ((1, 1, 1, 1), "Too few decisions to tell", "= 1.000"),
        ((3, 0, 3, 0), "Too few decisions to tell", "= 1.000"),
        ((20, 5, 40, 10), "No sign that we withhold low ratings more often", "= 1.000"),
        ((10, 10, 90, 10), "We withheld low ratings more often than chance would explain", "&lt; 0.001"),
        ((90, 10, 10, 10), "We withheld high ratings more often than chance would explain", "&lt; 0.001"),
    ],
)
def test_low_and_high_are_compared_in_plain_words(client, table, heading, p):
    decide(*table)

    html = page(client, "/reviews/how/")

    assert f'<h3 id="fair">{heading}</h3>' in html
    assert f"p {p}" in text(html)


def test_recent_decisions_are_counted_by_stars_and_week(client):
    decide(8, 2, 9, 1, shown_middle=4, held_none=1)
    decide(5, 0, 0, 0, at=timezone.now() - timedelta(weeks=11))
    decide(7, 0, 0, 0, at=timezone.now() - timedelta(weeks=12))  # too long ago
    for status in ("withdrawn", "expired", "pending"):
        make_review(status)

    html = page(client, "/reviews/how/")

    cells = r"<td>(\d+)</td><td>(\d+)</td><td>([^<]*)</td></tr>"
    assert re.findall(rf'<th scope="row">([^<]+)</th>{cells}', html) == [
        ("1–2 stars", "13", "2", "13.3%"),
        ("3 stars", "4", "0", "0.0%"),
        ("4–5 stars", "9", "1", "10.0%"),
        ("No stars", "0", "1", "100.0%"),
        ("All", "26", "4", "13.3%"),
    ]
    weeks = re.findall(r'<tr><th scope="row"><time datetime="[^"]+">[^<]+</time></th>(.*?)</tr>', html)
    said = [[text(cell) for cell in re.findall(r"<td>(.*?)</td>", week)] for week in weeks]
    assert len(said) == 12
    assert said[0] == ["8 shown / 2 withheld", "4 shown / 0 withheld", "9 shown / 1 withheld", "0 shown / 1 withheld"]
    assert said[11] == ["5 shown / 0 withheld", "–none", "–none", "–none"]
    assert all(week == ["–none"] * 4 for week in said[1:11])


def test_samples_are_counted_only_as_long_as_there_are_no_other_reviews():
    make_review(Status.PUBLISHED, stars=1, is_sample=True)
    make_review(Status.DECLINED, stars=1, is_sample=True)
    assert (statistics.RecentDecisions().low.shown, statistics.RecentDecisions().low.withheld) == (1, 1)

    make_review(Status.DECLINED, stars=2)

    assert (statistics.RecentDecisions().low.shown, statistics.RecentDecisions().low.withheld) == (0, 1)


def test_a_hidden_review_counts_as_withheld_among_the_decisions():
    review = make_review(Status.PUBLISHED, stars=1)
    reports.hide(review.pk, by=make_user("moderator"))

    low = statistics.RecentDecisions().low

    assert (low.shown, low.withheld) == (0, 1)


def test_readers_see_how_many_reviews_staff_took_down_for_their_authors(client):
    for stars in (1, 2, 5):
        author.withdraw(make_review(Status.PUBLISHED, stars=stars).pk, how="on the phone", by=make_user("moderator"))
    author.withdraw(make_review(stars=1).pk, how="the private link")
    author.withdraw(make_review(Status.PUBLISHED, stars=4).pk, how="the private link")

    said = text(page(client, "/reviews/how/"))

    assert "in person: 2 with 1–2 stars, 1 with 4–5 stars. They are not in the table." in said


def test_the_home_page_says_who_works_here(client):
    make_review("published", relationship="staff", stars=5)
    make_review("published", relationship="stayed", stars=4)

    said = text(page(client, "/"))

    assert said.count("(Works or worked here)") == 1
    assert "The newest reviews on our list, whatever their stars." in said
