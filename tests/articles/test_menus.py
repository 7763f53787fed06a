"""Menus and footer: what they say by default, how a draft changes, what readers see, and what the database refuses."""

import json
import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from articles import page_areas, relocation, services
from articles.menus import draft
from articles.menus.shown import ROUTES, route_url
from articles.menus.tree import Tree
from articles.models import Menu, MenuChange, MenuEdition, MenuEntry, Route
from detoxsite.core import site_profile
from detoxsite.core.exceptions import Refused
from detoxsite.core.models import SiteProfile
from tests.factories import make_live, make_page, make_topic, make_user

pytestmark = pytest.mark.django_db

STEPS = "Day 1 | Arrival | You come in."


def links(html):
    return re.findall(r'<a href="([^"]*)"[^>]*>([^<]+)</a>', html)


def parts(client, path="/privacy/"):
    """The links of top line, sheet and footer on a page, with the names of the groups."""
    html = client.get(path).content.decode()
    top = html[html.index('<nav class="quick"') : html.index('<details class="menu"')]
    sheet = html[html.index('<ul class="plain groups">') : html.index("</header>")]
    foot = html[html.index('<nav aria-labelledby="foot-1">') : html.index('<p class="fine">')]
    return links(top), sheet, foot


def entry(edition, label, menu=Menu.SHEET):
    return edition.entries.get(menu=menu, label=label)


def labels(edition, menu=Menu.SHEET):
    """The tree as nested lists of words."""
    tree = Tree(menu, edition.entries.all())
    return [[str(first), *map(str, tree.below(first))] if tree.below(first) else str(first) for first in tree.first]


def release(manager):
    edition = draft.current()
    edition.refresh_from_db()
    draft.release(by=manager, revision=edition.revision)
    site_profile.expire()


# --- what readers see -------------------------------------------------------------------------------------------------


def test_the_standard_menus_say_what_the_templates_said(client):
    SiteProfile.objects.update(steps=STEPS)
    for number in range(5):
        make_topic(name=f"Topic {number}", slug=f"topic-{number}", position=number)
    make_page("about", title="About us & our long history in this town")
    site_profile.expire()

    top, sheet, foot = parts(client)

    assert top == [
        ("/#steps", "What detox is like"),
        ("/articles/", "Articles"),
        ("/reviews/", "Reviews"),
        ("/#cost", "Cost"),
        ("/help/", "Ask for help"),
    ]
    assert re.findall(r'<p class="top">([^<]*)', sheet) == [
        *("Getting care", "The center", "Read", "Reviews", "Good to know"),
    ]
    assert links(sheet) == [
        ("/help/", "Ask for help"),
        ("/#steps", "What detox is like"),
        ("/#cost", "Cost"),
        ("/#place", "Location and hours"),
        ("/help/own/", "Your request"),
        ("/about/", "About us &amp; our long history in this town"),
        ("/articles/", "All articles"),
        *((f"/articles/topics/topic-{number}/", f"Topic {number}") for number in range(4)),
        ("/search/", "Search"),
        ("/reviews/", "All reviews"),
        ("/reviews/new/", "Write a review"),
        ("/reviews/how/", "How we handle them"),
        ("/privacy/", "Your privacy"),
        ("/accessibility/", "Accessibility"),
    ]
    assert re.findall(r'<h2 id="foot-\d">([^<]*)', foot) == ["Read", "Good to know"]
    assert links(foot) == [
        ("/#steps", "What detox is like"),
        ("/articles/", "Articles"),
        ("/search/", "Search"),
        ("/reviews/", "Reviews"),
        ("/help/", "Ask for help"),
        ("/#cost", "Cost"),
        ("/privacy/", "Your privacy"),
        ("/accessibility/", "Accessibility"),
    ]


