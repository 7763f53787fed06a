"""An article from its first word to the clinicians: by keyboard alone at a desk, and by taps on a phone."""

import pytest
from playwright.sync_api import expect

from articles.models import Edition, State, blocks_of
from tests.articles.media import make_picture
from tests.browser.conftest import CALLED_OFFLINE
from tests.browser.test_editor import BLOCK
from tests.browser.test_page_journey import Keyboard, Touch, add_block, button, link
from tests.factories import make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "/admin/articles/edition/"
HERE = f"{BLOCK}.on"
CITATION = "Doe J, Roe AB. Sleep after drinking. J Rest. 2019;13(2):101-10. doi:10.1000/rest.101"


def written():
    """What the one article holds, after it was sent for review."""
    edition = Edition.objects.get()
    assert edition.state == State.IN_REVIEW
    assert (edition.title, edition.author.name) == ("Sleep comes back", "Edda Editor")
    return [(block.kind, block.plain_text()) for block in blocks_of(edition)], edition


@pytest.fixture
def writer(house):
    make_person(name="Edda Editor", user=house["editor"])
    return house["editor"]


def test_an_article_is_written_and_handed_in_by_keyboard_alone(visitor, writer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for title in ("Harbor", "Pier"):
        make_picture(title=title)
    hands = Keyboard(visitor())
    page, keys = hands.page, hands.page.keyboard
    hands.visitor.sign_in(writer)
    hands.visitor.open(LIST)
    hands.follow(link(hands, "Add article"))

    expect(page.locator("#id_title")).to_be_focused()
    keys.type("Sleep comes back")
    keys.press("Enter")
    expect(page.locator("#id_summary")).to_be_focused()
    keys.type("Night by night, and what helps.")
    keys.press("Enter")
    expect(page.locator("#id_topic")).to_be_focused()
    keys.type("First")
    expect(page.locator("#id_topic option:checked")).to_have_text("First days")
    keys.press("Enter")  # the author is known
    expect(page.get_by_role("textbox", name="Body")).to_be_focused()
    for line in ("## Nights", "Sleep is short.", "- Tea", "A book", ""):
        keys.type(line)
        keys.press("Enter")
    keys.type("1. Lie down")
    keys.press("Enter")
    keys.press("Enter")
    keys.type("!!! ")
    expect(page.locator(HERE).get_by_label("Title")).to_be_focused()
    keys.type("Call 911")
    keys.press("Enter")
    keys.type("If someone has a seizure.")
    keys.press("ArrowDown")
    expect(page.locator(BLOCK)).to_have_count(3)
    keys.type("It passes [")
    keys.insert_text(CITATION)
    keys.type("].")
    expect(page.locator(f"{HERE} .ProseMirror")).to_have_text("It passes [1].")
    expect(page.locator("[data-said]")).to_contain_text("Added as source 1: ")
    keys.type(" ![")
    expect(page.get_by_role("searchbox", name="Search pictures")).to_be_focused()
    keys.type("harb")
    keys.press("Enter")
    expect(page.locator(HERE).get_by_label("Caption")).to_be_focused()
    expect(page.locator(HERE).get_by_role("button", name="Change the picture: Harbor")).to_be_visible()
    keys.press("Enter")
    expect(page.locator(f"{HERE} .ProseMirror")).to_be_focused()
    with page.expect_navigation():
        keys.press("Control+Enter")
    expect(button(hands, "Send for review")).to_be_focused()
    hands.reach(page.get_by_role("tab", name="Checks"))
    keys.press("ArrowRight")
    expect(page.get_by_role("tabpanel", name="Comments")).to_be_visible()
    keys.press("ArrowRight")
    expect(page.get_by_role("tabpanel", name="Details")).to_be_visible()
    hands.visitor.check()
    page.locator("#id_title").focus()
    with page.expect_navigation():
        keys.press("Control+Shift+Enter")

    expect(page.locator(".messagelist")).to_contain_text("Sent for review")
    blocks, edition = written()
    assert blocks == [
        ("text", "Nights Sleep is short. Tea A book Lie down"),
        ("callout", "Call 911. If someone has a seizure."),
        ("text", "It passes [1]."),
        ("figure", ""),
    ]
    assert blocks_of(edition)[0].body == (
        "<h2>Nights</h2><p>Sleep is short.</p><ul><li><p>Tea</p></li><li><p>A book</p></li></ul>"
        "<ol><li><p>Lie down</p></li></ol>"
    )
    assert edition.sources.get().doi == "10.1000/rest.101"


def test_an_article_is_written_and_handed_in_by_taps_on_a_phone(visitor, writer):
    hands = Touch(visitor(width=390, touch=True))
    page = hands.page
    hands.visitor.sign_in(writer)
    hands.visitor.open(LIST)
    hands.follow(link(hands, "Add article"))

    hands.write(page.locator("#id_title"), "Sleep comes back")
    hands.write(page.locator("#id_summary"), "Night by night, and what helps.")
    hands.choose(page.locator("#id_topic"), "First days")
    hands.write(page.get_by_role("textbox", name="Body"), "Nights")
    page.locator(f"{BLOCK}.on").get_by_role("button", name="Turn into").tap()
    page.get_by_role("option", name="Heading").first.tap()
    expect(page.locator(f"{BLOCK} h2")).to_have_text("Nights")
    expect(page.get_by_role("textbox", name="Body")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("Sleep is short.")
    box = add_block(hands, "Danger box")
    hands.write(box.get_by_label("Title"), "Call 911")
    hands.write(box.get_by_role("textbox", name="Body"), "If someone has a seizure.")
    hands.write(page.get_by_label("Cite a source"), CITATION)
    page.get_by_role("button", name="Add what you typed").tap()
    expect(page.locator("[name=sources-0-year]")).to_have_value("2019")
    page.evaluate(CALLED_OFFLINE)
    hands.follow(button(hands, "Save and continue editing"))
    hands.visitor.check()
    hands.follow(button(hands, "Save and send"))

    blocks, edition = written()
    assert blocks == [("text", "Nights Sleep is short."), ("callout", "Call 911. If someone has a seizure.")]
    assert edition.sources.get().title == "Sleep after drinking"
