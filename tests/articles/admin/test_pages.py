"""Pages in the admin: made, given a place, moved, and listed apart from articles."""

import re
from html import unescape

import pytest
from django.utils import timezone

from articles.admin.inlines import PAGE_INLINES
from articles.models import Article, DraftAutosave, Edition, EditionEvent, Kind, Step, blocks_of
from detoxsite.core import redirects
from tests.factories import make_draft, make_live, make_page, make_person

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/edition/"
ADD = f"{LIST}add/?kind=page"
PREFIXES = [f"articles_{inline.model._meta.model_name}_set" for inline in PAGE_INLINES[:-1]] + ["sources"]


def posted(rows=(), **fields):
    """The form data of a new page with blocks: pairs of a formset's prefix and fields."""
    data = {"title": "Our house", "summary": "Sixteen beds by the water.", "slug": "", "kind": "house", "parent": ""}
    data |= {f"{name}-INITIAL_FORMS": 0 for name in PREFIXES}
    count = dict.fromkeys(PREFIXES, 0)
    for number, (prefix, values) in enumerate(rows):
        row = {"region": "main", "ordering": (number + 1) * 10, **values}
        data |= {f"{prefix}-{count[prefix]}-{name}": value for name, value in row.items()}
        count[prefix] += 1
    return data | {f"{name}-TOTAL_FORMS": number for name, number in count.items()} | {"opened": 0, **fields}


def test_an_editor_makes_a_page_with_blocks_of_pages(as_role):
    client, about, author = as_role("editor"), make_page("about"), make_person()
    assert 'name="articles_step_set-TOTAL_FORMS"' in client.get(ADD).content.decode()
    rows = [
        ("articles_step_set", {"label": "Day 1", "title": "You arrive", "body": "<p>A nurse meets you.</p>"}),
        ("articles_question_set", {"title": "May I smoke?", "body": "<p>Outside.</p>"}),
        ("articles_calltoaction_set", {"title": "Call us", "body": "", "call": "on"}),
        ("articles_personcard_set", {"person": make_person(name="Ann Ames").pk}),
    ]

    response = client.post(ADD, posted(rows, parent=about.article_id, author=author.pk))

    assert response.status_code == 302, re.findall(r'class="errorlist.*?</ul>', response.content.decode(), re.DOTALL)
    page = Edition.objects.newest().get(title="Our house")
    assert (page.article.kind, page.article.path) == (Kind.HOUSE, "about/our-house")
    assert [block.kind for block in blocks_of(page)] == ["step", "question", "action", "person"]
    assert "You arrive" in page.text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"slug": "admin"}, "The site itself uses /admin/."),
        ({"slug": "about"}, "already exists"),
        ({"slug": "tables", "parent": "rooms"}, "Select a valid choice"),
        ({"kind": "article"}, "Select a valid choice"),
    ],
)
def test_a_place_that_cannot_be_is_explained_and_nothing_is_lost(as_role, fields, message):
    house = make_page("house", parent=make_page("about"))
    make_page("rooms", parent=house)
    if "parent" in fields:
        fields = fields | {"parent": Article.objects.get(slug=fields["parent"]).pk}
    rows = [("articles_step_set", {"label": "", "title": "Long work", "body": ""})]

    html = as_role("editor").post(ADD, posted(rows, author=make_person().pk, **fields)).content.decode()

    assert message in html
    assert "Long work" in html
    assert not Step.objects.exists()


def test_pages_have_a_list_of_their_own(as_role):
    client, article, page = as_role("editor"), make_live(title="An article"), make_page("visit", title="A page")

    articles, pages = client.get(LIST).content.decode(), client.get(f"{LIST}?kind=page").content.decode()

    assert article.title in articles
    assert page.title not in articles
    assert "/visit/" in pages
    assert article.title not in pages


def test_an_article_is_not_offered_blocks_of_pages(as_role):
    html = as_role("editor").get(f"{LIST}{make_draft().pk}/change/").content.decode()
    assert "articles_step_set" not in html


def test_dates_of_blocks_and_sources_are_chosen_from_a_calendar(as_role):
    html = as_role("editor").get(ADD).content.decode()
    dates = re.findall(r'<input type="(\w+)" name="([\w-]+(?:_on))"', html)
    assert {kind for kind, _ in dates} == {"date"}
    assert any("comparison" in name for _, name in dates)


def test_a_page_is_moved_from_its_own_page(as_role):
    client, about, visit = as_role("editor"), make_page("about"), make_page("visit")

    html = client.post(
        f"{LIST}{visit.pk}/act/move/",
        {"move-slug": "find-us", "move-parent": about.article_id, "move-owner": client.user.pk},
        follow=True,
    ).content.decode()

    assert "Visitors to /visit/ are redirected to /about/find-us/" in html
    assert redirects.target_of("/visit/") == "/about/find-us/"


