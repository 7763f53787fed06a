"""The block editor with a keyboard and on a narrow screen: Tab follows the visual order."""

import pytest

from articles.models import Callout, PullQuote, blocks_of
from tests.browser.conftest import after_timers
from tests.browser.test_admin import open_draft, save
from tests.factories import make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BLOCK = ".order-machine > .inline-related:not(.empty-form)"


def mixed_draft(person):
    return make_draft(
        "<p>First.</p>",
        blocks=(
            PullQuote(ordering=20, quote="Second.", attribution="Somebody"),
            Callout(ordering=30, tone="note", title="Third", body="<p>Third.</p>"),
            PullQuote(ordering=40, quote="Fourth.", attribution="Somebody"),
        ),
        created_by=person,
        sources=4,
    )


def in_the_page(page):
    return page.locator(BLOCK).evaluate_all("blocks => blocks.map((block) => block.id)")


def as_seen(page):
    look = "blocks => blocks.map((block) => [block.getBoundingClientRect().top, block.id])"
    return [block for _, block in sorted(page.locator(BLOCK).evaluate_all(look))]


def add_block(page, plus, kind):
    """Add a block by keyboard alone: the plus sign, then down the menu to the kind of block."""
    plus.focus()
    page.keyboard.press("Enter")
    while kind not in page.evaluate("document.activeElement.textContent"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def test_tab_meets_the_blocks_in_the_order_they_are_seen(visitor, house):
    draft = mixed_draft(house["editor"])
    editor = visitor()
    editor.sign_in(house["editor"])
    page = open_draft(editor, draft)
    kinds = [block.rsplit("_", 2)[1].partition("-")[0] for block in in_the_page(page)]
    assert kinds == ["text", "pullquote", "callout", "pullquote"]
    assert in_the_page(page) == as_seen(page)

    page.locator(f"{BLOCK} > .order-machine-insert-target").nth(1).focus()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.closest('.inline-related').id") == in_the_page(page)[0]

    page.set_viewport_size({"width": 1280, "height": 2400})  # nothing scrolls while the mouse drags
    page.locator(f"{BLOCK} > h3").nth(3).drag_to(page.locator(f"{BLOCK} > h3").nth(1))
    after_timers(page)
    assert in_the_page(page) == as_seen(page)
    assert page.locator(BLOCK).nth(1).locator("textarea").first.input_value() == "Fourth."

    add_block(page, page.locator(f"{BLOCK} > .order-machine-insert-target").nth(2), "Text")
    page.wait_for_selector(f"{BLOCK} .ProseMirror-focused")
    page.keyboard.type("Between.")
    assert in_the_page(page) == as_seen(page)
    save(page)

    texts = [block.plain_text() for block in blocks_of(draft)]
    for word, text in zip(["First.", "Fourth.", "Between.", "Second.", "Third."], texts, strict=True):
        assert word in text


def test_a_block_that_is_removed_again_leaves_the_saved_ones_their_numbers(visitor, house):
    draft = mixed_draft(house["editor"])
    editor = visitor()
    editor.sign_in(house["editor"])
    page = open_draft(editor, draft)
    first = page.locator(f"{BLOCK} > .order-machine-insert-target").first
    for text in ("Kept.", "Removed."):
        add_block(page, first, "Pull quote")
        page.wait_for_selector(f"{BLOCK} textarea[name$=-quote]:focus")
        page.keyboard.type(text)
        page.keyboard.press("Tab")
        page.keyboard.type("Somebody")

    page.locator(BLOCK).filter(has=page.locator(".inline-deletelink")).first.locator(".inline-deletelink").click()
    after_timers(page)
    assert in_the_page(page) == as_seen(page)
    save(page)

    texts = " ".join(block.plain_text() for block in blocks_of(draft))
    assert texts.startswith("Kept. Somebody First. Second.")
    assert len(blocks_of(draft)) == 5


def test_the_focus_goes_to_what_was_added_and_back_from_a_menu_that_is_closed(visitor, house):
    editor = visitor()
    editor.sign_in(house["editor"])
    page = open_draft(editor, make_draft(created_by=house["editor"]))
    assert not page.locator(".plugin-buttons .plugin-button").first.is_visible()
    last = page.locator(".order-machine-insert-target.last")

    last.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.locator(".plugin-buttons-visible").count() == 0
    assert last.evaluate("plus => plus === document.activeElement")

    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    box = page.wait_for_selector("#articles_text_set-1 .ProseMirror-focused[contenteditable=true]")
    assert box.evaluate("box => getComputedStyle(box).outlineStyle") == "solid"
    page.keyboard.type("Typed at once.")
    assert box.inner_text().strip() == "Typed at once."

    page.get_by_role("button", name="Add another Source").focus()
    page.keyboard.press("Enter")
    after_timers(page)
    assert page.evaluate("document.activeElement.name") == "sources-0-position"


def test_a_table_has_a_header_row_unless_someone_turns_it_off(visitor, house):
    editor = visitor()
    editor.sign_in(house["editor"])
    page = open_draft(editor, make_draft(created_by=house["editor"]))
    page.get_by_role("textbox", name="Body").first.click()
    page.get_by_title("Insert table").first.click()
    page.locator(".prose-editor-dialog button[type=submit]").click()
    assert page.locator(".ProseMirror th").count() == 3


@pytest.mark.parametrize("width", [390, 768])
@pytest.mark.parametrize("things", ["edition", "picture"])
def test_there_is_room_to_search_on_a_narrow_screen(visitor, house, width, things):
    make_draft(created_by=house["editor"])
    editor = visitor(width=width)
    editor.sign_in(house["editor"])
    editor.open(f"/admin/articles/{things}/?q=withdrawal")
    assert editor.page.locator("#searchbar").bounding_box()["width"] > 190


@pytest.mark.parametrize("width", [800, 1280])
def test_the_save_bar_covers_nothing_that_has_the_focus(visitor, house, width):
    editor = visitor(width=width)
    editor.sign_in(house["editor"])
    page = open_draft(editor, mixed_draft(house["editor"]))
    page.locator("[name=sources-0-position]").focus()
    for _ in range(90):
        page.keyboard.press("Tab")
        seen = "[document.activeElement, document.querySelector('.submit-row')].map((e) => e.getBoundingClientRect())"
        focused, bar = page.evaluate(f"{seen}.map((box) => [box.top, box.bottom])")
        if page.evaluate("!!document.activeElement.closest('.submit-row')"):
            break
        assert focused[1] <= bar[0], page.evaluate("document.activeElement.outerHTML")
    else:
        pytest.fail("Tab never came to the bar")