def test_a_copy_of_the_center_by_a_former_version_is_used_while_the_database_is_away(client, monkeypatch):
    SiteProfile.objects.update(name="House by the Shore")
    make_page("about", title="About us")
    site_profile.refresh()
    path = site_profile._copy_path()
    copy = json.loads(path.read_text())
    old = {name: value for name, value in copy.items() if name in {"site_profile", "topics", "consents"}}
    pages = [{name: value for name, value in one.items() if name != "document"} for one in copy["pages"]]

    def away():
        raise DatabaseError

    monkeypatch.setattr(site_profile, "_read", away)
    for copied in (old, {**old, "pages": pages}):
        path.write_text(json.dumps(copied))
        site_profile.clear()
        _, sheet, _ = parts(client)
        assert site_profile.current().name == "House by the Shore"
        assert ("About us" in sheet) == ("pages" in copied)
    site_profile.clear()


def test_a_first_draft_put_on_the_site_unchanged_changes_no_page(client, manager):
    SiteProfile.objects.update(steps=STEPS)
    make_topic(name="Sleep")
    make_page("about")
    site_profile.expire()
    before = parts(client)

    draft.start(by=manager)
    release(manager)

    assert parts(client) == before
    assert site_profile.current().menu_entries


def test_the_pages_that_are_too_many_for_one_group_begin_in_another(client, manager):
    for number in range(9):
        make_page(f"page-{number}")
    site_profile.expire()
    _, sheet, _ = parts(client)
    assert re.findall(r"Page \d", sheet) == [f"Page {number}" for number in range(9)]

    edition = draft.start(by=manager)

    center, know = labels(edition)[1], labels(edition)[-1]
    assert center == ["The center", *(f"Page {number}" for number in range(6))]
    assert sorted(know) == ["Accessibility", "Good to know", "Page 6", "Page 7", "Page 8", "Your privacy"]
    assert edition.changes.count() == 3
    release(manager)


def test_every_part_of_the_site_can_be_in_a_menu_and_answers(client):
    SiteProfile.objects.update(steps=STEPS)
    site_profile.expire()
    home = client.get("/").content.decode()
    assert set(ROUTES) == set(Route)
    for route in Route:
        path, _, fragment = route_url(route).partition("#")
        assert client.get(path).status_code == 200, route
        assert not fragment or f'id="{fragment}"' in home, route


def test_a_page_of_the_menu_is_marked_and_so_is_the_way_to_those_below(client):
    about = make_page("about", title="About")
    make_page("team", parent=about, title="Team")
    site_profile.expire()

    assert '<a href="/about/" aria-current="page">About</a>' in client.get("/about/").content.decode()
    below = client.get("/about/team/").content.decode()
    assert '<a href="/about/" aria-current="true">About</a>' in below
    assert "aria-current" not in parts(client, "/about/team/")[2]
    assert 'aria-current="page"' not in client.get("/privacy/").content.decode().split("<main")[0]


def test_what_readers_cannot_see_is_left_out_and_comes_back(client, manager):
    visit = make_page("visit", title="Visit us")
    later = make_page("careers", title="Careers", publish_at=timezone.now() + timedelta(days=1))
    article = make_live(slug="sleep", title="Sleep")
    edition = draft.start(by=manager)
    group = entry(edition, "The center")
    for label, document in (("Careers", later.article), ("On sleep", article.article)):
        draft.add(by=manager, menu=Menu.SHEET, revision=0, label=label, group_id=group.pk, document=document)
    release(manager)
    _, sheet, _ = parts(client)
    assert ("/visit/", "Visit us") in links(sheet)
    assert ("/articles/sleep/", "On sleep") in links(sheet)
    assert "Careers" not in sheet

    services.withdraw(visit.pk, by=manager, leave_links=True)
    services.withdraw(article.pk, by=manager)
    site_profile.expire()
    _, sheet, _ = parts(client)
    assert "The center" not in sheet  # a group without links
    assert "On sleep" not in sheet

    make_live(article=article.article, title="Sleep again")
    site_profile.expire()
    assert ("/articles/sleep/", "On sleep") in links(parts(client)[1])


