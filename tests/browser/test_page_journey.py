"""A page from its first word to the reader: without a mouse, and by touch on a phone."""

import os

import pytest
from playwright.sync_api import expect

from articles.models import Edition, Kind, State, blocks_of
from detoxsite.core import site_profile
from tests.browser.test_editor import BLOCK
from tests.factories import make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MAX_STOPS = 150  # of Tab, before something counts as out of reach
PLUS = ".blocks > .add:last-child button"


class Keyboard:
    """Presses keys and nothing else."""

    touch, width = False, 1280

    def __init__(self, visitor):
        self.visitor, self.page = visitor, visitor.page

    def reach(self, target):
        """Press Tab until the target has the focus."""
        for _ in range(MAX_STOPS):
            if target.evaluate("target => target === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"Tab never came to {target}.")

    def act(self, target):
        self.reach(target)
        self.page.keyboard.press("Enter")

    def follow(self, target):
        self.reach(target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, field, text):
        self.reach(field)
        self.page.keyboard.type(text)

    def choose_block(self, option):
        while option.get_attribute("aria-selected") != "true":
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")

    def choose(self, field, label):
        self.reach(field)
        self.page.keyboard.type(label)
        expect(field.locator("option:checked")).to_have_text(label)


class Touch(Keyboard):
    """Taps on a phone; its keyboard appears in fields only."""

    touch, width = True, 390

    def act(self, target):
        target.tap()

    def follow(self, target):
        with self.page.expect_navigation():
            target.tap()

    def write(self, field, text):
        field.tap()
        expect(field).to_be_focused()
        self.page.keyboard.type(text)

    def choose_block(self, option):
        option.tap()

    def choose(self, field, label):
        field.tap()
        field.select_option(label=label)


def look(hands, name):
    """Check the page, and save a screenshot for people to look at if PICTURES names a folder."""
    hands.visitor.check()
    if folder := os.environ.get("PICTURES"):
        hands.page.screenshot(path=f"{folder}/{name}-{hands.width}.png", full_page=True)


def add_block(hands, kind):
    """Add a block at the end, and wait until its first field has the focus."""
    blocks = hands.page.locator(BLOCK)
    number = blocks.count()
    hands.act(hands.page.locator(PLUS))
    hands.choose_block(hands.page.get_by_role("option", name=kind))
    expect(blocks).to_have_count(number + 1)
    expect(blocks.nth(number).locator(":focus")).to_be_visible()
    return blocks.nth(number)


def link(hands, name):
    return hands.page.get_by_role("link", name=name).first


def button(hands, name):
    return hands.page.get_by_role("button", name=name, exact=True).first


@pytest.mark.parametrize("kind", [Keyboard, Touch])
def test_a_page_is_built_and_published_by_two_people(visitor, house, kind):
    make_person(name="Mara Manager", credentials="MHA", user=house["manager"])
    hands = kind(visitor(width=kind.width, touch=kind.touch))
    page = hands.page
    hands.visitor.open("/admin/")
    hands.write(page.get_by_label("Email"), house["editor"].email)
    hands.write(page.get_by_label("Password"), "correct horse battery")
    hands.follow(button(hands, "Sign in"))
    hands.follow(page.locator('a[href="/admin/articles/edition/"]:visible').first)
    hands.follow(link(hands, "Add page"))

    hands.write(page.locator("#id_title"), "Find us")
    hands.write(page.locator("#id_summary"), "The way to the house, by foot and by bus.")
    hands.choose(page.locator("#id_kind"), Kind.HOUSE.label)
    hands.write(page.locator("#id_slug"), "visit")
    hands.choose(page.locator("#id_author"), "Wanda Writer, RN")
    hands.write(page.get_by_role("textbox", name="Body"), "Take bus 7 to the harbor.")
    row = add_block(hands, "Question and answer")
    hands.write(row.get_by_label("Question"), "May I bring a friend?")
    hands.write(row.get_by_role("textbox", name="Answer"), "Yes, to the door.")
    hands.write(add_block(hands, "Call to action").get_by_label("Title"), "Ask us anything")
    look(hands, "typed")
    hands.follow(button(hands, "Save and continue editing"))
    hands.follow(button(hands, "Send for review"))
    look(hands, "handed-in")

    edition = Edition.objects.get()
    assert edition.state == State.IN_REVIEW
    assert [block.kind for block in blocks_of(edition)] == ["text", "question", "action"]

    second = kind(visitor(width=kind.width, touch=kind.touch))
    second.visitor.sign_in(house["manager"])
    second.follow(link(second, "page to sign off"))
    look(second, "list")
    second.follow(link(second, "Find us"))
    look(second, "to-sign")
    second.follow(button(second, "Sign off and publish"))
    expect(second.page.locator(".messagelist")).to_contain_text("Signed off under your name.")

    site_profile.expire()
    second.follow(link(second, "View on site"))
    expect(second.page.get_by_role("heading", level=1)).to_have_text("Find us")
    assert second.page.url.endswith("/visit/")
    assert "Checked by Mara Manager, MHA" in second.page.inner_text("main")
