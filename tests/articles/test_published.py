"""Composed pages: the same as rendered in full, at any moment, after any change, and without anyone's doing."""

import inspect
import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.template.loader import render_to_string
from django.test import override_settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from articles import jobs, relocation, services, site_profile_lists
from articles.content import finished, library_blocks, rendering
from articles.models import Article, Callout, Edition, Figure, Person, Picture, Rendering, State, Text
from articles.published import lists, pages
from detoxsite.core import site_profile
from detoxsite.core.models import SiteProfile
from tests.core.test_images import picture_file
from tests.factories import make_draft, make_live, make_topic, make_user

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def in_full(slug):
    """The page of the live edition at an address, from its blocks."""
    edition = rendering.with_body(Edition.objects.live().filter(article__path=f"articles/{slug}")).first()
    if edition is None:
        return None
    body = rendering.render_body(edition, show_doses=not edition.is_overdue)
    related = [one.pk for one in Edition.objects.live().filter(article__topic=edition.article.topic_id)]
    related.remove(edition.pk)
    topic, people = edition.article.topic, {"author": edition.author, "reviewer": edition.reviewer}
    parts = {
        name: {
            **{key: getattr(one, key) for key in ("name", "credentials", "role")},
            "byline": format_html('<a href="{}">{}</a>', one.get_absolute_url(), one) if one.has_page else str(one),
        }
        for name, one in people.items()
    }
    parts |= {"topic": {"name": topic.name, "url": topic.get_absolute_url()}, "above": []}
    entries = [
        finished.fill(finished.render_entry(one), {"url": one.article.get_absolute_url(), "topic": topic.name})
        for one in sorted(Edition.objects.filter(pk__in=related), key=lambda one: (one.publish_at, one.pk))[::-1][:3]
    ]
    related = render_to_string("articles/_related.html", {"entries": mark_safe("".join(entries))}) if entries else ""
    values = pages._values(parts, edition.review_due_on if edition.is_overdue else None, related)
    return finished.render_main(edition, body, values), finished.facts_of(edition, body)


def assert_composed_as_in_full(slug):
    shown, wanted = pages.article_page(f"articles/{slug}"), in_full(slug)
    assert ((shown.main, shown.facts) if shown else None) == wanted


def is_composed(slug, monkeypatch):
    """Whether the page is shown without rendering it."""
    with monkeypatch.context() as patched:
        patched.setattr(pages, "render_main", lambda *args: "rendered")
        return pages.article_page(f"articles/{slug}").main != "rendered"


def at(monkeypatch, moment):
    monkeypatch.setattr(timezone, "now", lambda: moment)
    site_profile.clear()