def test_a_link_follows_a_page_that_moves(client, manager):
    about = make_page("about", title="About")
    edition = draft.start(by=manager)
    one = entry(edition, "About")
    draft.change(one.pk, by=manager, revision=0, label="License", document=about.article, fragment="facts")
    release(manager)
    assert ("/about/#facts", "License") in links(parts(client)[1])

    relocation.relocate(about.pk, by=manager, slug="who-we-are")
    site_profile.expire()

    assert ("/who-we-are/#facts", "License") in links(parts(client)[1])


def test_a_group_may_be_a_link_and_a_link_may_stand_alone(client, manager):
    edition = draft.start(by=manager)
    draft.change(entry(edition, "Reviews").pk, by=manager, revision=0, label="Reviews", route=Route.REVIEWS)
    draft.move(entry(edition, "Accessibility").pk, by=manager, revision=0, direction="out")
    make_topic()
    release(manager)

    _, sheet, _ = parts(client)

    assert re.search(r'<p class="top"><a href="/reviews/">Reviews</a>\s*</p>\s*<ul', sheet)
    assert re.search(r'<p class="top"><a href="/accessibility/">Accessibility</a>\s*</p>\s*</li>', sheet)


def test_menus_cost_no_query_and_are_in_the_copy_for_when_the_database_is_down(
    client, manager, django_assert_num_queries, settings, tmp_path
):
    settings.VAR = tmp_path
    draft.start(by=manager)
    draft.change(entry(draft.current(), "Cost").pk, by=manager, revision=0, label="Insurance", route=Route.COST)
    release(manager)
    with django_assert_num_queries(1):
        site_profile.current()
    with django_assert_num_queries(0):
        assert "Insurance" in client.get("/accessibility/").content.decode()

    assert [one for one in site_profile._read_copy().menus.sheet[0].links if one.label == "Insurance"]


def areas_noted():
    with connection.cursor() as cursor:
        cursor.execute("SELECT area FROM detoxsite_publicchange")
        found = {area for (area,) in cursor.fetchall()}
        cursor.execute("DELETE FROM detoxsite_publicchange")
    return found


def test_kept_pages_end_with_the_menus_and_with_what_they_name(manager):
    """One transaction notes an area once, so each act is looked at by itself."""
    article = make_live(slug="sleep")
    edition = draft.start(by=manager)
    areas_noted()
    group = entry(edition, "Read")
    draft.add(by=manager, menu=Menu.SHEET, revision=0, label="Sleep", group_id=group.pk, document=article.article)
    assert areas_noted() == set()  # a draft
    release(manager)
    assert areas_noted() == {"center"}
    relocation.relocate(article.pk, by=manager, slug="on-sleep", topic=article.article.topic)
    assert areas_noted() == {"center", "articles"}
    services.withdraw(article.pk, by=manager)
    assert areas_noted() == {"center", "articles"}
    soon = timezone.now() + timedelta(days=1)
    make_live(article=article.article, publish_at=soon)
    assert page_areas.next_page(timezone.now()) == soon
    areas_noted()
    make_live(topic=article.article.topic)
    assert areas_noted() == {"articles"}  # an article that no menu names


# --- the draft --------------------------------------------------------------------------------------------------------


