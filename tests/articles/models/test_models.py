import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import (
    Article,
    Edition,
    Picture,
    State,
    Text,
    blocks_of,
    reading_minutes,
)
from articles.search.engine import SearchResults
from tests.factories import make_draft, make_live, make_topic

pytestmark = pytest.mark.django_db


def live_titles():
    return list(Edition.objects.live().values_list("title", flat=True))


def test_only_signed_off_editions_whose_moment_has_come_are_live():
    make_draft(title="Draft")
    make_draft(title="In review", state=State.IN_REVIEW)
    make_live(title="Live")
    make_live(title="Tomorrow", publish_at=timezone.now() + timezone.timedelta(days=1))

    assert live_titles() == ["Live"]


def test_the_newest_edition_replaces_the_older_one_when_its_moment_comes():
    old = make_live(title="Old")
    tomorrow = timezone.now() + timezone.timedelta(days=1)
    make_live(title="New", article=old.article, publish_at=tomorrow)

    assert live_titles() == ["Old"]
    assert [edition.title for edition in Edition.objects.live(tomorrow)] == ["New"]


def test_an_article_has_one_open_draft():
    draft = make_draft()

    with pytest.raises(IntegrityError, match="one_open_draft"):
        make_draft(article=draft.article)


def test_nothing_is_signed_off_without_a_name_and_a_date():
    with pytest.raises(IntegrityError, match="edition_signed_off_in_full"):
        make_draft(state=State.SIGNED_OFF)


def test_nobody_reviews_their_own_article():
    draft = make_draft()

    with pytest.raises(IntegrityError, match="reviewer_is_not_author"):
        Edition.objects.filter(pk=draft.pk).update(reviewer=draft.author)


@pytest.mark.parametrize("slug", ["feed", "topics"])
def test_addresses_of_the_site_itself_cannot_be_taken(slug):
    with pytest.raises(IntegrityError, match="slug_is_free"), transaction.atomic():
        Article.objects.create(slug=slug, topic=make_topic())


def test_a_picture_without_alt_text_is_refused_by_the_database():
    with pytest.raises(IntegrityError, match="picture_has_alt"):
        Picture.objects.create(title="A", image="", alt="", credit="us")


HOSTILE = [
    ("<script>alert(1)</script><p>a</p>", "<p>a</p>"),
    ('<p onclick="x()">a</p>', "<p>a</p>"),
    ('<a href="javascript:x()">a</a>', "<a>a</a>"),
    ('<a href="data:text/html,x">a</a>', "<a>a</a>"),
    ('<a href="//evil.example/">a</a>', "<a>a</a>"),
    ('<p style="color:red" class="x" id="y">a</p>', "<p>a</p>"),
    ('<img src="https://evil.example/pixel.gif"><p>a</p>', "<p>a</p>"),
    ("<iframe src=x></iframe><p>a</p>", "<p>a</p>"),
    ("<svg><script>x()</script></svg><p>a</p>", "<p>a</p>"),
    ('<p class="MsoNormal"><span lang="EN">a</span><o:p></o:p></p>', "<p>a</p>"),
]


@pytest.mark.parametrize(("typed", "stored"), HOSTILE)
def test_text_is_cleaned_on_every_save(typed, stored):
    block = blocks_of(make_draft())[0]

    block.body = typed
    block.save()

    assert Text.objects.get(pk=block.pk).body == stored


def test_text_of_the_blocks_is_found_by_search():
    make_live("<h2>Mixing</h2><p>Benzodiazepines with <strong>alcohol</strong> slow the breath.</p>", title="Mixing")

    [found] = SearchResults("benzodiazepine breath", [])[0:10]

    assert found.title == "Mixing"
    assert "\ue000Benzodiazepines\ue001" in found.snippet


@pytest.mark.parametrize(("words", "expected"), [(0, 1), (180, 1), (181, 2), (1100, 7)])
def test_reading_time_is_rounded_up(words, expected):
    assert reading_minutes(words) == expected
