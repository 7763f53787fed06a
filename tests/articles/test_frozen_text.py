"""Signed editions that hold control characters, from before text was tidied: people and machines can read them."""

from xml.etree import ElementTree

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from articles.content import finished
from articles.models import Edition, Reminder
from articles.reminders import email_of
from detoxsite.core import site_profile
from tests.factories import make_live

pytestmark = pytest.mark.django_db
TITLE = "Baclofen\v and\x01 sl\u00adeep\u202e\uffff"


@pytest.fixture
def edition():
    edition = make_live("<p>Nothing of note.</p>")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # without the triggers that freeze it
        cursor.execute("UPDATE articles_edition SET title = %s, summary = %s WHERE id = %s", [TITLE, TITLE, edition.pk])
        cursor.execute("UPDATE detoxsite_siteprofile SET name = %s", ["The\v center\x02"])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    finished.finish(edition.pk)
    site_profile.expire()
    return Edition.objects.get(pk=edition.pk)


def test_the_feed_is_well_formed(client, edition):
    response = client.get("/articles/feed/")

    atom = "{http://www.w3.org/2005/Atom}"
    feed = ElementTree.fromstring(response.content)  # noqa: S314 our own
    assert response.status_code == 200
    assert feed.findtext(f"{atom}title") == "The  center: articles"
    assert feed.findtext(f"{atom}entry/{atom}title") == "Baclofen  and sleep"
    assert feed.findtext(f"{atom}entry/{atom}summary") == "Baclofen  and sleep"


def test_pages_are_shown_and_their_head_has_none(client, edition):
    for url in ("/", "/articles/", edition.get_absolute_url(), "/search/?q=baclofen+sleep", "/sitemap-articles.xml"):
        assert client.get(url).status_code == 200, url
    head = client.get(edition.get_absolute_url()).content.decode().partition("</head>")[0]

    assert '<meta property="og:title" content="Baclofen  and sleep">' in head
    assert not set(head) & set("\v\x01\x02\u00ad\u202e\uffff")


def test_an_email_about_it_can_be_sent(edition):
    reminder = Reminder.objects.create(edition=edition, kind=Reminder.Kind.DUE)
    edition.review_due_on = timezone.localdate()

    email_of(reminder, edition, ["a@example.org"]).send()

    assert mail.outbox[0].subject == "Review overdue: Baclofen and sleep"