def test_entries_move_among_their_own_in_out_and_on_to_the_next_group(manager):
    edition = draft.start(by=manager)
    assert labels(edition)[-2:] == [
        ["Reviews", "All reviews", "Write a review", "How we handle them"],
        ["Good to know", "Your privacy", "Accessibility"],
    ]

    def move(label, *directions):
        for direction in directions:
            edition.refresh_from_db()
            draft.move(entry(edition, label).pk, by=manager, revision=edition.revision, direction=direction)
        return labels(edition)

    assert move("Accessibility", "up")[-1] == ["Good to know", "Accessibility", "Your privacy"]
    assert move("Accessibility", "up")[-2][-1] == "Accessibility"
    assert move("Accessibility", "down")[-1] == ["Good to know", "Accessibility", "Your privacy"]
    assert move("Accessibility", "out")[-2:] == [["Good to know", "Your privacy"], "Accessibility"]
    assert move("Accessibility", "up")[-2:] == ["Accessibility", ["Good to know", "Your privacy"]]
    assert move("Accessibility", "in")[-2][-1] == "Accessibility"
    assert move("Good to know", "up")[-2] == ["Good to know", "Your privacy"]
    assert [str(one) for one in edition.changes.all()][:2] == [
        "“Good to know” moved up",
        "“Accessibility” moved into a group",
    ]


@pytest.mark.parametrize(
    ("label", "direction", "why"),
    [
        ("Getting care", "up", "is the first already"),
        ("Good to know", "down", "is the last already"),
        ("Ask for help", "in", "There is no third level"),
        ("Reviews", "in", "There is no third level"),
        ("Getting care", "out", "is in no group"),
    ],
)
def test_an_entry_that_cannot_go_there_stays_and_hears_why(manager, label, direction, why):
    edition = draft.start(by=manager)
    before = labels(edition)
    with pytest.raises(Refused, match=why):
        draft.move(entry(edition, label).pk, by=manager, revision=0, direction=direction)
    assert labels(edition) == before
    assert not edition.changes.exists()


def test_limits_hold_for_what_is_added_moved_and_put_on_the_site(manager):
    edition = draft.start(by=manager)
    care = entry(edition, "Getting care")

    def add(menu, label, group=None, **target):
        return draft.add(by=manager, menu=menu, revision=0, label=label, group_id=group and group.pk, **target)

    add(Menu.SHEET, "Sixth", care, url="https://example.org/")
    with pytest.raises(Refused, match="“Getting care” has 6 links already"):
        add(Menu.SHEET, "Seventh", care, url="https://example.org/")
    with pytest.raises(Refused, match="has 6 links already"):
        draft.move(entry(edition, "All articles").pk, by=manager, revision=0, direction="up")
    add(Menu.SHEET, "Fifth group")
    with pytest.raises(Refused, match="“Menu” has 5 groups already"):
        add(Menu.SHEET, "Sixth group")
    for label in ("Sixth", "Seventh"):
        add(Menu.TOP, label, url="https://example.org/")
    with pytest.raises(Refused, match="“Top line” has 7 links already"):
        add(Menu.TOP, "Eighth", url="https://example.org/")

    draft.move(entry(edition, "Accessibility").pk, by=manager, revision=99, direction="out")
    with pytest.raises(Refused, match="“Menu” has 6 groups. It takes 2 to 5."):
        release(manager)
    assert MenuEdition.objects.get().state == "draft"


def test_words_that_are_too_long_are_kept_until_the_menus_go_on_the_site(manager):
    make_page("insurance", title="Insurance and what it costs you")
    edition = draft.start(by=manager)
    with pytest.raises(Refused, match="“Insurance and what it costs you” is longer than 24 characters"):
        release(manager)
    document = entry(edition, "Insurance and what it costs you")
    draft.change(document.pk, by=manager, revision=0, label="Insurance", document=document.document)
    release(manager)


def test_ask_for_help_stays_in_every_menu(manager):
    edition = draft.start(by=manager)
    for menu in Menu:
        one = entry(edition, "Ask for help", menu)
        with pytest.raises(Refused, match="is always shown"):
            draft.remove(one.pk, by=manager, revision=0)
        with pytest.raises(Refused, match="keeps its words"):
            draft.change(one.pk, by=manager, revision=0, label="Careers", route=Route.HELP)
        with pytest.raises(Refused, match="is in this menu already"):
            draft.add(by=manager, menu=menu, revision=0, label="Help", route=Route.HELP)
    with pytest.raises(Refused, match="is always shown"):
        draft.remove(entry(edition, "Getting care").pk, by=manager, revision=0)
    draft.move(entry(edition, "Ask for help").pk, by=manager, revision=0, direction="down")
    edition.entries.filter(menu=Menu.TOP, route=Route.HELP).delete()
    with pytest.raises(Refused, match="“Top line” has no link to “Ask for help”"):
        release(manager)


