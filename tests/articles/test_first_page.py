"""The first page: its default, its editions, who signs it off, and what changes on it without a new edition."""

import re
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from articles import editorial_gate, first_page, jobs, relocation, services
from articles.content import edition_snapshot
from articles.models import (
    Article,
    ArticleList,
    CallToAction,
    Costs,
    Edition,
    Kind,
    Opening,
    Rendering,
    Reviews,
    SitePart,
    State,
    Text,
    blocks_of,
)
from detoxsite.core import site_profile
from detoxsite.core.exceptions import Refused
from detoxsite.core.models import SiteProfile
from testimonials.services.author import withdraw
from tests.articles.admin.form_data import form_data
from tests.factories import make_draft, make_live, make_page, make_person, make_review, make_topic, make_user

pytestmark = pytest.mark.django_db

PROFILE = {
    "tagline": "Detox by the sea",
    "welcome_title": "Tonight can be <hard>.",
    "steps": "Day 1 | You arrive | A nurse & a doctor see you.\nDay 2 | You rest | You sleep.",
    "phone": "(212) 555-0123",
    "address": "1 Shore Road\nHarbor, NY",
    "hours": "Visits: Sunday",
    "cost": "Most plans pay.\n\nAsk us.",
}


@pytest.fixture
def center():
    SiteProfile.objects.update_or_create(pk=1, defaults=PROFILE)
    site_profile.expire()


def page(client, url="/") -> str:
    site_profile.expire()
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def main_of(html: str) -> str:
    return re.search(r"<main.*?</main>", html, re.DOTALL)[0]


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def start() -> Edition:
    return first_page.start(by=make_user(), author=make_person())


def clinician():
    user = make_user("clinician")
    make_person(user=user)
    return user


def publish(draft: Edition) -> Edition:
    services.submit(draft.pk, by=make_user())
    edition = Edition.objects.get(pk=draft.pk)
    read = services.sign_off_fingerprint(edition)
    return services.sign_off(draft.pk, by=clinician(), read=read, amber_read=True)


def live_with(*blocks, **fields) -> Edition:
    """A live first page of a paragraph and these blocks."""
    for number, block in enumerate(blocks, 2):
        block.ordering = number * 10
    article = Article.objects.create(kind=Kind.HOME)
    return make_live("<p>First words.</p>", article=article, blocks=blocks, **fields)


# --- the default ------------------------------------------------------------------------------------------------------


def test_a_draft_signed_off_unchanged_shows_what_the_default_showed(client, center):
    make_live(title="About naloxone")
    make_review("published")
    before = page(client)
    assert "About naloxone" in before
    assert "until it got light" in before

    publish(start())

    after = page(client)
    assert Rendering.objects.get(article__path="").renderer
    assert re.sub(r">\s+<", "><", after) == re.sub(r">\s+<", "><", before)


def test_the_default_has_all_that_a_center_says_about_itself(client, center):
    html = main_of(page(client))

    assert re.search(r'<h1 id="[-\w]+">Tonight can be &lt;hard&gt;\.</h1>', html)
    assert re.findall(r"<h2[^>]*>(?:<svg.*?</svg>)?\s*([^<]+)", html) == [
        *("If it cannot wait", "Please do not stop these all at once on your own"),
        *("What detox is like, step by step", "Location and hours", "What it costs"),
    ]  # no topics, no articles, no reviews yet: nor their headings
    assert 'href="tel:988"' in html
    assert "A nurse &amp; a doctor see you." in html
    assert "<p>Most plans pay.</p>\n\n<p>Ask us.</p>" in html
    assert [html.count(f'id="{anchor}"') for anchor in ("steps", "place", "cost")] == [1, 1, 1]


def test_a_title_never_has_the_id_of_an_anchor(client, center):
    SiteProfile.objects.update(welcome_title="Cost")
    assert page(client).count('id="cost"') == 1


def test_center_details_that_do_not_fit_into_a_draft_are_refused_in_words(center):
    SiteProfile.objects.update(steps=f"{'Long ' * 9}| What | Text")

    with pytest.raises(Refused, match="“What” does not fit: .*at most 20 characters.*center details"):
        start()
    assert not Article.objects.exists()


# --- one address, and nothing below it --------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [{}, {"slug": "home"}, {"parent": "about"}, {"topic": "any"}])
def test_the_database_keeps_one_first_page_at_the_root(fields):
    made = {"about": lambda: make_page("about").article, "any": make_topic, "home": lambda: "home"}
    fields = {name: made[value]() for name, value in fields.items()}
    if not fields:
        Article.objects.create(kind=Kind.HOME)
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.create(kind=Kind.HOME, **fields)


