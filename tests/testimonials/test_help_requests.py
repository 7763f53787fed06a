"""Reviews that show danger now: the box, the request they become, and its place in the queue."""

import pytest
from django.test import Client
from django.urls import reverse

from detoxsite.core.models import RateCount
from detoxsite.core.public_forms import rate_limit
from detoxsite.core.public_forms.rate_limit import RateLimit, delete_past
from detoxsite.sample.loader.content import read
from intake import services
from intake.models import CallForHelp, Channel, Outcome
from intake.reception import receive
from intake.reception.identifiers import Identity
from testimonials.models import Testimonial
from testimonials.services import author, submission
from tests.core.public_forms.test_forms import HELP, REVIEW, VALID, carried, form
from tests.factories import CONSENT

pytestmark = pytest.mark.django_db

DANGER = "My son was here. He is on the floor right now, he is not breathing and his lips are blue."
WORRY = "Nice place, but I am drinking again and I feel so alone."
PRAISE = "I overdosed in 2022 and woke up in the ER. They saved my life, I was going to die."


def send(client, words):
    """Send the real form, and send it as it is where the page "before you send" comes up."""
    page = client.post(REVIEW, {**form(client, REVIEW), **VALID[REVIEW], "words": words}, follow=True)
    return page if page.redirect_chain else client.post(REVIEW, carried(page), follow=True)


def submit(number, words=DANGER, network="192.0.2.7"):
    return submission.submit(
        key=f"review-{number}", words=words, email=f"w{number}@example.org", relationship="stayed", network=network
    )


def ask(number, story=""):
    return receive.receive(
        {"phone": f"(212) 555-01{number:02}", "story": story}, Identity.of(f"c{number}"), consent=CONSENT["sha256"]
    )


def listed(client):
    page = client.get(reverse("admin:intake_callforhelp_changelist"))
    sections = page.context["cl"].sections
    return [row.call.pk for section in sections for row in section.rows], page.content.decode()


@pytest.mark.parametrize(
    ("words", "box", "line", "requests"), [(DANGER, True, False, 1), (WORRY, False, True, 0), (PRAISE, False, False, 0)]
)
def test_the_big_box_is_for_present_danger_only(client, as_role, words, box, line, requests):
    page = send(client, words).content.decode()

    assert ('href="tel:911">' in page and "Do this first" in page) is box
    assert ("Are you having a hard time?" in page) is line
    assert CallForHelp.objects.count() == requests
    review = author.confirm(Testimonial.objects.get().pk)
    address = reverse("admin:testimonials_testimonial_change", args=[review.pk])
    note = as_role("moderator").get(address).content.decode()
    assert ("The author may be struggling" in note) is line
    assert ("Possible danger" in note) is box
    queue = as_role("moderator").get(reverse("admin:testimonials_testimonial_changelist") + "?queue=all")
    assert ("The author may be struggling" in queue.content.decode()) is line


def test_a_request_about_stopping_shows_the_steps_for_it():
    """The page after the real form, which people read before anybody calls."""
    for story, is_shown in [("quit valium", True), ("stopped drinking 2 days ago", True), ("a bed for my son", False)]:
        client = Client()
        sent = client.post(HELP, {**form(client, HELP), **VALID[HELP], "story": story}, follow=True)

        assert ("Have you stopped already?" in sent.content.decode()) is is_shown, story


def test_unconfirmed_reviews_stand_below_everybody_who_can_be_called(as_role):
    submit(1)
    calls = [ask(number) for number in range(2)]
    client = as_role("admissions")

    keys, _ = listed(client)

    assert keys[:2] == [call.pk for call in calls]
    assert len(keys) == 3