def test_every_sample_article_is_composed_as_in_full(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    call_command("sample")
    editions = list(Edition.objects.live().filter(article__kind="article").select_related("article"))
    assert len(editions) >= 10

    for moment in (NOW - timedelta(days=200), NOW, NOW + timedelta(days=400)):
        at(monkeypatch, moment)
        for edition in editions:
            assert_composed_as_in_full(edition.article.slug)
            if edition.publish_at <= moment:
                assert is_composed(edition.article.slug, monkeypatch)


def doses():
    return [Text(ordering=20, body="<h2>How much</h2><p>5 zmg[1]</p>", is_dosing=True)]


def test_time_alone_publishes_supersedes_and_hides_doses(monkeypatch):
    first = make_live(slug="a", publish_at=NOW + timedelta(days=1), blocks=doses(), sources=1)
    due = first.review_due_on
    make_live(article=first.article, title="Second", publish_at=NOW + timedelta(days=3), changes="Better.")
    moments = {
        "before": (NOW, None),
        "first": (NOW + timedelta(days=1), first.title),
        "second": (NOW + timedelta(days=3), "Second"),
    }
    for moment, title in moments.values():
        at(monkeypatch, moment)
        assert_composed_as_in_full("a")
        shown = pages.article_page("articles/a")
        assert (shown.facts["title"] if shown else None) == title
        assert not shown or is_composed("a", monkeypatch)
    lone = make_live(slug="b", blocks=doses(), review_due_on=due)
    midnight = timezone.make_aware(timezone.datetime.combine(due + timedelta(days=1), timezone.datetime.min.time()))
    for moment, is_hidden in ((midnight - timedelta(seconds=1), False), (midnight, True)):
        at(monkeypatch, moment)
        assert ("zmg" not in pages.article_page(lone.article.path).main) is is_hidden
        assert ("was due on" in pages.article_page("articles/b").main) is is_hidden
        assert_composed_as_in_full("b")


def rename_topic(edition):
    edition.article.topic.name, edition.article.topic.slug = "Newly named & <b>", "newly-named"
    edition.article.topic.save()


def change_topic(edition):
    other = make_topic(name="Another topic")
    make_live(article=Article.objects.create(slug="sibling", topic=other), title="Sibling in the other topic")
    relocation.relocate(edition.pk, by=make_user(), slug="a", topic=other)


def rename_people(edition):
    Person.objects.filter(pk=edition.author_id).update(name="O'Neil \x02center.tel\x03 & <i>", role="Head nurse")
    Person.objects.filter(pk=edition.reviewer_id).update(credentials="DO")


def change_phone(edition):
    SiteProfile.objects.update(phone="(212) 555-0177")
    site_profile.expire()


def withdraw_the_first(edition):
    first = Edition.objects.get(article=edition.article, number=1)
    services.withdraw(first.pk, by=make_user("clinician"))


def move_a_related_one(edition):
    one = Edition.objects.live().exclude(article=edition.article).first()
    relocation.relocate(one.pk, by=make_user(), slug="moved-here", topic=one.article.topic)


def withdraw_a_related_one(edition):
    services.withdraw(Edition.objects.live().exclude(article=edition.article).first().pk, by=make_user("clinician"))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (rename_topic, "Newly named &amp; &lt;b&gt;"),
        (change_topic, "Sibling in the other topic"),
        (rename_people, "O&#x27;Neil center.tel &amp; &lt;i&gt;"),
        (change_phone, "(212) 555-0177"),
        (withdraw_the_first, None),
        (move_a_related_one, "/articles/moved-here/"),
        (withdraw_a_related_one, None),
    ],
)
def test_a_change_elsewhere_shows_at_once(change, text, monkeypatch):
    SiteProfile.objects.get_or_create(pk=1)
    topic = make_topic()
    for number in range(4):
        make_live(topic=topic, title=f"Sibling {number}", publish_at=NOW - timedelta(days=number))
    first = make_live(slug="a", topic=topic, publish_at=NOW - timedelta(days=9))
    edition = make_live(article=first.article, blocks=doses(), changes="Doses.", publish_at=NOW - timedelta(days=8))
    before = pages.article_page("articles/a")
    assert is_composed("a", monkeypatch)

    change(edition)

    after = pages.article_page("articles/a")
    assert after.main != before.main
    assert text is None or text in after.main
    assert_composed_as_in_full("a")


def test_after_a_withdrawal_the_later_edition_is_finished_again(monkeypatch):
    first = make_live(slug="a", publish_at=NOW - timedelta(days=9))
    make_live(article=first.article, publish_at=NOW - timedelta(days=8))
    withdraw_the_first(first)
    assert not is_composed("a", monkeypatch)

    assert jobs.finish_renderings() == 1

    assert is_composed("a", monkeypatch)
    assert_composed_as_in_full("a")
    assert not Rendering.objects.filter(pk=first.pk).exists()


