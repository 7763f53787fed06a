"""Pages at the root of the site: addresses, nesting, moving, who signs off, and what readers see."""

import json
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from articles import drafts, editorial_gate, relocation, services
from articles.models import PAGE_KINDS, Article, Edition, Kind, State
from articles.published.references import references_to
from detoxsite.core import redirects, root_addresses, site_profile
from detoxsite.core.exceptions import Refused
from tests.factories import make_draft, make_live, make_page, make_person, make_topic, make_user

pytestmark = pytest.mark.django_db


def branch():
    """Three live pages, each below the one before."""
    about = make_page("about")
    house = make_page("house", parent=about)
    return about, house, make_page("rooms", parent=house)


def in_review(kind=Kind.HOUSE, **fields):
    article = Article.objects.create(kind=kind, slug="insurance")
    body = "<p>We accept most plans. Call us and ask about yours.</p>"
    return services.submit(make_draft(body, article=article, **fields).pk, by=make_user())


def sign(edition, user):
    return services.sign_off(edition.pk, by=user, read=services.sign_off_fingerprint(edition), amber_read=True)


def member(role):
    user = make_user(role)
    make_person(user=user)
    return user


# --- addresses --------------------------------------------------------------------------------------------------------


def test_the_database_keeps_paths_of_pages_below():
    about, house, rooms = branch()
    assert rooms.get_absolute_url() == "/about/house/rooms/"

    Article.objects.filter(pk=about.article_id).update(slug="us")

    assert set(Article.objects.values_list("path", flat=True)) == {"us", "us/house", "us/house/rooms"}


@pytest.mark.parametrize("change", ["a fourth level", "a circle", "its own parent", "below an article", "a topic"])
def test_the_database_refuses_places_that_cannot_be(change):
    about, house, rooms = (edition.article for edition in branch())
    article = make_live().article
    acts = {
        "a fourth level": lambda: Article.objects.create(kind=Kind.HOUSE, slug="bed", parent=rooms),
        "a circle": lambda: Article.objects.filter(pk=about.pk).update(parent=house),
        "its own parent": lambda: Article.objects.filter(pk=about.pk).update(parent=about),
        "below an article": lambda: Article.objects.filter(pk=rooms.pk).update(parent=article),
        "a topic": lambda: Article.objects.filter(pk=rooms.pk).update(topic=make_topic()),
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        acts[change]()


def test_two_documents_cannot_have_one_address():
    make_page("about")
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.create(kind=Kind.CLINICAL, slug="about")
    with pytest.raises(ValidationError, match="already exists"):
        Article(kind=Kind.CLINICAL, slug="about").full_clean()


@pytest.mark.parametrize("kind", [Kind.ARTICLE, *PAGE_KINDS])
def test_the_same_last_part_may_stand_in_several_places(kind):
    about = make_page("about")
    faq = {"topic": make_topic()} if kind == Kind.ARTICLE else {}
    make_page("faq")
    make_page("faq", parent=about)

    Article.objects.create(kind=kind, slug="costs", **faq)

    assert Article.objects.filter(slug="faq").count() == 2


@pytest.mark.parametrize(
    "slug", ["admin", "accounts", "articles", "es", "help", "privacy", "reviews", "search", "static", "media", "leave"]
)
def test_addresses_of_the_site_itself_are_refused_in_words(slug):
    with pytest.raises(ValidationError, match="The site itself uses"):
        Article(kind=Kind.HOUSE, slug=slug).full_clean()


def test_the_pages_of_the_sample_center_are_not_reserved():
    pages = {"about", "team", "levels-of-care", "insurance", "visit", "faq", "what-to-bring", "careers"}
    assert not pages & root_addresses.reserved()


def test_an_address_that_redirects_elsewhere_is_refused():
    make_page("costs")
    redirects.moved({"/insurance/": "/costs/"})
    with pytest.raises(ValidationError, match="sent on to /costs/"):
        Article(kind=Kind.HOUSE, slug="insurance").full_clean()


# --- moving -----------------------------------------------------------------------------------------------------------


def test_a_draft_above_a_live_page_is_moved_with_redirects_only(as_role):
    draft = make_draft(article=Article.objects.create(kind=Kind.HOUSE, slug="about"))
    change = reverse("admin:articles_edition_change", args=[draft.pk])
    editor = as_role("editor")
    assert 'name="slug"' in editor.get(change).content.decode()

    make_page("team", parent=draft)

    assert 'name="slug"' not in editor.get(change).content.decode()


def test_a_page_moves_with_all_below_and_old_addresses_redirect(client):
    about, house, rooms = branch()
    make_draft(article=Article.objects.create(kind=Kind.HOUSE, slug="draft", parent=house.article))
    by = make_user()

    relocation.relocate(about.pk, by=by, slug="who-we-are")
    relocation.relocate(house.pk, by=by, slug="house", parent=None)

    assert client.get("/house/rooms/").status_code == 200
    for former in ("/about/house/rooms/", "/who-we-are/house/rooms/"):
        assert client.get(former).headers["Location"] == "/house/rooms/"
    assert client.get("/about/").headers["Location"] == "/who-we-are/"
    assert not redirects.target_of("/who-we-are/house/draft/")  # readers never saw it


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ({"slug": "about", "parent": "rooms"}, "below itself"),
        ({"slug": "about", "parent": "visit"}, "three levels"),
        ({"slug": "visit", "parent": None}, "already exists"),
        ({"slug": "admin", "parent": None}, "The site itself uses"),
    ],
)
def test_a_move_that_cannot_be_is_refused_in_words(place, message):
    about, *_ = branch()
    make_page("visit")
    parent = Article.objects.filter(slug=place["parent"]).first()
    before = sorted(Article.objects.values_list("path", flat=True))

    with pytest.raises(Refused, match=message) as refusal:
        relocation.relocate(about.pk, by=make_user(), slug=place["slug"], parent=parent)

    assert refusal.value.field in {"slug", "parent"}
    assert sorted(Article.objects.values_list("path", flat=True)) == before


