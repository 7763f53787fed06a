"""The reports over all articles and pages, through their pages."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from articles.models import Callout, Edition, GalleryPicture, Picture, State
from detoxsite.core.models import Redirect
from tests.core.test_images import picture_file
from tests.factories import make_draft, make_live, make_page, make_person, make_topic

pytestmark = pytest.mark.django_db

REPORTS = "/admin/articles/edition/reports/"
NAMES = ("", "review-due/", "links/", "ageing/", "words/")


def rows(response):
    return [(row.title, *row.cells) for row in response.context["rows"]]


def titles(response):
    return [row.title for row in response.context["rows"]]


@pytest.mark.parametrize("role", ["editor", "clinician", "manager", "compliance"])
def test_each_report_opens_to_those_who_see_articles_and_says_where_it_is(as_role, role):
    client = as_role(role)
    for name in NAMES:
        page = client.get(REPORTS + name).content.decode()
        assert f'href="{REPORTS}{name}" aria-current="page"' in page
        assert ("Pictures without use" in page) == (role != "compliance")


@pytest.mark.parametrize("role", ["admissions", "moderator", "front_desk"])
def test_nobody_else_opens_them(as_role, role):
    client = as_role(role)
    assert {client.get(REPORTS + name).status_code for name in NAMES} == {403}


def test_reviews_due_are_of_what_readers_see_the_longest_overdue_first(as_role):
    today = timezone.localdate()
    make_live(title="Overdue", review_due_on=today - timedelta(days=1))
    make_live(title="Long overdue", review_due_on=today - timedelta(days=40))
    soon = make_live(title="Soon", review_due_on=today + timedelta(days=30))
    make_draft(article=soon.article)
    make_live(title="Later", review_due_on=today + timedelta(days=31))
    old = make_live(title="Old edition", review_due_on=today - timedelta(days=9))
    make_live(title="New edition", article=old.article)
    client = as_role("editor")

    assert titles(client.get(f"{REPORTS}review-due/")) == ["Long overdue", "Overdue", "Soon"]
    assert [row[-1] for row in rows(client.get(f"{REPORTS}review-due/"))] == ["", "", "Being written"]
    assert titles(client.get(f"{REPORTS}review-due/?days=0")) == ["Long overdue", "Overdue"]
    assert titles(client.get(f"{REPORTS}review-due/?days=90"))[-1] == "Later"
    assert titles(client.get(f"{REPORTS}review-due/?days=x&p=²"))[-1] == "Soon"


def test_ageing_pages_are_those_without_a_new_edition(as_role):
    now = timezone.now()
    make_live(title="Two years", publish_at=now - timedelta(days=731))
    make_live(title="Fresh", publish_at=now - timedelta(days=100))
    make_page("about", publish_at=now - timedelta(days=400))
    old = make_live(title="Renewed", publish_at=now - timedelta(days=900))
    make_live(title="Renewed", article=old.article)
    client = as_role("manager")

    assert titles(client.get(f"{REPORTS}ageing/")) == ["Two years", "About"]
    assert titles(client.get(f"{REPORTS}ageing/?months=24")) == ["Two years"]
    assert titles(client.get(f"{REPORTS}ageing/?months=6")) == ["Two years", "About"]


def test_a_long_report_has_pages_which_keep_the_choice(as_role, monkeypatch):
    monkeypatch.setattr("articles.admin.reports.PER_PAGE", 2)
    for number in range(3):
        make_live(title=f"Page {number}", review_due_on=timezone.localdate() - timedelta(days=9 - number))
    client = as_role("editor")

    page = client.get(f"{REPORTS}review-due/?days=0")

    assert titles(page) == ["Page 0", "Page 1"]
    assert 'href="?days=0&amp;p=2" rel="next"' in page.content.decode()
    assert titles(client.get(f"{REPORTS}review-due/?days=0&p=2")) == ["Page 2"]
    assert titles(client.get(f"{REPORTS}review-due/?days=0&p={'9' * 30}")) == ["Page 2"]


def link(*addresses):
    return "".join(f'<p><a href="{address}">Read on</a></p>' for address in addresses)


def test_broken_links_are_those_at_whose_address_nothing_answers(as_role):
    topic = make_topic(slug="sleep")
    make_live(slug="here", topic=topic)
    make_live(slug="gone", state=State.WITHDRAWN)
    make_live(slug="planned", publish_at=timezone.now() + timedelta(days=1))
    make_person(slug="dana")
    answered = (
        "/articles/here/",
        "/articles/here/?a=1#b",
        "/help/",
        "/articles/topics/sleep/",
        "/",
        "https://a.example/",
    )
    broken = ("/articles/gone/", "/articles/planned/", "/articles/topics/none/", "/nowhere/", "/people/dana/")
    make_live(link(*answered, *broken), title="Live")
    old = make_live(link("/old/"), title="Old edition")
    make_live(article=old.article, title="New edition")
    callout = Callout(ordering=20, title="Note", body=link("/also-nowhere/#there", "/articles/here/"))
    make_draft(link("/articles/gone/"), title="Draft", blocks=[callout])
    make_draft(link("/put-aside/"), archived_at=timezone.now())

    found = rows(as_role("editor").get(f"{REPORTS}links/"))

    assert {(title, status, path) for title, status, path, _ in found} == {
        *(("Live", "Signed off", path) for path in broken),
        *(("Draft", "Draft", path) for path in ("/articles/gone/", "/also-nowhere/")),
    }
    assert {there for *_, there in found} == {'<b class="text-error">Nothing</b>'}


def test_links_that_a_redirect_sends_on_come_last_with_their_goal(as_role):
    Redirect.objects.create(path="/old-team", target="/about/")
    Redirect.objects.create(path="/over", target="", code=410)
    make_page("about")
    make_live(link("/old-team/", "/over/"), title="Live")

    found = rows(as_role("editor").get(f"{REPORTS}links/"))

    assert [(path, str(there)) for _, _, path, there in found] == [
        ("/over/", '<b class="text-error">Nothing</b>'),
        ("/old-team/", "Redirects to /about/"),
    ]


def test_my_work_is_what_is_in_ones_hands_and_nothing_of_others(as_role):
    client = as_role("editor")
    me = client.user
    make_draft(title="Of others")
    make_draft(title="Mine", created_by=me)
    make_draft(title="Back", created_by=me, note="Check the dose.")
    make_draft(title="Aside", created_by=me, archived_at=timezone.now())
    make_draft(title="Asked", state=State.IN_REVIEW, assigned_to=me)
    make_draft(title="Waits", state=State.IN_REVIEW, created_by=me)
    make_live(title="Planned", publish_at=timezone.now() + timedelta(days=2), created_by=me)
    due = make_live(title="Due", review_due_on=timezone.localdate())
    due.article.owner = me
    due.article.save()

    assert [(title, what) for title, what, _ in rows(client.get(REPORTS))] == [
        ("Back", "Sent back to you"),
        ("Asked", "To sign off"),
        ("Due", "Review due"),
        ("Mine", "Draft"),
        ("Waits", "In review"),
        ("Planned", "Scheduled"),
    ]


def test_my_work_says_where_it_is_cut(as_role, monkeypatch):
    monkeypatch.setattr("articles.reports.lists.MAX_OWN", 1)
    client = as_role("editor")
    make_draft(title="One", created_by=client.user)
    assert "More than" not in client.get(REPORTS).content.decode()
    make_draft(title="Two", created_by=client.user)
    page = client.get(REPORTS)
    assert [title for title, *_ in rows(page)] == ["One"]
    assert "More than 1 of: Draft. The first 1 are listed." in page.content.decode()


@pytest.fixture
def pictures(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    content = picture_file("PNG", (40, 30)).read()

    def make(title):
        picture = Picture(title=title, alt="Six steps.", credit="us")
        picture.image.save("stairs.png", ContentFile(content))
        return picture

    return make


def test_pictures_without_use_are_found_in_the_library_and_can_be_deleted_there(as_role, pictures):
    shown, of_topic, of_person, unused = (pictures(title) for title in ("Shown", "Topic", "Person", "Unused"))
    make_draft(blocks=[GalleryPicture(ordering=20, picture=shown)])
    make_topic(picture=of_topic)
    make_person(picture=of_person)
    client = as_role("editor")
    url = "/admin/articles/picture/?use=none"

    assert [picture.title for picture in client.get(url).context["cl"].result_list] == ["Unused"]
    chosen = {"action": "delete_selected", "_selected_action": [unused.pk], "post": "yes"}
    client.post(url, chosen)
    assert set(Picture.objects.values_list("title", flat=True)) == {"Shown", "Topic", "Person"}


def test_a_new_draft_gets_the_new_addresses_of_pages_that_moved_and_signed_text_stays(as_role):
    target = make_live(slug="withdrawal")
    body = link("/articles/withdrawal/#days", "/articles/other/", "/articles/withdrawal/?a=1&amp;b=2")
    live = make_live(body, blocks=[Callout(ordering=20, title="Note", body=link("/articles/withdrawal/"))])
    client = as_role("editor")
    moved = {"relocate-slug": "coming-off", "relocate-topic": target.article.topic_id}
    client.post(f"/admin/articles/edition/{target.pk}/act/relocate/", moved)
    assert Redirect.objects.filter(path="/articles/withdrawal", target="/articles/coming-off/").exists()

    client.post(f"/admin/articles/edition/{live.pk}/act/start-draft/")

    draft = Edition.objects.get(article=live.article, state=State.DRAFT)
    text = draft.articles_text_set.get().body
    assert text == link("/articles/coming-off/#days", "/articles/other/", "/articles/coming-off/?a=1&amp;b=2")
    assert draft.articles_callout_set.get().body == link("/articles/coming-off/")
    assert live.articles_text_set.get().body == body
