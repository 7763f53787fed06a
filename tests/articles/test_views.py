import re

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from articles.models import Callout, Edition, Figure, KeyFacts, Picture, PullQuote
from tests.detoxsite.test_images import picture_file
from tests.factories import make_draft, make_live, make_topic

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_drafts_are_nowhere_to_be_seen(client, state):
    draft = make_draft("<p>Unfinished zebra.</p>", state=state, slug="unfinished", title="Zebra draft")

    assert client.get("/articles/unfinished/").status_code == 404
    for url in ("/", "/articles/", draft.article.topic.get_absolute_url(), "/search/?q=zebra", "/articles/feed/"):
        assert b"Zebra draft" not in client.get(url).content


def test_what_is_signed_off_for_tomorrow_is_not_there_today(client):
    make_live(slug="tomorrow", publish_at=timezone.now() + timezone.timedelta(days=1))

    assert client.get("/articles/tomorrow/").status_code == 404
    assert b"/articles/tomorrow/" not in client.get("/sitemap-articles.xml").content


def test_an_article_shows_its_blocks_in_order_with_linked_sources(client):
    edition = make_live(
        "<h2>How it is taken</h2><p>5 mg by mouth.[1] And [7].</p><h2>How it is taken</h2>"
        "<table><tbody><tr><th>Day</th><th>What</th></tr><tr><th>1</th><td>Rest</td></tr></tbody></table>",
        sources=1,
        blocks=[
            Callout(ordering=1, tone="danger", title="Call 911", body="<p>Now.</p>"),
            KeyFacts(ordering=5, rows="Form | Tablet [1]\nSafe | <b>No</b>"),
            PullQuote(ordering=20, quote="Slow is safe.", attribution="A nurse"),
        ],
    )

    html = client.get(edition.get_absolute_url()).content.decode()

    positions = [
        html.index(words) for words in ("Call 911</h2>", "Tablet", "5 mg by mouth", "Slow is safe.", "Study 1")
    ]
    assert positions == sorted(positions)
    assert '5 mg by mouth.<sup><a href="#source-1" aria-label="Source 1">1</a></sup> And [7].' in html
    assert re.findall(r'<h2 id="(how-it[^"]*)"', html) == ["how-it-is-taken", "how-it-is-taken-2"]
    assert '<th scope="col">Day</th>' in html
    assert '<th scope="row">1</th>' in html
    assert "&lt;b&gt;No&lt;/b&gt;" in html
    assert '<li id="source-1" value="1">' in html
    assert "Dana Reviewer, MD" in html


def test_a_figure_comes_in_modern_formats_with_its_size_and_words(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = Picture(title="Stairs", alt="Six steps going down.", credit="us")
    picture.image.save("stairs.png", ContentFile(picture_file("PNG", (1200, 800)).read()), save=True)
    edition = make_live(blocks=[Figure(ordering=20, picture=picture, caption="Step by step.")])

    html = client.get(edition.get_absolute_url()).content.decode()

    assert 'alt="Six steps going down." width="1200" height="800" loading="lazy"' in html
    for url in re.findall(r"(/media/\S+?\.(?:avif|webp)) 480w", html):
        with Image.open(tmp_path / url.removeprefix("/media/")) as rendition:
            assert rendition.width == 480
    assert html.count("480w") == 2


def test_related_articles_are_live_ones_of_the_same_topic(client):
    topic = make_topic()
    edition = make_live(topic=topic)
    make_live(topic=topic, title="A sibling")
    make_draft(topic=topic, title="A sibling in the making")
    make_live(title="Another topic")

    html = client.get(edition.get_absolute_url()).content.decode()

    assert [words in html for words in ("A sibling<", "A sibling in the making", "Another topic")] == [
        True,
        False,
        False,
    ]


def test_a_topic_lists_its_own_and_only_known_topics_exist(client):
    edition = make_live(title="Mine")
    make_live(title="Theirs")

    html = client.get(edition.article.topic.get_absolute_url()).content.decode()

    assert ("Mine" in html, "Theirs" in html) == (True, False)
    assert client.get("/articles/topics/no-such-topic/").status_code == 404


def test_long_lists_come_in_pages(client):
    topic = make_topic()
    for number in range(11):
        make_live(title=f"Number {number:02}", topic=topic)

    first, second = (client.get(f"/articles/?page={page}").content.decode() for page in (1, 2))

    assert "11 articles" in first
    assert len(re.findall(r"<h3><a", first)) == 10
    assert len(re.findall(r"<h3><a", second)) == 1
    assert client.get("/articles/?page=3").status_code == 404


def test_found_words_are_marked_and_everything_else_is_escaped(client):
    make_live("<p>If a &lt;script&gt; or baclofen stops suddenly, call.</p>", title="Stopping")

    html = client.get("/search/", {"q": "baclofen"}).content.decode()

    assert "<mark>baclofen</mark>" in html
    assert "<script> or" not in html


def test_many_finds_come_in_pages_that_keep_the_words(client):
    for number in range(12):
        make_live("<p>Naloxone &amp; you.</p>", title=f"Find {number}")

    first = client.get("/search/", {"q": "naloxone & you"}).content.decode()
    second = client.get("/search/?q=naloxone+%26+you&page=2").content.decode()

    assert "12 articles for" in first
    assert 'href="?q=naloxone+%26+you&amp;page=2"' in first
    assert len(re.findall(r"<h3><a", second)) == 2


@pytest.mark.parametrize(
    "typed",
    ["'", "foo & | ! <-> (", "\x00", "a\x00b", "%_\\", "x" * 6000, "\u202e\u2067مرحبا", '"><svg onload=x>', "-", "or"],
)
def test_whatever_is_typed_into_the_search_is_answered(client, typed):
    response = client.get("/search/", {"q": typed})

    assert response.status_code == 200
    assert b"<svg onload" not in response.content


def test_json_ld_says_what_the_page_says(client):
    import json

    edition = make_live(title="Naloxone", slug="naloxone")

    html = client.get("/articles/naloxone/").content.decode()
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', html)[1])

    assert data["@type"] == "MedicalWebPage"
    assert data["reviewedBy"]["name"] == "Dana Reviewer"
    assert data["lastReviewed"] == Edition.objects.get(pk=edition.pk).signed_off_at.date().isoformat()
    assert data["url"] == "http://testserver/articles/naloxone/"


def test_a_title_cannot_break_out_of_the_data_for_machines(client):
    make_live(title="</script><script>x()</script>", slug="nasty")

    html = client.get("/articles/nasty/").content.decode()

    assert "<script>x()" not in html