@pytest.mark.parametrize("role", ["editor", "manager", "clinician"])
def test_sign_off_of_a_house_page_is_offered_to_any_second_person(as_role, role):
    article = Article.objects.create(kind=Kind.HOUSE, slug="careers")
    page = make_draft(article=article, state="in_review")
    html = as_role(role).get(f"{LIST}{page.pk}/change/").content.decode()
    assert offered(html) == {"sign-off-house", "send-back-house"}


def offered(html):
    return set(re.findall(r"/act/((?:sign-off|send-back)[a-z-]*)/", html))


@pytest.mark.parametrize("role", ["editor", "manager", "clinician"])
@pytest.mark.parametrize("part", ["author", "creator", "contributor"])
def test_sign_off_is_not_offered_to_those_who_worked_on_the_text(as_role, role, part):
    client = as_role(role)
    person = make_person(user=client.user)
    hand = {"author": {"author": person}, "creator": {"created_by": client.user}}.get(part, {})
    page = make_draft(article=Article.objects.create(kind=Kind.HOUSE, slug="careers"), state="in_review", **hand)
    if part == "contributor":
        page.contributors.add(client.user)

    html = client.get(f"{LIST}{page.pk}/change/").content.decode()

    assert offered(html) == ({"send-back-house"} if role == "clinician" else set())
    assert ("act/take-back/" in html) == (role != "clinician")
    assert "You worked on this text" in html


@pytest.mark.parametrize(("role", "is_offered"), [("clinician", True), ("manager", False), ("editor", False)])
def test_a_clinical_page_is_judged_by_clinicians(as_role, role, is_offered):
    page = make_draft(article=Article.objects.create(kind=Kind.CLINICAL, slug="detox"), state="in_review")
    html = as_role(role).get(f"{LIST}{page.pk}/change/").content.decode()
    assert offered(html) == ({"sign-off", "send-back"} if is_offered else set())
    assert "You worked on this text" not in html


def test_who_may_sign_off_a_house_page_sends_it_back_and_no_article(as_role):
    client = as_role("editor")
    page = make_draft(article=Article.objects.create(kind=Kind.HOUSE, slug="careers"), state="in_review")
    article = make_draft(state="in_review")

    for edition in (page, article):
        client.post(f"{LIST}{edition.pk}/act/send-back-house/", {"send-back-house-note": "Name the hours."})
        edition.refresh_from_db()

    assert (page.state, page.note) == ("draft", "Name the hours.")
    assert article.state == "in_review"


@pytest.mark.parametrize(("role", "told"), [("editor", True), ("manager", True), ("moderator", False)])
def test_a_house_page_in_review_waits_on_the_first_page_of_those_who_sign_it_off(as_role, role, told):
    make_draft(article=Article.objects.create(kind=Kind.HOUSE, slug="careers"), state="in_review")
    assert ("<b>1</b> page to sign off" in as_role(role).get("/admin/").content.decode()) is told


def test_a_page_overdue_for_review_is_in_the_list_that_the_first_page_leads_to(as_role):
    make_page("visit", title="An old page", review_due_on=timezone.localdate() - timezone.timedelta(days=1))
    client = as_role("editor")

    url = re.search(r'href="([^"]*review=overdue[^"]*)"', client.get("/admin/").content.decode())[1]

    assert "An old page" in client.get(unescape(url)).content.decode()


def test_an_unsaved_page_is_offered_where_a_page_is_added_only(as_role):
    client = as_role("editor")
    unsaved = {"page": "a", "seen_at": timezone.now(), "autosaved_at": timezone.now()}
    DraftAutosave.objects.create(user=client.user, form_data=[["title", "Unsaved page"], ["kind", "house"]], **unsaved)
    assert "Unsaved page" in client.get(ADD).content.decode()
    assert "Unsaved page" not in client.get(f"{LIST}add/").content.decode()


def crumbs(response):
    html = re.search(r'<div class="breadcrumbs">.*?</div>', response.content.decode(), re.DOTALL)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_every_page_of_the_admin_says_that_a_page_is_one(as_role):
    client, page = as_role("editor"), make_page("visit", title="An article of faith")
    draft = make_draft(article=Article.objects.create(kind=Kind.HOUSE, slug="rooms"), title="Rooms")
    one = f"{LIST}{page.pk}"

    assert crumbs(client.get(ADD)) == "Home › Pages › Add page"
    assert crumbs(client.get(f"{LIST}?kind=page")) == "Home › Pages"
    assert "<title>Pages |" in client.get(f"{LIST}?kind=page").content.decode()
    assert crumbs(client.get(f"{one}/change/")) == "Home › Pages › An article of faith"
    assert "View page" in client.get(f"{one}/change/").content.decode()
    for address, title in (("history", "History"), ("compare", "Compare editions")):
        assert crumbs(client.get(f"{one}/{address}/")) == f"Home › Pages › An article of faith › {title}"
    assert 'href="/admin/articles/edition/?kind=page"' in client.get(f"{one}/history/").content.decode()
    assert crumbs(client.get(f"{LIST}{draft.pk}/change/")) == "Home › Pages › Rooms"


