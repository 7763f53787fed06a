"""What counts as a change, whoever makes it; and every table that a public page reads is watched."""

import re

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import timezone

from articles.models import Article, ArticleList, Edition, Person, Reviews, Topic
from detoxsite.core import public_changes, site_profile
from detoxsite.core.models import ConsentText, PublicChange, SiteProfile, User
from detoxsite.core.page_cache import areas
from intake.models import Shift
from testimonials.models import Testimonial
from testimonials.services import author, moderation, reports
from tests.factories import make_draft, make_live, make_page, make_review, make_topic, make_user, receive

from .test_page_cache import PAGES

pytestmark = pytest.mark.django_db

WITHDRAWN = {"state": "withdrawn", "withdrawn_at": timezone.now()}
COVERED_BY_OTHERS = {
    "testimonials_reviewevent",  # append-only; what readers see of it changes with the review's status
    "testimonials_report",
    "articles_menuentry",  # frozen with its edition; readers see another one only once that is put on the site
}


def changed(act) -> set[str]:
    PublicChange.objects.all().delete()
    act()
    return set(PublicChange.objects.values_list("area", flat=True))


def test_every_table_that_a_public_page_reads_is_watched(client):
    """The guard for pages to come: a page that shows a table names an area that the table's triggers note."""
    edition, review = make_live(), make_review("published")
    watched = {model._meta.db_table: public_changes.areas_of(model) for model in apps.get_models()}
    page = make_page(blocks=[Reviews(title="Voices", ordering=20), ArticleList(title="Latest", ordering=30)])
    urls = [
        *PAGES,
        page.get_absolute_url(),
        edition.get_absolute_url(),
        edition.article.topic.get_absolute_url(),
        f"/reviews/{review.pk}/",
    ]
    read_anything = set()
    for url in [*urls, f"/reviews/{review.pk}/tell/"]:
        policy = resolve(url).func.finished_page
        site_profile.clear()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        tables = {table for query in queries for table in _tables(query["sql"])} & set(watched)
        read_anything |= tables
        for table in tables - COVERED_BY_OTHERS:
            noted = watched[table] & {*policy.areas}
            # the site profile is read again at any change; what it shows of an area is declared by the page
            assert noted or (watched[table] and _only_in_profile(queries, table)), f"{url} reads {table}"
    assert read_anything >= {"articles_rendering", "testimonials_testimonial", "detoxsite_siteprofile"}


def _tables(sql: str) -> list[str]:
    """Names of tables after FROM and JOIN, also of a statement that was prepared before."""
    if prepared := re.match(r"EXECUTE (\w+)", sql):
        with connection.cursor() as cursor:
            cursor.execute("SELECT statement FROM pg_prepared_statements WHERE name = %s", [prepared[1]])
            (sql,) = cursor.fetchone()
    return re.findall(r'(?:FROM|JOIN)\s+"?([a-z_]+)"?', sql)


def _only_in_profile(queries, table) -> bool:
    return all("detoxsite_siteprofile" in query["sql"] for query in queries if f'"{table}"' in query["sql"])


def test_what_readers_see_is_a_change(rf):
    edition, draft = make_live(), make_draft()
    review = make_review("published")
    pending = make_review("pending")
    nurse = make_user("admissions")
    cases = [
        (
            "articles",
            lambda: Edition.objects.filter(pk=edition.pk).update(**WITHDRAWN),
        ),
        ("articles", lambda: make_live()),
        ("articles", lambda: Person.objects.filter(pk=edition.author_id).update(name="Renamed")),
        ("articles", lambda: Article.objects.filter(pk=draft.article_id).update(slug="moved")),
        ("center", lambda: make_page()),  # the menu names it
        ("center", lambda: Article.objects.filter(slug="about").update(slug="us")),
        ("articles", lambda: make_topic()),
        ("articles", lambda: Topic.objects.update(position=7)),
        ("center", lambda: Topic.objects.update(name=Concat("name", Value(" too")))),  # the menu names topics as well
        ("reviews", lambda: reports.hide(review.pk, by=make_user("moderator"))),
        ("reviews", lambda: author.withdraw(review.pk, how="by phone")),
        ("reviews", lambda: moderation.approve(pending.pk, by=make_user("moderator"), version=1)),
        ("reviews", lambda: Testimonial.objects.filter(pk=pending.pk).update(reply="Thank you.")),
        ("reviews", lambda: make_review("pending")),
        ("center", lambda: SiteProfile.objects.update(phone="212 555 0199")),
        ("center", lambda: ConsentText.objects.create(body="Another text", approved_by="Counsel")),
        ("on_call", lambda: Shift.objects.create(person=nurse, weekday=1, starts="08:00", ends="16:00")),
        ("on_call", lambda: User.objects.filter(pk=nurse.pk).update(is_active=False)),
    ]
    for area, act in cases:
        assert area in changed(act)
    with connection.cursor() as cursor:
        by_hand = "UPDATE testimonials_testimonial SET hidden_at = now() WHERE status = 'published'"
        assert changed(lambda: cursor.execute(by_hand)) == {"reviews"}


def test_what_no_reader_sees_is_no_change(as_role):
    edition = make_live()
    draft = make_draft()
    profile = SiteProfile.objects.get()
    quiet = [
        lambda: make_draft(topic=edition.article.topic, author=edition.author),
        lambda: Edition.objects.filter(pk=draft.pk).update(title="Another"),
        lambda: Edition.objects.filter(pk=draft.pk).update(state="in_review"),
        lambda: profile.save(),
        lambda: Topic.objects.filter(pk=0).update(name="None"),
        lambda: Topic.objects.filter(pk=edition.article.topic_id).update(name=edition.article.topic.name),
        lambda: receive(),
        lambda: as_role("editor").get("/admin/"),
        lambda: make_user("editor"),
        lambda: make_review("unconfirmed"),
        lambda: Client().post("/help/", {"phone": "1"}),
    ]
    for number, act in enumerate(quiet):
        assert changed(act) == set(), number


def test_a_transaction_notes_an_area_once():
    assert changed(lambda: [SiteProfile.objects.update(name=str(number)) for number in range(3)]) == {"center"}
    assert PublicChange.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        PublicChange.objects.create(**PublicChange.objects.values("transaction", "area", "at").get())


def test_old_changes_are_deleted():
    PublicChange.objects.all().delete()
    PublicChange.objects.create(transaction=1, area="center", at=timezone.now() - 2 * public_changes.KEPT_FOR)
    SiteProfile.objects.update(name="Harbor House")

    public_changes.delete_old()

    assert PublicChange.objects.get().transaction > 1


def test_every_trigger_notes_an_area_that_exists():
    noted = set().union(*(public_changes.areas_of(model) for model in apps.get_models()))

    assert noted == set(areas.names())
