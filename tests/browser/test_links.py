"""The dialog of a link in a text: by title with keys alone, and with an address of our own that is pasted."""

import pytest
from playwright.sync_api import expect

from articles.models import blocks_of
from tests.browser.test_admin import save
from tests.browser.test_editor import editing, to_the_end
from tests.factories import make_draft, make_live

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def bodies(draft):
    return [block.body for block in blocks_of(draft)]


def test_a_link_is_made_by_title_with_keys_alone_and_tells_where_it_leads(visitor, house):
    make_live(slug="insomnia", title="Sleep after alcohol")
    make_draft(slug="sleep-tips", title="Sleep well")
    draft = make_draft("<p>Rest helps.</p>", created_by=house["editor"])
    page = editing(visitor, house, draft)
    text = page.get_by_role("textbox", name="Body")
    text.click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Page, address")
    expect(field).to_be_focused()
    page.keyboard.type("sleep")
    options = page.get_by_role("dialog").get_by_role("option")
    expect(options).to_have_count(2)
    expect(options.nth(1)).to_contain_text("Not published yet")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(field).to_have_count(0)
    expect(text).to_be_focused()
    page.keyboard.type(" Much.")  # is no part of the link

    text.get_by_role("link").click()
    button = page.locator(".blk.on .bar").get_by_role("button", name="Link")
    expect(button).to_have_attribute("aria-pressed", "true")  # the editor has heard where the cursor is
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_contain_text("Leads to Sleep after alcohol")
    page.keyboard.press("Escape")
    expect(text).to_be_focused()
    save(page)

    assert bodies(draft) == ['<p><a href="/articles/insomnia/">Rest helps.</a> Much.</p>']


def test_an_address_of_our_own_is_pasted_by_touch_and_a_link_is_taken_off(visitor, house, settings):
    live = make_live(slug="tremor", title="Tremor")
    draft = make_draft('<p><a href="https://example.org/">Elsewhere</a></p><p></p>', created_by=house["editor"])
    editor = visitor(width=390, touch=True)
    settings.PUBLIC_ORIGIN = editor.origin
    page = editing(lambda: editor, house, draft)
    page.get_by_role("link", name="Elsewhere").tap()
    link = page.locator(".blk.on .bar").get_by_role("button", name="Link")
    link.tap()
    page.get_by_role("button", name="Remove the link").tap()
    expect(page.get_by_role("dialog")).to_have_count(0)

    to_the_end(page)
    link.tap()
    page.get_by_role("dialog").get_by_role("combobox").fill(f"{editor.origin}{live.get_absolute_url()}#part")
    option = page.get_by_role("dialog").get_by_role("option")
    expect(option).to_contain_text("Tremor")
    editor.check()
    option.tap()
    expect(page.get_by_role("dialog")).to_have_count(0)
    save(page)

    assert bodies(draft) == ['<p>Elsewhere<a href="/articles/tremor/#part">Tremor</a></p>']