# --- two people -------------------------------------------------------------------------------------------------------


def test_changes_of_two_entries_are_both_kept(manager, editor):
    edition = draft.start(by=manager)
    assert draft.start(by=editor) == edition
    draft.change(entry(edition, "Cost").pk, by=manager, revision=0, label="Insurance", route=Route.COST)
    draft.move(entry(edition, "Your request").pk, by=editor, revision=0, direction="up")

    assert labels(edition)[0][3:] == ["Insurance", "Your request", "Location and hours"]


def test_a_change_of_what_somebody_else_changed_says_who_did_what(manager, editor):
    editor.first_name, editor.last_name = "Ed", "Stone"
    editor.save()
    edition = draft.start(by=manager)
    cost, request = entry(edition, "Cost"), entry(edition, "Your request")
    draft.change(cost.pk, by=editor, revision=0, label="Insurance", route=Route.COST)
    with pytest.raises(draft.Conflict, match="Ed Stone changed this on .*: “Cost” becomes “Insurance”"):
        draft.move(cost.pk, by=manager, revision=0, direction="up")
    draft.move(cost.pk, by=manager, revision=1, direction="up")

    group = entry(edition, "Reviews")
    inside = Tree(Menu.SHEET, edition.entries.all()).below(group)[0]
    draft.remove(group.pk, by=editor, revision=2)
    with pytest.raises(draft.Conflict, match="Ed Stone changed this on .*: “Reviews” taken out, with 3 links"):
        draft.change(inside.pk, by=manager, revision=2, label="Reviews", route=Route.REVIEWS)
    with pytest.raises(draft.Conflict, match="“Reviews” taken out.*Choose another group"):
        draft.add(by=manager, menu=Menu.SHEET, revision=2, label="New", group_id=group.pk, route=Route.HOME)

    draft.move(request.pk, by=editor, revision=3, direction="up")
    with pytest.raises(draft.Conflict, match="Ed Stone changed the draft on .*“Your request” moved up"):
        draft.release(by=manager, revision=3)
    with pytest.raises(draft.Conflict, match="Ed Stone changed the draft"):
        draft.discard(by=manager, revision=3)


def test_ones_own_changes_are_no_conflict_on_an_older_page(manager):
    edition = draft.start(by=manager)
    cost = entry(edition, "Cost")
    for direction in ("down", "up", "down"):
        draft.move(cost.pk, by=manager, revision=0, direction=direction)
    draft.change(cost.pk, by=manager, revision=0, label="Insurance", route=Route.COST)
    draft.remove(cost.pk, by=manager, revision=0)
    with pytest.raises(draft.Conflict, match="“Insurance” taken out"):
        draft.move(cost.pk, by=manager, revision=0, direction="up")
    draft.release(by=manager, revision=0)


def test_a_group_is_not_taken_out_over_a_link_that_somebody_changed(manager, editor):
    edition = draft.start(by=manager)
    one = entry(edition, "Write a review")
    draft.change(one.pk, by=editor, revision=0, label="Tell us", route=Route.WRITE_REVIEW)
    with pytest.raises(draft.Conflict, match="becomes “Tell us”"):
        draft.remove(entry(edition, "Reviews").pk, by=manager, revision=0)
    assert MenuEntry.objects.filter(label="Tell us").exists()


