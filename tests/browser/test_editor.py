"""The editor of blocks with a keyboard, and on a narrow screen."""

import pytest
from playwright.sync_api import expect

from articles.models import Callout, PullQuote, Text, blocks_of
from tests.browser.test_admin import open_draft, save
from tests.factories import make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BLOCK = ".blocks > .blk:not([hidden])"
PLUS = ".blocks > .add:not([hidden]) button"


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


def kinds(page):
    return page.locator(BLOCK).evaluate_all("blocks => blocks.map((block) => block.dataset.kind)")


def texts(draft):
    return [block.plain_text() for block in blocks_of(draft)]


def editing(visitor, house, draft, **options):
    editor = visitor(**options)
    editor.sign_in(house["editor"])
    return open_draft(editor, draft)


def add_block(page, plus, kind):
    """Add a block by keyboard alone: the plus sign, then letters of its name."""
    blocks = page.locator(BLOCK)
    number = blocks.count()
    plus.press("Enter")
    expect(page.get_by_role("listbox")).to_be_focused()
    page.keyboard.type(kind)
    expect(page.locator("[role=option][aria-selected=true]")).to_contain_text(kind)
    page.keyboard.press("Enter")
    expect(blocks).to_have_count(number + 1)
    expect(page.locator(f"{BLOCK}.on :focus")).to_be_visible()


def press_to(page, key, place):
    """Press a key that moves the cursor of an editor, which hears of it only after the browser has moved it."""
    page.keyboard.press(key)
    page.wait_for_function(
        "place => { const { selection, doc } = document.activeElement.editor.state;"
        " return selection.from === (place ?? doc.content.size - 1); }",
        arg=place,
    )


def to_the_end(page):
    press_to(page, "Control+End", None)


def to_the_start(page):
    press_to(page, "Control+Home", 1)


def slash(page, words):
    """Choose from the menu that opens with a slash in an empty line."""
    page.keyboard.type(f"/{words}")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("listbox")).to_have_count(0)


def test_blocks_are_moved_doubled_and_removed_by_keys(visitor, house):
    draft = mixed_draft(house["editor"])
    page = editing(visitor, house, draft)
    assert kinds(page) == ["text", "pull", "callout", "pull"]

    rows = page.locator(BLOCK)
    rows.nth(3).get_by_label("Quote").focus()
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("[data-said]")).to_have_text("Moved up: Pull quote, 2 of 4.")
    expect(rows.nth(1).get_by_label("Quote")).to_be_focused()
    page.keyboard.press("Control+d")
    expect(page.locator(BLOCK)).to_have_count(5)
    expect(page.locator(BLOCK).nth(2).get_by_label("Quote")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Again.")

    page.locator(BLOCK).nth(3).get_by_label("Quote").focus()
    page.locator(f"{BLOCK}.on").get_by_role("button", name="More").click()
    page.keyboard.type("remove")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(BLOCK).nth(3).get_by_label("Quote")).to_be_focused()
    page.locator(f"{BLOCK}.on").get_by_role("button", name="More").click()
    page.keyboard.type("remove")
    page.keyboard.press("Enter")
    page.locator(BLOCK).last.get_by_role("textbox", name="Body").click()
    to_the_end(page)
    page.keyboard.press("ArrowDown")  # who only walks through the text adds no block to it
    expect(page.locator(BLOCK)).to_have_count(4)
    save(page)

    assert [text.split()[0] for text in texts(draft)] == ["First.", "Fourth.", "Again.", "Third."]


