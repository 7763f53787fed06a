"""Content in review or signed off cannot be changed, by any path."""

import threading

import pytest
from django.core.files.base import ContentFile
from django.db import InternalError, connection, transaction
from django.utils import timezone

from articles import services
from articles.content import edition_snapshot
from articles.models import (
    BLOCKS,
    ArticleList,
    Callout,
    CallToAction,
    CenterFacts,
    Column,
    Comparison,
    Costs,
    Download,
    Edition,
    EditionEvent,
    Figure,
    GalleryPicture,
    KeyFacts,
    MapPicture,
    Opening,
    PersonCard,
    Picture,
    PullQuote,
    Question,
    Reviews,
    SitePart,
    Source,
    State,
    Step,
    Text,
    VideoPlayer,
    Waiver,
    blocks_of,
)
from articles.models.listing_blocks import LISTING_BLOCKS
from tests.articles.media import make_pdf, make_video
from tests.core.test_images import picture_file
from tests.factories import (
    make_draft,
    make_live,
    make_person,
    make_user,
)

pytestmark = pytest.mark.django_db

FROZEN = [State.IN_REVIEW, State.SIGNED_OFF, State.WITHDRAWN]
TABLES = dict.fromkeys(BLOCKS, "parent_id") | {Source: "edition_id"}
CHANGED = {Text: "body", Figure: "caption", Callout: "title", KeyFacts: "rows", PullQuote: "quote", Source: "title"}
CHANGED |= {Step: "title", Question: "title", CallToAction: "title", PersonCard: "region", CenterFacts: "title"}
CHANGED |= dict.fromkeys(LISTING_BLOCKS, "title")
CHANGED |= {Column: "title", Comparison: "cells"}
CHANGED |= {GalleryPicture: "caption", MapPicture: "title", Download: "region", VideoPlayer: "caption"}


@pytest.fixture
def picture(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = Picture(title="Stairs", alt="Six steps going down.", credit="us")
    picture.image.save("stairs.png", ContentFile(picture_file("PNG").read()), save=True)
    return picture


def whole(state, picture):
    """An edition in ``state`` with one block of every kind and a source."""
    make = make_draft if state in {State.DRAFT, State.IN_REVIEW} else make_live
    return make(
        state=state,
        sources=1,
        blocks=[
            Figure(ordering=20, picture=picture, caption="Step by step."),
            Callout(ordering=30, title="Call 911", body="<p>Now.</p>"),
            KeyFacts(ordering=40, rows="Form | Tablet"),
            PullQuote(ordering=50, quote="Slow is safe.", attribution="A nurse"),
            Step(ordering=60, title="You arrive"),
            Question(ordering=70, title="May I?", body="<p>Yes.</p>"),
            CallToAction(ordering=80, title="Call"),
            PersonCard(ordering=90, person=make_person()),
            CenterFacts(ordering=100, title="Facts", group="license"),
            Opening(ordering=110, title="Welcome"),
            SitePart(ordering=120, title="Where", part="place"),
            ArticleList(ordering=130, title="Latest"),
            Reviews(ordering=140, title="Voices"),
            Costs(ordering=150, title="Cost", body="<p>Little.</p>"),
            Column(ordering=160, title="Nurses", body="<p>At any hour.</p>"),
            Comparison(ordering=170, title="Levels", cells="Level\tNights\nDetox\tWith us"),
            GalleryPicture(ordering=180, picture=picture),
            MapPicture(ordering=190, picture=picture, title="Map", body="<p>Walk.</p>", address="1 Main Street"),
            Download(ordering=200, file=make_pdf()),
            VideoPlayer(ordering=210, video=make_video()),
        ],
    )


def refused(act):
    """Whether the database refuses ``act`` and rolls it back."""
    try:
        with transaction.atomic():
            act()
    except InternalError as exc:
        return any(word in str(exc) for word in ("frozen", "pgtrigger", "starts as a draft", "never deleted"))
    return False


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("model", TABLES)
def test_parts_of_an_edition_change_only_while_it_is_a_draft(model, state, picture):
    edition, column = whole(state, picture), TABLES[model]
    part = model.objects.get(**{column: edition.pk})
    before = edition_snapshot.from_edition(edition)
    other = make_draft()
    copy = model.objects.get(pk=part.pk)
    copy.pk, copy._state.adding = None, True
    if model is Source:
        copy.position = 2

    changes = [
        lambda: model.objects.filter(pk=part.pk).update(**{CHANGED[model]: "other words"}),
        lambda: sql(f"UPDATE {model._meta.db_table} SET {CHANGED[model]} = 'x' WHERE id = %s", part.pk),
        part.save,
        copy.save,
        lambda: model.objects.bulk_create([copy]),
        lambda: model.objects.filter(pk=part.pk).update(**{column: other.pk}),
        lambda: sql(f"DELETE FROM {model._meta.db_table} WHERE id = %s", part.pk),
        lambda: model.objects.filter(pk=part.pk).delete(),
    ]

    assert [refused(change) for change in changes[:1]] == [state in FROZEN]
    if state in FROZEN:
        assert [refused(change) for change in changes] == [True] * len(changes)
        assert edition_snapshot.from_edition(edition) == before


@pytest.mark.parametrize("state", FROZEN)
@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("title", "Other"), ("summary", "Other"), ("changes", "Other"), ("text", "Other"), ("number", 9)),
        *(("word_count", 1), ("revision", 7), ("is_sample", True), ("created_at", "2020-01-01T00:00Z")),
    ],
)
def test_the_fields_of_an_edition_are_frozen(column, value, state):
    edition = make_draft(state=state) if state == State.IN_REVIEW else make_live(state=state)

    assert refused(lambda: Edition.objects.filter(pk=edition.pk).update(**{column: value}))
    assert refused(lambda: sql(f"UPDATE articles_edition SET {column} = %s WHERE id = %s", value, edition.pk))