def test_a_moved_focal_point_shows_at_once(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    picture = Picture(title="Stairs", alt="Six steps.", credit="us")
    picture.image.save("stairs.png", ContentFile(picture_file("PNG", (600, 400)).read()), save=True)
    make_live(slug="a", blocks=[Figure(ordering=20, picture=picture)])

    picture.image_ppoi = "0.1x0.1"
    picture.save()

    assert_composed_as_in_full("a")
    jobs.finish_renderings()
    assert is_composed("a", monkeypatch)
    assert_composed_as_in_full("a")


def test_text_cannot_contain_a_slot():
    nasty = "\x02center.tel\x03 \x02no.such\x03 {center.tel}"
    with connection.cursor() as cursor:  # as before text was tidied
        edition = make_live(slug="a", blocks=[Callout(ordering=20, title="Note", body="<p>x</p>")])
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE articles_edition SET title = %s WHERE id = %s", [nasty, edition.pk])
        cursor.execute("UPDATE articles_callout SET title = %s", [nasty])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    finished.finish(edition.pk)

    assert_composed_as_in_full("a")
    assert "center.tel no.such {center.tel}</h1>" in pages.article_page("articles/a").main
    assert "center.tel no.such {center.tel}</a>" in lists.newest(1)[0].filled()


def test_an_old_page_is_shown_whole_until_the_job_has_made_the_new_one(client, monkeypatch):
    for slug in ("a", "b", "c"):
        make_live(slug=slug)
    before = client.get("/articles/a/").content
    monkeypatch.setattr(finished, "renderer_version", lambda: "new")
    rendered_by = finished._with_slots
    monkeypatch.setattr(finished, "_with_slots", lambda *args: rendered_by(*args).replace("<h1>", "<h1 class=new>"))

    assert client.get("/articles/a/").content == before
    assert jobs.finish_renderings(seconds=0) == 3
    assert jobs.finish_renderings() == 0

    assert b"<h1 class=new>" in client.get("/articles/a/").content


@pytest.mark.parametrize(
    ("column", "value"),
    [("html", "<p>Take twice as much.</p>"), ("entry", "<li>Other</li>"), ("facts", '{"title": "x"}')],
)
def test_what_was_altered_by_hand_is_found_within_a_week_and_mended(caplog, column, value):
    edition, untouched = make_live(slug="a"), make_live(slug="b")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE articles_rendering SET {column} = %s WHERE edition_id = %s", [value, edition.pk])  # noqa: S608
    week = [datetime.fromtimestamp(60 * (edition.pk + shift), tz=UTC) for shift in (1, jobs.MINUTES_OF_A_WEEK)]

    assert [jobs.compare_renderings(moment) for moment in week] == [0, 1]

    assert_composed_as_in_full("a")
    assert finished.altered(edition.pk, untouched.pk) == []
    assert [record.message for record in caplog.records] == [
        f"The stored page of edition {edition.pk} was not what had been signed off; it was rendered again."
    ]
    caplog.clear()


def test_the_job_stops_in_time_goes_on_and_passes_over_what_fails(monkeypatch, caplog):
    editions = [make_live() for _ in range(5)]
    Rendering.objects.update(renderer="old")
    monkeypatch.setattr(jobs, "BATCH_SIZE", 2)
    assert jobs.finish_renderings(seconds=0) == 2
    assert list(Rendering.objects.exclude(renderer="old").values_list("pk", flat=True).order_by("-pk")) == [
        editions[4].pk,
        editions[3].pk,
    ]
    finish = finished._finished

    def fail(edition):
        if edition.pk == editions[1].pk:
            raise ValueError("cannot be rendered")
        return finish(edition)

    monkeypatch.setattr(finished, "_finished", fail)
    assert jobs.finish_renderings() == 2
    assert f"edition {editions[1].pk}" in caplog.text
    assert Rendering.objects.get(pk=editions[1].pk).renderer == "old"


def test_what_is_not_finished_yet_is_rendered_in_full(client):
    edition = make_live(slug="a", topic=make_topic(), blocks=doses(), sources=1)
    make_live(topic=edition.article.topic, title="Sibling")
    urls = ["/articles/a/", "/articles/", "/", edition.article.topic.get_absolute_url(), "/articles/feed/"]
    before = [client.get(url).content for url in urls]

    Rendering.objects.update(renderer="", html="", overdue_html="", entry="", facts={}, log=[])

    assert [client.get(url).content for url in urls] == before


def test_readers_see_the_live_editions_and_no_others(monkeypatch):
    """The rule of ``Edition.live()`` and the one of the finished rows are the same."""
    for number in range(4):
        first = make_live(slug=f"a{number}", publish_at=NOW + timedelta(days=number - 2))
        make_live(article=first.article, publish_at=NOW + timedelta(days=2 * number - 3))
        last = make_live(article=first.article, publish_at=NOW + timedelta(days=3 - number))
        if number % 2:
            services.withdraw(last.pk, by=make_user("clinician"))
        make_draft(article=first.article, state=State.IN_REVIEW)
    signed = Edition.objects.filter(state=State.SIGNED_OFF).values_list("pk", flat=True)
    assert set(Rendering.objects.values_list("pk", flat=True)) == set(signed)

    for days in range(-5, 6):
        at(monkeypatch, NOW + timedelta(days=days))
        live = list(Edition.objects.live())
        assert [entry.edition_id for entry in lists.newest(100)] == [one.pk for one in live]
        addresses = [path for part in lists.sitemap_parts(2) for path, _ in lists.sitemap_entries(part, 2)]
        assert sorted(addresses) == sorted(one.get_absolute_url() for one in live)
        counts = {row["entry"]["topic"]: row["entry"]["live"] for row in site_profile_lists._topic_counts()}
        assert counts == Counter(one.article.topic_id for one in live)
        for number in range(4):
            shown = pages.article_page(f"articles/a{number}")
            wanted = Edition.objects.live().filter(article__slug=f"a{number}").first()
            assert bool(shown) == (wanted is not None)


def test_the_version_follows_the_templates(monkeypatch, tmp_path):
    finished.renderer_version.cache_clear()
    before = finished.renderer_version()
    with override_settings(TIME_ZONE="America/Denver"):
        finished.renderer_version.cache_clear()
        assert finished.renderer_version() != before
    for pattern in finished._SOURCES:
        assert list(finished._ROOT.glob(pattern)), pattern
    used = set(re.findall(r'include "([^"]+)"', (finished._ROOT / "templates/articles/_main.html").read_text()))
    covered = {str(path) for pattern in finished._SOURCES for path in finished._ROOT.glob(pattern)}
    assert {str(finished._ROOT / "templates" / name) for name in used} <= covered
    deciding = rendering.cells_of, rendering.CenterFact, library_blocks.Language  # of models, but what they do is shown
    assert {inspect.getfile(one) for one in deciding} <= covered
    finished.renderer_version.cache_clear()


def test_the_sitemap_comes_in_parts_that_articles_stay_in(client, monkeypatch):
    monkeypatch.setattr("detoxsite.pages.sitemaps.PART_SIZE", 2)
    monkeypatch.setattr(lists, "CHUNK_SIZE", 1)
    editions = [make_live(publish_at=NOW - timedelta(days=40 + number)) for number in range(5)]

    parts = re.findall(r"<loc>http://testserver([^<]+p=\d+)</loc>", client.get("/sitemap.xml").content.decode())
    addresses = {part: re.findall(r"<loc>([^<]+)</loc>", b"".join(client.get(part)).decode()) for part in parts}

    assert sorted(address for part in addresses.values() for address in part) == sorted(
        f"http://testserver{edition.get_absolute_url()}" for edition in editions
    )
    assert max(map(len, addresses.values())) == 2
    services.withdraw(editions[2].pk, by=make_user("clinician"))
    gone = f"http://testserver{editions[2].get_absolute_url()}"
    for part, before in addresses.items():
        now = re.findall(r"<loc>([^<]+)</loc>", b"".join(client.get(part)).decode())
        assert now == [address for address in before if address != gone]
    for path in (
        "/sitemap-articles.xml?p=0",
        "/sitemap-articles.xml?p=x",
        "/sitemap-nope.xml",
        "/sitemap-pages.xml?p=2",
    ):
        assert client.get(path).status_code == 404
