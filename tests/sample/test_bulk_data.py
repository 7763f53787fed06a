"""Bulk data: the same for the same seed, complete, and accepted by every trigger and constraint."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db.models import Count
from django.db.models.functions import Coalesce
from django.utils import timezone

from articles import services
from articles.models import (
    Article,
    Edition,
    EditionEvent,
    SearchWord,
    State,
    Text,
)
from articles.rich_text import sanitizer
from articles.search.index import distinct_words
from detoxsite.core.encryption import sealing
from detoxsite.sample.bulk_data import articles, reviews_and_requests
from detoxsite.sample.bulk_data.staff import staff
from intake.models import CallForHelp
from intake.models import Status as CallStatus
from testimonials.models import (
    Author,
    ReviewCounter,
    Source,
    Testimonial,
    Version,
)
from testimonials.models import Status as ReviewStatus

pytestmark = pytest.mark.django_db

TODAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def columns_of(instance) -> dict:
    """The columns of an unsaved instance, without its key and its relations."""
    left_out = {"id", "search", "created_at"}
    fields = [field for field in instance._meta.concrete_fields if not field.is_relation]
    return {field.attname: getattr(instance, field.attname) for field in fields if field.name not in left_out}


def article(seed, number) -> list:
    writer = articles.Writer(seed, TODAY, staff(), articles.topics())
    return [
        (written.edition.article.slug, written.ends, written.text)
        + tuple(columns_of(one) for one in (written.edition, *written.blocks, *written.sources))
        for written in writer.article(number)
    ]


def request_data(call):
    """A request for comparison by payload: sealing it twice gives different bytes."""
    return columns_of(call) | {"sealed": call.payload, "sealed_for_author": None}


def review_data(made):
    """A review for comparison, with its content from before the sealing."""
    return columns_of(made.review) | {"words": made.words, "name": made.name, "email": made.email, "token": made.token}


@pytest.mark.parametrize(
    "make",
    [
        lambda seed: [article(seed, number) for number in range(1, 20)],
        lambda seed: [review_data(reviews_and_requests.review(seed, number, TODAY, staff())) for number in range(20)],
        lambda seed: [request_data(reviews_and_requests.call(seed, number, TODAY, staff())[0]) for number in range(20)],
    ],
)
def test_the_same_seed_makes_the_same_rows(make):
    assert make(1) == make(1)
    assert make(1) != make(2)


def test_the_stored_articles_are_those_that_were_generated():
    call_command("sample", articles=30, seed=7)

    writer = articles.Writer(7, datetime.combine(datetime.now(UTC), TODAY.timetz()), staff(), articles.topics())
    wanted = [written for number in range(1, 31) for written in writer.article(number)]
    stored = Edition.objects.order_by("article__pk", "number").select_related("article")
    assert [(one.article.slug, one.state, one.text, one.created_at, one.publish_at) for one in stored] == [
        (one.edition.article.slug, one.ends, one.text, one.started_at, one.edition.publish_at) for one in wanted
    ]


def test_articles_in_bulk_are_complete(client):
    call_command("sample", articles=120, seed=1)

    editions, live = Edition.objects.all(), Edition.objects.live()
    assert Article.objects.count() == 120
    assert {state: editions.filter(state=state).exists() for state in State.values} == dict.fromkeys(State.values, True)
    assert live.count() > 100
    assert live.overdue().exists()
    assert editions.published(timezone.now() + timezone.timedelta(days=40)).count() > editions.published().count()
    assert editions.published().count() > live.count()
    for edition in editions.filter(signed_off_at__isnull=False).prefetch_related("events", "sources")[:20]:
        assert services.is_as_signed(edition)
        assert 500 < edition.word_count < 1500
        assert 2 <= len(edition.sources.all()) <= 4
        assert EditionEvent.Kind.SIGNED_OFF in {event.kind for event in edition.events.all()}
        edition.full_clean(exclude=["article", "number"])
    for edition in live[:5]:
        assert edition.title in client.get(edition.get_absolute_url()).content.decode()
    for block in Text.objects.all()[:20]:
        assert sanitizer.clean(block.body) == block.body
    known = set(SearchWord.objects.values_list("word", flat=True))
    assert distinct_words(*editions.filter(signed_off_at__isnull=False)) == known


def test_loading_again_adds_as_many_others_to_the_sample(settings, tmp_path, capsys):
    settings.MEDIA_ROOT = tmp_path
    call_command("sample")
    before, calls = Article.objects.count(), CallForHelp.objects.count()

    for _ in range(2):
        call_command("sample", articles=10, reviews=10, calls=10)

    assert Article.objects.count() == before + 20
    assert Testimonial.objects.filter(key__startswith="bulk-").count() == 20
    assert CallForHelp.objects.count() == calls + 20
    assert "[##############################] 10/10" in capsys.readouterr().err


def test_reviews_and_calls_in_bulk_have_every_status(client):
    call_command("sample", reviews=200, calls=200, seed=3)

    assert set(Testimonial.objects.values_list("status", flat=True)) == set(ReviewStatus.values)
    assert set(CallForHelp.objects.values_list("status", flat=True)) == set(CallStatus.values)
    assert Testimonial.objects.dates("submitted_at", "month").count() > 12
    for row in [*Testimonial.objects.all(), *CallForHelp.objects.all()]:
        row.full_clean()
    for review in Testimonial.objects.all():
        version = review.versions.get()
        if review.status == ReviewStatus.WITHDRAWN:
            assert (bytes(version.sealed), bytes(review.author.sealed), review.author.email_index) == (b"", b"", None)
            assert client.get(f"/reviews/{review.pk}/").status_code == 410
            continue
        assert review.shown_words in ("", version.payload["words"])
        if review.source == Source.HERE:
            payload, return_key = review.author.payload, bytes(review.author.return_key)
            assert bytes(review.author.token_fingerprint) == Author.fingerprint_of(payload["token"])
            assert return_key == sealing.PrivateKey.from_return_code(payload["token"]).public.raw
    tallied = {
        (row.status, row.stars, row.reason, row.allow_words, row.source, row.relationship): row.n
        for row in ReviewCounter.objects.all()
    }
    by = ("status", Coalesce("stars", 0), "reason", "allow_words", "source", "relationship")
    counted = Testimonial.objects.order_by().values_list(*by).annotate(n=Count("*"))
    assert {key: n for key, n in tallied.items() if n} == {row[:6]: row[6] for row in counted}
    assert "Showing " in client.get("/reviews/").content.decode()


@pytest.mark.site
@pytest.mark.django_db(transaction=True)
def test_reviews_made_by_several_processes_are_the_same(monkeypatch):
    monkeypatch.setattr(reviews_and_requests, "BATCH_SIZE", 40)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.settings")
    today = datetime.combine(datetime.now(UTC), TODAY.timetz())

    call_command("sample", reviews=100, seed=5)

    stored = Testimonial.objects.order_by("pk").values_list("key", "status", "submitted_at", "shown_words")
    wanted = [reviews_and_requests.review(5, number, today, staff()).review for number in range(100)]
    assert list(stored) == [(one.key, one.status, one.submitted_at, one.shown_words) for one in wanted]
    assert Version.objects.filter(review__status=ReviewStatus.PENDING).first().payload["words"]
