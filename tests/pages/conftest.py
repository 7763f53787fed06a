"""The address of every kind of public page."""

import pytest

from testimonials.services.author import withdraw
from tests.factories import make_live, make_review

FIXED = [
    *("/", "/articles/", "/search/", "/reviews/", "/reviews/new/", "/reviews/sent/", "/help/", "/help/sent/"),
    *("/help/own/", "/privacy/", "/accessibility/", "/reviews/how/", "/reviews/told/"),
    *("/reviews/link/", "/reviews/link/sent/"),
]


@pytest.fixture
def pages(db):
    """The address of every kind of public page, with content on each."""
    edition = make_live("<h2>First</h2><p>Words about naloxone.[1]</p>", sources=1)
    review = make_review("published", reply="Thank you for writing.")
    gone = make_review("published")
    withdraw(gone.pk, how="by phone")
    return [
        *FIXED,
        f"/reviews/{review.pk}/",
        f"/reviews/{review.pk}/tell/",
        f"/reviews/{gone.pk}/",
        edition.get_absolute_url(),
        edition.article.topic.get_absolute_url(),
        "/search/?q=naloxone",
        "/search/?q=nothingofthekind",
        "/no-such-page/",
    ]