def test_nothing_is_below_the_first_page_and_it_never_moves():
    edition = live_with()
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.create(kind=Kind.HOUSE, slug="about", parent=edition.article)
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.create(kind=Kind.HOUSE, slug="")
    with pytest.raises(ValidationError):
        Article(kind=Kind.HOUSE, slug="about", parent=edition.article).full_clean()
    with pytest.raises(Refused, match="stays at the root"):
        relocation.relocate(edition.pk, by=make_user(), slug="welcome")
    assert (edition.get_absolute_url(), str(edition.article)) == ("/", "/")


def test_a_second_first_page_is_refused_in_words():
    start()
    with pytest.raises(Refused, match="There is a first page already"):
        start()


def test_search_and_the_sitemap_name_it_once_and_the_menu_does_not(client):
    live_with(title="Welcome to the lighthouse")

    sitemap = client.get("/sitemap.xml").content.decode()
    parts = re.findall(r"<loc>http://testserver([^<]+)</loc>", sitemap)
    listed = "".join(b"".join(client.get(part)).decode() for part in parts)

    assert listed.count("<loc>http://testserver/</loc>") == 1
    assert "sitemap-articles" not in sitemap  # it has nothing else
    assert 'href="/">' in page(client, "/search/?q=lighthouse")
    assert "Welcome to the lighthouse" not in page(client, "/privacy/")
    assert '<link rel="canonical" href="http://testserver/">' in page(client)


# --- who signs off, and withdrawing -----------------------------------------------------------------------------------


def test_only_a_clinician_signs_it_off():
    draft = services.submit(start().pk, by=make_user())
    manager = make_user("manager")
    make_person(user=manager)
    with pytest.raises(Refused, match="signed off by a clinician"):
        services.sign_off(draft.pk, by=manager, read=services.sign_off_fingerprint(draft), amber_read=True)


def test_the_default_passes_the_checks_and_words_of_an_editor_are_checked(center):
    draft = start()
    assert not editorial_gate.check_edition(draft).red

    Opening.objects.filter(parent=draft).update(note="Stop taking Xanax at home, alone.")

    red = editorial_gate.check_edition(draft).red
    assert [(finding.code, finding.place) for finding in red] == [("stop-alone", 0)]


@pytest.mark.parametrize(
    ("block", "is_found"),
    [
        (Opening(title="Welcome", call=False, ask=False), True),
        (Opening(title="Welcome", call=False), False),
        (CallToAction(title="Talk", call=False, ask=False, visit=True), True),
        (CallToAction(title="Talk", ask=False), False),
        (Text(body='<p><a href="/help/">Ask for help</a></p>'), False),
    ],
)
def test_a_first_page_without_a_way_to_help_is_found(block, is_found):
    block.pk, block._state.adding, block.ordering = None, True, 20
    draft = make_draft("<p>We are here.</p>", article=Article.objects.create(kind=Kind.HOME), blocks=[block])

    codes = {finding.code for finding in editorial_gate.check_edition(draft).amber}

    assert ("no-way-to-help" in codes) == is_found


def test_withdrawn_it_gives_way_to_the_default(client, center):
    make_page("about", body='<p><a href="/">Home</a></p>')
    edition = live_with(Opening(title="Our own words"))
    assert "Our own words" in page(client)

    services.withdraw(edition.pk, by=make_user("manager"))

    html = page(client)
    assert "Our own words" not in html
    assert "Tonight can be" in html


# --- blocks in any order ----------------------------------------------------------------------------------------------


def test_blocks_stand_where_the_editor_put_them(client, center):
    edition = live_with(
        Costs(title="Prices first", body="<p>Little.</p>"),
        SitePart(part="place", title="Where we are"),
        Text(body="<h2>Cost</h2><p>More words.</p>"),
        SitePart(part="crisis", title="Now"),
        CallToAction(title="Talk to us"),
        Opening(title="At the end", drawing=""),
    )

    html = main_of(page(client))

    headings = re.findall(r"<h[12][^>]*>([^<]+)", html)
    assert headings == ["Prices first", "Where we are", "Cost", "Now", "Talk to us", "At the end"]
    assert re.search(
        r'<div class="page wrap split two">\s*<section aria.*Prices first.*Where we are.*</div>', html, re.S
    )
    assert html.count('id="cost"') == 1  # the heading’s; the block that comes first does not take it away
    assert len(re.findall("<h1", html)) == 1
    assert "night" not in html
    assert services.is_as_signed(edition)