@pytest.mark.parametrize("state", [State.SIGNED_OFF, State.WITHDRAWN])
@pytest.mark.parametrize(
    "column", ["publish_at", "signed_off_at", "reviewed_on", "review_due_on", "fingerprint", "signed_as", "card"]
)
def test_signer_and_time_are_frozen(column, state):
    edition = make_live(state=state)
    value = "x" if column in {"fingerprint", "signed_as", "card"} else timezone.now() + timezone.timedelta(days=3)

    assert refused(lambda: Edition.objects.filter(pk=edition.pk).update(**{column: value}))


@pytest.mark.parametrize("state", [State.SIGNED_OFF, State.WITHDRAWN])
@pytest.mark.parametrize("column", ["author", "reviewer"])
def test_no_other_name_can_be_put_on_a_signed_edition(column, state):
    edition = make_live(state=state)

    assert refused(lambda: Edition.objects.filter(pk=edition.pk).update(**{column: make_person()}))


STEPS = {("draft", "in_review"), ("in_review", "draft"), ("in_review", "signed_off"), ("signed_off", "withdrawn")}


@pytest.mark.parametrize("before", State.values)
@pytest.mark.parametrize("after", State.values)
def test_an_edition_changes_status_one_step_at_a_time(before, after):
    edition = make_draft(state=before) if before in {"draft", "in_review"} else make_live(state=before)
    if before == after or (before, after) in STEPS:
        return

    assert refused(lambda: Edition.objects.filter(pk=edition.pk).update(state=after))


@pytest.mark.parametrize("state", FROZEN)
def test_no_edition_is_created_signed(state):
    draft = make_draft()
    fields = {"article": draft.article, "number": 2, "title": "T", "summary": "S", "author": draft.author}

    assert refused(lambda: Edition.objects.create(state=state, **fields))


@pytest.mark.parametrize("state", FROZEN)
def test_no_edition_can_be_deleted(state):
    edition = make_draft(state=state) if state == State.IN_REVIEW else make_live(state=state)

    assert refused(lambda: sql("DELETE FROM articles_text WHERE parent_id = %s", edition.pk))
    assert refused(lambda: sql("DELETE FROM articles_edition WHERE id = %s", edition.pk))


@pytest.mark.parametrize("table", [*(model._meta.db_table for model in [*TABLES, Edition, EditionEvent, Waiver])])
def test_no_table_of_signed_text_can_be_truncated(table):
    make_live()
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # no pending constraint check may get in the way
    sql("SET LOCAL pgtrigger.ignore = '{}'")  # which the tests set for their own cleanup

    assert refused(lambda: sql(f"TRUNCATE {table} CASCADE"))


@pytest.mark.parametrize("state", FROZEN)
@pytest.mark.parametrize("column", ["alt", "credit", "image"])
def test_a_signed_picture_cannot_be_changed(column, state, picture):
    whole(state, picture)

    assert refused(lambda: Picture.objects.filter(pk=picture.pk).update(**{column: "other"}))
    Picture.objects.filter(pk=picture.pk).update(title="Only we see this")


def test_a_picture_in_no_signed_edition_may_be_changed(picture):
    whole(State.DRAFT, picture)

    assert Picture.objects.filter(pk=picture.pk).update(alt="Seven steps.") == 1


def test_the_history_of_an_edition_is_never_rewritten():
    event = EditionEvent.objects.create(edition=make_draft(), kind=EditionEvent.Kind.SAVED, by=make_user())

    for change in (
        lambda: EditionEvent.objects.update(note="nothing happened"),
        lambda: EditionEvent.objects.filter(pk=event.pk).delete(),
        lambda: sql("DELETE FROM articles_editionevent"),
    ):
        assert refused(change)


def test_the_fingerprint_reveals_a_change_made_without_the_triggers():
    edition = make_live()
    assert services.is_as_signed(edition)

    sql("SET LOCAL session_replication_role = 'replica'")  # the owner of the server can always do this
    sql("UPDATE articles_text SET body = '<p>Alcohol withdrawal can be harmless.</p>'")
    sql("SET LOCAL session_replication_role = 'origin'")

    assert not services.is_as_signed(edition)


@pytest.mark.django_db(transaction=True)
def test_submitting_waits_for_a_change_in_progress():
    """Two connections: a block is being changed while the draft is submitted. Submitting waits for the change."""
    edition = make_draft(created_by=make_user())
    block, order = blocks_of(edition)[0], []

    def submit():
        try:
            services.submit(edition.pk, by=edition.created_by)
            order.append("submitted")
        finally:
            connection.close()

    with transaction.atomic():
        Text.objects.filter(pk=block.pk).update(body="<p>Changed in time.</p>")
        other = threading.Thread(target=submit)
        other.start()
        other.join(0.3)
        order.append("changed")
    other.join()

    assert order == ["changed", "submitted"]
    assert refused(lambda: Text.objects.filter(pk=block.pk).update(body="<p>Too late.</p>"))