def test_an_article_is_called_one(as_role):
    client, article = as_role("editor"), make_live(title="A page of history")
    assert crumbs(client.get(f"{LIST}add/")) == "Home › Articles › Add article"
    assert crumbs(client.get(f"{LIST}{article.pk}/history/")) == "Home › Articles › A page of history › History"
    assert crumbs(client.get(LIST)) == "Home › Articles"


def test_the_message_after_saving_names_a_page(as_role):
    response = as_role("editor").post(
        ADD, posted(title="The article of faith", author=make_person().pk, rows=[]), follow=True
    )
    assert "The page “" in response.content.decode()
    assert "The article of faith” was added" in re.sub("<[^>]+>", "", response.content.decode())


def test_the_history_of_a_house_page_does_not_name_clinicians(as_role):
    draft = make_draft(article=Article.objects.create(kind=Kind.HOUSE, slug="rooms"))
    EditionEvent.objects.create(edition=draft, kind=EditionEvent.Kind.SUBMITTED)

    history = as_role("editor").get(f"{LIST}{draft.pk}/history/").content.decode()

    assert "sent for review" in history
    assert "clinician" not in history


def test_a_table_and_columns_are_typed_in_the_form(as_role):
    client, author = as_role("editor"), make_person()
    rows = [
        ("articles_column_set", {"icon": "waves", "title": "Nurses", "body": "<p>At any hour.</p>"}),
        (
            "articles_comparison_set",
            {"title": "Levels", "cells": "Level\tNights\t\r\n\t\t\r\nDetox\tWith us", "own_row": 1},
        ),
    ]

    client.post(ADD, posted(rows, author=author.pk))

    [column, table] = blocks_of(Edition.objects.newest().get(title="Our house"))
    assert (column.icon, table.cells, table.own_row) == ("waves", "Level\tNights\nDetox\tWith us", 1)


def test_a_table_that_is_refused_keeps_what_was_typed(as_role):
    rows = [("articles_comparison_set", {"title": "Levels", "cells": "Level\tNights\nDetox\tWith us", "own_row": 7})]

    html = as_role("editor").post(ADD, posted(rows, author=make_person().pk)).content.decode()

    assert "no row with this number" in html
    assert "Detox\tWith us" in html


def errors_in(html):
    return re.findall(r'<ul class="errorlist[^>]*>(.*?)</ul>', html, re.DOTALL)


@pytest.mark.parametrize(
    ("slug", "parent", "message"),
    [
        ("about", "house", "A page cannot be below itself."),
        ("about", "about", "A page cannot be below itself."),
        ("about", "visit", "This would make four."),
        ("visit", "", "already exists"),
        ("help", "", "The site itself uses /help/."),
    ],
)
def test_a_move_that_cannot_be_is_refused_near_the_field_and_keeps_what_was_typed(as_role, slug, parent, message):
    client, about = as_role("editor"), make_page("about")
    pages = {"about": about, "house": make_page("house", parent=about), "visit": make_page("visit"), "": None}
    make_page("rooms", parent=pages["house"])
    place = {"move-slug": slug, "move-parent": pages[parent].article_id if parent else "", "move-owner": ""}

    response = client.post(f"{LIST}{about.pk}/act/move/", place, follow=True)

    html = response.content.decode()
    assert any(message in error for error in errors_in(html)), errors_in(html)
    assert f'name="move-slug" value="{slug}"' in html
    assert sorted(Article.objects.values_list("path", flat=True)) == [
        "about",
        "about/house",
        "about/house/rooms",
        "visit",
    ]


@pytest.mark.parametrize("parent", ["about", "house"])
def test_a_draft_is_not_saved_below_itself(as_role, parent):
    about = make_draft(article=Article.objects.create(kind=Kind.HOUSE, slug="about"))
    house = make_draft(article=Article.objects.create(kind=Kind.HOUSE, slug="house", parent=about.article))
    below = {"about": about, "house": house}[parent].article_id
    data = posted(slug="about", parent=below, author=about.author_id, opened=about.revision)

    html = as_role("editor").post(f"{LIST}{about.pk}/change/", data).content.decode()

    assert "A page cannot be below itself." in html
    assert Article.objects.get(pk=about.article_id).parent is None


def test_a_page_that_another_links_to_is_withdrawn_only_if_one_says_so(as_role):
    client, visit = as_role("manager"), make_page("visit")
    make_page("faq", body='<p>See <a href="/visit/">how to visit us</a>.</p>')
    reason = {"withdraw-page-note": "We moved.", "withdraw-page-whole": "on"}
    act = f"{LIST}{visit.pk}/act/withdraw-page/"

    html = client.post(act, reason, follow=True).content.decode()
    assert any("These lead to the page: “Faq”." in error for error in errors_in(html)), errors_in(html)
    assert "We moved." in html
    assert client.get("/visit/").status_code == 200

    client.post(act, reason | {"withdraw-page-leave_links": "on"})
    assert client.get("/visit/").status_code == 410
    assert client.get("/faq/").status_code == 200