def test_without_an_opening_the_title_is_the_heading(client):
    live_with(title="Our house", summary="A house by the sea.")
    html = main_of(page(client))
    assert re.search(r"<h1>Our house</h1>\s*<p class=\"lede\">A house by the sea\.</p>", html)


def test_every_word_is_in_the_comparison_as_stored_and_as_typed():
    topic = make_topic(name="Sleep")
    blocks = {
        "opening": Opening(title="Welcome", lead="We are here.", note="No name needed.", ask=False),
        "sitepart": SitePart(part="place", title="Where"),
        "articlelist": ArticleList(title="On sleep", lead="New.", topic=topic, count=2),
        "reviews": Reviews(title="Voices", review=7),
        "costs": Costs(title="Cost", body="<p>Little.</p>"),
    }
    edition = live_with(*blocks.values())
    fields = {"articles_articlelist_set-0-topic": str(topic.pk)}
    for number, (name, block) in enumerate(blocks.items()):
        row = f"articles_{name}_set"
        typed = {column: getattr(block, column) for column in block.rendered_fields} | {"ordering": number}
        fields |= {f"{row}-TOTAL_FORMS": "1"}
        fields |= {f"{row}-0-{name}": "on" if value is True else str(value) for name, value in typed.items() if value}

    stored = edition_snapshot.as_lines(edition_snapshot.from_edition(edition))

    assert stored[4:] == [
        *("Welcome", "We are here.", "[Button: call]", "No name needed.", "[Drawing: a lighthouse at night]"),
        *("Where", "[Part of the site: place]", "On sleep", "New.", "[The newest articles, 2 at most, on Sleep]"),
        *("Voices", "[Review 7]", "Cost", "Little."),
    ]
    assert edition_snapshot.as_lines(edition_snapshot.from_form(fields))[3:] == stored[4:]


# --- what changes without a new edition -------------------------------------------------------------------------------


@pytest.mark.parametrize("is_first", [True, False])
def test_a_list_shows_new_articles_and_only_those_on_its_topic(client, is_first):
    sleep, other = make_topic(name="Sleep"), make_topic()
    blocks = [ArticleList(title="On sleep", topic=sleep, count=2, ordering=20)]
    edition = live_with(*blocks) if is_first else make_page(blocks=blocks)
    url = edition.get_absolute_url()
    assert "On sleep" not in main_of(page(client, url))

    for title in ("First", "Second", "Third"):
        make_live(title=title, topic=sleep)
    make_live(title="Elsewhere", topic=other)

    html = main_of(page(client, url))
    assert "On sleep" in html
    assert re.findall(r"<h3><a[^>]*>([^<]+)", html) == ["Third", "Second"]
    assert f'class="more" href="/articles/topics/{sleep.slug}/"' in html


@pytest.mark.parametrize("is_first", [True, False])
def test_a_chosen_review_leaves_the_page_when_it_is_withdrawn(client, is_first):
    review = make_review("published", words="The tide took me home.")
    make_review("published", words="Another one.")
    blocks = [Reviews(title="Voices", review=review.pk, ordering=20)]
    edition = live_with(*blocks) if is_first else make_page(blocks=blocks)
    html = main_of(page(client, edition.get_absolute_url()))
    assert "The tide took me home." in html
    assert "Another one." not in html
    assert "We chose this review." in html

    withdraw(review.pk, how="private link")

    html = main_of(page(client, edition.get_absolute_url()))
    assert "tide" not in html
    assert "Voices" not in html
    assert services.is_as_signed(edition)


def test_phone_and_hours_change_without_an_edition(client, center):
    live_with(Opening(title="Welcome"), SitePart(part="place", title="Where"))
    SiteProfile.objects.update(phone="(212) 555-0199", hours="Visits: Monday")
    html = main_of(page(client))
    assert "Call (212) 555-0199" in html
    assert "Monday" in html
    assert "Sunday" not in html


def test_rendered_in_full_it_is_what_the_finished_page_says(client, center):
    make_live()
    make_review("published")
    publish(start())
    finished = page(client)

    Rendering.objects.filter(article__path="").update(log=[])  # nothing stored is shown then

    assert re.sub(r"\s+", " ", page(client)) == re.sub(r"\s+", " ", finished)
    assert jobs.finish_renderings() == 0


# --- in the admin -----------------------------------------------------------------------------------------------------