def test_those_that_arrive_together_are_one_row_and_close_together(as_role):
    reviews = [submit(number) for number in range(5)]
    submit(9, network="198.51.100.1")
    client = as_role("admissions")

    keys, page = listed(client)

    assert CallForHelp.objects.count() == 6
    assert len(keys) == 2
    assert "4 more arrived together with it" in page
    first = CallForHelp.objects.get(pk=keys[0])
    assert (
        "Arrived together with this one"
        in client.get(reverse("admin:intake_callforhelp_change", args=[first.pk])).content.decode()
    )
    author.confirm(reviews[3].pk)
    assert len(listed(client)[0]) == 3


def test_closing_a_row_closes_only_what_staff_were_shown(as_role, monkeypatch):
    """A real danger among many is never closed unread: what the page did not show stays, as a row."""
    monkeypatch.setattr("intake.admin.detail_context.MAX_TOGETHER", 2)
    for number in range(5):
        submit(number, f"{DANGER} Number {number}.")
    client = as_role("admissions")
    first = CallForHelp.objects.get(pk=listed(client)[0][0])

    page = client.get(reverse("admin:intake_callforhelp_change", args=[first.pk])).content.decode()
    late = submit(5, f"{DANGER} Number 5.")
    services.close(first.pk, by=client.user, outcome=Outcome.REACHED)

    shown = [f"Number {number}." in page for number in range(5)]
    assert shown == [True, True, True, False, False]
    assert CallForHelp.objects.open().count() == 3
    keys, page = listed(client)
    assert len(keys) == 1
    assert "2 more arrived together with it" in page
    assert late.pk


def test_unconfirmed_reviews_lose_their_row_when_confirmed():
    review = submit(1)
    author.confirm(review.pk)
    assert CallForHelp.objects.filter(channel=Channel.REVIEW, arrived_with=None).count() == 1


def test_a_minor_stands_above_an_adult_with_the_same_signs(as_role):
    adult = ask(1, "stopped heroin yesterday")
    minor = ask(2, "im 16 and stopped heroin yesterday")
    pregnant = ask(3, "pregnant and drinking every day")
    danger = ask(4, "he is not breathing")
    client = as_role("admissions")

    assert listed(client)[0] == [danger.pk, minor.pk, pregnant.pk, adult.pk]


def test_sample_reviews_raise_no_request_and_requests_of_samples_are_samples():
    for number, entry in enumerate(read("reviews.toml")["reviews"]):
        submit(number, entry["words"])
    assert CallForHelp.objects.count() == 0

    submission.submit(key="s", words=DANGER, email="s@example.org", relationship="stayed", is_sample=True)

    assert CallForHelp.objects.get().is_sample
    assert Testimonial.objects.count() == 1 + len(read("reviews.toml")["reviews"])


def test_a_limit_holds_in_another_process_and_forgets_past_windows():
    """Two objects of one name are what two processes have."""
    one, other = (RateLimit("test", window=600, max_hits=3) for _ in range(2))

    assert [limit.hit("192.0.2.7") for limit in (one, other, one, other)] == [False, False, False, True]
    assert one.is_exceeded("192.0.2.7")
    assert not one.is_exceeded("192.0.2.8")
    assert [one.hit(f"2001:db8::{number}") for number in range(4)] == [False, False, False, True]
    RateCount.objects.update(ends_at="2020-01-01T00:00:00Z")
    one.hit("203.0.113.1")
    delete_past()
    assert RateCount.objects.count() == 1
    with pytest.raises(ValueError, match="3600 seconds at most"):
        RateLimit("test", window=3601, max_hits=3)


def test_a_network_that_floods_a_form_costs_no_queries(django_assert_num_queries, monkeypatch):
    limit = RateLimit("test", window=600, max_hits=3)
    assert [limit.hit("192.0.2.7") for _ in range(4)] == [False, False, False, True]

    with django_assert_num_queries(0):
        assert limit.hit("192.0.2.7")
    assert not limit.hit("192.0.2.8")
    monkeypatch.setattr(rate_limit, "KNOWN_FOR", -1.0)
    rate_limit._exceeded.clear()
    for _ in range(2):
        with django_assert_num_queries(1):
            assert limit.hit("192.0.2.7")
