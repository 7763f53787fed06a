import json
import re
from datetime import date
from html import unescape

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.formats import date_format
from PIL import Image

from articles import services
from articles.models import Callout, Figure, KeyFacts, Picture, PullQuote, State, Text
from detoxsite.core import redirects, site_profile
from detoxsite.core.page_cache import areas
from tests.core.test_images import picture_file
from tests.factories import make_draft, make_live, make_topic, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_drafts_are_not_shown_anywhere(client, state):
    draft = make_draft("<p>Unfinished zebra.</p>", state=state, slug="unfinished", title="Zebra draft")

    assert client.get("/articles/unfinished/").status_code == 404
    for url in ("/", "/articles/", draft.article.topic.get_absolute_url(), "/search/?q=zebra", "/articles/feed/"):
        assert b"Zebra draft" not in client.get(url).content


def test_an_edition_scheduled_for_tomorrow_is_not_shown_today(client):
    make_live(slug="tomorrow", publish_at=timezone.now() + timezone.timedelta(days=1))

    assert client.get("/articles/tomorrow/").status_code == 404
    assert b"/articles/tomorrow/" not in b"".join(client.get("/sitemap-articles.xml"))


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

    positions = [html.index(text) for text in ("Call 911</h2>", "Tablet", "5 mg by mouth", "Slow is safe.", "Study 1")]
    assert positions == sorted(positions)
    assert '5 mg by mouth.<sup><a id="ref-1-2" href="#source-1" aria-label="Source 1">1</a></sup> And [7].' in html
    assert re.findall(r'<h2 id="(how-it[^"]*)"', html) == ["how-it-is-taken", "how-it-is-taken-2"]
    assert '<div class="scroll" role="group" tabindex="0" aria-label="Table: Day, What"><table>' in html
    assert '<th scope="col">Day</th>' in html
    assert '<th scope="row">1</th>' in html
    assert "&lt;b&gt;No&lt;/b&gt;" in html
    assert '<li id="source-1" value="1">' in html
    assert "Dana Reviewer, MD" in html