def test_an_editor_starts_the_first_page_from_the_default(as_role, center):
    editor, url = as_role("editor"), reverse("admin:articles_edition_first_page")
    assert "Add a person" in editor.get(url).content.decode()
    person = make_person()
    assert "Choose who writes it." in editor.post(url, {}).content.decode()

    response = editor.post(url, {"author": person.pk}, follow=True)

    draft = Edition.objects.get(article__path="")
    assert response.redirect_chain[-1][0] == reverse("admin:articles_edition_change", args=[draft.pk])
    html = response.content.decode()
    assert 'name="slug"' not in html
    assert 'name="articles_opening_set-0-title" value="Tonight can be &lt;hard&gt;."' in html
    assert len(blocks_of(draft)) == 11
    assert editor.get(url).headers["Location"] == response.redirect_chain[-1][0]
    listed = editor.get(reverse("admin:articles_edition_changelist") + "?kind=page").content.decode()
    assert "Detox by the sea" in listed


def test_from_moving_a_block_to_the_page_that_readers_see(as_role, client, center):
    """The whole way: an editor starts, moves the prices to the top and sends it for review, a clinician signs off."""
    editor, author = as_role("editor"), make_person()
    started = editor.post(reverse("admin:articles_edition_first_page"), {"author": author.pk})
    url = started.headers["Location"]
    fields = form_data(editor.get(url))
    assert fields["articles_costs_set-0-ordering"] == 110
    editor.post(url, {**fields, "articles_costs_set-0-ordering": 5, "articles_costs_set-0-title": "Prices"})
    draft = Edition.objects.get()
    act = partial(reverse, "admin:articles_edition_object_action")
    editor.post(act(args=[draft.pk, "submit"]))

    signer = as_role("clinician")
    make_person(user=signer.user)
    shown = signer.get(url)
    assert shown.status_code == 200
    read = services.sign_off_fingerprint(draft)
    signer.post(act(args=[draft.pk, "sign-off"]), {"sign-off-read": read, "sign-off-amber_read": "on"})

    assert Edition.objects.get().state == State.SIGNED_OFF
    headings = re.findall(r"<h[12][^>]*>([^<]+)", main_of(page(client)))
    assert headings[:3] == ["Prices", "Tonight can be &lt;hard&gt;.", "If it cannot wait"]


def test_center_details_say_whether_readers_see_the_words_of_the_default(as_role, center):
    manager, url = as_role("manager"), reverse("admin:detoxsite_siteprofile_change", args=[1])
    site_profile.expire()
    assert "until one of your own is signed off" in manager.get(url).content.decode()
    live_with()
    site_profile.expire()
    assert "Readers do not see this" in manager.get(url).content.decode()


def test_a_compliance_officer_starts_nothing(as_role):
    assert as_role("compliance").get(reverse("admin:articles_edition_first_page")).status_code == 403


def test_a_review_that_readers_do_not_see_is_refused_near_the_field(as_role):
    shown, pending = make_review("published"), make_review()
    draft = make_draft(article=Article.objects.create(kind=Kind.HOME), blocks=[Reviews(title="Voices", ordering=20)])
    block = Reviews.objects.get(parent=draft)
    editor, url = as_role("editor"), reverse("admin:articles_edition_change", args=[draft.pk])
    response = editor.get(url)
    assert f'<option value="{shown.pk}">' in response.content.decode()
    assert f'<option value="{pending.pk}">' not in response.content.decode()
    fields = form_data(response)

    for wrong in (str(pending.pk), "0", "x", "9" * 30):
        refused = editor.post(url, {**fields, "articles_reviews_set-0-review": wrong}).content.decode()
        assert "Readers do not see this review any more." in refused, wrong
    editor.post(url, {**fields, "articles_reviews_set-0-review": str(shown.pk)})

    block.refresh_from_db()
    assert block.review == shown.pk
    withdraw(shown.pk, how="private link")
    assert "readers do not see it now</option>" in editor.get(url).content.decode()


def test_its_owner_changes_and_withdrawing_says_what_readers_see_then(as_role, center):
    edition = live_with()
    manager, url = as_role("manager"), reverse("admin:articles_edition_change", args=[edition.pk])
    html = manager.get(url).content.decode()
    assert "readers see the default first page" in html
    assert "Move the page" not in html

    owner = make_user("editor")
    act = reverse("admin:articles_edition_object_action", args=[edition.pk, "owner"])
    manager.post(act, {"owner-owner": owner.pk})

    assert Article.objects.get(path="").owner == owner
    assert Edition.objects.get(pk=edition.pk).state == State.SIGNED_OFF