# --- who signs off ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["clinician", "editor", "manager"])
def test_any_second_person_signs_off_a_house_page(role):
    assert sign(in_review(), member(role)).state == State.SIGNED_OFF


@pytest.mark.parametrize("role", ["editor", "manager"])
@pytest.mark.parametrize("kind", [Kind.CLINICAL, Kind.ARTICLE])
def test_only_a_clinician_signs_off_what_is_about_care(kind, role):
    edition = services.submit(make_draft().pk, by=make_user()) if kind == Kind.ARTICLE else in_review(kind)
    with pytest.raises(Refused, match="signed off by a clinician"):
        sign(edition, member(role))


def test_the_author_of_a_house_page_does_not_sign_it_off():
    author = member("manager")
    with pytest.raises(Refused, match="worked on the text"):
        sign(in_review(author=author.person), author)


# --- withdrawing ------------------------------------------------------------------------------------------------------


def test_a_page_that_others_lead_to_is_not_withdrawn_by_accident(client):
    about, house, rooms = branch()
    make_page("faq", body='<p>See <a href="/about/house/">the house</a>.</p>')
    redirects.moved({"/villa/": "/about/house/"})
    assert references_to(house.article) == ["“Faq”", "“Rooms”", "/villa"]
    manager = make_user("manager")

    with pytest.raises(Refused, match="“Faq”, “Rooms”, /villa"):
        services.withdraw(house.pk, by=manager)
    assert client.get("/about/house/").status_code == 200

    services.withdraw(house.pk, by=manager, leave_links=True)
    assert client.get("/about/house/").status_code == 410
    assert client.get("/about/house/rooms/").status_code == 200


# --- what readers see -------------------------------------------------------------------------------------------------