def test_a_text_is_written_split_and_boxed_from_the_keyboard(visitor, house):
    draft = make_draft("<p>Rest. Sleep comes back.</p>", created_by=house["editor"])
    page = editing(visitor, house, draft)
    page.get_by_role("textbox", name="Body").click()
    to_the_end(page)
    page.keyboard.press("Enter")
    slash(page, "head")
    page.keyboard.type("Food")
    page.keyboard.press("Enter")
    page.keyboard.type("Eat soup. !!! ")
    expect(page.locator(f"{BLOCK}.on").get_by_label("Title")).to_be_focused()
    page.keyboard.press("Backspace")  # not yet
    expect(page.locator(BLOCK)).to_have_count(1)
    expect(page.get_by_role("textbox", name="Body")).to_be_focused()
    page.keyboard.press("Enter")
    slash(page, "dang")
    expect(page.locator(f"{BLOCK}.on").get_by_label("Title")).to_be_focused()
    page.keyboard.type("Call 911")
    page.keyboard.press("Enter")
    page.keyboard.type("When nobody wakes.")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # out of the box
    expect(page.locator(BLOCK)).to_have_count(3)
    page.keyboard.type("After it.")
    assert kinds(page) == ["text", "callout", "text"]

    page.locator(BLOCK).first.get_by_role("textbox", name="Body").click()
    to_the_start(page)
    for place in range(2, len("Rest.") + 2):
        press_to(page, "ArrowRight", place)
    page.keyboard.press("Control+Alt+Enter")
    expect(page.locator(BLOCK)).to_have_count(4)
    page.keyboard.press("Control+Alt+t")
    page.keyboard.type("note")
    page.keyboard.press("Enter")
    expect(page.locator(f"{BLOCK}[data-tone=note]")).to_have_count(1)
    expect(page.locator(f"{BLOCK}[data-tone=note]").get_by_label("Title")).to_be_focused()
    expect(page.locator(f"{BLOCK}[data-tone=note] .turning")).to_have_text("Note box")
    page.keyboard.type("Nights")
    save(page)

    assert texts(draft) == [
        "Rest.", "Nights. Sleep comes back.", "Food Eat soup.", "Call 911. When nobody wakes.", "After it."
    ]  # fmt: skip
    assert [block.tone for block in blocks_of(draft) if block.kind == "callout"] == ["note", "danger"]


def test_backspace_joins_two_texts_and_ctrl_s_comes_back_to_the_place(visitor, house):
    draft = make_draft("<p>One.</p>", blocks=[Text(ordering=20, body="<p>Two.</p>")], created_by=house["editor"])
    page = editing(visitor, house, draft)
    page.locator(BLOCK).nth(1).get_by_role("textbox", name="Body").click()
    to_the_start(page)
    page.keyboard.press("Backspace")
    expect(page.locator(BLOCK)).to_have_count(1)
    page.keyboard.press("Backspace")  # now the two paragraphs
    page.keyboard.type(" And ")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    expect(page.get_by_role("textbox", name="Body")).to_be_focused()
    page.keyboard.type("then ")
    save(page)

    assert texts(draft) == ["One. And then Two."]


def test_doses_stay_doses_and_a_removed_block_comes_back_after_a_refused_save(visitor, house):
    doses = Text(ordering=20, body="<p>Two.</p><p>Three.</p>", is_dosing=True)
    box = Callout(ordering=30, tone="note", title="Box", body="<p>Four.</p>")
    quote = PullQuote(ordering=40, quote="Five.", attribution="Somebody")
    draft = make_draft("<p>One.</p>", blocks=(doses, box, quote), created_by=house["editor"])
    page = editing(visitor, house, draft)
    rows, said, title = page.locator(BLOCK), page.locator("[data-said]"), page.locator("#id_title").input_value()
    rows.nth(1).get_by_role("textbox", name="Body").click()
    to_the_end(page)
    for step in range(1, 7):
        press_to(page, "ArrowLeft", 13 - step)
    page.keyboard.press("Control+Alt+Enter")
    expect(rows).to_have_count(5)
    page.keyboard.press("Control+Alt+t")
    page.keyboard.type("note")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("This text holds doses.")
    rows.nth(1).get_by_role("textbox", name="Body").click()
    to_the_start(page)
    page.keyboard.press("Backspace")
    expect(rows).to_have_count(4)

    rows.nth(2).get_by_role("textbox", name="Body").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")  # the box stays
    expect(rows).to_have_count(4)
    page.keyboard.type("Four again.")
    for field in ("Title", "Quote"):
        rows.get_by_label(field).last.focus()
        page.locator(f"{BLOCK}.on").get_by_role("button", name="More").click()
        page.keyboard.type("remove")
        page.keyboard.press("Enter")
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_have_count(2)
    page.locator("#id_title").fill("")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    expect(undo).to_have_count(2)
    undo.first.click()
    expect(undo).to_have_count(1)
    page.locator("#id_title").fill(title)
    save(page)

    assert texts(draft) == ["One. Two.", "Three.", "Box. Four again."]
    assert [block.is_dosing for block in blocks_of(draft)[:2]] == [True, True]