@pytest.fixture
def picture(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = Picture(title="Stairs", alt="Six steps going down.", credit="us")
    picture.image.save("stairs.png", ContentFile(picture_file("PNG", (1200, 800)).read()), save=True)
    return picture


def test_a_figure_comes_in_modern_formats_with_its_size_and_alt_text(client, picture, tmp_path):
    edition = make_live(blocks=[Figure(ordering=20, picture=picture, caption="Step by step.")])

    html = client.get(edition.get_absolute_url()).content.decode()

    assert 'alt="Six steps going down." width="1200" height="800" loading="lazy"' in html
    for url in re.findall(r"(/media/\S+?\.(?:avif|webp)) 480w", html):
        with Image.open(tmp_path / url.removeprefix("/media/")) as rendition:
            assert rendition.width == 480
    assert html.count("480w") == 2


def test_a_figure_that_comes_first_is_not_loaded_lazily(client, picture):
    edition = make_live(blocks=[Figure(ordering=1, picture=picture), Figure(ordering=20, picture=picture)])

    html = client.get(edition.get_absolute_url()).content.decode()

    assert re.findall(r'height="800" (\S+) decoding', html) == ['fetchpriority="high"', 'loading="lazy"']


def test_related_articles_are_live_ones_of_the_same_topic(client):
    topic = make_topic()
    edition = make_live(topic=topic)
    make_live(topic=topic, title="A sibling")
    make_draft(topic=topic, title="A sibling in the making")
    make_live(title="Another topic")

    html = client.get(edition.get_absolute_url()).content.decode()

    assert [text in html for text in ("A sibling<", "A sibling in the making", "Another topic")] == [
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


@pytest.mark.parametrize("in_topic", [False, True])
def test_long_lists_come_in_pages(client, in_topic):
    topic, now = make_topic(), timezone.now()
    for number in range(25):
        make_live(title=f"Number {number:02}", topic=topic, publish_at=now - timezone.timedelta(days=number // 2))
    url = topic.get_absolute_url() if in_topic else "/articles/"

    pages, query = [], ""
    for _ in range(3):
        pages.append(client.get(url + query).content.decode())
        query = (re.findall(r'href="([^"]+)" rel="next"', pages[-1]) or [None])[0]

    titles = [re.findall(r">(Number \d\d)</a></h3>", html) for html in pages]
    assert [len(part) for part in titles] == [10, 10, 5]
    days = [int(title[-2:]) // 2 for part in titles for title in part]
    assert days == sorted(days)
    assert len({title for part in titles for title in part}) == 25
    assert query is None
    back = re.findall(r'href="([^"]+)" rel="prev"', pages[2])[0]
    assert re.findall(r">(Number \d\d)</a></h3>", client.get(back).content.decode()) == titles[1]
    assert re.findall(r'href="([^"]+)" rel="prev"', pages[1]) == [url]
    assert 'rel="prev"' not in pages[0]
    assert ['content="noindex"' in html for html in pages] == [False, True, True]
    for number, titles_there in enumerate(titles, 1):
        response = client.get(f"{url}?page={number}")
        assert response.status_code == 301
        assert re.findall(r">(Number \d\d)</a></h3>", client.get(response.url).content.decode()) == titles_there
    assert client.get(f"{url}?page=4").status_code == 404


def test_a_list_goes_on_where_a_withdrawn_article_was(client):
    editions = [make_live(title=f"Number {number:02}") for number in range(11)]
    services.withdraw(editions[1].pk, by=make_user("clinician"))

    after_withdrawn = client.get(f"/articles/?after={editions[1].pk}").content.decode()

    assert re.findall(r">(Number \d\d)</a></h3>", after_withdrawn) == ["Number 00"]
    assert client.get("/articles/?after=999999").url == "/articles/"
    assert client.get(f"/articles/?after={editions[0].pk}").url == "/articles/"
    for typed in ("x", "0", "-1", "1e3", "9" * 30):
        assert client.get(f"/articles/?after={typed}").status_code == 404


def test_matching_words_are_marked_and_everything_else_is_escaped(client):
    make_live("<p>If a &lt;script&gt; or baclofen stops suddenly, call.</p>", title="Stopping")

    html = client.get("/search/", {"q": "baclofen"}).content.decode()

    assert "<mark>baclofen</mark>" in html
    assert "<script> or" not in html


def test_many_results_come_in_pages_that_keep_the_query(client):
    for number in range(12):
        make_live("<p>Naloxone &amp; you.</p>", title=f"Find {number}")

    first = client.get("/search/", {"q": "naloxone & you"}).content.decode()
    second = client.get("/search/?q=naloxone+%26+you&page=2").content.decode()

    assert "12 pages for" in first
    assert 'href="?q=naloxone+%26+you&amp;page=2"' in first
    assert len(re.findall(r"<h3><a", second)) == 2


@pytest.mark.parametrize(
    "typed",
    ["'", "foo & | ! <-> (", "\x00", "a\x00b", "%_\\", "x" * 6000, "\u202e\u2067مرحبا", '"><svg onload=x>', "-", "or"],
)
def test_any_search_is_answered(client, typed):
    response = client.get("/search/", {"q": typed})

    assert response.status_code == 200
    assert b"<svg onload" not in response.content


def test_each_source_leads_back_to_every_place_that_refers_to_it(client):
    edition = make_live("<h2>Ref 1</h2><p>One.[1] Two.[2] <b>One again.</b>[1]</p>", sources=3)

    html = client.get(edition.get_absolute_url()).content.decode()

    ids = set(re.findall(r'id="([^"]+)"', html))
    assert len(ids) == len(re.findall(r' id="', html))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= ids
    items = re.findall(r'<li id="source-\d".*?</li>', html)
    assert [re.findall(r'class="back" href="#([^"]+)" aria-label="([^"]+)">([^<]+)<', item) for item in items] == [
        [("ref-1", "Back to the text, place a", "↑a"), ("ref-1-2", "Back to the text, place b", "b")],
        [("ref-2", "Back to the text", "↑")],
        [],
    ]


def make_overdue(*blocks, **fields):
    yesterday = timezone.localdate() - timezone.timedelta(days=1)
    return make_live(blocks=blocks, review_due_on=yesterday, **fields)


def dosing():
    return [
        Text(ordering=20, body="<h2>How much</h2><p>Take 5 zmg.[1]</p>", is_dosing=True),
        KeyFacts(ordering=30, title="Doses", rows="Start | 7 zmg", is_dosing=True),
        Text(ordering=40, body="<h2>When to call</h2><p>At once.</p>"),
    ]


def test_an_overdue_article_says_so_and_hides_its_doses(client):
    edition = make_overdue(*dosing(), sources=1)
    due = date_format(edition.review_due_on, "F j, Y")

    html = client.get(edition.get_absolute_url()).content.decode()

    assert f"{due}</time>.</b> We are checking it." in html
    assert not re.search("zmg|How much|how-much|Doses", html)
    assert html.count("The part about doses is hidden.") == 1
    assert html.index("can be dangerous") < html.index("about doses is hidden") < html.index("At once.")
    assert "When to call</a></li>" in html
    assert "Study 1" in html


def test_an_article_shows_its_doses_until_the_day_its_review_is_due_is_over(client):
    edition = make_live(blocks=dosing(), review_due_on=timezone.localdate())

    html = client.get(edition.get_absolute_url()).content.decode()

    assert "5 zmg" in html
    assert "7 zmg" in html
    assert "hidden" not in html.split("<main")[1].split("</main")[0].replace('aria-hidden="true"', "")
    assert "We are checking it" not in html


def test_a_preview_shows_the_doses_of_an_overdue_article_to_its_reviewer(as_role):
    edition = make_overdue(*dosing())

    html = as_role("clinician").get(f"/admin/articles/edition/{edition.pk}/preview/").content.decode()

    assert "5 zmg" in html
    assert "We are checking it" in html


def test_the_page_lists_published_changes_and_no_others(client):
    def days(number):
        return timezone.now() + timezone.timedelta(days=number)

    first = make_live(publish_at=days(-30))
    article = first.article
    make_live(article=article, publish_at=days(-20), changes="A new <b>table</b>.")
    make_live(article=article, publish_at=days(-15), changes="Wrongly said.", state=State.WITHDRAWN)
    make_live(article=article, publish_at=days(-10))
    live = make_live(article=article, publish_at=days(-5), changes="Newer numbers.")
    make_live(article=article, publish_at=days(5), changes="Tomorrow's news.")
    make_draft(article=article, changes="Only an idea.")

    html = client.get(live.get_absolute_url()).content.decode()

    log = html[html.index('id="changes"') : html.index("</section>", html.index('id="changes"'))]
    entries = re.findall(r"<li><time[^>]*>([^<]+)</time>: ([^<]+)</li>", log)
    assert entries == [
        (date_format(timezone.localtime(days(-5)), "F j, Y"), "Newer numbers."),
        (date_format(timezone.localtime(days(-10)), "F j, Y"), "Revised."),
        (date_format(timezone.localtime(days(-20)), "F j, Y"), "A new &lt;b&gt;table&lt;/b&gt;."),
        (date_format(timezone.localtime(days(-30)), "F j, Y"), "First published."),
    ]
    assert log.index("<details>") < log.index("First published.")
    assert not re.search("Wrongly|Tomorrow|Only an idea", html)


def test_an_article_with_every_kind_of_content_costs_one_query(client, picture, django_assert_num_queries, monkeypatch):
    """Related articles are read once for their topic, by a process that knows of changes."""
    topic = make_topic()
    first = make_live(topic=topic)
    older = make_live(topic=topic)
    edition = make_overdue(*dosing(), Figure(ordering=50, picture=picture), article=older.article, sources=3)
    first_url, url = first.get_absolute_url(), edition.get_absolute_url()
    monkeypatch.setattr(site_profile._cache, "seconds", 3600)  # this is not about a profile that is read again
    monkeypatch.setattr(areas, "_states", {})
    areas.renew(areas.names(), timezone.now())
    client.get("/privacy/")  # the center is read

    with django_assert_num_queries(2):
        assert client.get(first_url).status_code == 200
    with django_assert_num_queries(1):
        assert client.get(url).status_code == 200


def test_an_old_address_leads_to_the_new_one(client):
    make_live(slug="new")
    redirects.moved({"/articles/old/": "/articles/new/"})

    response = client.get("/articles/old/")

    assert (response.status_code, response.headers["Location"]) == (301, "/articles/new/")
    assert "no-cache" in response.headers["Cache-Control"]


def test_a_withdrawn_article_is_gone_with_numbers_to_call(client, django_assert_max_num_queries):
    withdrawn = make_live(slug="gone", title="Zebra", state=State.WITHDRAWN)
    make_live(topic=withdrawn.article.topic)
    redirects.moved({"/articles/old/": "/articles/gone/"})
    client.get("/privacy/")

    with django_assert_max_num_queries(3):
        response = client.get("/articles/gone/")

    html = response.content.decode()
    assert response.status_code == 410
    for text in ('href="tel:911"', 'href="tel:988"', 'href="tel:+18006624357"', 'name="q"', "/articles/topics/"):
        assert text in html
    assert '<meta name="robots" content="noindex">' in html
    assert "Zebra" not in html
    assert client.get("/articles/old/").headers["Location"] == "/articles/gone/"


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.SIGNED_OFF, State.WITHDRAWN])
def test_an_article_that_was_never_published_is_not_found(client, state):
    tomorrow = timezone.now() + timezone.timedelta(days=1)
    make_live(slug="never", publish_at=tomorrow, state=state)

    unknown = client.get("/articles/unheard/").content.replace(b"unheard", b"never")

    assert client.get("/articles/never/").status_code == 404
    assert client.get("/articles/never/").content == unknown


def test_a_withdrawn_article_that_comes_back_tomorrow_is_not_gone(client):
    tomorrow = timezone.now() + timezone.timedelta(days=1)
    withdrawn = make_live(slug="back", state=State.WITHDRAWN)
    make_live(article=withdrawn.article, publish_at=tomorrow)

    assert client.get("/articles/back/").status_code == 404


def test_an_older_edition_shows_again_when_the_newer_one_is_withdrawn(client):
    older = make_live(title="Older")
    make_live(article=older.article, state=State.WITHDRAWN)

    assert b"Older" in client.get(older.get_absolute_url()).content


def values(data):
    """Every value of nested data, with its key."""
    for key, value in data.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield from values(one)
            else:
                yield key, one


def test_json_ld_says_nothing_that_the_page_does_not_show(client, picture):
    past = timezone.now() - timezone.timedelta(days=30)
    first = make_live(slug="naloxone", publish_at=past, reviewed_on=past.date())
    make_live(
        article=first.article,
        title="Naloxone & you",
        reviewed_on=past.date() + timezone.timedelta(days=3),
        publish_at=past + timezone.timedelta(days=9),
        blocks=[Figure(ordering=20, picture=picture), *dosing()],
        review_due_on=past.date(),
    )

    html = client.get("/articles/naloxone/").content.decode()
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', html)[1])
    seen = unescape(re.sub(r"<script.*?</script>", "", html))
    text = " ".join(re.sub(r"<[^>]*>", "", seen.split("<main")[1]).split())

    found = dict(values(data))
    assert {"lastReviewed", "datePublished", "dateModified", "honorificSuffix", "image"} <= set(found)
    assert data["reviewedBy"]["name"] == "Dana Reviewer"
    assert data["lastReviewed"] == (past.date() + timezone.timedelta(days=3)).isoformat()
    for key, value in values(data):
        if key in {"@context", "@type"}:
            continue
        if key in {"lastReviewed", "datePublished", "dateModified"}:
            value = date_format(date.fromisoformat(value), "F j, Y")
        if key == "url" or key == "image":
            assert value.removeprefix("http://testserver") in seen, key
        elif key == "inLanguage":
            assert f'lang="{value}"' in seen
        else:
            assert value in text, key


def test_the_page_names_its_social_card(client, settings):
    plain, drawn = make_live(), make_live(title='Sleep "well"', card="cards/abc.png")

    first, second = (client.get(one.get_absolute_url()).content.decode() for one in (plain, drawn))

    assert re.search(r'og:image" content="http://testserver/static/img/card\S*\.png"', first)
    assert '<meta property="og:image" content="http://testserver/media/cards/abc.png">' in second
    assert '<meta property="og:image:width" content="1200">' in second
    assert '<meta property="og:image:height" content="630">' in second
    assert 'og:image:alt" content="The title of the article: Sleep &quot;well&quot;"' in second


def test_a_title_cannot_break_out_of_the_data_for_machines(client):
    make_live(title="</script><script>x()</script>", slug="nasty")

    html = client.get("/articles/nasty/").content.decode()

    assert "<script>x()" not in html


def test_sitemap_and_feed_say_when_an_article_was_last_published(client):
    noon = timezone.localtime().replace(hour=12)  # the same day in New York and in UTC, which the two files may name
    edition = make_live(slug="dated", publish_at=noon - timezone.timedelta(days=40))
    day = timezone.localdate(edition.publish_at).isoformat()

    sitemap = b"".join(client.get("/sitemap-articles.xml")).decode()
    feed = client.get("/articles/feed/").content.decode()

    assert re.search(rf"<loc>http://testserver/articles/dated/</loc><lastmod>{day}", sitemap)
    assert re.search(rf"<updated>{timezone.localtime(edition.publish_at).date()}", feed)


@pytest.mark.parametrize("heading", ["Source 1", "Ref 1", "Sources", "Main", "!", "Changes"])
def test_any_heading_gets_an_id_of_its_own(client, heading):
    edition = make_live(f"<h2>{heading}</h2><p>One.[1]</p><h2>{heading}</h2>", sources=1)

    html = client.get(edition.get_absolute_url()).content.decode()

    ids = re.findall(r' id="([^"]+)"', html)
    assert len(set(ids)) == len(ids)