def test_after_the_end_of_a_draft_a_change_says_who_ended_it(manager, editor):
    editor.first_name = "Ed"
    editor.save()
    edition = draft.start(by=manager)
    draft.discard(by=editor, revision=0)
    with pytest.raises(draft.Conflict, match="Ed discarded the draft on .*There is no draft now"):
        draft.move(entry(edition, "Cost").pk, by=manager, revision=0, direction="up")
    again = draft.start(by=manager)
    draft.release(by=editor, revision=0)
    with pytest.raises(draft.Conflict, match="Ed put the menus on the site"):
        draft.change(entry(again, "Cost").pk, by=manager, revision=0, label="X", route=Route.COST)


def test_a_draft_begins_from_what_is_on_the_site_or_from_an_earlier_edition(manager):
    draft.start(by=manager)
    first = draft.current()
    draft.change(entry(first, "Cost").pk, by=manager, revision=0, label="Insurance", route=Route.COST)
    release(manager)
    second = draft.start(by=manager)
    assert labels(second) == labels(first)
    draft.remove(entry(second, "Reviews").pk, by=manager, revision=0)
    second.refresh_from_db()
    draft.discard(by=manager, revision=1)

    third = draft.start(by=manager, edition_id=second.pk)

    assert labels(third) == labels(second) != labels(first)
    assert [one.number for one in MenuEdition.objects.all()] == [3, 2, 1]
    with pytest.raises(Refused, match="There is a draft already"):
        draft.start(by=manager, edition_id=first.pk)


# --- the database -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["entry", "delete entry", "add entry", "edition", "delete edition", "change"])
def test_what_was_put_on_the_site_is_frozen(manager, act):
    edition = draft.start(by=manager)
    draft.move(entry(edition, "Cost").pk, by=manager, revision=0, direction="up")
    release(manager)
    edition.refresh_from_db()
    acts = {
        "entry": lambda: edition.entries.update(label="X"),
        "delete entry": lambda: edition.entries.filter(label="Search").delete(),
        "add entry": lambda: MenuEntry.objects.create(edition=edition, menu="top", label="X", route="home"),
        "edition": lambda: MenuEdition.objects.update(state="draft", closed_at=None),
        "delete edition": lambda: MenuEdition.objects.filter(pk=edition.pk)._raw_delete("default"),
        "change": lambda: MenuChange.objects.update(note="X"),
    }
    with pytest.raises(InternalError), transaction.atomic():
        acts[act]()


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"menu": "top", "route": ""}, IntegrityError),
        ({"route": "home", "url": "https://example.org/"}, IntegrityError),
        ({"url": "javascript:alert(1)"}, IntegrityError),
        ({"parent": "Cost", "route": "home"}, InternalError),  # a third level
        ({"parent": "Read", "menu": "foot", "route": "home"}, InternalError),
        ({"parent": "Read"}, IntegrityError),
        ({"fragment": "x", "route": "home"}, IntegrityError),
    ],
)
def test_the_database_refuses_what_is_no_menu(manager, values, error):
    edition = draft.start(by=manager)
    parent = values.get("parent") and entry(edition, values["parent"])
    values = {"menu": "sheet", **values, "parent": parent or None}
    with pytest.raises(error), transaction.atomic():
        MenuEntry.objects.create(edition=edition, label="X", **values)


def test_the_database_refuses_circles_and_a_second_draft(manager):
    edition = draft.start(by=manager)
    reading, reviews = entry(edition, "Read"), entry(edition, "Reviews")
    MenuEntry.objects.filter(pk__in=[reading.pk, reviews.pk]).update(route="home")
    for below, above in ((reading, reading), (reading, reviews)):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            MenuEntry.objects.filter(pk=below.pk).update(parent=above)
    with pytest.raises(IntegrityError), transaction.atomic():
        MenuEdition.objects.create(number=9)


def test_withdrawing_a_page_that_a_menu_names_says_so(manager):
    visit = make_page("visit", title="Visit us")
    draft.start(by=make_user())
    release(manager)
    with pytest.raises(Refused, match="These lead to the page: “Visit us” in the menus"):
        services.withdraw(visit.pk, by=manager)