def test_blocks_are_dragged_and_a_menu_that_is_closed_gives_the_focus_back(visitor, house):
    draft = mixed_draft(house["editor"])
    page = editing(visitor, house, draft)
    page.set_viewport_size({"width": 1280, "height": 2400})  # nothing scrolls while the mouse drags
    page.locator(f"{BLOCK} > .grip").nth(3).drag_to(page.locator(f"{BLOCK} > .kind").nth(1))
    expect(page.locator(BLOCK).nth(1).locator("textarea").first).to_have_value("Fourth.")

    plus = page.locator(PLUS).nth(1)
    plus.press("Enter")
    expect(page.get_by_role("listbox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(plus).to_be_focused()
    add_block(page, plus, "Text")
    page.keyboard.type("Between.")
    save(page)
    assert [text.split()[0] for text in texts(draft)] == ["First.", "Between.", "Fourth.", "Second.", "Third."]

    page.get_by_role("button", name="Add another Source").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[name=sources-4-title]")).to_be_focused()
    expect(page.locator("[name=sources-4-position]")).to_have_value("5")


def test_the_preview_follows_what_is_typed_and_nothing_of_it_is_stored(visitor, house):
    draft = make_draft("<p>Rest.</p>", blocks=[Text(ordering=20, body="<p>Two.</p>")], created_by=house["editor"])
    before = list(Text.objects.values_list("pk", "body"))
    editor = visitor(width=390, touch=True)
    editor.sign_in(house["editor"])
    page = open_draft(editor, draft)
    page.get_by_role("textbox", name="Body").first.tap()
    to_the_end(page)
    page.keyboard.type(" Sleep.")
    page.get_by_role("button", name="Preview", exact=True).tap()
    frame = page.frame_locator(".preview iframe:not(.coming)")
    expect(frame.get_by_text("Rest. Sleep.")).to_be_visible()
    expect(page.locator("#id_title")).to_be_hidden()
    page.get_by_role("button", name="Write").tap()
    expect(page.locator("#id_title")).to_be_visible()
    editor.check()
    assert list(Text.objects.values_list("pk", "body")) == before


def test_side_by_side_the_page_follows_the_text(visitor, house):
    page = editing(visitor, house, make_draft("<p>Rest.</p>", created_by=house["editor"]))
    page.get_by_role("button", name="Side by side").click()
    body = page.get_by_role("textbox", name="Body")
    expect(page.locator(".preview iframe")).to_be_visible()
    body.click()
    to_the_end(page)
    page.keyboard.type(" Sleep.")
    frame = page.frame_locator(".preview iframe:not(.coming)")
    expect(frame.get_by_text("Rest. Sleep.")).to_be_visible()
    expect(body).to_be_focused()
    text, shown = body.bounding_box(), page.locator(".preview").bounding_box()
    assert text["x"] + text["width"] <= shown["x"]
    page.get_by_role("button", name="Desk").click()
    expect(frame.get_by_role("navigation").first).to_be_visible()
    page.get_by_role("button", name="Write", exact=True).click()
    expect(page.locator(".preview")).to_be_hidden()


def test_a_table_has_a_header_row(visitor, house):
    page = editing(visitor, house, make_draft(created_by=house["editor"]))
    page.get_by_role("textbox", name="Body").first.click()
    to_the_end(page)
    page.keyboard.press("Enter")
    slash(page, "table in")
    expect(page.locator(".ProseMirror th")).to_have_count(3)


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
