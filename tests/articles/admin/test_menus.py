"""The page on which staff edit menus and footer: buttons, two people at once, and whatever is typed."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from articles import services
from articles.menus import draft
from articles.models import Article, Kind, MenuEdition, MenuEntry
from detoxsite.core import site_profile
from tests.factories import make_draft, make_live, make_page, make_topic, make_user

pytestmark = pytest.mark.django_db

PAGE = "/admin/articles/menuedition/"
EDIT = PAGE + "edit/"


def signed_in(role, name=""):
    client = Client()
    client.user = make_user(role, first_name=name)
    client.force_login(client.user)
    return client


@pytest.fixture
def grace():
    return signed_in("manager", "Grace")


@pytest.fixture
def ed():
    return signed_in("editor", "Ed")


def post(client, act, menu="sheet", revision=None, **fields):
    if revision is None:
        edition = draft.current()
        revision = edition.revision if edition else 0
    return client.post(EDIT, {"act": act, "menu": menu, "revision": revision, **fields}, follow=True)


def key(label, menu="sheet"):
    return draft.current().entries.get(menu=menu, label=label).pk


def errors(response, field=None):
    """The errors beside a field of the form, or above it."""
    form = response.context["form"]
    return " ".join(form.errors.get(field or "__all__", []))


def test_what_goes_with_an_entry_that_is_taken_out_is_said(grace):
    post(grace, "start")
    group = MenuEntry.objects.create(edition=draft.current(), menu="sheet", label="Us", route="reviews", position=90)
    lone = MenuEntry.objects.create(
        edition=group.edition, menu="sheet", label="Your say", route="reviews", parent=group
    )

    def said(entry):
        return grace.get(f"{PAGE}?menu=sheet&entry={entry.pk}").content.decode()

    assert "Its links are taken out too. The pages themselves stay." in said(group)
    assert "The page itself stays." in said(lone)


def test_a_center_changes_its_menus_by_buttons_and_puts_them_on_the_site(grace, ed, client):
    visit = make_page("visit", title="Visit us")
    site_profile.expire()
    first = grace.get(PAGE).content.decode()
    assert "These are the standard menus." in first
    assert "Put on the site" not in first

    post(grace, "start")
    post(ed, f"up {key('Location and hours')}")
    post(ed, f"remove {key('Visit us')}")
    post(ed, "add page", target=f"document:{visit.article.pk}", group=key("Getting care"))
    post(ed, "add link", label="State list", address="https://example.org/list", group=key("Good to know"))
    post(ed, "add page", menu="top", label="Visit us", target=f"document:{visit.article.pk}")
    post(ed, "add group", menu="foot", label="The house")
    house = key("The house", "foot")
    shown = post(ed, "add link", menu="foot", label="Come by", address="/visit/", group=house)
    assert "Draft, 7 changes not yet on the site" in shown.content.decode()
    assert "Come by" not in client.get("/privacy/").content.decode()

    done = post(ed, "release")

    assert "On the site now" in done.content.decode()
    site_profile.expire()  # as once the request's transaction has ended
    html = client.get("/privacy/").content.decode()
    menu = html[html.index('<ul class="plain groups">') : html.index("</header>")]
    care = re.findall(r">([^<>]+)</a>", menu[: menu.index("Read")])
    assert care == ["Ask for help", "Location and hours", "Cost", "Your request", "Visit us"]
    assert '<a href="https://example.org/list">State list</a>' in menu
    assert html.count('href="/visit/"') == 3
    feed = grace.get(PAGE).content.decode()
    assert "Edition 1</a>: put on the site" in feed
    assert "Begin a draft from edition 1" in feed
    history = grace.get(f"{PAGE}{MenuEdition.objects.get().pk}/change/").content.decode()
    assert "“Visit us” taken out" in history
    assert "Getting care › Visit us" in history


def test_the_undone_draft_can_be_taken_up_again(grace):
    post(grace, "start")
    post(grace, f"down {key('Getting care')}")
    assert "All changes undone" in post(grace, "discard").content.decode()
    undone = MenuEdition.objects.get()

    shown = post(grace, f"start {undone.pk}").content.decode()

    assert shown.index("Location and hours") > shown.index("All articles")


def test_the_standard_form_shows_how_each_entry_stands(grace):
    soon = timezone.now() + timedelta(days=3)
    live = make_page("visit", title="Visit us")
    scheduled = make_page("careers", title="Careers", publish_at=soon)
    unwritten = make_draft(article=Article.objects.create(kind=Kind.HOUSE, slug="team"), title="Our team")
    post(grace, "start")
    for edition in (scheduled, unwritten):
        shown = post(grace, "add page", target=f"document:{edition.article.pk}", group=key("Good to know"))
    html = shown.content.decode()
    assert f"Not on the site: scheduled for {timezone.localtime(soon):%B} " in html
    assert "Not on the site: not signed off yet." in html
    assert "Not on the site: the first page has no steps." in html

    services.withdraw(live.pk, by=grace.user, leave_links=True)

    today = timezone.localdate()
    withdrawn = f"Not on the site: withdrawn on {today:%B} {today.day}, {today.year}."
    assert withdrawn in grace.get(f"{PAGE}?menu=sheet").content.decode()
    refused = post(grace, "add page", target=f"document:{live.article.pk}")
    assert refused.status_code == 422
    assert f"/visit/ was withdrawn on {today:%B}" in errors(refused, "target")
    assert f'value="document:{live.article.pk}"' not in grace.get(f"{PAGE}?menu=sheet&add=page").content.decode()


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("javascript:alert(1)", "Begin with one /"),
        ("  JaVaScRiPt:alert(1)", "Begin with one /"),
        ("data:text/html,x", "Begin with one /"),
        ("tel:+15550100142", "Begin with one /"),
        ("//evil.example/", "Begin with one /"),
        ("http://example.org/", "has to begin with https://"),
        ("https://me@example.org/", "This is no address"),
        ("https://[::1", "This is no address"),
        ("https://example.org/" + "x" * 290, "longer than 300"),
        ("/no/such/page/", "No page, article or topic"),
        ("/admin/", "No page, article or topic"),
        ("/visit/#" + "x" * 90, "longer than 80"),
        ("", "Choose where it goes"),
    ],
)
def test_an_address_that_leads_nowhere_good_is_refused_beside_the_field(grace, address, error):
    make_page("visit")
    post(grace, "start")
    response = post(grace, "add link", label="Read this", address=address)
    assert response.status_code == 422
    assert error in errors(response, "address")
    assert 'value="Read this"' in response.content.decode()
    assert draft.current().revision == 0


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/articles/sleep/", "document"),
        ("/visit/#hours", "document"),
        ("http://testserver/visit/", "document"),
        ("/articles/topics/first-days/", "topic"),
        ("/#cost", "route"),
        ("/reviews/", "route"),
        ("https://example.org/a?b=1&c=2#d", "url"),
    ],
)
def test_an_address_of_this_site_becomes_what_is_there(grace, address, field):
    make_page("visit")
    make_live(slug="sleep", topic=make_topic(slug="first-days"))
    post(grace, "start")
    post(grace, "add link", menu="top", label="New", address=address)
    added = MenuEntry.objects.get(label="New")
    assert getattr(added, field)


def test_words_are_counted_tidied_and_taken_from_the_title(grace):
    page = make_page("insurance", title="Insurance and what it costs you")
    post(grace, "start")
    target = f"document:{page.article.pk}"
    assert "24 characters" in errors(post(grace, "add page", label="x" * 25, target=target), "label")
    assert "Write shorter words" in errors(post(grace, "add page", target=target), "label")
    assert "Write the words" in errors(post(grace, "add group", label="\u200b \u202e"), "label")
    post(grace, "add page", label=" Cost\u202e  of <b>care</b> ", target=target, menu="top")
    added = MenuEntry.objects.get(menu="top", document=page.article)
    assert added.label == "Cost of <b>care</b>"
    assert "Cost of &lt;b&gt;care&lt;/b&gt;" in grace.get(PAGE).content.decode()


def test_what_does_not_fit_is_refused_in_words(grace):
    post(grace, "start")
    for number in range(2):
        post(grace, "add link", menu="top", label=f"L{number}", address="/privacy/")
    full = post(grace, "add link", menu="top", label="Eighth", address="/privacy/")
    assert full.status_code == 422
    assert "“Top line” has 7 links already" in errors(full)
    assert 'value="Eighth"' in full.content.decode()
    third = post(grace, f"in {key('Ask for help')}")
    assert "There is no third level" in third.content.decode()


def test_an_entry_changes_from_a_page_to_an_address_and_back(grace):
    page = make_page("visit", title="Visit us")
    site_profile.expire()
    post(grace, "start")
    pk, target = key("Visit us"), f"document:{page.article.pk}"

    post(grace, f"save {pk}", label="Outside", target=target, address="https://example.org/")
    assert MenuEntry.objects.get(pk=pk).url == "https://example.org/"
    post(grace, f"save {pk}", label="Visit us", target=target, address="https://example.org/")
    assert MenuEntry.objects.get(pk=pk).document == page.article
    both = post(grace, f"save {pk}", label="Visit us", target="route:cost", address="https://example.org/")
    assert "not both" in errors(both, "address")
    nowhere = post(grace, f"save {pk}", label="Visit us", target="", address="")
    assert "Choose where it goes" in errors(nowhere, "target")


# --- two people ------------------------------------------------------------------------------------------------------


def test_two_people_who_change_different_entries_lose_nothing(grace, ed):
    post(grace, "start")
    seen = draft.current().revision
    post(grace, f"save {key('Cost')}", revision=seen, label="Insurance", target="route:cost")
    done = post(ed, f"down {key('Your privacy')}", revision=seen)
    assert done.status_code == 200
    assert [one.by.first_name for one in draft.current().changes.all()] == ["Ed", "Grace"]


def test_of_two_changes_of_one_entry_the_second_hears_of_the_first_and_keeps_what_was_typed(grace, ed):
    post(grace, "start")
    pk, seen = key("Cost"), draft.current().revision
    post(ed, f"save {pk}", revision=seen, label="Insurance", target="route:cost")

    refused = post(grace, f"save {pk}", revision=seen, label="What it costs", target="route:cost")

    assert refused.status_code == 409
    assert "Ed changed this on" in errors(refused)
    assert "“Cost” becomes “Insurance”" in errors(refused)
    html = refused.content.decode()
    assert 'value="What it costs"' in html
    assert f'value="save {pk}"' in html
    [revision] = set(re.findall(r'name="revision" value="(\d+)"', html))
    assert post(grace, f"save {pk}", revision=revision, label="What it costs", target="route:cost").status_code == 200
    assert MenuEntry.objects.get(pk=pk).label == "What it costs"


def test_what_was_typed_for_an_entry_that_is_gone_can_be_added_again(grace, ed):
    post(grace, "start")
    pk, seen = key("Cost"), draft.current().revision
    post(ed, f"remove {pk}", revision=seen)

    refused = post(grace, f"save {pk}", revision=seen, label="What it costs", target="route:cost")

    assert refused.status_code == 409
    assert "Ed changed this on" in errors(refused)
    assert "“Cost” taken out" in errors(refused)
    html = refused.content.decode()
    assert 'value="What it costs"' in html
    assert '<option value="route:cost" selected>' in html
    assert 'value="add page"' in html


def test_a_link_for_a_group_that_is_gone_asks_for_another_one(grace, ed):
    post(grace, "start")
    group = key("Reviews")
    post(ed, f"remove {group}")
    refused = post(grace, "add page", label="Write to us", target="route:write_review", group=group)
    assert refused.status_code == 422
    assert "This group is not in the menu any more" in errors(refused, "group")
    assert 'value="Write to us"' in refused.content.decode()


def test_what_was_typed_while_somebody_put_the_menus_on_the_site_goes_into_a_new_draft(grace, ed):
    post(grace, "start")
    pk, seen = key("Cost"), draft.current().revision
    post(ed, "release")

    refused = post(grace, f"save {pk}", revision=seen, label="Prices", target="route:cost")
    assert refused.status_code == 409
    assert "Ed put the menus on the site" in errors(refused)
    assert 'value="Prices"' in refused.content.decode()
    post(grace, "add page", menu="top", revision=0, label="Prices", target="route:cost")

    assert draft.current().number == 2
    assert draft.current().entries.filter(label="Prices").exists()


def test_nobody_puts_on_the_site_what_they_have_not_seen(grace, ed):
    post(grace, "start")
    seen = draft.current().revision
    post(ed, f"down {key('Getting care')}")
    assert "Ed changed the draft" in post(grace, "release", revision=seen).content.decode()
    assert draft.current() is not None


# --- whatever is sent -------------------------------------------------------------------------------------------------

HOSTILE = ("", "x", "-1", "0", "1e9", "9" * 30, "²", "\0", "sheet", "🌊", "'; --", "<script>")


@pytest.mark.parametrize("act", ["up", "save", "remove", "add", "start", "release", "discard", "no-such-act", "in out"])
def test_no_request_is_an_error_of_ours(grace, act):
    if act not in ("start", "release"):
        post(grace, "start")
    for value in HOSTILE:
        fields = dict.fromkeys(("menu", "revision", "label", "target", "address", "group", "width", "entry"), value)
        response = grace.post(EDIT, {"act": f"{act} {value}", **fields})
        assert response.status_code in (302, 409, 422), (act, value)
        response = grace.get(PAGE, dict.fromkeys(("menu", "entry", "add", "pressed", "width"), value))
        assert response.status_code == 200
    for target in ("document:x", "document:", "document:99999999", "topic:²", "route:x", "url:1", ":::", "x" * 60):
        response = post(grace, "add page", label="New", target=target)
        assert response.status_code == 422
        assert errors(response, "target")


def test_the_page_and_its_buttons_are_for_managers_and_editors(grace):
    post(grace, "start")
    for role in ("clinician", "moderator", "admissions", "compliance"):
        other = signed_in(role)
        for method, path in (("get", PAGE), ("post", EDIT), ("get", PAGE + "preview/")):
            assert getattr(other, method)(path).status_code == 403, (role, path)
    assert Client().post(EDIT, {"act": "discard"}).status_code == 302
    assert grace.get(EDIT).status_code == 302
    assert Client(enforce_csrf_checks=True).post(EDIT).status_code in (302, 403)


def test_the_preview_is_the_header_of_the_site_and_only_our_page_may_frame_it(grace, client):
    post(grace, "start")
    post(grace, f"save {key('Cost')}", label="Insurance", target="route:cost")

    preview, page = grace.get(PAGE + "preview/?menu=sheet"), grace.get(PAGE)

    html = preview.content.decode()
    assert '<details class="menu" open>' in html
    assert ">Insurance</a>" in html
    assert "frame-ancestors 'self'" in preview.headers["Content-Security-Policy"]
    assert preview.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"
    public = client.get("/privacy/").content.decode()
    assert "Insurance" not in public
    assert '<details class="menu">' in public