def test_a_page_shows_its_place_and_who_checked_it(client):
    about, house, _ = branch()
    html = client.get("/about/house/").content.decode()

    crumbs = re.search(r'<nav class="crumbs".*?</nav>', html, re.DOTALL)[0]
    assert re.findall(r'<a href="([^"]*)">([^<]*)', crumbs) == [("/", "Home"), ("/about/", "About")]
    assert '<li aria-current="page">House</li>' in crumbs
    data = json.loads(re.search(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', html, re.DOTALL)[1])
    places = [(one["position"], one["name"]) for one in data["breadcrumb"]["itemListElement"]]
    assert places == [(1, "Home"), (2, "About"), (3, "House")]
    assert data["@type"] == "WebPage"
    assert "Checked by Dana Reviewer, MD" in html


def test_breadcrumbs_leave_out_what_readers_cannot_see(client):
    about, house, _ = branch()
    services.withdraw(about.pk, by=make_user("manager"), leave_links=True)
    assert '/about/"' not in client.get("/about/house/").content.decode()


def test_a_page_is_found_by_search_and_the_sitemap_and_is_in_no_list_of_articles(client):
    page, article = make_page("visit", title="Visiting hours"), make_live(title="Hours of withdrawal")

    assert "/visit/" in client.get("/search/?q=visiting").content.decode()
    assert "/visit/" in b"".join(client.get("/sitemap-articles.xml").streaming_content).decode()
    for address in ("/articles/", "/articles/feed/", "/", article.article.topic.get_absolute_url()):
        html = client.get(address).content.decode()
        lists = html.partition("</header>")[2] or html  # the menu names pages
        assert article.title in lists
        assert page.title not in lists


def test_a_link_with_our_own_host_counts_as_one_to_the_page():
    """As it is copied from the browser."""
    visit = make_page("visit")
    make_page("faq", body='<p>See <a href="http://testserver/visit/">how to visit us</a>.</p>')
    assert references_to(visit.article) == ["“Faq”"]
    with pytest.raises(Refused, match="No page on this site has this address"):
        services.submit(make_draft('<p>See <a href="http://testserver/visitt/">it</a>.</p>').pk, by=make_user())


def test_the_menu_names_the_pages_at_the_root(client):
    branch()
    site_profile.expire()
    html = client.get("/privacy/").content.decode()
    assert '<a href="/about/">About</a>' in html
    assert "/about/house/" not in html


def test_an_unknown_address_is_not_found(client):
    assert client.get("/nowhere/").status_code == 404
    assert client.get("/nowhere/at/all/").status_code == 404
    make_draft(article=Article.objects.create(kind=Kind.HOUSE, slug="soon"))
    assert client.get("/soon/").status_code == 404


def test_a_link_to_a_page_that_is_not_live_is_a_finding():
    make_page("visit")
    link = '<p>See <a href="/{}/">how to visit us</a>.</p>'
    services.submit(make_draft(link.format("visit")).pk, by=make_user())
    with pytest.raises(Refused, match="No page on this site has this address"):
        services.submit(make_draft(link.format("visitt")).pk, by=make_user())
    assert Edition.objects.filter(state=State.IN_REVIEW).count() == 1


def state_of_link(path):
    result = editorial_gate.check_edition(make_draft(f'<p>See <a href="/{path}/">how to visit us</a>.</p>'))
    codes = {"dead-link": "dead", "link-unpublished": "unpublished", "link-withdrawn": "down", "link-moved": "moved"}
    return [codes[finding.code] for finding in [*result.red, *result.amber] if finding.code in codes]


@pytest.mark.parametrize(
    ("state", "expected"),
    [(State.DRAFT, "unpublished"), (State.IN_REVIEW, "unpublished"), (State.WITHDRAWN, "down")],
)
def test_a_link_to_a_page_in_work_is_amber_and_one_to_a_page_taken_down_red(state, expected):
    article = Article.objects.create(kind=Kind.HOUSE, slug="visit")
    make_live(article=article, state=state) if state == State.WITHDRAWN else make_draft(article=article, state=state)
    assert state_of_link("visit") == [expected]


def test_a_link_to_a_page_that_moved_says_so():
    relocation.relocate(make_page("visit").pk, by=make_user(), slug="directions")
    assert state_of_link("visit") == ["moved"]
    assert state_of_link("directions") == []


def test_a_link_to_a_scheduled_page_is_amber_and_one_to_an_archived_draft_red():
    make_page("visit", publish_at=timezone.now() + timezone.timedelta(days=1))
    soon = make_draft(article=Article.objects.create(kind=Kind.HOUSE, slug="soon"))
    drafts.archive(soon.pk, by=make_user())
    assert state_of_link("visit") == ["unpublished"]
    assert state_of_link("soon") == ["dead"]


def test_two_pages_that_link_to_each_other_are_published_one_after_the_other():
    pages = [
        make_draft(
            f'<p>We look forward to you. See <a href="/{other}/">what else to know</a>.</p>',
            article=Article.objects.create(kind=Kind.HOUSE, slug=slug),
        )
        for slug, other in (("visit", "faq"), ("faq", "visit"))
    ]
    for page in pages:
        services.submit(page.pk, by=make_user())
        sign(page, member("manager"))
    assert Edition.objects.live().count() == 2
